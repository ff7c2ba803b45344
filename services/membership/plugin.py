"""What membership is, for everybody outside of it."""

from services.membership.accounts.first_start import welcome
from services.membership.base import Base
from services.membership.books import BOOKS
from services.membership.data import personal_data_terms
from services.membership.events import EVENTS
from services.membership.seed import seed
from services.membership.service import MembershipService
from services.membership.sessions.withdrawing import withdrawn
from shared.api.administration import PERMISSION
from shared.api.auditing import READ_AUDIT
from shared.identity.reach import OwnUnit
from shared.personal.operations import SEE, SWEEP
from shared.plugins import Plugin
from shared.text import Text

_KNOWS_THE_MEMBERS = ["membership.unit.read", "membership.dues_standard.read"]
_READS_SURVEYS = "membership.published_survey.read"
_READS_DUES = [*_KNOWS_THE_MEMBERS, "membership.invoice.read", "membership.standing.read"]

PLUGIN = Plugin(
    name="membership",
    label=Text("会员", "Membership"),
    package="services.membership",
    service=MembershipService,
    models=Base.metadata,
    events=EVENTS,
    books=BOOKS,
    personal_data=personal_data_terms(),
    needs=["governance", "finance", "certification", "publishing"],
    grants={
        # What a unit is called, on the papers that finance prints.
        "service:finance": ["membership.unit.read"],
        "administrator": [PERMISSION, READ_AUDIT, SWEEP, "membership.*"],
        "inspector": [READ_AUDIT],
        "clerk": [
            "membership.unit.*",
            "membership.person.*",
            "membership.representative.*",
            "membership.dues_standard.read",
            "membership.invoice.*",
            "membership.standing.*",
            SEE,
            "membership.personal_data.*",
            "membership.survey.*",
            "membership.survey_report.draft",
            "membership.survey_report.read",
            "membership.survey_report.deliver",
            _READS_SURVEYS,
        ],
        "exam_officer": _KNOWS_THE_MEMBERS,
        "editor": _KNOWS_THE_MEMBERS,
        "correspondent": [OwnUnit("membership.unit.read"), "membership.dues_standard.read", _READS_SURVEYS],
        "accountant": _READS_DUES,
        "cashier": _READS_DUES,
        # The working body that holds surveys audits the report as well; so its heads do, and not the supervisory board,
        # whose members read the audit trail and do no part of what it inspects.
        "officer": [
            *_READS_DUES,
            "membership.survey.read",
            "membership.survey_report.read",
            "membership.survey_report.audit",
            "membership.survey_report.publish",
            _READS_SURVEYS,
        ],
        "deputy_secretary_general": _READS_DUES,
        "representative": [
            OwnUnit("membership.unit.read"),
            OwnUnit("membership.representative.read"),
            OwnUnit("membership.invoice.read"),
            OwnUnit("membership.standing.read"),
            "membership.dues_standard.read",
            _READS_SURVEYS,
        ],
    },
    seed=seed,
    welcome=welcome,
    issues_tokens=True,
    withdrawn=withdrawn,
)

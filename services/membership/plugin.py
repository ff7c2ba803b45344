"""What membership is, for everybody outside of it."""

from services.membership.accounts.first_start import welcome
from services.membership.base import Base
from services.membership.books import BOOKS
from services.membership.data import personal_data_terms
from services.membership.events import EVENTS
from services.membership.profiles.models import ProfileEntry
from services.membership.profiles.operations import READ_MODEL
from services.membership.seed import seed
from services.membership.service import MembershipService
from services.membership.sessions.withdrawing import withdrawn
from shared.api.administration import PERMISSION
from shared.api.auditing import READ_AUDIT
from shared.api.operations import operations_of
from shared.identity.reach import Own, OwnUnit
from shared.personal.operations import SEE, SWEEP
from shared.plugins import Plugin
from shared.text import Text

_KNOWS_THE_MEMBERS = ["membership.unit.read", "membership.profile.read", "membership.dues_standard.read"]
_READS_DUES = [*_KNOWS_THE_MEMBERS, "membership.invoice.read", "membership.standing.read"]
_READS_ACKNOWLEDGEMENTS = ["membership.acknowledgement.read", "membership.acknowledgement.report"]
_HAS_CASES_IN_HAND = [
    Own("membership.case.read"),
    Own("membership.case.write"),
    Own("membership.case.reply"),
    Own("membership.case.close"),
]
# Nobody reaches confidential cases but those on them, whatever their roles (M7).
_ON_CONFIDENTIAL_CASES = [Own("membership.confidential_case.read"), Own("membership.confidential_case.write")]
_HANDLES_CONFIDENTIAL_CASES = [*_ON_CONFIDENTIAL_CASES, Own("membership.confidential_case.handle")]
_ADMINISTERS = sorted(
    {
        operation.permission
        for operation in operations_of(MembershipService).values()
        if operation.permission.startswith("membership.")
        and not operation.permission.startswith("membership.confidential_case.")
    }
)
"""All of membership one by one: a pattern would take confidential cases in."""

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
        "administrator": [PERMISSION, READ_AUDIT, SWEEP, *_ADMINISTERS],
        "inspector": [READ_AUDIT],
        "clerk": [
            "membership.unit.*",
            "membership.profile.read",
            "membership.roster.*",
            "membership.application.*",
            "membership.change_request.read",
            "membership.change_request.decide",
            "membership.person.*",
            "membership.representative.*",
            "membership.dues_standard.read",
            "membership.invoice.*",
            "membership.standing.*",
            SEE,
            "membership.personal_data.*",
            "membership.case.*",
            "membership.acknowledgement.serve",
            *_READS_ACKNOWLEDGEMENTS,
            "membership.honorary_post.confer",
            "membership.confidential_case.raise",
            *_HANDLES_CONFIDENTIAL_CASES,
        ],
        "exam_officer": _KNOWS_THE_MEMBERS,
        "editor": _KNOWS_THE_MEMBERS,
        "correspondent": [OwnUnit("membership.unit.read"), "membership.dues_standard.read"],
        "accountant": _READS_DUES,
        "cashier": _READS_DUES,
        "officer": [
            *_READS_DUES,
            "membership.application.read",
            "membership.roster.export",
            *_HAS_CASES_IN_HAND,
            "membership.case.count",
            *_READS_ACKNOWLEDGEMENTS,
            *_HANDLES_CONFIDENTIAL_CASES,
            "membership.confidential_case.count",
        ],
        "deputy_secretary_general": [
            *_READS_DUES,
            "membership.application.read",
            *_READS_ACKNOWLEDGEMENTS,
            *_HAS_CASES_IN_HAND,
            *_HANDLES_CONFIDENTIAL_CASES,
        ],
        # A lawyer from outside, who sees what they have in hand or were asked about.
        "legal_counsel": [*_HAS_CASES_IN_HAND, *_HANDLES_CONFIDENTIAL_CASES],
        "representative": [
            OwnUnit("membership.unit.read"),
            OwnUnit("membership.profile.read"),
            OwnUnit("membership.unit.withdraw"),
            OwnUnit("membership.change_request.read"),
            OwnUnit("membership.change_request.propose"),
            OwnUnit("membership.representative.read"),
            OwnUnit("membership.invoice.read"),
            OwnUnit("membership.standing.read"),
            OwnUnit("membership.acknowledgement.read"),
            OwnUnit("membership.acknowledgement.give"),
            OwnUnit("membership.case.raise"),
            OwnUnit("membership.case.read"),
            OwnUnit("membership.case.write"),
            OwnUnit("membership.confidential_case.raise"),
            *_ON_CONFIDENTIAL_CASES,
            "membership.dues_standard.read",
        ],
    },
    read_models={READ_MODEL: [ProfileEntry]},
    seed=seed,
    welcome=welcome,
    issues_tokens=True,
    withdrawn=withdrawn,
)

"""Who may do what in membership, each room by itself; with what looking after a service takes (M11)."""

from services.membership.acknowledgements import access as acknowledgements
from services.membership.activities import access as activities
from services.membership.aging import access as aging
from services.membership.applications import access as applications
from services.membership.billing import access as billing
from services.membership.cases import access as cases
from services.membership.change_requests import access as change_requests
from services.membership.contacts import access as contacts
from services.membership.dues import access as dues
from services.membership.dues_accounts import access as dues_accounts
from services.membership.honorary_posts import access as honorary_posts
from services.membership.notices import access as notices
from services.membership.people import access as people
from services.membership.personal_data import access as personal_data
from services.membership.profiles import access as profiles
from services.membership.reductions import access as reductions
from services.membership.reminders import access as reminders
from services.membership.representatives import access as representatives
from services.membership.roster import access as roster
from services.membership.self_discipline import access as self_discipline
from services.membership.service import MembershipService
from services.membership.standards import access as standards
from services.membership.statistics import access as statistics
from services.membership.studies import access as studies
from services.membership.surveys import access as surveys
from services.membership.units import access as units
from services.membership.visits import access as visits
from shared.api.administration import PERMISSION
from shared.api.auditing import READ_AUDIT
from shared.api.operations import operations_of
from shared.identity.reach import Grants, together
from shared.personal.operations import SWEEP

_ADMINISTERS = sorted(
    {
        operation.permission
        for operation in operations_of(MembershipService).values()
        if operation.permission.startswith("membership.")
        and not operation.permission.startswith("membership.confidential_case.")
    }
)
"""All of membership one by one: a pattern would take confidential cases in (M7)."""

GRANTS: Grants = together(
    {"administrator": [PERMISSION, READ_AUDIT, SWEEP, *_ADMINISTERS], "inspector": [READ_AUDIT]},
    units.GRANTS,
    roster.GRANTS,
    applications.GRANTS,
    change_requests.GRANTS,
    people.GRANTS,
    representatives.GRANTS,
    profiles.GRANTS,
    standards.GRANTS,
    dues.GRANTS,
    reductions.GRANTS,
    billing.GRANTS,
    aging.GRANTS,
    contacts.GRANTS,
    reminders.GRANTS,
    dues_accounts.GRANTS,
    notices.GRANTS,
    cases.GRANTS,
    acknowledgements.GRANTS,
    honorary_posts.GRANTS,
    activities.GRANTS,
    surveys.GRANTS,
    statistics.GRANTS,
    self_discipline.GRANTS,
    studies.GRANTS,
    visits.GRANTS,
    personal_data.GRANTS,
)

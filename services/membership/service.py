"""The membership service: one mixin a feature."""

from services.membership.accounts.operations import Accounts
from services.membership.aging.operations import Aging
from services.membership.api_tokens.exchange import Machines
from services.membership.api_tokens.operations import ApiTokens
from services.membership.billing.operations import Billing
from services.membership.dues.operations import Dues
from services.membership.grants.operations import RoleGrants
from services.membership.links.operations import Links
from services.membership.people.operations import People
from services.membership.personal_data.erasures import Erasures
from services.membership.personal_data.held import PersonalData
from services.membership.personal_data.operations import PersonalDataRequests
from services.membership.representatives.operations import Representatives
from services.membership.rights.operations import FollowedPosts
from services.membership.second_factor.operations import SecondFactors
from services.membership.sessions.everywhere import Everywhere
from services.membership.sessions.operations import Sessions
from services.membership.sessions.own import OwnAccount
from services.membership.standards.operations import DuesStandards
from services.membership.units.operations import Units
from shared.chassis import Service


class MembershipService(
    Service,
    Units,
    DuesStandards,
    Dues,
    Billing,
    Aging,
    People,
    Representatives,
    Accounts,
    RoleGrants,
    FollowedPosts,
    Links,
    Sessions,
    Everywhere,
    OwnAccount,
    SecondFactors,
    ApiTokens,
    Machines,
    PersonalDataRequests,
    Erasures,
    PersonalData,
):
    """Member units and their dues, people, and the accounts they sign in with."""

    name = "membership"

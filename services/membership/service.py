"""The membership service: one mixin a feature."""

from services.membership.accounts.operations import Accounts
from services.membership.api_tokens.exchange import Machines
from services.membership.api_tokens.operations import ApiTokens
from services.membership.contacts.operations import Contacts
from services.membership.dues.operations import Dues
from services.membership.dues_accounts.operations import DuesAccounts
from services.membership.grants.operations import RoleGrants
from services.membership.links.operations import Links
from services.membership.links.requesting import LinkRequests
from services.membership.mail_addresses.operations import OwnMailAddress
from services.membership.notices.operations import Notices
from services.membership.people.operations import People
from services.membership.personal_data.erasures import Erasures
from services.membership.personal_data.held import PersonalData
from services.membership.personal_data.operations import PersonalDataRequests
from services.membership.reminders.operations import Reminders
from services.membership.representatives.operations import Representatives
from services.membership.rights.operations import FollowedPosts
from services.membership.second_factor.operations import SecondFactors
from services.membership.sessions.everywhere import Everywhere
from services.membership.sessions.operations import Sessions
from services.membership.sessions.own import OwnAccount
from services.membership.units.operations import Units
from shared.chassis import Service
from shared.mail.operations import SendsMail


class MembershipService(
    Service,
    Units,
    Contacts,
    Dues,
    Reminders,
    Notices,
    DuesAccounts,
    People,
    Representatives,
    Accounts,
    RoleGrants,
    FollowedPosts,
    Links,
    LinkRequests,
    Sessions,
    Everywhere,
    OwnAccount,
    OwnMailAddress,
    SecondFactors,
    ApiTokens,
    Machines,
    PersonalDataRequests,
    Erasures,
    PersonalData,
    SendsMail,
):
    """Member units and their dues, people, and the accounts they sign in with."""

    name = "membership"

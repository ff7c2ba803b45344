"""The membership service: one mixin a feature."""

from services.membership.accounts.operations import Accounts
from services.membership.api_tokens.exchange import Machines
from services.membership.api_tokens.operations import ApiTokens
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
from services.membership.surveys.plans.operations import Surveys
from services.membership.surveys.questionnaires.operations import Questionnaires
from services.membership.surveys.reports.operations import SurveyReports
from services.membership.surveys.reports.published import PublishedReports
from services.membership.surveys.responses.importing import ResponseSheets
from services.membership.surveys.responses.operations import Responses
from services.membership.surveys.results.operations import SurveyResults
from services.membership.units.operations import Units
from shared.chassis import Service


class MembershipService(
    Service,
    Units,
    Dues,
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
    Surveys,
    Questionnaires,
    Responses,
    ResponseSheets,
    SurveyResults,
    SurveyReports,
    PublishedReports,
):
    """Member units and their dues, people, and the accounts they sign in with."""

    name = "membership"

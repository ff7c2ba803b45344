"""The membership service: one mixin a feature."""

from services.membership.accounts.operations import Accounts
from services.membership.acknowledgements.operations import Acknowledgements
from services.membership.activities.check_in.operations import CheckIns
from services.membership.activities.gifts.operations import Gifts
from services.membership.activities.judging.entries import Entries
from services.membership.activities.judging.operations import Judging
from services.membership.activities.planning.operations import Activities
from services.membership.activities.sign_ups.operations import SignUps
from services.membership.aging.operations import Aging
from services.membership.api_tokens.exchange import Machines
from services.membership.api_tokens.operations import ApiTokens
from services.membership.applications.operations import Applications
from services.membership.applications.reviewing import ApplicationReviews
from services.membership.billing.operations import Billing
from services.membership.cases.confidential import ConfidentialCases
from services.membership.cases.operations import Cases
from services.membership.change_requests.operations import ChangeRequests
from services.membership.contacts.operations import Contacts
from services.membership.decisions.operations import HeardDecisions
from services.membership.dues.operations import Dues
from services.membership.dues_accounts.operations import DuesAccounts
from services.membership.grants.operations import RoleGrants
from services.membership.honorary_posts.operations import HonoraryPosts
from services.membership.leaving.operations import UnitsLeaving
from services.membership.links.operations import Links
from services.membership.links.requesting import LinkRequests
from services.membership.mail_addresses.operations import OwnMailAddress
from services.membership.notices.operations import Notices
from services.membership.people.operations import People
from services.membership.personal_data.erasures import Erasures
from services.membership.personal_data.held import PersonalData
from services.membership.personal_data.operations import PersonalDataRequests
from services.membership.profiles.operations import Profiles
from services.membership.reductions.operations import Reductions
from services.membership.reminders.operations import Reminders
from services.membership.representatives.operations import Representatives
from services.membership.rights.operations import FollowedPosts
from services.membership.roster.operations import Roster
from services.membership.second_factor.operations import SecondFactors
from services.membership.self_discipline.complaints.operations import Complaints
from services.membership.self_discipline.pacts.operations import Pacts
from services.membership.sessions.everywhere import Everywhere
from services.membership.sessions.operations import Sessions
from services.membership.sessions.own import OwnAccount
from services.membership.standards.operations import DuesStandards
from services.membership.statistics.editions.operations import Editions
from services.membership.statistics.figures.operations import FiguresOfUnits
from services.membership.statistics.indicators.operations import Indicators
from services.membership.statistics.periods.operations import Periods
from services.membership.statistics.plausibility.operations import Findings
from services.membership.studies.operations import Studies
from services.membership.surveys.plans.operations import Surveys
from services.membership.surveys.questionnaires.operations import Questionnaires
from services.membership.surveys.reports.operations import SurveyReports
from services.membership.surveys.reports.published import PublishedReports
from services.membership.surveys.responses.importing import ResponseSheets
from services.membership.surveys.responses.operations import Responses
from services.membership.surveys.results.operations import SurveyResults
from services.membership.units.operations import Units
from services.membership.visits.operations import Visits
from shared.chassis import Service
from shared.mail.operations import SendsMail


class MembershipService(
    Service,
    Units,
    Roster,
    Applications,
    ApplicationReviews,
    ChangeRequests,
    UnitsLeaving,
    HeardDecisions,
    Dues,
    Reductions,
    Profiles,
    Cases,
    ConfidentialCases,
    Acknowledgements,
    HonoraryPosts,
    Contacts,
    Reminders,
    Notices,
    DuesAccounts,
    DuesStandards,
    Billing,
    Aging,
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
    Activities,
    SignUps,
    CheckIns,
    Entries,
    Judging,
    Gifts,
    Indicators,
    Periods,
    FiguresOfUnits,
    Findings,
    Editions,
    Pacts,
    Complaints,
    Visits,
    Studies,
    SendsMail,
    Surveys,
    Questionnaires,
    Responses,
    ResponseSheets,
    SurveyResults,
    SurveyReports,
    PublishedReports,
):
    """Member units and their dues, people, the accounts they sign in with, and what they do together."""

    name = "membership"

"""What must fit together about satisfaction surveys (M8)."""

import uuid
from decimal import Decimal

from sqlalchemy import Select, func, select, true

from services.membership.surveys.events import SurveyClosed, SurveyOpened, SurveyReportPublished
from services.membership.surveys.plans.models import Survey
from services.membership.surveys.plans.rules import State
from services.membership.surveys.questionnaires.models import Questionnaire
from services.membership.surveys.reports.models import SurveyReport
from services.membership.surveys.reports.rules import UNAUDITED
from services.membership.surveys.responses.models import Contact, Invitation, InvitationBatch, Response
from services.membership.surveys.responses.rules import Channel
from services.membership.surveys.results.counting import responses_of, results_of
from shared.books.declared import Fault, Faults
from shared.books.look import Look
from shared.books.matching import matched, told_once
from shared.text import Text


def openings_were_told_once(look: Look) -> Faults:
    """Each survey that has opened was told to be, once, with its terms and frozen questionnaire (M8, X4)."""
    query = select(Survey, Questionnaire.id).join(Questionnaire, Questionnaire.survey_id == Survey.id)
    query = query.where(Survey.state != State.PLANNED, Questionnaire.frozen_at.is_not(None))
    wanted = {survey.id: (frozen, survey.terms) for survey, frozen in look.session.execute(query)}
    yield from told_once(look, SurveyOpened, wanted, "questionnaire_id", "terms")


def closings_were_told_once(look: Look) -> Faults:
    """Each survey that is closed was told to be, once, with how many were asked and responded (M8)."""
    wanted = {}
    for survey in look.session.scalars(select(Survey).where(Survey.state == State.CLOSED)):
        counted = responses_of(look.session, survey)
        wanted[survey.id] = (counted["invited"], counted["valid"])
    yield from told_once(look, SurveyClosed, wanted, "invited", "valid")


def publications_were_told_once(look: Look) -> Faults:
    """Each report that was published was told to be, once, with its index (M8)."""
    names = ("id", "number", "index", "published_on")
    told = (
        (each.data["report_id"], tuple(each.data[name] for name in names)) for each in look.told(SurveyReportPublished)
    )
    wanted: dict[uuid.UUID, object] = {}
    for report in look.session.scalars(select(SurveyReport).where(SurveyReport.published_at.is_not(None))):
        index = report.figures["index"]
        shown = None if index is None else Decimal(index)
        wanted[report.id] = (report.survey_id, report.number, shown, report.published_on)
    yield from matched(f"chassis.outbox {SurveyReportPublished.type()}", wanted, told)


def figures_are_what_responses_say(look: Look) -> Faults:
    """What a report says is what the responses still say, once it was audited (M8)."""
    for report in look.session.scalars(select(SurveyReport).where(SurveyReport.state.not_in(UNAUDITED))):
        if results_of(look.session, report.survey, called_in=report.figures).as_data() != report.figures:
            yield Fault(f"survey_reports {report.id}", Text("数字与答卷不符", "Its figures are not what responses say"))


def each_invitation_is_one_response(look: Look) -> Faults:
    """Of a survey as many invitations were given as were counted, and as many used as there are responses online."""
    issued = select(InvitationBatch.survey_id, func.sum(InvitationBatch.invited)).group_by(InvitationBatch.survey_id)
    wanted = _by_survey(look, issued.where(InvitationBatch.channel == Channel.ONLINE))
    yield from matched("survey_invitations of survey", wanted, _invitations(look).items())
    answered = select(Response.survey_id, func.count()).group_by(Response.survey_id)
    online = _by_survey(look, answered.where(Response.channel == Channel.ONLINE))
    yield from matched("survey_responses of survey", _invitations(look, used=True), online.items())


def closed_surveys_keep_no_numbers(look: Look) -> Faults:
    """No telephone number of a respondent outlives the close of its survey (M8, X11)."""
    kept = select(Contact.id).join(Survey, Survey.id == Contact.survey_id)
    for id in look.session.scalars(kept.where(Survey.state == State.CLOSED, Contact.phone.is_not(None))):
        yield Fault(
            f"survey_contacts {id}", Text("调查已结束，电话未删除", "The survey is closed, the number is still there")
        )


def _invitations(look: Look, *, used: bool = False) -> dict[uuid.UUID, int]:
    query = select(InvitationBatch.survey_id, func.count()).join(Invitation, Invitation.batch_id == InvitationBatch.id)
    which = Invitation.used if used else true()
    return _by_survey(look, query.where(which).group_by(InvitationBatch.survey_id))


def _by_survey(look: Look, counts: Select[uuid.UUID, int]) -> dict[uuid.UUID, int]:
    # A result has keys() of its own, so dict() would take it for a mapping.
    return {row[0]: int(row[1]) for row in look.session.execute(counts)}


CHECKS = (
    openings_were_told_once,
    closings_were_told_once,
    publications_were_told_once,
    figures_are_what_responses_say,
    each_invitation_is_one_response,
    closed_surveys_keep_no_numbers,
)

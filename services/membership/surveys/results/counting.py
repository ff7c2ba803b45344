"""Counts the valid responses of a survey in the database, so that memory holds sums and never responses (M8)."""

import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from services.membership.surveys.plans.models import Survey, SurveyOperator
from services.membership.surveys.questionnaires.models import Questionnaire, SurveyQuestion
from services.membership.surveys.questionnaires.rules import Kind
from services.membership.surveys.responses.models import Answer, InvitationBatch, Response
from services.membership.surveys.responses.rules import State
from services.membership.surveys.responses.taking import terms_of_survey
from services.membership.surveys.results import rules
from services.membership.surveys.suppression.rules import hide
from services.membership.units.models import Unit


class Named(NamedTuple):
    """An operator and what it is called for short."""

    id: uuid.UUID
    short_name: str


def operators_of(session: Session, survey: Survey) -> list[Named]:
    """The operators of a survey in the order of its plan."""
    called = func.coalesce(Unit.short_name, Unit.name)
    query = select(Unit.id, called).join(SurveyOperator, SurveyOperator.operator_id == Unit.id)
    query = query.where(SurveyOperator.survey_id == survey.id).order_by(SurveyOperator.place)
    return [Named(id, name) for id, name in session.execute(query)]


def results_of(session: Session, survey: Survey, *, called_in: Mapping[str, Any] | None = None) -> rules.Figures:
    """All that is shown of a survey that is closed, by the terms it opened with (M8, X4). Operators are called as they
    are today, or as in the figures ``called_in``, which are to be compared."""
    questionnaire = survey.questionnaire
    assert questionnaire is not None
    if called_in is None:
        names = dict(operators_of(session, survey))
    else:
        names = {uuid.UUID(each["operator_id"]): each["short_name"] for each in called_in["operators"]}
    count = _count(session, survey, questionnaire)
    return rules.figures(questionnaire.as_ruled(), count, names, terms_of_survey(survey))


def responses_of(session: Session, survey: Survey) -> dict[str, int | None]:
    """How many were asked, and how many valid responses there are, None where that is not shown (M8)."""
    counts = _responses(session, survey)
    hidden = hide(counts, terms_of_survey(survey).smallest_cell).total
    return {"invited": _invited(session, survey), "valid": None if hidden else sum(counts.values())}


def _count(session: Session, survey: Survey, questionnaire: Questionnaire) -> rules.Count:
    places = {question.id: place for place, question in questionnaire.questions.items()}
    answered = select(Answer.question_id, Response.operator_id, func.count(), func.sum(Answer.value))
    answered = answered.group_by(Answer.question_id, Response.operator_id)
    option = func.coalesce(Answer.value, 0)
    chosen = select(Answer.question_id, option, func.count()).group_by(Answer.question_id, option)
    chosen = chosen.join(SurveyQuestion, SurveyQuestion.id == Answer.question_id)
    chosen = chosen.where(SurveyQuestion.kind == Kind.CHOICE)
    joined = Response.id == Answer.response_id
    return rules.Count(
        invited=_invited(session, survey),
        responses=_responses(session, survey),
        tallies={
            # PostgreSQL's sum of whole numbers is a decimal; of texts there is none.
            (places[row[0]], row[1]): rules.Tally(row[2], int(row[3] or 0))
            for row in session.execute(answered.join(Response, joined).where(*_valid(survey)))
        },
        chosen={
            (places[row[0]], row[1]): row[2]
            for row in session.execute(chosen.join(Response, joined).where(*_valid(survey)))
        },
    )


def _valid(survey: Survey) -> tuple[ColumnElement[bool], ...]:
    return Response.survey_id == survey.id, Response.state == State.VALID


def _invited(session: Session, survey: Survey) -> int:
    asked = select(func.sum(InvitationBatch.invited)).where(InvitationBatch.survey_id == survey.id)
    return int(session.scalar(asked) or 0)


def _responses(session: Session, survey: Survey) -> dict[uuid.UUID, int]:
    query = select(Response.operator_id, func.count()).where(*_valid(survey)).group_by(Response.operator_id)
    found: dict[uuid.UUID, int] = {row[0]: row[1] for row in session.execute(query)}
    return {operator: found.get(operator, 0) for operator in survey.operator_ids}

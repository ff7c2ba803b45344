"""Surveys 满意度调查: planned, opened and closed (M8)."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from services.membership.data import survey_terms
from services.membership.surveys.events import SurveyClosed, SurveyOpened
from services.membership.surveys.hands import with_hand_of
from services.membership.surveys.plans import rules
from services.membership.surveys.plans.models import Survey, SurveyOperator
from services.membership.surveys.plans.schemas import SurveyIn, SurveyOut, SurveyPatch, SurveyQuery
from services.membership.surveys.responses.contacts import erase_contacts
from services.membership.surveys.responses.holding import hold_whole
from services.membership.surveys.results.counting import responses_of
from services.membership.surveys.rules import TERMS
from services.membership.units.models import Unit
from services.membership.units.rules import check_member
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.effective import in_force
from shared.store.tx import Tx


class Surveys:
    """What is asked about whom, and when."""

    @operation(
        "POST /surveys",
        permission="membership.survey.plan",
        request=SurveyIn,
        response=SurveyOut,
        label=("拟定调查方案", "Plan a survey"),
        kind="create",
    )
    def plan_survey(self, tx: Tx, operators: Sequence[uuid.UUID], **plan: Any) -> Survey:
        """Plans a survey among users about one or more operators, which are members that day (M8)."""
        rules.check_plan(plan["starts_on"], plan["ends_on"], operators)
        survey = tx.add(
            Survey(
                **plan,
                state=rules.State.PLANNED,
                planners=with_hand_of(tx.principal),
                planned_at=tx.now,
                operators=_operators(tx, operators),
            )
        )
        tx.flush()
        return survey

    @operation(
        "PATCH /surveys/{id}",
        permission="membership.survey.plan",
        request=SurveyPatch,
        response=SurveyOut,
        label=("修改调查方案", "Change the plan of a survey"),
        kind="action",
    )
    def change_survey(self, tx: Tx, id: uuid.UUID, **wanted: Any) -> Survey:
        """Changes what is named of a plan, until the survey opens (M8)."""
        survey = tx.change(Survey, id)
        rules.check_changeable(survey.stage)
        operators = wanted.pop("operators", survey.operator_ids)
        days: dict[str, date] = {name: wanted.get(name, getattr(survey, name)) for name in ("starts_on", "ends_on")}
        rules.check_plan(**days, operators=operators)
        for name, value in wanted.items():
            setattr(survey, name, value)
        if operators != survey.operator_ids:
            survey.operators.clear()
            tx.flush()
            survey.operators.extend(_operators(tx, operators))
        survey.planners = with_hand_of(tx.principal, survey.planners)
        tx.flush()
        return survey

    @operation(
        "GET /surveys",
        permission="membership.survey.read",
        request=SurveyQuery,
        response=SurveyOut,
        label=("满意度调查", "Surveys"),
        kind="list",
    )
    def list_surveys(self, tx: Tx, page: PageRequest, state: str | None) -> Page:
        """Surveys, the latest first; planned, open or closed ones."""
        query = select(Survey)
        if state:
            query = query.where(Survey.state == state)
        sorts = {"starts_on": Survey.starts_on, "planned": Survey.planned_at}
        return tx.page(query, page, key=Survey.id, sorts=sorts, default="-starts_on")

    @operation(
        "GET /surveys/{id}",
        permission="membership.survey.read",
        response=SurveyOut,
        label=("调查详情", "A survey"),
        kind="detail",
    )
    def get_survey(self, tx: Tx, id: uuid.UUID) -> Survey:
        """A survey with its plan and state."""
        return tx.get(Survey, id)

    @operation(
        "POST /surveys/{id}/opening",
        permission="membership.survey.run",
        response=SurveyOut,
        label=("开始调查", "Open a survey"),
        kind="action",
    )
    def open_survey(self, tx: Tx, id: uuid.UUID) -> Survey:
        """Opens a survey within its period. The questionnaire written last is frozen, and the terms of that day, with
        the formula of the index, hold for it (M8, X4)."""
        survey = tx.change(Survey, id)
        questionnaire = survey.questionnaire
        rules.check_opening(
            survey.stage, survey.starts_on, survey.ends_on, tx.today, has_questionnaire=questionnaire is not None
        )
        assert questionnaire is not None
        survey.terms = in_force(survey_terms(), tx.today, TERMS).version
        survey.state, survey.opened_at, questionnaire.frozen_at = rules.State.OPEN, tx.now, tx.now
        tx.emit(SurveyOpened.of(survey, questionnaire_id=questionnaire.id))
        return survey

    @operation(
        "POST /surveys/{id}/closing",
        permission="membership.survey.run",
        response=SurveyOut,
        label=("结束调查", "Close a survey"),
        kind="action",
    )
    def close_survey(self, tx: Tx, id: uuid.UUID) -> Survey:
        """Closes a survey, on its last day or earlier or later. Telephone numbers of respondents are erased with it
        (M8, X11); results can be seen from now on."""
        hold_whole(tx, id)
        survey = tx.change(Survey, id)
        rules.check_open(survey.stage)
        survey.state, survey.closed_at = rules.State.CLOSED, tx.now
        erase_contacts(tx, survey)
        tx.emit(SurveyClosed.of(survey, **responses_of(tx.session, survey)))
        return survey


def _operators(tx: Tx, units: Sequence[uuid.UUID]) -> list[SurveyOperator]:
    for id in units:
        check_member(tx.get(Unit, id).left_on, tx.today, field="operators")
    return [SurveyOperator(operator_id=id, place=place) for place, id in enumerate(units, 1)]

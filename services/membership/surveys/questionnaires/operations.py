"""Questionnaires 调查问卷: written in versions until the survey opens (M8, X4)."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from services.membership.surveys.hands import with_hand_of
from services.membership.surveys.plans.models import Survey
from services.membership.surveys.plans.rules import check_changeable
from services.membership.surveys.questionnaires import rules
from services.membership.surveys.questionnaires.models import Questionnaire, SurveyQuestion, SurveySection
from services.membership.surveys.questionnaires.schemas import QuestionnaireIn, QuestionnaireOut
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.store.tx import Tx


class Questionnaires:
    """What is asked."""

    @operation(
        "POST /surveys/{id}/questionnaires",
        permission="membership.survey.plan",
        request=QuestionnaireIn,
        response=QuestionnaireOut,
        label=("拟定问卷", "Write a questionnaire"),
        kind="create",
    )
    def write_questionnaire(self, tx: Tx, id: uuid.UUID, sections: Sequence[dict[str, Any]]) -> Questionnaire:
        """Writes the next version of a survey's questionnaire, whole. Weights are percent with at most two places and
        total 100 exactly, of the sections and within each; one that opened is frozen (M8, X4)."""
        survey = tx.change(Survey, id)
        check_changeable(survey.stage)
        ruled = [_section(section) for section in sections]
        rules.check_questionnaire(ruled)
        survey.planners = with_hand_of(tx.principal, survey.planners)
        written = Questionnaire(
            survey_id=survey.id,
            number=len(survey.questionnaires) + 1,
            written_at=tx.now,
            written_by=tx.principal.name,
            sections=[_kept(number, section) for number, section in enumerate(ruled, 1)],
        )
        return tx.add(written)

    @operation(
        "GET /surveys/{id}/questionnaires",
        permission="membership.survey.read",
        response=QuestionnaireOut,
        label=("问卷", "Questionnaires"),
        kind="list",
    )
    def list_questionnaires(self, tx: Tx, id: uuid.UUID, page: PageRequest) -> Page:
        """The versions of a survey's questionnaire, the latest first; a survey asks the latest."""
        survey = tx.get(Survey, id)
        query = select(Questionnaire).where(Questionnaire.survey_id == survey.id)
        sorts = {"number": Questionnaire.number}
        return tx.page(query, page, key=Questionnaire.id, sorts=sorts, default="-number")


def _section(given: dict[str, Any]) -> rules.Section:
    questions = tuple(
        rules.Question(each["text"], rules.Kind(each["kind"]), each["weight"], tuple(each["options"]))
        for each in given["questions"]
    )
    return rules.Section(given["title"], given["weight"], questions)


def _kept(number: int, section: rules.Section) -> SurveySection:
    questions = [
        SurveyQuestion(
            number=place,
            text=question.text,
            kind=question.kind,
            weight=question.weight,
            options=list(question.options),
        )
        for place, question in enumerate(section.questions, 1)
    ]
    return SurveySection(number=number, title=section.title, weight=section.weight, questions=questions)

"""Takes responses in, one or thousands, the same way wherever they come from (M8)."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.membership.base import Base
from services.membership.data import survey_terms
from services.membership.surveys.plans.models import Survey
from services.membership.surveys.questionnaires.rules import Question
from services.membership.surveys.responses import rules
from services.membership.surveys.responses.models import Answer, InvitationBatch, Response
from services.membership.surveys.rules import SurveyTerms
from shared.store.tx import Tx

AT_ONCE = 10_000
"""Rows that one statement writes."""


@dataclass(frozen=True)
class Asking:
    """A survey that is open: what it asks, and the terms it opened with."""

    survey: Survey
    asked: Mapping[uuid.UUID, Question]
    terms: SurveyTerms

    @classmethod
    def of(cls, survey: Survey) -> "Asking":
        questionnaire = survey.questionnaire
        assert questionnaire is not None
        asked = {question.id: question.as_ruled() for question in questionnaire.questions.values()}
        return cls(survey, asked, terms_of_survey(survey))


@dataclass(frozen=True)
class Filled:
    """A response as it came in, checked."""

    operator: uuid.UUID
    answers: Sequence[rules.Given]


def terms_of_survey(survey: Survey) -> SurveyTerms:
    """The terms a survey opened with (X4)."""
    (terms,) = (each for each in survey_terms() if each.version == survey.terms)
    return terms


def check_filled(asking: Asking, filled: Filled) -> None:
    """Refuse a response to what is not asked, or about whom it is not asked (M8)."""
    rules.check_operator(filled.operator, asking.survey.operator_ids)
    rules.check_answers(asking.asked, filled.answers, asking.terms)


def take(tx: Tx, asking: Asking, filled: Filled, channel: rules.Channel, entered_by: str | None) -> uuid.UUID:
    """Keep one response; its id."""
    (id,) = take_all(tx, asking, [filled], channel, entered_by)
    return id


def take_all(
    tx: Tx, asking: Asking, batch: Iterable[Filled], channel: rules.Channel, entered_by: str | None
) -> list[uuid.UUID]:
    """Keep many; their ids.

    By bare statements, so that the audit trail holds no answers and does not name a response beside the invitation that
    was used for it; and under ids without a time in them, for the same reason.
    """
    ids: list[uuid.UUID] = []
    responses: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    for filled in batch:
        id = uuid.uuid4()
        ids.append(id)
        responses.append(
            {
                "id": id,
                "version": 1,
                "survey_id": asking.survey.id,
                "operator_id": filled.operator,
                "channel": channel.value,
                "state": rules.state_of(asking.asked, filled.answers, asking.terms).value,
                "received_on": tx.today,
                "entered_by": entered_by,
            }
        )
        answers += [
            {"response_id": id, "question_id": each.question, "value": each.value, "text": each.text}
            for each in filled.answers
        ]
    _insert(tx, Response, responses)
    _insert(tx, Answer, answers)
    return ids


def _insert(tx: Tx, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of the same columns, column by column, in a few statements: one by one, ten thousand responses would
    take a minute of going to and fro."""
    table = Base.metadata.tables[model.__tablename__]
    columns = [table.c[name] for name in (rows[0] if rows else ())]
    arrays = (func.unnest(bindparam(f"all_{column.name}", type_=ARRAY(column.type))) for column in columns)
    statement = insert(table).from_select(columns, select(*arrays))
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        tx.session.execute(statement, {f"all_{column.name}": [row[column.name] for row in some] for column in columns})


def check_room(tx: Tx, survey: Survey, channel: rules.Channel, more: int) -> None:
    """Refuse ``more`` responses by a channel than were asked by it; whoever comes here holds the channel (M8)."""
    of_batch = InvitationBatch.survey_id == survey.id, InvitationBatch.channel == channel
    invited = tx.session.scalar(select(func.coalesce(func.sum(InvitationBatch.invited), 0)).where(*of_batch))
    kept = select(func.count()).where(
        Response.survey_id == survey.id, Response.channel == channel, Response.state != rules.State.VOID
    )
    rules.check_invited(int(tx.session.scalar(kept) or 0) + more, int(invited or 0))

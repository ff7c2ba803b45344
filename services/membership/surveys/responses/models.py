"""Invitations, responses, answers and telephone numbers, as they are kept. Nothing ties a response to its invitation,
and answers leave no trace in the audit trail: nobody reads them one by one."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, ForeignKeyConstraint, Index, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.base import Base
from services.membership.surveys.plans.models import Survey
from shared.personal.declaring import personal, tied
from shared.store.base import SEALED, Identified, Versioned
from shared.store.changes import SECRET
from shared.text import Text


class InvitationBatch(Identified, Base):
    """So many were asked at once in one way (M8)."""

    __tablename__ = "survey_invitation_batches"
    __table_args__ = (CheckConstraint("invited > 0", name="invited_above_zero"),)
    label = Text("问卷发放", "batch of invitations")

    survey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("surveys.id"), index=True)
    channel: Mapped[str]
    invited: Mapped[int]
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]

    # Lets the attribute below be no column.
    __allow_unmapped__ = True
    tokens: list[str] = []
    """Set where the batch was just made, to be shown this once."""


class Invitation(Identified, Base):
    """Lets whoever has its token answer once; of the token only the hash is kept."""

    __tablename__ = "survey_invitations"

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey_invitation_batches.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True, info=SECRET)
    used: Mapped[bool] = mapped_column(default=False)
    batch: Mapped[InvitationBatch] = relationship()


class Response(Versioned, Base):
    """A response about one operator (M8). ``entered_by`` is the account of who typed it, None for the respondent."""

    __tablename__ = "survey_responses"
    __table_args__ = (
        ForeignKeyConstraint(
            ["survey_id", "operator_id"], ["survey_operators.survey_id", "survey_operators.operator_id"]
        ),
        Index(None, "survey_id", "operator_id"),
    )
    label = Text("答卷", "survey response")

    survey_id: Mapped[uuid.UUID]
    operator_id: Mapped[uuid.UUID]
    channel: Mapped[str]
    state: Mapped[str]
    received_on: Mapped[date]
    entered_by: Mapped[str | None]
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[str | None]
    void_reason: Mapped[str | None]


class Answer(Base):
    """One answer: a number, or a text."""

    __tablename__ = "survey_answers"
    __table_args__ = (CheckConstraint("(value IS NULL) != (text IS NULL)", name="number_or_text"),)

    response_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey_responses.id"), primary_key=True)
    question_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey_questions.id"), primary_key=True, index=True)
    value: Mapped[int | None]
    text: Mapped[str | None]


def closed() -> ColumnElement[Any]:
    """When the survey of a telephone number was closed; null while it is open."""
    survey = select(Survey.closed_at).where(Survey.id == Contact.survey_id)
    return survey.scalar_subquery()


class Contact(Versioned, Base):
    """The telephone number of a respondent who consented to be asked back, erased at the close (M8, X10, X11).

    Respondents are not on file as people, so no request of a person finds their number.
    """

    __tablename__ = "survey_contacts"
    __table_args__ = ({"info": tied(Text("受访者联系方式", "Respondent's number"), stranger=True, began=closed)},)
    label = Text("受访者联系方式", "telephone number of a respondent")

    survey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("surveys.id"), index=True)
    response_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey_responses.id"), unique=True)
    phone: Mapped[bytes | None] = mapped_column(
        info=SEALED | personal("respondent-phone", Text("受访者电话", "Telephone number"), shown="last4")
    )

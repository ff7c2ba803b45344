"""Surveys and the operators they are about, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.base import Base
from services.membership.surveys.plans.rules import State
from services.membership.surveys.questionnaires.models import Questionnaire
from shared.store.base import Versioned
from shared.text import Text


class Survey(Versioned, Base):
    """A survey (M8). ``planners``: the ids of the people and accounts with a hand in its plan or questionnaire (X8).

    ``terms`` is the version in force on the day it opened (X4), ``invited`` how many were asked, known at the close.
    """

    __tablename__ = "surveys"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("planned_sample > 0", name="sample_above_zero"),
    )
    label = Text("调查", "survey")

    title: Mapped[str]
    purpose: Mapped[str]
    target_group: Mapped[str]
    planned_sample: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(index=True)
    planners: Mapped[list[str]] = mapped_column(ARRAY(SqlText()))
    planned_at: Mapped[datetime]
    terms: Mapped[str | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    operators: Mapped[list["SurveyOperator"]] = relationship(
        order_by="SurveyOperator.place", lazy="selectin", cascade="all, delete-orphan"
    )
    questionnaires: Mapped[list[Questionnaire]] = relationship(order_by=Questionnaire.number)

    @property
    def operator_ids(self) -> list[uuid.UUID]:
        """The operators in the order of the plan."""
        return [each.operator_id for each in self.operators]

    @property
    def questionnaire(self) -> Questionnaire | None:
        """The questionnaire as it was written last; once the survey has opened, the one that is asked."""
        return self.questionnaires[-1] if self.questionnaires else None

    @property
    def stage(self) -> State:
        return State(self.state)


class SurveyOperator(Base):
    """A member unit that a survey is about; ``place`` counts those of the survey from 1."""

    __tablename__ = "survey_operators"

    survey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    operator_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), primary_key=True, index=True)
    place: Mapped[int]

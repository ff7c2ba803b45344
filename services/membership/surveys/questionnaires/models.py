"""Questionnaires with their sections and questions, as they are kept; none is ever changed (X4, X7)."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, UniqueConstraint
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.base import Base
from services.membership.surveys.questionnaires import rules
from services.membership.surveys.results.rules import Place
from shared.store.base import Identified
from shared.text import Text

_WEIGHT = Numeric(5, rules.PLACES)


class Questionnaire(Identified, Base):
    """The ``number``-th version of a survey's questionnaire; ``frozen_at`` is set on the one that is asked."""

    __tablename__ = "survey_questionnaires"
    __table_args__ = (UniqueConstraint("survey_id", "number"),)
    label = Text("问卷", "questionnaire")

    survey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("surveys.id"))
    number: Mapped[int]
    written_at: Mapped[datetime]
    written_by: Mapped[str]
    frozen_at: Mapped[datetime | None]
    sections: Mapped[list["SurveySection"]] = relationship(order_by="SurveySection.number", lazy="selectin")

    @property
    def questions(self) -> dict[Place, "SurveyQuestion"]:
        """Every question by its place, in order."""
        return {
            Place(section.number, question.number): question
            for section in self.sections
            for question in section.questions
        }

    def as_ruled(self) -> list[rules.Section]:
        """What the rules need to know of it."""
        return [
            rules.Section(section.title, section.weight, tuple(each.as_ruled() for each in section.questions))
            for section in self.sections
        ]


class SurveySection(Identified, Base):
    __tablename__ = "survey_sections"
    __table_args__ = (UniqueConstraint("questionnaire_id", "number"),)

    questionnaire_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey_questionnaires.id"))
    number: Mapped[int]
    title: Mapped[str]
    weight: Mapped[Decimal] = mapped_column(_WEIGHT)
    questions: Mapped[list["SurveyQuestion"]] = relationship(order_by="SurveyQuestion.number", lazy="selectin")


class SurveyQuestion(Identified, Base):
    __tablename__ = "survey_questions"
    __table_args__ = (UniqueConstraint("section_id", "number"),)

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey_sections.id"))
    number: Mapped[int]
    text: Mapped[str]
    kind: Mapped[str]
    weight: Mapped[Decimal | None] = mapped_column(_WEIGHT)
    options: Mapped[list[str]] = mapped_column(ARRAY(SqlText()))

    def as_ruled(self) -> rules.Question:
        return rules.Question(self.text, rules.Kind(self.kind), self.weight, tuple(self.options))

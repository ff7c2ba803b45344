"""Scores 成绩 as they were entered, one part at a time."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Self

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.certification.base import Base
from services.certification.examinations.rules import ABSENT, Mark, Part, mark_text
from shared.store.base import Identified


class Score(Identified, Base):
    """A mark of one candidate in one part. Never changed: a correction is another row, of the next revision (C5, X7).

    ``score`` is None for 缺考.
    """

    __tablename__ = "scores"
    __table_args__ = (
        UniqueConstraint("candidate_id", "part", "revision"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_in_range"),
    )

    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidates.id"))
    part: Mapped[str]
    revision: Mapped[int]
    score: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    entered_at: Mapped[datetime]
    entered_by: Mapped[uuid.UUID]
    reason: Mapped[str]

    @classmethod
    def of(cls, part: Part, mark: Mark, *, revision: int, at: datetime, by: uuid.UUID, reason: str) -> Self:
        return cls(
            part=part.value,
            revision=revision,
            score=None if mark is ABSENT else mark,
            entered_at=at,
            entered_by=by,
            reason=reason,
        )

    @property
    def mark(self) -> Mark:
        return ABSENT if self.score is None else self.score

    @property
    def text(self) -> str:
        return mark_text(self.mark)

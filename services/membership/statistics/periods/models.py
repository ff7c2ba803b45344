"""Reporting periods 统计期 and who reports in them, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from services.membership.statistics.periods import rules
from shared.store.base import Identified, Versioned
from shared.store.sight import FOR_EVERYBODY, OF_UNIT
from shared.text import Text


class Period(Versioned, Base):
    """A month for which units report; ``terms`` is the version that ``due_on`` was found by, None where it was set by
    hand (M13, X4)."""

    __tablename__ = "statistics_periods"
    __table_args__ = (
        UniqueConstraint("year", "month"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month_of_a_year"),
        {"info": FOR_EVERYBODY},
    )
    label = Text("统计期", "statistics period")

    year: Mapped[int]
    month: Mapped[int]
    due_on: Mapped[date]
    terms: Mapped[str | None]
    state: Mapped[str] = mapped_column(index=True)
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    closed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    @property
    def span(self) -> rules.Month:
        return rules.Month(self.year, self.month)

    @property
    def ruled_state(self) -> rules.State:
        return rules.State(self.state)


class Reporter(Identified, Base):
    """A unit that is asked for figures in a period (M13)."""

    __tablename__ = "statistics_reporters"
    __table_args__ = (UniqueConstraint("period_id", "unit_id"),)
    label = Text("上报单位", "reporting unit")

    period_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("statistics_periods.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]

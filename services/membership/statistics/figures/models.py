"""Figures 统计数据, as they are kept: the one that counts, and those it took the place of (X7)."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from services.membership.statistics.figures.rules import Reported
from shared.store.base import Identified
from shared.store.sight import OF_UNIT
from shared.text import Text


class Figure(Identified, Base):
    """A unit's value for an indicator in a period, exact (M13). It counts while ``superseded_at`` is null.

    ``growth`` is what the unit says, in per cent; ``reported_by`` an account, ``on_behalf`` whether that is not of the
    unit. ``reason`` is there where it was revised after the period had closed.
    """

    __tablename__ = "statistics_figures"
    __table_args__ = (
        Index(
            "uq_statistics_figures_counting",
            "period_id",
            "unit_id",
            "indicator",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )
    label = Text("统计数据", "figure")

    period_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("statistics_periods.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    indicator: Mapped[str]
    indicator_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("statistics_indicators.id"))
    value: Mapped[Decimal] = mapped_column(Numeric())
    growth: Mapped[Decimal | None] = mapped_column(Numeric())
    late: Mapped[bool]
    on_behalf: Mapped[bool]
    reported_at: Mapped[datetime]
    reported_by: Mapped[uuid.UUID]
    reason: Mapped[str | None]
    superseded_at: Mapped[datetime | None]

    @property
    def reported(self) -> Reported:
        return Reported(self.value, self.growth)

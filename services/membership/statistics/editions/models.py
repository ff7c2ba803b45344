"""Editions 汇总 and their totals, as they are kept: each for good, a revision is another (X7)."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.base import Base
from services.membership.statistics.figures.rules import Reported
from services.membership.statistics.indicators.models import Indicator
from services.membership.statistics.plausibility.models import Finding
from shared.store.base import Identified, Versioned
from shared.text import Text


class Edition(Versioned, Base):
    """The figures of a period over all units, the ``number``-th time they were added up (M13).

    ``missing`` are the units asked that had reported nothing then, ``source`` says whence figures came that were not
    added up here, ``reason`` why it was made after the first, ``checks`` by which version they were looked at (X4).
    """

    __tablename__ = "statistics_editions"
    __table_args__ = (UniqueConstraint("period_id", "number"),)
    label = Text("统计汇总", "edition")

    period_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("statistics_periods.id"))
    number: Mapped[int]
    basis: Mapped[str]
    source_zh: Mapped[str | None]
    source_en: Mapped[str | None]
    reason: Mapped[str | None]
    checks: Mapped[str]
    expected: Mapped[int]
    reported: Mapped[int]
    missing: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()))
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    published_at: Mapped[datetime | None]
    totals: Mapped[list["Total"]] = relationship(order_by="Total.place", lazy="selectin")
    findings: Mapped[list[Finding]] = relationship(order_by=(Finding.indicator, Finding.kind), lazy="selectin")

    @property
    def figures(self) -> dict[str, Reported]:
        """The totals by the code of the indicator."""
        return {total.indicator.code: Reported(total.value, total.growth) for total in self.totals}


class Total(Identified, Base):
    """The figure of the industry for one indicator, the ``place``-th of its edition; ``units`` is 0 where a source
    states it."""

    __tablename__ = "statistics_totals"
    __table_args__ = (UniqueConstraint("edition_id", "indicator_id"),)

    edition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("statistics_editions.id"))
    indicator_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("statistics_indicators.id"))
    place: Mapped[int]
    value: Mapped[Decimal] = mapped_column(Numeric())
    growth: Mapped[Decimal | None] = mapped_column(Numeric())
    units: Mapped[int]
    indicator: Mapped[Indicator] = relationship(lazy="joined")

"""Versions of indicators 统计指标, as they are kept."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from services.membership.statistics.indicators import rules
from shared.store.base import Identified
from shared.store.sight import FOR_EVERYBODY
from shared.text import Text


class Indicator(Identified, Base):
    """One version of an indicator, from ``effective_from`` until the next of its code (M13, X4). Kept for good (X7)."""

    __tablename__ = "statistics_indicators"
    __table_args__ = (
        UniqueConstraint("code", "effective_from"),
        CheckConstraint(f"places BETWEEN 0 AND {rules.MOST_PLACES}", name="places_within"),
        {"info": FOR_EVERYBODY},
    )
    label = Text("统计指标", "indicator")

    code: Mapped[str]
    effective_from: Mapped[date] = mapped_column(index=True)
    label_zh: Mapped[str]
    label_en: Mapped[str]
    unit_zh: Mapped[str]
    unit_en: Mapped[str]
    measure: Mapped[str]
    adds: Mapped[str]
    places: Mapped[int]
    weight: Mapped[str | None]
    asked: Mapped[bool]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]

    @classmethod
    def of(cls, ruled: rules.Indicator, *, at: datetime, by: str) -> "Indicator":
        return cls(
            id=ruled.id,
            code=ruled.code,
            effective_from=ruled.effective_from,
            label_zh=ruled.label.zh,
            label_en=ruled.label.en,
            unit_zh=ruled.unit.zh,
            unit_en=ruled.unit.en,
            measure=ruled.measure,
            adds=ruled.adds,
            places=ruled.places,
            weight=ruled.weight,
            asked=ruled.asked,
            recorded_at=at,
            recorded_by=by,
        )

    def as_ruled(self) -> rules.Indicator:
        """What the rules need to know of it."""
        return rules.Indicator(
            id=self.id,
            code=self.code,
            effective_from=self.effective_from,
            label=Text(self.label_zh, self.label_en),
            unit=Text(self.unit_zh, self.unit_en),
            measure=rules.Measure(self.measure),
            adds=rules.Adds(self.adds),
            places=self.places,
            weight=self.weight,
            asked=self.asked,
        )

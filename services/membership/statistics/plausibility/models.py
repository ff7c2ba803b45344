"""Findings 疑点: what is doubtful in figures, and what was said to it, as they are kept (M13)."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from services.membership.statistics.plausibility import rules
from shared.store.base import Versioned
from shared.store.sight import OF_UNIT
from shared.text import Text


class Finding(Versioned, Base):
    """Something doubtful in a unit's figures of a period, or, without a unit, in the totals of an edition (M13).

    ``checks`` is the version it was found by (X4). It is superseded when the figures do not give it any more, and stays
    on file (X7). Accounts are who explained and accepted it.
    """

    __tablename__ = "statistics_findings"
    __table_args__ = (CheckConstraint("(unit_id IS NULL) = (edition_id IS NOT NULL)", name="of_a_unit_or_an_edition"),)
    label = Text("统计疑点", "finding")

    period_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("statistics_periods.id"), index=True)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    edition_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("statistics_editions.id"), index=True)
    indicator: Mapped[str]
    kind: Mapped[str]
    severity: Mapped[str]
    says_zh: Mapped[str]
    says_en: Mapped[str]
    checks: Mapped[str]
    found_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    explanation: Mapped[str | None]
    explained_at: Mapped[datetime | None]
    explained_by: Mapped[uuid.UUID | None]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[uuid.UUID | None]

    @classmethod
    def of(cls, found: rules.Finding, checks: rules.Checks, *, at: datetime, **whose: uuid.UUID) -> "Finding":
        """``whose``: the period, and the unit or the edition."""
        return cls(
            indicator=found.indicator,
            kind=found.kind,
            severity=found.severity,
            says_zh=found.says.zh,
            says_en=found.says.en,
            checks=checks.version,
            found_at=at,
            **whose,
        )

    @property
    def found(self) -> rules.Finding:
        return rules.Finding(self.indicator, rules.Kind(self.kind), Text(self.says_zh, self.says_en))

    @property
    def answered(self) -> rules.Answered:
        return rules.Answered(explained=self.explained_at is not None, accepted=self.accepted_at is not None)

"""Dues standards 会费标准, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.base import Base
from services.membership.standards import rules
from services.membership.standards.months import Joining, Leaving
from shared.store.base import Identified
from shared.store.sight import FOR_EVERYBODY, OF_PARENT
from shared.text import Text


class DuesStandard(Identified, Base):
    """A dues standard, each by one resolution of the assembly and for as long as that stands (M3, X4, X7).

    ``publish_by`` is the last day to publish it to the members, by the version ``publication_terms``; both None where
    it was resolved before there was such a term.
    """

    __tablename__ = "dues_standards"
    __table_args__ = {"info": FOR_EVERYBODY}
    label = Text("会费标准", "dues standard")

    resolution_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    resolution: Mapped[str]
    adopted_on: Mapped[date]
    effective_from: Mapped[date]
    ended_on: Mapped[date | None]
    joining: Mapped[str] = mapped_column(default=Joining.WHOLE_YEAR, server_default=Joining.WHOLE_YEAR)
    leaving: Mapped[str] = mapped_column(default=Leaving.NOTHING_BACK, server_default=Leaving.NOTHING_BACK)
    publish_by: Mapped[date | None]
    publication_terms: Mapped[str | None]
    published_on: Mapped[date | None]
    published_by: Mapped[str | None]
    recorded_at: Mapped[datetime]
    amounts: Mapped[list["DuesAmount"]] = relationship(order_by="DuesAmount.id", lazy="selectin")
    waivers: Mapped[list["DuesWaiver"]] = relationship(order_by="DuesWaiver.id", lazy="selectin")

    def as_ruled(self) -> rules.Standard:
        """What the rules need to know of it."""
        return rules.Standard(
            id=self.id,
            effective_from=self.effective_from,
            amounts={each.tier: each.amount for each in self.amounts},
            ended_on=self.ended_on,
            joining=Joining(self.joining),
            leaving=Leaving(self.leaving),
            waivers=tuple(rules.Waiver(each.tier, each.unit, each.year) for each in self.waivers),
        )


class DuesAmount(Identified, Base):
    """The yearly dues of one tier, in fen."""

    __tablename__ = "dues_amounts"
    __table_args__ = (
        UniqueConstraint("standard_id", "tier"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )

    standard_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dues_standards.id"), info=OF_PARENT)
    tier: Mapped[str]
    amount: Mapped[int]


class DuesWaiver(Identified, Base):
    """Whom a standard lets off: a tier or one unit, for one year or, where that is null, while the standard holds.

    ``unit`` is no foreign key: the assembly may name one that is not recorded yet. It is for everybody to see, as the
    resolution is (G4).
    """

    __tablename__ = "dues_waivers"
    __table_args__ = (
        UniqueConstraint("standard_id", "tier", "unit", "year", postgresql_nulls_not_distinct=True),
        CheckConstraint("(tier IS NULL) <> (unit IS NULL)", name="tier_or_unit"),
    )

    standard_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dues_standards.id"), info=OF_PARENT)
    tier: Mapped[str | None]
    unit: Mapped[uuid.UUID | None]
    year: Mapped[int | None]

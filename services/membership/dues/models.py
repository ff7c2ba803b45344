"""Dues standards 会费标准 and invoices 会费通知, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.base import Base
from services.membership.dues import rules
from shared.store.base import Identified, Versioned
from shared.store.sight import FOR_EVERYBODY, OF_PARENT, OF_UNIT
from shared.text import Text


class DuesStandard(Identified, Base):
    """A dues standard, each by one resolution of the assembly and for as long as that stands (M3, X4, X7)."""

    __tablename__ = "dues_standards"
    __table_args__ = {"info": FOR_EVERYBODY}
    label = Text("会费标准", "dues standard")

    resolution_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    resolution: Mapped[str]
    adopted_on: Mapped[date]
    effective_from: Mapped[date]
    ended_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    amounts: Mapped[list["DuesAmount"]] = relationship(order_by="DuesAmount.id", lazy="selectin")

    def as_ruled(self) -> rules.Standard:
        """What the rules need to know of it."""
        return rules.Standard(
            self.id, self.effective_from, {each.tier: each.amount for each in self.amounts}, self.ended_on
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


class Invoice(Versioned, Base):
    """The dues of one unit for one year; ``owes`` is what finance has told to be open still, in fen (M3).

    ``terms`` is the version that ``due_on`` was found by (X4), ``slip`` the number of finance's 收款单.
    """

    __tablename__ = "dues_invoices"
    __table_args__ = (
        UniqueConstraint("unit_id", "year"),
        CheckConstraint("amount > 0", name="amount_above_zero"),
        CheckConstraint("owes BETWEEN 0 AND amount", name="owes_at_most_amount"),
    )
    label = Text("会费通知", "dues invoice")

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), info=OF_UNIT)
    year: Mapped[int] = mapped_column(index=True)
    tier: Mapped[str]
    amount: Mapped[int]
    owes: Mapped[int]
    state: Mapped[str] = mapped_column(index=True)
    due_on: Mapped[date]
    standard_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dues_standards.id"))
    terms: Mapped[str]
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    slip: Mapped[str | None]

    @property
    def paid(self) -> int:
        """Fen that have settled it so far."""
        return self.amount - self.owes

    def owing(self, fen: int) -> None:
        """Take over what finance says is open still. Payments only ever lessen it: one that is told late, after a later
        one, opens nothing again."""
        self.owes = min(self.owes, fen)
        self.state = rules.InvoiceState.OPEN if self.owes else rules.InvoiceState.SETTLED

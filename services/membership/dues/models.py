"""Invoices of dues 会费通知, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from services.membership.dues import rules
from services.membership.standards.months import YEAR, Months
from shared.store.base import Versioned
from shared.store.sight import OF_UNIT
from shared.text import Text


class Invoice(Versioned, Base):
    """The dues of one unit for one year; ``owes`` is what finance has told to be open still, in fen (M3).

    It is for the months of the year from ``first_month`` through ``last_month``; ``owed_through`` is the last of them
    that is owed now, since the unit may have left meanwhile, and the month before the first where none is. ``part``
    counts the invoices of a unit and year: a second one is for the months since it came back. ``terms`` is the version
    that ``due_on`` was found by (X4), ``run_id`` the billing run that issued it, None where it was issued by itself,
    ``slip`` the number of finance's 收款单.

    As finance has told, in fen: it is reduced by ``reduced``, ``drawn`` of it was settled by credit of before, null
    where that was not kept yet, and ``credit`` of the money received for it was, or became, too much 预收会费.
    """

    __tablename__ = "dues_invoices"
    __table_args__ = (
        UniqueConstraint("unit_id", "year", "part"),
        CheckConstraint("amount > 0", name="amount_above_zero"),
        CheckConstraint("owes BETWEEN 0 AND amount", name="owes_at_most_amount"),
        CheckConstraint("reduced BETWEEN 0 AND amount", name="reduced_at_most_amount"),
        CheckConstraint("1 <= first_month AND first_month <= last_month AND last_month <= 12", name="months_of_a_year"),
        CheckConstraint("owed_through BETWEEN first_month - 1 AND last_month", name="owed_through_its_months"),
        # What is open, by tier and last day: all that the aging report reads.
        Index(
            "ix_dues_invoices_open",
            *("tier", "due_on"),
            postgresql_include=["owes", "unit_id"],
            postgresql_where=text("state = 'open'"),
        ),
    )
    label = Text("会费通知", "dues invoice")

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), info=OF_UNIT)
    year: Mapped[int] = mapped_column(index=True)
    tier: Mapped[str]
    first_month: Mapped[int] = mapped_column(default=1, server_default="1")
    last_month: Mapped[int] = mapped_column(default=YEAR, server_default=str(YEAR))
    owed_through: Mapped[int] = mapped_column(default=YEAR, server_default=str(YEAR))
    part: Mapped[int] = mapped_column(default=1, server_default="1")
    amount: Mapped[int]
    owes: Mapped[int]
    reduced: Mapped[int] = mapped_column(default=0, server_default="0")
    drawn: Mapped[int | None] = mapped_column(default=0)
    credit: Mapped[int] = mapped_column(default=0, server_default="0")
    state: Mapped[str] = mapped_column(index=True)
    due_on: Mapped[date]
    standard_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dues_standards.id"))
    terms: Mapped[str]
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("billing_runs.id"), index=True)
    slip: Mapped[str | None]

    @property
    def months(self) -> Months:
        """The months of the year that it is for."""
        return Months(self.first_month, self.last_month)

    @property
    def months_owed(self) -> Months:
        """Those of them that are owed now; none where it is reduced to nothing."""
        return Months(self.first_month, self.owed_through)

    @property
    def net(self) -> int:
        """Fen that are left of it after reductions."""
        return self.amount - self.reduced

    @property
    def paid(self) -> int:
        """Fen that have settled it so far, in money or in credit of before."""
        return self.net - self.owes

    def owing(self, fen: int) -> None:
        """Take over what finance says is open still. Payments and reductions only ever lessen it: one that is told
        late, after a later one, opens nothing again."""
        self.owes = min(self.owes, fen)
        self.state = rules.InvoiceState.OPEN if self.owes else rules.InvoiceState.SETTLED

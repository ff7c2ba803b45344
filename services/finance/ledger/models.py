"""Vouchers 记账凭证 and their entries, written once and never again (F7, X7)."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.finance.base import Base
from services.finance.data import chart_named
from shared.store.base import Identified
from shared.text import Text


class Voucher(Identified, Base):
    """A voucher. ``total`` is the fen on each side, ``lines`` how many entries it has, ``chart`` the version of the
    chart it was posted by (X4). What it comes from, ``source_kind`` and ``source_id``, is posted once.

    The database refuses to change or delete a voucher or an entry, and a voucher whose entries are not ``lines`` in
    number and ``total`` on either side.
    """

    __tablename__ = "vouchers"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id"),
        CheckConstraint("total > 0", name="total_above_zero"),
        CheckConstraint("lines >= 2", name="two_lines"),
    )
    label = Text("凭证", "voucher")

    number: Mapped[str] = mapped_column(unique=True)
    period: Mapped[str] = mapped_column(index=True)
    day: Mapped[date] = mapped_column(index=True)
    summary: Mapped[str]
    chart: Mapped[str]
    source_kind: Mapped[str]
    source_id: Mapped[uuid.UUID]
    total: Mapped[int]
    lines: Mapped[int]
    posted_at: Mapped[datetime]
    posted_by: Mapped[str]
    entries: Mapped[list["VoucherEntry"]] = relationship(
        order_by="VoucherEntry.position", lazy="selectin", back_populates="voucher"
    )


class VoucherEntry(Identified, Base):
    """One line of a voucher 分录: fen on one side, zero on the other."""

    __tablename__ = "voucher_entries"
    __table_args__ = (
        UniqueConstraint("voucher_id", "position"),
        CheckConstraint("debit >= 0 AND credit >= 0 AND (debit = 0) <> (credit = 0)", name="one_side"),
    )

    voucher_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("vouchers.id"))
    position: Mapped[int]
    account: Mapped[str] = mapped_column(index=True)
    debit: Mapped[int]
    credit: Mapped[int]
    voucher: Mapped[Voucher] = relationship(back_populates="entries")

    @property
    def name(self) -> Text:
        """What the account is called in the chart it was posted by."""
        return chart_named(self.voucher.chart).accounts[self.account].name

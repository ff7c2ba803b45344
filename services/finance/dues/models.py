"""Receivables 应收会费, what was paid on them, and the slips for those that are settled, as they are kept."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.finance.base import Base
from services.finance.dues import rules
from shared.store.base import Identified, Versioned
from shared.store.sight import OF_PARENT, OF_UNIT
from shared.text import Text


class Part(NamedTuple):
    """What of one payment settles a receivable, in fen, and how the money had come."""

    payment_id: uuid.UUID
    amount: int
    means: str
    allocated_on: date


class Receivable(Versioned, Base):
    """What a unit owes by one invoice of membership, whose id it has; amounts in fen (M3).

    ``reduced`` is by how much membership has reduced it. ``voucher`` is the number of the one that took it on, ``slip``
    that of its 收款单 once it is settled.
    """

    __tablename__ = "receivables"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_above_zero"),
        CheckConstraint("owes BETWEEN 0 AND amount", name="owes_at_most_amount"),
        CheckConstraint("reduced BETWEEN 0 AND amount", name="reduced_at_most_amount"),
        CheckConstraint("slip IS NULL OR owes = 0", name="slip_when_settled"),
    )
    label = Text("应收会费", "receivable")

    unit_id: Mapped[uuid.UUID] = mapped_column(index=True, info=OF_UNIT)
    year: Mapped[int]
    amount: Mapped[int]
    owes: Mapped[int]
    reduced: Mapped[int] = mapped_column(default=0, server_default="0")
    state: Mapped[str] = mapped_column(index=True)
    due_on: Mapped[date]
    voucher: Mapped[str]
    slip: Mapped[str | None] = mapped_column(unique=True)
    recorded_at: Mapped[datetime]
    allocations: Mapped[list["Allocation"]] = relationship(order_by="Allocation.id", lazy="selectin")
    releases: Mapped[list["Release"]] = relationship(order_by="Release.id", lazy="selectin")

    @property
    def received(self) -> int:
        """Fen that have settled it so far."""
        return self.amount - self.reduced - self.owes

    @property
    def parts(self) -> list[Part]:
        """What settles it now."""
        return self._parts(self.as_ruled().settling)

    @property
    def parts_of_slip(self) -> list[Part]:
        """What settled it when its slip was made: what was released since is still on the paper."""
        ruled = self.as_ruled()
        return self._parts(rules.settling(ruled.allocations, (each for each in ruled.releases if each.slip is None)))

    def _parts(self, settling: Iterable[rules.Allocation]) -> list[Part]:
        means = {each.payment_id: each.payment.means for each in self.allocations}
        return [Part(each.payment, each.amount, means[each.payment], each.on) for each in settling]

    def as_ruled(self) -> rules.Receivable:
        """What the rules need to know of it."""
        return rules.Receivable(
            invoice=self.id,
            unit=self.unit_id,
            amount=self.amount,
            due_on=self.due_on,
            allocations=tuple(
                rules.Allocation(each.payment_id, each.amount, each.allocated_on) for each in self.allocations
            ),
            slip=self.slip,
            reduced=self.reduced,
            releases=tuple(rules.Release(each.payment_id, each.amount, each.slip) for each in self.releases),
        )

    def follow(self, ruled: rules.Receivable, payments: Iterable["Payment"]) -> None:
        """Take over what the rules made of it; ``payments`` are those that new allocations draw on. What a reduction
        released is the reduction's, see :meth:`Reduction.take`."""
        by_id = {payment.id: payment for payment in payments}
        self.owes, self.state, self.slip, self.reduced = ruled.owes, ruled.state, ruled.slip, ruled.reduced
        for new in ruled.allocations[len(self.allocations) :]:
            allocation = Allocation(payment=by_id[new.payment], amount=new.amount, allocated_on=new.on)
            self.allocations.append(allocation)


class Payment(Identified, Base):
    """Money that came from a unit for an invoice; ``unused`` of it, in fen, is the unit's credit 预收会费."""

    __tablename__ = "dues_payments"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_above_zero"),
        CheckConstraint("unused BETWEEN 0 AND amount", name="unused_at_most_amount"),
    )
    label = Text("会费收款", "payment of dues")

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("receivables.id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(index=True, info=OF_UNIT)
    amount: Mapped[int]
    unused: Mapped[int]
    means: Mapped[str]
    received_on: Mapped[date]
    voucher: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class Allocation(Identified, Base):
    """What of one payment, in fen, settles one receivable; kept for good (X7)."""

    __tablename__ = "dues_allocations"
    __table_args__ = (
        UniqueConstraint("invoice_id", "payment_id"),
        CheckConstraint("amount > 0", name="amount_above_zero"),
    )

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("receivables.id"), info=OF_PARENT)
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dues_payments.id"))
    amount: Mapped[int]
    allocated_on: Mapped[date]
    payment: Mapped[Payment] = relationship(lazy="joined")


class Reduction(Base):
    """By how much membership reduced an invoice 核减, in fen, under the id that membership gave it (M3, X7).

    ``voucher`` is the number of the one that posted it, null while its invoice is not known here yet.
    """

    __tablename__ = "dues_reductions"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_above_zero"),)
    label = Text("会费核减", "reduction of dues")

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    # No foreign key: it may be heard before its invoice.
    invoice_id: Mapped[uuid.UUID] = mapped_column(index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(info=OF_UNIT)
    amount: Mapped[int]
    reduced_on: Mapped[date]
    voucher: Mapped[str | None]
    heard_at: Mapped[datetime]
    releases: Mapped[list["Release"]] = relationship(order_by="Release.id", lazy="selectin")

    def as_ruled(self) -> rules.Reduction:
        """What the rules need to know of it."""
        return rules.Reduction(self.invoice_id, self.unit_id, self.amount, self.reduced_on)

    def take(self, receivable: Receivable, ruled: rules.Receivable) -> None:
        """Take over what the rules made of ``receivable`` by it."""
        for new in ruled.releases[len(receivable.releases) :]:
            release = Release(payment_id=new.payment, amount=new.amount, slip=new.slip)
            self.releases.append(release)
            receivable.releases.append(release)
        receivable.follow(ruled, ())


class Release(Identified, Base):
    """What of an allocation, in fen, settles its invoice no more since a reduction, and is the unit's credit again; a
    row of its own, since allocations are kept for good (X7). ``slip`` is the 收款单 that stood for the invoice by then.
    """

    __tablename__ = "dues_releases"
    __table_args__ = (
        UniqueConstraint("reduction_id", "payment_id"),
        CheckConstraint("amount > 0", name="amount_above_zero"),
    )

    reduction_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dues_reductions.id"))
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("receivables.id"), index=True, info=OF_PARENT)
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dues_payments.id"))
    amount: Mapped[int]
    slip: Mapped[str | None]


class CollectionSlip(Identified, Base):
    """收款单: our own paper, one for each settled receivable, never a fiscal receipt (F12)."""

    __tablename__ = "collection_slips"
    label = Text("收款单", "collection slip")

    number: Mapped[str] = mapped_column(unique=True)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("receivables.id"), unique=True, info=OF_PARENT)
    amount: Mapped[int]
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    receivable: Mapped[Receivable] = relationship(lazy="joined")

    @property
    def unit_id(self) -> uuid.UUID:
        return self.receivable.unit_id

    @property
    def year(self) -> int:
        return self.receivable.year

    @property
    def allocations(self) -> list[Part]:
        """What settled the receivable when the slip was made."""
        return self.receivable.parts_of_slip

    @property
    def mark(self) -> Text:
        return rules.NOT_A_RECEIPT

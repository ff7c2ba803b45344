"""Membership dues 会费 as receivables: paid in parts, overpaid, settled, and the slip for what settled them (M3, F12).

A payment settles the invoice it names as far as it goes; what is more stays with the unit as credit, by the payment
it came from, and settles a later invoice. An invoice that membership reduces 核减 is owed for less; what had settled
more than that is the unit's credit again. Amounts are fen.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.finance.ledger.rules import Chart, Entry, Means, Purpose
from shared.errors import Refused
from shared.money import format_yuan
from shared.text import Text

NOT_A_RECEIPT = Text("非票据", "Not a fiscal receipt")
"""Stands on every 收款单: 会费收据 is a fiscal paper that we never print (F12)."""


class State(StrEnum):
    OPEN = "open"
    SETTLED = "settled"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {State.OPEN: Text("未收清", "Open"), State.SETTLED: Text("已收清", "Settled")}


class Payment(NamedTuple):
    """Money received from a unit, in fen."""

    id: UUID
    amount: int
    on: date


class Allocation(NamedTuple):
    """What of one payment settles an invoice, and since when."""

    payment: UUID
    amount: int
    on: date


class Release(NamedTuple):
    """What of an allocation settles its invoice no more, since that was reduced. ``slip`` is the number of the 收款单
    that stood for the invoice by then, None where it had none: that paper states the amount as it was."""

    payment: UUID
    amount: int
    slip: str | None


class Credit(NamedTuple):
    """What of one payment is still the unit's to use 预收会费."""

    payment: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Receivable:
    """The dues of one unit by one invoice 应收会费. ``due_on`` is the last day to pay, all of it (X3).

    ``slip`` is the number of its 收款单, None until it has one. ``reduced`` is by how much it was reduced in all, and
    ``releases`` what that took off its allocations.
    """

    invoice: UUID
    unit: UUID
    amount: int
    due_on: date
    allocations: tuple[Allocation, ...] = ()
    slip: str | None = None
    reduced: int = 0
    releases: tuple[Release, ...] = ()

    @property
    def received(self) -> int:
        """Fen that settle it."""
        return sum(settled.amount for settled in self.settling)

    @property
    def owes(self) -> int:
        """Fen still to be paid; never below zero, since what is more is credit."""
        return self.amount - self.reduced - self.received

    @property
    def settling(self) -> tuple[Allocation, ...]:
        """What of its allocations still settles it, in their order."""
        return settling(self.allocations, self.releases)

    @property
    def settled(self) -> bool:
        return self.owes == 0

    @property
    def state(self) -> State:
        return State.SETTLED if self.settled else State.OPEN


def settling(allocations: Iterable[Allocation], releases: Iterable[Release]) -> tuple[Allocation, ...]:
    """What is left of ``allocations`` of one invoice after ``releases``, in their order."""
    released: Counter[UUID] = Counter()
    for each in releases:
        released[each.payment] += each.amount
    left = (each._replace(amount=each.amount - released[each.payment]) for each in allocations)
    return tuple(each for each in left if each.amount)


def open_receivable(invoice: UUID, unit: UUID, amount: int, due_on: date) -> Receivable:
    """The receivable of a new invoice. Refused (M3): an invoice of nothing."""
    if amount <= 0:
        raise Refused("M3", "会费通知的金额须大于零", "There is no zero invoice", code="zero-invoice", field="amount")
    return Receivable(invoice, unit, amount, due_on)


def check_same(receivable: Receivable, unit: UUID, amount: int) -> None:
    """Refuse (X7) an invoice that is heard again and says something else; it was taken on for good."""
    if (receivable.unit, receivable.amount) != (unit, amount):
        raise Refused(
            "X7",
            f"该会费通知已按{format_yuan(receivable.amount)}元入账，不能改为另一单位或金额",
            f"The invoice was taken on at {format_yuan(receivable.amount)} yuan; unit and amount cannot change",
            code="invoice-differs",
        )


def check_received(on: date, today: date) -> None:
    """Refuse (F12) money that is said to have come later than today."""
    if on > today:
        raise Refused(
            "F12",
            "收款日期不能晚于今天",
            "Money cannot have been received later than today",
            code="received-later",
            field="received_on",
        )


def receive(receivable: Receivable, payment: Payment) -> tuple[Receivable, Credit | None]:
    """The receivable after ``payment``, and what was too much as the unit's credit, None where nothing was.

    On a settled invoice all of it is credit. Refused (X2): a payment that is not above zero. Refused (F12): a
    payment that already settles part of this invoice.
    """
    if payment.amount <= 0:
        raise Refused("X2", "收款金额须大于零", "A payment is more than zero", code="amount", field="amount")
    if any(allocation.payment == payment.id for allocation in receivable.allocations):
        raise Refused("F12", "该笔收款已经登记", "This payment has been entered", code="payment-entered")
    applied = min(payment.amount, receivable.owes)
    rest = payment.amount - applied
    credit = Credit(payment.id, rest) if rest else None
    return _allocated(receivable, payment.id, applied, payment.on), credit


def draw(receivable: Receivable, credits: Sequence[Credit], on: date) -> tuple[Receivable, tuple[Credit, ...]]:
    """The receivable once the unit's credits have settled what they can, oldest first, and the credits left."""
    left: list[Credit] = []
    for credit in credits:
        applied = min(credit.amount, receivable.owes)
        receivable = _allocated(receivable, credit.payment, applied, on)
        if credit.amount > applied:
            left.append(Credit(credit.payment, credit.amount - applied))
    return receivable, tuple(left)


class Reduction(NamedTuple):
    """By how much an invoice is reduced 核减, in fen, whose and which, and since when."""

    invoice: UUID
    unit: UUID
    amount: int
    on: date


def check_same_reduction(known: Reduction, said: Reduction) -> None:
    """Refuse (X7) a reduction that is heard again and says something else; it counts for good."""
    if known != said:
        raise Refused(
            "X7",
            "该核减已入账，不能改为另一通知、单位、金额或日期",
            "The reduction counts already; its invoice, unit, amount and day cannot change",
            code="reduction-differs",
        )


def reduce(receivable: Receivable, reduction: Reduction) -> tuple[Receivable, tuple[Credit, ...]]:
    """The receivable after ``reduction``, and what had settled more of it than is left, by payment: the unit's credit.

    What is open goes first; then what was allocated last is released first. Refused (M3): another unit's invoice, and
    more than is left of it.
    """
    left = receivable.amount - receivable.reduced
    if receivable.unit != reduction.unit or not 0 < reduction.amount <= left:
        raise Refused(
            "M3",
            f"核减须为该单位的会费通知，且金额大于零、不超过{format_yuan(left)}元",
            f"A reduction is of the unit's own invoice, and above zero and at most {format_yuan(left)} yuan",
            code="reduction-amount",
        )
    over = max(0, reduction.amount - receivable.owes)
    credits: list[Credit] = []
    for settled in reversed(receivable.settling):
        amount = min(over, settled.amount)
        if amount:
            credits.append(Credit(settled.payment, amount))
            over -= amount
    releases = tuple(Release(*credit, receivable.slip) for credit in credits)
    return (
        replace(
            receivable,
            reduced=receivable.reduced + reduction.amount,
            releases=(*receivable.releases, *releases),
        ),
        tuple(credits),
    )


def _allocated(receivable: Receivable, payment: UUID, amount: int, on: date) -> Receivable:
    if not amount:
        return receivable
    return replace(receivable, allocations=(*receivable.allocations, Allocation(payment, amount, on)))


class Slip(NamedTuple):
    """收款单: our own paper for what settled one invoice, however many payments that took, marked 非票据 (F12)."""

    number: str
    invoice: UUID
    unit: UUID
    on: date
    allocations: tuple[Allocation, ...]
    mark: Text = NOT_A_RECEIPT

    @property
    def amount(self) -> int:
        """The sum of what settled the invoice, in fen."""
        return sum(allocation.amount for allocation in self.allocations)


def slip_series(day: date) -> str:
    """The series from which a slip of that day takes its number: one a year, without gaps (F12)."""
    return f"collection-slip/{day.year:04d}"


def slip_number(day: date, number: int) -> str:
    """收款单号: "收-2021-0001" for the first slip of 2021."""
    if number < 1:
        raise ValueError("numbers begin at 1")
    return f"收-{day.year:04d}-{number:04d}"


def check_slip(receivable: Receivable) -> None:
    """Refuse (F12) a slip for an invoice that is not settled or for which nothing was received, and a second one.
    Comes before its number is taken, since a refusal burns none (X6)."""
    if receivable.slip is not None:
        raise Refused(
            "F12",
            f"该笔会费已开具收款单{receivable.slip}",
            f"Slip {receivable.slip} stands for this invoice",
            code="slip-issued",
        )
    if not receivable.settled:
        raise Refused(
            "F12",
            f"该笔会费尚欠{format_yuan(receivable.owes)}元，缴清后开具收款单",
            f"{format_yuan(receivable.owes)} yuan are owed; the slip is made once the invoice is settled",
            code="not-settled",
        )
    if not receivable.received:
        raise Refused(
            "F12",
            "该笔会费已全额核减，没有收款，不开收款单",
            "The invoice was reduced to nothing and nothing was received: there is no slip for it",
            code="nothing-received",
        )


def issue_slip(receivable: Receivable, number: str, on: date) -> tuple[Receivable, Slip]:
    """The receivable with its slip ``number``, and the slip. Refused by :func:`check_slip`."""
    check_slip(receivable)
    slip = Slip(number, receivable.invoice, receivable.unit, on, receivable.settling)
    return replace(receivable, slip=number), slip


def invoice_entries(amount: int, chart: Chart) -> tuple[Entry, ...]:
    """What an invoice posts (F7): the unit owes it, and it is income of its day."""
    return (
        Entry(chart.account_for(Purpose.DUES_RECEIVABLE), debit=amount),
        Entry(chart.account_for(Purpose.DUES_INCOME), credit=amount),
    )


def payment_entries(
    payment: Payment, credit: Credit | None, chart: Chart, means: Means = Purpose.BANK
) -> tuple[Entry, ...]:
    """What a payment posts (F7): all of it into the bank, or cash; against what is owed, and ``credit`` of it
    against receipts in advance."""
    advance = credit.amount if credit else 0
    credited = (
        Entry(chart.account_for(Purpose.DUES_RECEIVABLE), credit=payment.amount - advance),
        Entry(chart.account_for(Purpose.DUES_IN_ADVANCE), credit=advance),
    )
    return (
        Entry(chart.account_for(means), debit=payment.amount),
        *(entry for entry in credited if entry.credit),
    )


def draw_entries(amount: int, chart: Chart) -> tuple[Entry, ...]:
    """What credit used for an invoice posts (F7): out of receipts in advance, against what is owed."""
    return (
        Entry(chart.account_for(Purpose.DUES_IN_ADVANCE), debit=amount),
        Entry(chart.account_for(Purpose.DUES_RECEIVABLE), credit=amount),
    )


def reduction_entries(amount: int, released: int, chart: Chart) -> tuple[Entry, ...]:
    """What a reduction posts (F7): out of income, against what was owed still and, for what was ``released`` of what
    had been paid, into receipts in advance."""
    credited = (
        Entry(chart.account_for(Purpose.DUES_RECEIVABLE), credit=amount - released),
        Entry(chart.account_for(Purpose.DUES_IN_ADVANCE), credit=released),
    )
    return (
        Entry(chart.account_for(Purpose.DUES_INCOME), debit=amount),
        *(entry for entry in credited if entry.credit),
    )

"""What gifts post, and what may still become of one (M9, F7, X7). Amounts are fen."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.finance.ledger.rules import Chart, Entry, Purpose
from shared.errors import Refused
from shared.text import Text

EXPENSE = "gift"
"""The kind of expense of a gift given (F13)."""


class Direction(StrEnum):
    RECEIVED = "received"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Said:
    """What membership tells of a gift: for the same gift always the same. ``account`` is what a gift received came
    into, ``requester`` who requests to give one."""

    direction: Direction
    amount: int
    account: Purpose | None = None
    restricted: bool = False
    requester: UUID | None = None


MEANS = {"bank": Purpose.BANK, "cash": Purpose.CASH, "goods": Purpose.GOODS}
"""Means of a gift as membership calls them → what it came into."""


def check_said(said: Said) -> None:
    """Refuse (X2) a gift that is not above zero."""
    if said.amount <= 0:
        raise Refused("X2", "金额须大于零", "The amount must be more than zero", code="amount", field="amount")


def check_same(known: Said, said: Said) -> None:
    """Refuse (X7) another word about a gift that was heard of before: it is reversed, never changed."""
    if known != said:
        raise Refused("X7", "该笔捐赠已按另一内容记账", "This gift was told otherwise before", code="gift-differs")


def entries(said: Said, chart: Chart) -> tuple[Entry, ...]:
    """What a gift received posts: bank, cash or goods against donation income, restricted where the donor bound it."""
    assert said.account is not None
    income = Purpose.DONATION_INCOME_RESTRICTED if said.restricted else Purpose.DONATION_INCOME
    return (
        Entry(chart.account_for(said.account), debit=said.amount),
        Entry(chart.account_for(income), credit=said.amount),
    )


def check_not_paid(paid: bool) -> None:
    """Refuse (X7) to let go of a gift that was paid: the money is gone, and comes back as a receipt of its own."""
    if paid:
        raise Refused("X7", "该笔捐赠已支付，不能冲销", "The gift has been paid", code="gift-paid")


WITHDRAWN_BECAUSE = Text("捐赠登记已冲销", "The gift was reversed")
PAYEE = "见捐赠登记"
"""The recipient stands with the gift: events carry no names (X11)."""

"""Gifts 捐赠 (M9, F4, X2, X7): received, which finance posts as income, and given, which finance pays as any expense.

received ── taken back ──▶ reversed
requested ── finance paid it ──▶ paid
requested ── refused, or withdrawn, in finance ──▶ refused, withdrawn
requested ── taken back ──▶ reversed
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.errors import Refused
from shared.text import Text


class Direction(StrEnum):
    RECEIVED = "received"
    GIVEN = "given"

    @property
    def label(self) -> Text:
        return _DIRECTIONS[self]


_DIRECTIONS = {Direction.RECEIVED: Text("接受捐赠", "Received"), Direction.GIVEN: Text("对外捐赠", "Given")}


class Means(StrEnum):
    """What a gift was received as."""

    BANK = "bank"
    CASH = "cash"
    GOODS = "goods"

    @property
    def label(self) -> Text:
        return _MEANS[self]


_MEANS = {
    Means.BANK: Text("银行转账", "By bank"),
    Means.CASH: Text("现金", "In cash"),
    Means.GOODS: Text("实物", "In kind"),
}


class Donor(StrEnum):
    UNIT = "unit"
    PERSON = "person"
    ANONYMOUS = "anonymous"

    @property
    def label(self) -> Text:
        return _DONORS[self]


_DONORS = {
    Donor.UNIT: Text("会员单位", "Member unit"),
    Donor.PERSON: Text("个人", "Person"),
    Donor.ANONYMOUS: Text("匿名", "Anonymous"),
}


class State(StrEnum):
    RECEIVED = "received"
    REQUESTED = "requested"
    PAID = "paid"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVERSED = "reversed"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.RECEIVED: Text("已接受", "Received"),
    State.REQUESTED: Text("待财务审批支付", "Waits for finance"),
    State.PAID: Text("已支付", "Paid"),
    State.REFUSED: Text("未获批准", "Refused"),
    State.WITHDRAWN: Text("已撤回", "Withdrawn"),
    State.REVERSED: Text("已冲销", "Reversed"),
}
COUNTED = {
    Direction.RECEIVED: frozenset({State.RECEIVED}),
    Direction.GIVEN: frozenset({State.PAID}),
}
"""Which gifts count where they are added up."""


def check_amount(amount: int) -> None:
    """Refuse (X2) a gift without a value above zero; of goods it is what they are worth."""
    if amount <= 0:
        raise Refused("X2", "捐赠金额或价值须大于零", "A gift is worth more than zero", code="amount", field="amount")


def check_day(day: date, today: date) -> None:
    """Refuse (M9) a gift of a day to come."""
    if day > today:
        raise Refused(
            "M9", "接受日期不能晚于今天", "It was not received later than today", code="day-to-come", field="day"
        )


def check_donor(donor: Donor, unit: UUID | None, person: UUID | None) -> None:
    """Refuse (M9) a donor that is not exactly what ``donor`` says: the unit, the person, or nobody named."""
    named = {Donor.UNIT: (True, False), Donor.PERSON: (False, True), Donor.ANONYMOUS: (False, False)}
    if (unit is not None, person is not None) != named[donor]:
        raise Refused(
            "M9",
            "捐赠方须为会员单位、个人之一，或为匿名",
            "The donor is a unit, or a person, or anonymous",
            code="donor",
            field="donor",
        )


def check_goods(means: Means, goods: str | None) -> None:
    """Refuse (M9) goods that are not described, and a description of what are no goods."""
    if (means is Means.GOODS) != bool(goods and goods.strip()):
        raise Refused(
            "M9",
            "捐赠实物须写明品名和数量，捐款则不填",
            "Goods are described, money is not",
            code="goods",
            field="goods",
        )


def check_purpose(purpose: str) -> None:
    """Refuse (M9) a gift without its purpose; of an earmarked one it is what it may be used for."""
    if not purpose.strip():
        raise Refused("M9", "须写明捐赠用途", "Say what the gift is for", code="purpose-needed", field="purpose")


def reverse(state: State, reason: str) -> State:
    """The state once the gift is taken back. Refused (X7): without a reason, twice, or what finance has paid, refused
    or let go: money that left comes back as a gift or a receipt of its own."""
    if not reason.strip():
        raise Refused("X7", "冲销须说明理由", "Say why it is reversed", code="reason-needed", field="reason")
    if state not in (State.RECEIVED, State.REQUESTED):
        raise Refused(
            "X7",
            f"该笔捐赠{state.label.zh}，不能冲销",
            f"It cannot be reversed any more ({state.label.en.lower()})",
            code="not-reversible",
        )
    return State.REVERSED


def follow(state: State, told: State) -> State:
    """The state of a gift given once finance has ``told`` what became of it. What was reversed here stays so unless it
    was paid: a payment is a fact."""
    return told if state is State.REQUESTED or told is State.PAID else state

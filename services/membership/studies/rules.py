"""Studies 课题: agreed with a client, delivered in parts, accepted or sent back (M12). Sums are fen.

What is sent back is delivered again. A study is over once its client has accepted it, or once it was given up.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from shared.errors import Refused
from shared.text import Text


class State(StrEnum):
    AGREED = "agreed"
    ACCEPTED = "accepted"
    ENDED = "ended"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.AGREED: Text("进行中", "Under way"),
    State.ACCEPTED: Text("已验收", "Accepted"),
    State.ENDED: Text("已终止", "Given up"),
}


class Outcome(StrEnum):
    """What the client says to all that was delivered."""

    PASSED = "passed"
    RETURNED = "returned"

    @property
    def label(self) -> Text:
        return _OUTCOMES[self]


_OUTCOMES = {Outcome.PASSED: Text("通过", "Passed"), Outcome.RETURNED: Text("退回修改", "Sent back")}


class Promised(NamedTuple):
    """A deliverable, and the day by which it is due."""

    title: str
    due_on: date


def check_agreement(
    amount: int, agreed_on: date, begins_on: date, ends_on: date, promised: Sequence[Promised], today: date
) -> None:
    """Refuse (M12) an agreement of the future, a term that ends before it begins, one for nothing, and one without
    deliverables or with one due outside the term."""
    if agreed_on > today:
        raise Refused(
            "M12",
            "协议日期不能晚于今天",
            "An agreement is recorded after it was made",
            code="study-to-come",
            field="agreed_on",
        )
    if ends_on < begins_on:
        raise Refused("M12", "终止日不能早于起始日", "A term ends after it begins", code="study-term", field="ends_on")
    if amount <= 0:
        raise Refused(
            "M12", "课题金额须大于零", "A study is agreed for a sum above zero", code="study-amount", field="amount"
        )
    if not promised or not all(begins_on <= each.due_on <= ends_on for each in promised):
        raise Refused(
            "M12",
            "课题须有成果，其期限在协议期内",
            "A study has deliverables, each due within its term",
            code="study-deliverables",
            field="deliverables",
        )


def check_under_way(state: State) -> None:
    """Refuse (M12) what is done only while a study is under way."""
    if state is not State.AGREED:
        raise Refused("M12", f"课题{state.label.zh}", f"The study is {state.label.en.lower()}", code="study-over")


def check_delivery(delivered_on: date, agreed_on: date, today: date, delivered_before: date | None) -> None:
    """Refuse (M12) what was delivered already, before the agreement or in the future."""
    if delivered_before is not None:
        raise Refused("M12", "该成果已交付", "That was delivered already", code="delivered-before")
    if not agreed_on <= delivered_on <= today:
        raise Refused(
            "M12",
            "交付日期须在协议之后，不晚于今天",
            "A deliverable is delivered after the agreement, and not later than today",
            code="delivery-day",
            field="delivered_on",
        )


def check_acceptance(on: date, delivered: Sequence[date | None], today: date) -> None:
    """Refuse (M12) the client's word on a study that is not delivered whole, before that, or in the future.
    ``delivered`` are the days of its deliverables."""
    days = [day for day in delivered if day is not None]
    if len(days) < len(delivered):
        raise Refused("M12", "尚有成果未交付", "Not everything is delivered yet", code="study-not-delivered")
    if not max(days) <= on <= today:
        raise Refused(
            "M12",
            "验收日期须在全部交付之后，不晚于今天",
            "A study is accepted once all is delivered, and not later than today",
            code="acceptance-day",
            field="decided_on",
        )

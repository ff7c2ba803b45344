"""Reminders 催收: the steps of a schedule, which of them is due, and when a reminder is of no use (M4, X4)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from shared.errors import Refused
from shared.text import Text

SCHEDULE = Text("会费催收安排", "schedules of reminders")


class Kind(StrEnum):
    """What a reminder says."""

    ISSUED = "issued"
    BEFORE = "before"
    OVERDUE = "overdue"


class Step(NamedTuple):
    """A reminder of the schedule: ``code`` is its own among those of one invoice, ``day`` the first it may be sent."""

    code: str
    kind: Kind
    day: date


@dataclass(frozen=True, slots=True)
class Schedule:
    """One version of when a unit is reminded (X4). An invoice keeps to the one in force on its day."""

    version: str
    effective_from: date
    on_issue: bool
    days_before_due: tuple[int, ...]
    days_after_due: tuple[int, ...]
    then_every_days: int
    then_at_most: int

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Schedule":
        """The schedule as one entry of ``versions`` in data/reminder_schedule.json gives it."""
        return cls(
            version=data["id"],
            effective_from=date.fromisoformat(data["effective_from"]),
            on_issue=data["on_issue"],
            days_before_due=tuple(data["days_before_due"]),
            days_after_due=tuple(data["days_after_due"]),
            then_every_days=data["then_every_days"],
            then_at_most=data["then_at_most"],
        )

    def steps(self, issued_on: date, due_on: date) -> list[Step]:
        """The steps of an invoice, in order. What would come before the invoice, or with it, is left out."""
        before = [Step(f"due-{days}", Kind.BEFORE, due_on - timedelta(days=days)) for days in self.days_before_due]
        last = max(self.days_after_due, default=0)
        again = [last + self.then_every_days * time for time in range(1, self.then_at_most + 1)]
        after = [
            Step(f"due+{days}", Kind.OVERDUE, due_on + timedelta(days=days)) for days in (*self.days_after_due, *again)
        ]
        issued = [Step("issued", Kind.ISSUED, issued_on)] if self.on_issue else []
        return sorted((*issued, *(each for each in before if each.day > issued_on), *after), key=lambda step: step.day)


class Due(NamedTuple):
    """What is to be done for an invoice: the step to take, and those before it that it stands for."""

    step: Step | None
    passed_over: list[Step]


def due(steps: Collection[Step], taken: Collection[str], day: date) -> Due:
    """Of ``steps`` the latest whose day has come and that is not among the codes ``taken``. Others that have come too,
    since nobody reminded for a while, are passed over: a unit gets one reminder, not several at once."""
    open_ = [step for step in steps if step.day <= day and step.code not in taken]
    return Due(open_[-1], open_[:-1]) if open_ else Due(None, [])


class Outcome(StrEnum):
    """What came of a reminder."""

    MAILED = "mailed"
    SENT = "sent"
    TO_DO = "to-do"
    DONE = "done"
    PASSED_OVER = "passed-over"
    NOT_NEEDED = "not-needed"

    @property
    def label(self) -> Text:
        return _OUTCOMES[self]


_OUTCOMES = {
    Outcome.MAILED: Text("邮件待发", "Mail waits to be sent"),
    Outcome.SENT: Text("邮件已发出", "Mail sent"),
    Outcome.TO_DO: Text("待人工催收", "To be reminded by hand"),
    Outcome.DONE: Text("已人工催收", "Reminded by hand"),
    Outcome.PASSED_OVER: Text("已由后一次代替", "A later one stands for it"),
    Outcome.NOT_NEEDED: Text("已缴清，无须催收", "Settled before it was needed"),
}


class Means(StrEnum):
    MAIL = "mail"
    PHONE = "phone"
    LETTER = "letter"

    @property
    def label(self) -> Text:
        return _MEANS[self]


_MEANS = {
    Means.MAIL: Text("邮件", "Mail"),
    Means.PHONE: Text("电话", "Phone"),
    Means.LETTER: Text("函件", "Letter"),
}
BY_HAND = (Means.PHONE, Means.LETTER)


def check_open(owes: int) -> None:
    """Refuse (M4) to remind of an invoice that is settled."""
    if owes == 0:
        raise Refused(
            "M4", "该笔会费已缴清，无须催收", "The invoice is settled: there is nothing to remind of", code="settled"
        )


def check_day(day: date, issued_on: date, today: date) -> None:
    """Refuse (M4) a reminder on a day to come, or before the invoice was."""
    if not issued_on <= day <= today:
        raise Refused(
            "M4",
            f"催收日期须在开具日（{issued_on}）与今天之间",
            f"A reminder is of a day from that of the invoice ({issued_on}) through today",
            code="reminder-day",
            field="day",
        )

"""Reporting periods 统计期: a month opens once, with those who report and a last day, closes and is published (M13)."""

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Self
from uuid import UUID

from shared.errors import Refused
from shared.text import Text

TERMS = Text("统计上报期限", "terms of reporting")


class Month(NamedTuple):
    """A month of a year; later ones compare as greater."""

    year: int
    month: int

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def previous(self) -> "Month":
        return Month(self.year - 1, 12) if self.month == 1 else Month(self.year, self.month - 1)

    @property
    def year_before(self) -> "Month":
        return Month(self.year - 1, self.month)

    @property
    def label(self) -> Text:
        return Text(f"{self.year}年{self.month}月", f"{self.year}-{self.month:02d}")


class State(StrEnum):
    """How far a period is: figures come in, they are added up, the sum is with the members."""

    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.OPEN: Text("上报中", "Open for reports"),
    State.CLOSED: Text("已汇总", "Closed"),
    State.PUBLISHED: Text("已发布", "Published"),
}


@dataclass(frozen=True, slots=True)
class ReportingTerms:
    """One version of how long there is to report (X4)."""

    version: str
    effective_from: date
    days_to_report: int

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The terms as one entry of ``terms`` in data/statistics.json gives them."""
        return cls(data["id"], date.fromisoformat(data["effective_from"]), data["days_to_report"])

    def due_on(self, month: Month, opened_on: date) -> date:
        """The last day to report: counted from the month's end, or from the opening where that came later (X3)."""
        return max(month.last_day, opened_on) + timedelta(days=self.days_to_report)


def check_opening(month: Month, today: date, reporters: Sequence[UUID], due_on: date) -> None:
    """Refuse (M13) a month that has not begun, nobody to report, somebody twice, a last day before the month's end or
    before today."""
    if month.first_day > today:
        raise Refused(
            "M13",
            f"{month.label.zh}尚未开始",
            f"{month.label.en} has not begun",
            code="period-to-come",
            field="month",
        )
    if not reporters or len(set(reporters)) < len(reporters):
        raise Refused(
            "M13",
            "须列明上报单位，每个单位一次",
            "A period names who reports, each unit once",
            code="period-reporters",
            field="unit_ids",
        )
    if due_on < max(month.last_day, today):
        raise Refused(
            "M13",
            "上报截止日不得早于当月末日和今天",
            "The last day to report is not before the month's end or before today",
            code="period-due",
            field="due_on",
        )


def check_first(existing: UUID | None) -> None:
    """Refuse (M13) a second period for one month."""
    if existing is not None:
        raise Refused("M13", "该月的统计期已经开启", "There is a period for this month", code="period-there")


def check_open(state: State) -> None:
    """Refuse (M13) what is done only while figures still come in."""
    if state is not State.OPEN:
        raise Refused(
            "M13",
            "该统计期已汇总，更正须另行登记并说明理由",
            "The period is closed: what is wrong in it is revised, with a reason",
            code="period-closed",
        )


def check_closed(state: State) -> None:
    """Refuse (M13) what takes a sum where figures still come in."""
    if state is State.OPEN:
        raise Refused("M13", "该统计期尚未汇总", "The period is still open", code="period-open")


def check_publishing(state: State) -> None:
    """Refuse (M13) to publish what is not added up, or what is published already."""
    check_closed(state)
    if state is State.PUBLISHED:
        raise Refused("M13", "该统计期已发布", "The period is published already", code="period-published")


def check_reporter(unit: UUID, reporters: Collection[UUID]) -> None:
    """Refuse (M13) figures of a unit that the period does not ask."""
    if unit not in reporters:
        raise Refused(
            "M13",
            "该统计期没有请该单位上报",
            "The period does not ask this unit for figures",
            code="not-a-reporter",
        )


def check_new_reporter(unit: UUID, reporters: Collection[UUID]) -> None:
    """Refuse (M13) to name a unit again that is asked already."""
    if unit in reporters:
        raise Refused(
            "M13", "该单位已在上报单位之列", "The unit is asked already", code="reporter-there", field="unit_id"
        )

"""Which months of a year a unit owes dues for, and what of the yearly amount falls to them (M3, X2).

Months are counted from 1 to 12. Amounts are fen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.text import Text

YEAR = 12


@dataclass(frozen=True, slots=True)
class Months:
    """Months of one year from ``first`` through ``last``; none where ``first`` is after ``last``."""

    first: int = 1
    last: int = YEAR

    def __bool__(self) -> bool:
        return self.first <= self.last

    def share(self, amount: int) -> int:
        """What of the yearly ``amount`` falls to these months.

        What falls to a month and all that follow it is rounded half up, and that is the only rounding (X2): the shares
        of months that follow one another add up to the share of all of them, to the fen.
        """
        return _through_december(amount, self.first) - _through_december(amount, self.last + 1) if self else 0


def _through_december(amount: int, first: int) -> int:
    return (2 * amount * (YEAR + 1 - first) + YEAR) // (2 * YEAR)


def together(spans: Iterable[Months]) -> list[Months]:
    """The same months, each once and in order; spans that overlap or follow one another are one."""
    found: list[Months] = []
    for span in sorted(filter(None, spans), key=lambda each: each.first):
        if found and span.first <= found[-1].last + 1:
            found[-1] = Months(found[-1].first, max(found[-1].last, span.last))
        else:
            found.append(span)
    return found


class Joining(StrEnum):
    """What a unit owes for the year in which it is admitted 入会当年会费."""

    WHOLE_YEAR = "whole_year"
    BY_MONTH = "by_month"
    BY_HALF_YEAR = "by_half_year"
    NOTHING = "nothing"

    @property
    def label(self) -> Text:
        return _JOININGS[self]

    def first(self, admitted_on: date) -> int:
        """The month that its dues begin with; after the last where it owes nothing for that year."""
        match self:
            case Joining.WHOLE_YEAR:
                return 1
            case Joining.BY_MONTH:
                return admitted_on.month
            case Joining.BY_HALF_YEAR:
                return 1 if admitted_on.month <= YEAR // 2 else YEAR // 2 + 1
            case Joining.NOTHING:
                return YEAR + 1


_JOININGS = {
    Joining.WHOLE_YEAR: Text("按全年缴纳", "The whole year"),
    Joining.BY_MONTH: Text("自入会当月起按月缴纳", "By month, from the month of admission"),
    Joining.BY_HALF_YEAR: Text("下半年入会的缴纳半年", "Half of it where admitted in the second half of the year"),
    Joining.NOTHING: Text("入会当年免缴", "Nothing in the year of admission"),
}


class Leaving(StrEnum):
    """What a unit owes for the year in which it leaves 退会当年会费; what was invoiced for later months before that was
    known is reduced."""

    NOTHING_BACK = "nothing_back"
    BY_MONTH = "by_month"

    @property
    def label(self) -> Text:
        return _LEAVINGS[self]

    def last(self, last_day: date) -> int:
        """The month that its dues end with, where ``last_day`` is its last as a member."""
        return last_day.month if self is Leaving.BY_MONTH else YEAR


_LEAVINGS = {
    Leaving.NOTHING_BACK: Text("已缴会费不予退还", "Nothing is given back"),
    Leaving.BY_MONTH: Text("按月缴至退会当月，已开具的相应核减", "By month, through its last; invoices are reduced"),
}


def months_owed(
    year: int, joining: Joining, leaving: Leaving, admitted_on: date | None, left_on: date | None
) -> Months:
    """The months of ``year`` that a unit owes dues for which was admitted and left on these days.

    ``admitted_on`` None: before what is kept here. ``left_on`` is the first day on which it is no member: who is one
    through 30 June has the first of July there, and owes through June.
    """
    first, last = 1, YEAR
    if admitted_on is not None and admitted_on.year >= year:
        first = joining.first(admitted_on) if admitted_on.year == year else YEAR + 1
    if left_on is not None:
        last_day = left_on - timedelta(days=1)
        if last_day.year <= year:
            last = leaving.last(last_day) if last_day.year == year else 0
    return Months(first, last)

"""Whether a piece of personal data is erased or kept, and until when (X11). No database and no clock in here."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.personal.terms import Terms
from shared.text import Text


class Ground(StrEnum):
    """Why data are to go: their time is over, the person wished it, or took a consent back (X11, X12)."""

    RETENTION = "retention"
    DELETION = "deletion"
    WITHDRAWAL = "withdrawal"

    @property
    def label(self) -> Text:
        return _GROUNDS[self]


_GROUNDS = {
    Ground.RETENTION: Text("保存期满", "Its time is over"),
    Ground.DELETION: Text("本人要求删除", "The person wished it"),
    Ground.WITHDRAWAL: Text("本人撤回同意", "The person took the consent back"),
}


@dataclass(frozen=True)
class Ruling:
    """What becomes of one piece: it goes, or is kept through the day ``until``, without end where that is None."""

    erase: bool
    until: date | None


def last_day(terms: Terms, began: date | None) -> date | None:
    """The last day something is kept that began to count on ``began``; None without end, or while it has not begun.

    A year ends on the same day of the calendar, 29 February on the 28th where there is none.
    """
    if terms.years is None or began is None:
        return None
    year = began.year + terms.years
    if year > date.max.year:
        return None
    try:
        return began.replace(year=year)
    except ValueError:
        return began.replace(year=year, day=28)


def is_over(terms: Terms, began: date | None, today: date) -> bool:
    """Whether the time is over: the last day is kept whole (X1, X3)."""
    last = last_day(terms, began)
    return last is not None and today > last


def ruling(terms: Terms, began: date | None, ground: Ground, today: date) -> Ruling:
    """What becomes of data kept under ``terms`` that are asked to go for ``ground`` (X11).

    What is past its time goes whatever the ground. A wish ends sooner only what nobody has a duty to keep.
    """
    wished = ground is not Ground.RETENTION and not terms.must_be_kept
    if wished or is_over(terms, began, today):
        return Ruling(True, None)
    return Ruling(False, last_day(terms, began))

"""Representation 单位代表: the unit holds the seat, a person acts for it from one day through another (M2, X7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from shared.errors import Refused
from shared.identity.duties import Bond, own
from shared.text import Text


@dataclass(frozen=True)
class Term:
    """The days somebody represents a unit, both included; no ``last`` is until further notice (X1). One that was called
    off ends before it begins, and covers no day."""

    first: date
    last: date | None = None

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def after(self) -> date | None:
        """The first day after it."""
        return None if self.last is None else self.last + timedelta(days=1)

    @property
    def empty(self) -> bool:
        """Whether it was called off."""
        return self.last is not None and self.last < self.first

    def meets(self, other: "Term") -> bool:
        """Whether the two have a day in common."""
        if self.empty or other.empty:
            return False
        return (other.last is None or self.first <= other.last) and (self.last is None or other.first <= self.last)


def whose_representation(person: UUID) -> Bond:
    """Who does not name a representative (X8): that person, whose rights for the unit follow from it (M11)."""
    return own(Text("单位代表关系", "a representation"), [person], code="own-representation", field="person_id")


def check_term(term: Term, existing: Iterable[Term]) -> None:
    """Refuse a term that ends before it begins, or meets one the same person has for the same unit (M2)."""
    if term.empty:
        raise Refused(
            "M2",
            "截止日不能早于起始日",
            "The last day cannot come before the first",
            code="term-order",
            field="last_day",
        )
    if any(term.meets(other) for other in existing):
        raise Refused(
            "M2",
            "此人在这段时间内已是该单位代表",
            "This person represents the unit in that time already",
            code="term-overlap",
            field="person_id",
        )


def end(term: Term, last: date) -> Term:
    """``term`` ended on ``last``, which lies within it: an end is never moved later or before the first day (X7)."""
    if not term.covers(last):
        raise Refused(
            "M2",
            "截止日须在原代表期之内",
            "The last day must lie within the term it ends",
            code="term-end",
            field="last_day",
        )
    return Term(term.first, last)


def cut(term: Term, last: date) -> Term:
    """``term`` as the end of the unit's membership with ``last`` leaves it: ended that day, or called off where it
    would only begin after it (M2)."""
    return Term(term.first, max(last, term.first - timedelta(days=1)))

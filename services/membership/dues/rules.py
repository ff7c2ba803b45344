"""Membership dues 会费: what a unit is invoiced by the standard in force, and what standing follows (M2, M3, M4, X4).

Amounts are fen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from services.membership.standards.months import Joining, Leaving, Months, months_owed, together
from services.membership.standards.rules import Standard, standard_for
from services.membership.units.rules import Membership, Tier, check_member, was_member_in
from shared.errors import Refused
from shared.text import Text

TERMS = Text("会费缴纳期限", "terms of payment of dues")
STANDING_TERMS = Text("会费状态规定", "terms of standing")
INVOICED = "invoice-issued"
"""The code of what refuses an invoice of months that are invoiced."""


@dataclass(frozen=True, slots=True)
class DuesTerms:
    """One version of how long there is to pay (X4)."""

    version: str
    effective_from: date
    days_to_pay: int

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "DuesTerms":
        """The terms as one entry of ``versions`` in data/dues_terms.json gives them."""
        return cls(data["id"], date.fromisoformat(data["effective_from"]), data["days_to_pay"])

    def due_on(self, issued_on: date) -> date:
        """The last day to pay an invoice of that day, all of it (X3)."""
        return issued_on + timedelta(days=self.days_to_pay)


@dataclass(frozen=True, slots=True)
class StandingTerms:
    """One version of when a unit is suspended (X4): after ``days_overdue`` days of being overdue."""

    version: str
    effective_from: date
    days_overdue: int

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "StandingTerms":
        """The terms as one entry of ``versions`` in data/standing_terms.json gives them."""
        return cls(data["id"], date.fromisoformat(data["effective_from"]), data["days_overdue"])

    def last_due_on(self, day: date) -> date:
        """The latest last day to pay that suspends, on ``day``, a unit which has not paid by then."""
        return day - timedelta(days=self.days_overdue + 1)


@dataclass(frozen=True, slots=True)
class Member:
    """What decides the dues of a unit 会员单位; ``left_on`` is the first day on which it is no member.

    ``earlier`` are the times that it was one before it came back.
    """

    unit: UUID
    tier: str | None
    admitted_on: date | None = None
    left_on: date | None = None
    earlier: tuple[Membership, ...] = ()

    @property
    def times(self) -> list[Membership]:
        """Every time that it was a member, in order."""
        times = (*self.earlier, Membership(self.admitted_on, self.left_on))
        return sorted(times, key=lambda time: time.admitted_on or date.min)

    def was_one_in(self, year: int) -> bool:
        """Whether it was a member on a day of that year."""
        return was_member_in(year, self.times)

    def came_back_in(self, year: int) -> list[Membership]:
        """The times that began in that year with its coming back."""
        return [time for time in self.times[1:] if time.admitted_on and time.admitted_on.year == year]

    def months_in(self, year: int, joining: Joining, leaving: Leaving) -> list[Months]:
        """The months of a year that it owes dues for; several spans where it left and came back."""
        return together(months for _, months in self._owed(year, joining, leaving))

    def months_to_bill(self, year: int, joining: Joining, leaving: Leaving, billed: Sequence[Months]) -> Months | None:
        """The first months of a year that it owes dues for and that no invoice is for; None where there are none.

        ``billed`` are the months that its invoices for the year are for now. Once there is one of any, only the months
        since it came back can be left, never some that a later standard would have counted otherwise (X4).
        """
        if not any(billed):
            return next(iter(self.months_in(year, joining, leaving)), None)
        after, back = max(months.last for months in billed) + 1, self.came_back_in(year)
        since = (months for time, months in self._owed(year, joining, leaving) if time in back)
        return next(filter(None, (Months(max(months.first, after), months.last) for months in since)), None)

    def _owed(self, year: int, joining: Joining, leaving: Leaving) -> list[tuple[Membership, Months]]:
        # The standard's word on joining is about the first time in the year. Whoever comes back later in it owes from
        # the month of that: the word taken again would charge months that it was no member, or let it off for the rest.
        times = [time for time in self.times if time.meets(year)]
        return [
            (time, months_owed(year, joining if time is times[0] else Joining.BY_MONTH, leaving, *time))
            for time in times
        ]


class Bill(NamedTuple):
    """What a unit is invoiced for a year: fen, by which tier and standard, and for which of its months; ``part`` counts
    the invoices of the year."""

    amount: int
    tier: str
    standard: UUID
    months: Months
    part: int = 1


def bill(member: Member, year: int, standards: Sequence[Standard], day: date, billed: Sequence[Months] = ()) -> Bill:
    """What ``member`` is invoiced on ``day`` for ``year``; ``standards`` stand with the latest resolved first, and
    ``billed`` are the months that its invoices for the year are for now.

    Its tier is the one it has that day: a change counts with the next invoice (M2). One invoice is all there is for a
    year, unless the unit left in it and came back: then there is another for the months that it is a member again.
    Refused (M1): a unit that has left by then. Refused (M3): any other further invoice for the year, a year before the
    unit's admission, and all that :func:`standard_for` and :func:`amount_due` refuse.
    """
    if not member.came_back_in(year):
        check_left_over(year, any(billed))
    check_member(member.left_on, day)
    check_member_in(year, member)
    standard = standard_for(standards, year, day)
    return amount_due(standard, member, year, billed)


def amount_due(standard: Standard, member: Member, year: int, billed: Sequence[Months] = ()) -> Bill:
    """What the standard has a member pay for a year, beyond the months that are ``billed``. Refused (M2): its tier is
    not known. Refused (M3): the standard has no amount for it, waives it, or asks nothing for the months it was a
    member, since there is no zero invoice; everything is invoiced."""
    if member.tier is None:
        raise Refused(
            "M2",
            "该单位的会员层级尚未登记，先登记层级再开会费通知",
            "The unit's tier is not recorded yet: complete that first",
            code="unit-without-tier",
        )
    label = Tier[member.tier.upper()].label
    if standard.waives(member.unit, member.tier, year):
        raise Refused(
            "M3",
            f"会员代表大会决议减免该单位{year}年会费",
            f"The assembly has let the unit off its dues for {year}",
            code="waived",
        )
    whole = standard.amounts.get(member.tier)
    if whole is None:
        raise Refused(
            "M3",
            f"会费标准没有规定{label.zh}的金额",
            f"The dues standard sets no amount for this tier ({label.en})",
            code="tier-without-amount",
        )
    months = member.months_to_bill(year, standard.joining, standard.leaving, billed)
    check_left_over(year, any(billed) and months is None)
    if months is None:
        raise Refused(
            "M3",
            f"按会费标准，该单位{year}年无须缴纳会费（{standard.joining.label.zh}）",
            f"By the dues standard the unit owes nothing for {year} ({standard.joining.label.en})",
            code="no-months",
        )
    amount = months.share(whole)
    if amount == 0:
        raise Refused(
            "M3",
            f"按会费标准，{label.zh}应缴0元，不开零元通知",
            f"By the dues standard this tier ({label.en}) owes nothing, and there is no zero invoice",
            code="zero-invoice",
        )
    return Bill(amount, member.tier, standard.id, months, len(billed) + 1)


def check_member_in(year: int, member: Member) -> None:
    """Refuse (M3) dues for a year on no day of which the unit was a member."""
    if not member.was_one_in(year):
        raise Refused(
            "M3",
            f"该单位{year}年不是会员，无须缴纳该年会费",
            f"The unit was no member in {year} and owes no dues for it",
            code="not-a-member-then",
            field="year",
        )


def check_left_over(year: int, invoiced: bool) -> None:
    """Refuse (M3) to invoice what is ``invoiced``: a month of a unit's year is invoiced once."""
    if invoiced:
        raise Refused(
            "M3",
            f"该单位{year}年的会费通知已经开出",
            f"The unit's dues for {year} have been invoiced",
            code=INVOICED,
            field="year",
        )


class InvoiceState(StrEnum):
    OPEN = "open"
    SETTLED = "settled"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {InvoiceState.OPEN: Text("未缴清", "Open"), InvoiceState.SETTLED: Text("已缴清", "Settled")}


class Standing(StrEnum):
    """A unit's standing as far as its dues decide it (M4). Only the first is good standing."""

    GOOD = "good"
    OWING = "owing"
    OVERDUE = "overdue"
    SUSPENDED = "suspended"

    @property
    def label(self) -> Text:
        return _STANDINGS[self]


_STANDINGS = {
    Standing.GOOD: Text("正常", "Good"),
    Standing.OWING: Text("待缴", "Owing, not due yet"),
    Standing.OVERDUE: Text("欠费", "Overdue"),
    Standing.SUSPENDED: Text("暂停", "Suspended"),
}


class Owed(NamedTuple):
    """What of one invoice is still to be paid, in fen, and the last day for it."""

    amount: int
    due_on: date

    def overdue(self, day: date) -> bool:
        return self.amount > 0 and day > self.due_on


@dataclass(frozen=True, slots=True)
class Account:
    """How a unit stands with its dues on a day; amounts in fen, ``overdue`` a part of ``owes``. ``terms`` is the
    version that says when a unit is suspended (X4)."""

    standing: Standing
    owes: int
    overdue: int
    as_of: date
    terms: str

    @property
    def good(self) -> bool:
        return self.standing is Standing.GOOD


def account(invoices: Iterable[Owed], day: date, terms: StandingTerms) -> Account:
    """How a unit with these invoices stands: good only while nothing that was invoiced is open, be it one fen; owing
    until the last day to pay has passed, overdue from then on, suspended once that has lasted as long as ``terms`` say
    (M4)."""
    owed = list(invoices)
    owes = sum(each.amount for each in owed)
    late = [each for each in owed if each.overdue(day)]
    if any(each.due_on <= terms.last_due_on(day) for each in late):
        standing = Standing.SUSPENDED
    else:
        standing = Standing.OVERDUE if late else Standing.OWING if owes else Standing.GOOD
    return Account(standing, owes, sum(each.amount for each in late), day, terms.version)

"""Membership dues 会费: what a unit is invoiced by the standard in force, and what standing follows (M2, M3, M4, X4).

Amounts are fen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from services.membership.standards.months import Months, months_owed
from services.membership.standards.rules import Standard, standard_for
from services.membership.units.rules import Membership, Tier, check_member
from shared.errors import Refused
from shared.text import Text

TERMS = Text("会费缴纳期限", "terms of payment of dues")
STANDING_TERMS = Text("会费状态规定", "terms of standing")


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

    def time_in(self, year: int) -> Membership | None:
        """The time as a member that its dues of a year are for, None where it was none that year. Of two in one year:
        from where the first begins to where the last ends, since the year's dues were owed before it left."""
        times = [time for time in (Membership(self.admitted_on, self.left_on), *self.earlier) if time.meets(year)]
        if not times:
            return None
        begins = [time.admitted_on for time in times]
        ends = [time.left_on for time in times]
        first = None if None in begins else min(day for day in begins if day)
        last = None if None in ends else max(day for day in ends if day)
        return Membership(first, last)


class Bill(NamedTuple):
    """What a unit is invoiced for a year: fen, by which tier and standard, and for which of its months."""

    amount: int
    tier: str
    standard: UUID
    months: Months


def bill(member: Member, year: int, standards: Sequence[Standard], day: date, issued: UUID | None = None) -> Bill:
    """What ``member`` is invoiced on ``day`` for ``year``; ``standards`` stand with the latest resolved first.

    Its tier is the one it has that day: a change counts with the next invoice (M2). Refused (M1): a unit that has left
    by then. Refused (M3): a second invoice for the year (``issued`` is the first), a year before the unit's admission,
    and all that :func:`standard_for` and :func:`amount_due` refuse.
    """
    check_first(year, issued)
    check_member(member.left_on, day)
    check_member_in(year, member)
    standard = standard_for(standards, year, day)
    return amount_due(standard, member, year)


def amount_due(standard: Standard, member: Member, year: int) -> Bill:
    """What the standard has a member pay for a year. Refused (M2): its tier is not known. Refused (M3): the standard
    has no amount for it, waives it, or asks nothing for the months it was a member, since there is no zero invoice."""
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
    time = member.time_in(year)
    months = time and months_owed(year, standard.joining, standard.leaving, time.admitted_on, time.left_on)
    if not months:
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
    return Bill(amount, member.tier, standard.id, months)


def check_member_in(year: int, member: Member) -> None:
    """Refuse (M3) dues for a year on no day of which the unit was a member."""
    if member.time_in(year) is None:
        raise Refused(
            "M3",
            f"该单位{year}年不是会员，无须缴纳该年会费",
            f"The unit was no member in {year} and owes no dues for it",
            code="not-a-member-then",
            field="year",
        )


def check_first(year: int, invoice: UUID | None) -> None:
    """Refuse (M3) a second invoice for one unit and year; ``invoice`` is the one there is."""
    if invoice is not None:
        raise Refused(
            "M3",
            f"该单位{year}年的会费通知已经开出",
            f"The unit's dues for {year} have been invoiced",
            code="invoice-issued",
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

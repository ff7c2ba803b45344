"""Membership dues 会费: which standard holds, what a unit is invoiced, and what standing follows (M2, M3, M4, X4).

A dues standard exists only by a resolution of the assembly. Amounts are fen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from services.membership.units.rules import Membership, Tier, tier, was_member_in
from shared.effective import in_force
from shared.errors import Refused
from shared.text import Text

MATTER = "dues-standard"
"""The matter on which a dues standard is resolved."""
ASSEMBLY = "assembly"
"""The only body that resolves on it (M3)."""

STANDARD = Text("会费标准", "dues standards")
TERMS = Text("会费缴纳期限", "terms of payment of dues")
STANDING_TERMS = Text("会费状态规定", "terms of standing")


class TierAmount(NamedTuple):
    """The yearly dues of one tier, in fen; zero where the resolution waives them."""

    tier: str
    amount: int


@dataclass(frozen=True, slots=True)
class Standard:
    """A dues standard 会费标准: fixed amounts by the code of the tier, from ``effective_from`` on,
    up to, not including, ``ended_on`` where its resolution was revoked."""

    id: UUID
    effective_from: date
    amounts: Mapping[str, int]
    ended_on: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it has begun by that day and was not revoked by then (X7)."""
        return self.effective_from <= on and (self.ended_on is None or on < self.ended_on)


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


def check_standard(body: str, amounts: Sequence[TierAmount], effective_from: date | None) -> dict[str, int]:
    """The amounts of a new standard by tier. Refused (M3): resolved by another body than the assembly, without a
    first day, without a tier, a tier twice. Refused (M2): a tier that there is not."""
    if body != ASSEMBLY:
        raise Refused(
            "M3",
            "会费标准只能由会员代表大会决定",
            "Only the assembly sets a dues standard",
            code="not-the-assembly",
        )
    if effective_from is None:
        raise Refused(
            "M3", "会费标准须写明施行日期", "A dues standard names its first day", code="standard-without-day"
        )
    by_tier = {tier(each.tier).code: each.amount for each in amounts}
    if not by_tier or len(by_tier) < len(amounts):
        raise Refused(
            "M3",
            "会费标准须按层级定额，每一层级一个金额",
            "A dues standard sets one amount for each tier it names",
            code="standard-tiers",
        )
    return by_tier


def standard_for(standards: Sequence[Standard], year: int, day: date) -> Standard:
    """The standard by which an invoice of ``day`` for ``year`` is made: the one in force, for a past year on its
    last day. ``standards`` stand with the latest resolved first. Refused (M3): a year to come, none in force."""
    if year > day.year:
        raise Refused(
            "M3",
            f"{year}年尚未开始，不能开具会费通知",
            f"{year} has not begun: no invoice for it yet",
            code="year-to-come",
            field="year",
        )
    on = min(day, date(year, 12, 31))
    standing = [standard for standard in standards if standard.holds(on)]
    if not standing:
        raise Refused(
            "M3",
            f"{on.isoformat()}没有施行的会费标准；会费标准须经会员代表大会决议",
            f"No dues standard is in force on {on.isoformat()}: it takes a resolution of the assembly",
            code="no-standard",
        )
    return in_force(standing, on, STANDARD)


def amount_due(standard: Standard, tier_code: str | None) -> tuple[str, int]:
    """The tier and the fen of an invoice of a unit of that tier. Refused (M2): its tier is not known. Refused (M3):
    the standard has no amount for it, or waives it, since there is no zero invoice."""
    if tier_code is None:
        raise Refused(
            "M2",
            "该单位的会员层级尚未登记，先登记层级再开会费通知",
            "The unit's tier is not recorded yet: complete that first",
            code="unit-without-tier",
        )
    label = Tier[tier_code.upper()].label
    amount = standard.amounts.get(tier_code)
    if amount is None:
        raise Refused(
            "M3",
            f"会费标准没有规定{label.zh}的金额",
            f"The dues standard sets no amount for this tier ({label.en})",
            code="tier-without-amount",
        )
    if amount == 0:
        raise Refused(
            "M3",
            f"会费标准免收{label.zh}会费，不开零元通知",
            f"The dues standard waives this tier ({label.en}), and there is no zero invoice",
            code="zero-invoice",
        )
    return tier_code, amount


def check_member_in(year: int, memberships: Iterable[Membership]) -> None:
    """Refuse (M3) dues for a year on no day of which the unit was a member."""
    if not was_member_in(year, memberships):
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

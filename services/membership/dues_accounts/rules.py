"""The account of one year's dues: what was invoiced, reduced, received and is open, by tier (M3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from services.membership.units.rules import Tier
from shared.errors import Refused


class Invoiced(NamedTuple):
    """An invoice of the year: whose, the tier it was made by, and fen.

    ``drawn`` of it was settled by credit from other invoices, and ``credit`` of what was received for it went beyond
    it, or does so since it was reduced.
    """

    unit: UUID
    tier: str
    amount: int
    owes: int
    reduced: int = 0
    drawn: int = 0
    credit: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """The invoices of one tier, or of all; amounts in fen, ``owing`` the units that have not paid all.

    ``received`` is the money that came for them, ``credit`` what of it is beyond them; ``drawn`` is credit of other
    invoices that settled them. What is invoiced is reduced, settled by either, or owed.
    """

    units: int
    owing: int
    invoiced: int
    reduced: int
    received: int
    credit: int
    drawn: int
    owes: int
    tier: str | None = None

    @property
    def paid(self) -> int:
        """What has settled them."""
        return self.received - self.credit + self.drawn


@dataclass(frozen=True, slots=True)
class DuesAccount:
    """The dues of a year, by tier, the highest first, and all together."""

    year: int
    tiers: list[Line]
    total: Line


def dues_account(year: int, invoices: Iterable[Invoiced]) -> DuesAccount:
    """The account of a year with these invoices."""
    all_ = list(invoices)
    tiers = [
        _line([each for each in all_ if each.tier == tier.code], tier.code)
        for tier in reversed(Tier)
        if any(each.tier == tier.code for each in all_)
    ]
    return DuesAccount(year, tiers, _line(all_))


def _line(invoices: list[Invoiced], tier: str | None = None) -> Line:
    invoiced, owes = sum(each.amount for each in invoices), sum(each.owes for each in invoices)
    reduced, drawn = sum(each.reduced for each in invoices), sum(each.drawn for each in invoices)
    credit = sum(each.credit for each in invoices)
    received = invoiced - reduced - owes - drawn + credit
    units, owing = {each.unit for each in invoices}, {each.unit for each in invoices if each.owes}
    return Line(len(units), len(owing), invoiced, reduced, received, credit, drawn, owes, tier)


def check_sendable(year: int, this_year: int, invoices: int) -> None:
    """Refuse (M3) to send the account of a year that has not ended, or in which nothing was invoiced."""
    if year >= this_year:
        raise Refused(
            "M3",
            f"{year}年尚未结束，年度会费专账须在年终之后报告",
            f"{year} has not ended: its account is reported after it",
            code="year-not-over",
            field="year",
        )
    if not invoices:
        raise Refused(
            "M3", f"{year}年没有会费通知", f"No dues were invoiced for {year}", code="nothing-invoiced", field="year"
        )

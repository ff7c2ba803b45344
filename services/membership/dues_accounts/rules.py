"""The account of one year's dues: what was invoiced, paid and is open, by tier (M3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from services.membership.units.rules import Tier
from shared.errors import Refused


class Invoiced(NamedTuple):
    """An invoice of the year: the tier it was made by, and fen."""

    tier: str
    amount: int
    owes: int


@dataclass(frozen=True, slots=True)
class Line:
    """The invoices of one tier, or of all; amounts in fen, ``owing`` the units that have not paid all."""

    units: int
    owing: int
    invoiced: int
    paid: int
    owes: int
    tier: str | None = None


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
    owing = sum(1 for each in invoices if each.owes)
    return Line(len(invoices), owing, invoiced, invoiced - owes, owes, tier)


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

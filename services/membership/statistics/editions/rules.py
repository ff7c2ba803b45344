"""Editions 汇总: how figures of units become one figure of the industry (M13, X2)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self
from uuid import UUID

from services.membership.statistics.exact import rounded
from services.membership.statistics.figures.rules import Reported
from services.membership.statistics.indicators.rules import Adds, Indicator
from services.membership.statistics.plausibility.rules import Figures, growth_of
from shared.errors import NotFound, Refused
from shared.text import Text

GROWTH_PLACES = 1


class Basis(StrEnum):
    """Where an edition's figures come from: added up from reports, or taken from a source that states them."""

    REPORTS = "reports"
    SOURCE = "source"

    @property
    def label(self) -> Text:
        return _BASES[self]


_BASES = {
    Basis.REPORTS: Text("各单位上报汇总", "Added up from the reports of units"),
    Basis.SOURCE: Text("来源载明", "As a source states them"),
}


class Shows(StrEnum):
    """What a chart of a report shows of its indicators: their values, their growth, or their values over months."""

    VALUE = "value"
    GROWTH = "growth"
    TREND = "trend"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a report, and the codes of its indicators in order. Those of values share a unit of measure."""

    title: Text
    shows: Shows
    codes: tuple[str, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The chart as one entry of ``charts`` in data/statistics.json gives it."""
        return cls(Text(**data["title"]), Shows(data["shows"]), tuple(data["codes"]))


@dataclass(frozen=True, slots=True)
class Stated:
    """Totals of a month as a source states them, by code of the indicator."""

    period: UUID
    edition: UUID
    year: int
    month: int
    due_on: date
    source: Text
    figures: Mapping[str, Reported]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The totals as data/statistics_2020_10.json gives them."""
        period = data["period"]
        return cls(
            period=UUID(period["id"]),
            edition=UUID(data["edition"]["id"]),
            year=period["year"],
            month=period["month"],
            due_on=date.fromisoformat(period["due_on"]),
            source=Text(**data["source"]),
            figures={
                code: Reported(Decimal(each["value"]), Decimal(each["growth"]) if "growth" in each else None)
                for code, each in data["figures"].items()
            },
        )


@dataclass(frozen=True, slots=True)
class Total:
    """The figure of the industry for an indicator, of how many units; its growth is per cent against the year
    before."""

    indicator: Indicator
    value: Decimal
    growth: Decimal | None
    units: int


def consolidate(
    reports: Mapping[UUID, Figures], asked: Mapping[str, Indicator], year_before: Figures
) -> tuple[Total, ...]:
    """The totals of ``reports`` by unit, in the order of ``asked``. Nothing for an indicator that nobody reported or
    that does not add up. ``year_before`` are the totals of the same month a year before."""
    return tuple(
        Total(indicator, value, _growth(value, year_before.get(code)), units)
        for code, indicator in asked.items()
        for value, units in _added_up(indicator, reports)
    )


def _added_up(indicator: Indicator, reports: Mapping[UUID, Figures]) -> list[tuple[Decimal, int]]:
    """The one value of an indicator and the number of units in it, or nothing."""
    reporting = [figures for figures in reports.values() if indicator.code in figures]
    if indicator.adds is Adds.SUM and reporting:
        total = sum(Fraction(figures[indicator.code].value) for figures in reporting)
        return [(rounded(Fraction(total), indicator.places), len(reporting))]
    if indicator.adds is Adds.MEAN and indicator.weight is not None:
        weighted = [
            (Fraction(figures[indicator.code].value), Fraction(figures[indicator.weight].value))
            for figures in reporting
            if indicator.weight in figures
        ]
        weights = sum(weight for _, weight in weighted)
        if weights:
            mean = sum(value * weight for value, weight in weighted) / Fraction(weights)
            return [(rounded(Fraction(mean), indicator.places), len(weighted))]
    return []


def _growth(value: Decimal, before: Reported | None) -> Decimal | None:
    if before is None or before.value == 0:
        return None
    return rounded(growth_of(value, before.value), GROWTH_PLACES)


def check_reports(reporting: Collection[UUID]) -> None:
    """Refuse (M13) to add up what nobody reported."""
    if not reporting:
        raise Refused(
            "M13", "没有单位上报，不能汇总", "Nobody has reported: there is nothing to add up", code="no-reports"
        )


def check_reason(reason: str) -> None:
    """Refuse (M13) a revision that does not say why (X7)."""
    if not reason.strip():
        raise Refused("M13", "更正须说明理由", "A revision says why", code="revision-without-reason", field="reason")


def check_changed(figures: int) -> None:
    """Refuse (M13) a revision that changes nothing."""
    if not figures:
        raise Refused("M13", "数据与已有的相同", "The figure is just that already", code="revision-without-change")


def not_published() -> NotFound:
    """What is answered about a period that has nothing to show (M13)."""
    return NotFound("该统计期尚无已发布的汇总", "Nothing of this period is published", code="nothing-published")

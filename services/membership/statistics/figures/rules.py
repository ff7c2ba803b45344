"""Figures 统计数据: what is a value of an indicator, and who does not pass judgement on it (M13, X2, X8)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from services.membership.statistics.indicators.rules import Indicator
from shared.errors import Refused
from shared.identity.duties import Bond, acted, own_unit
from shared.text import Text

WHOLE_DIGITS = 15
GROWTH_PLACES = 2
LEAST_GROWTH, MOST_GROWTH = Decimal(-100), Decimal(1_000_000)

FIGURES = Text("统计数据", "statistics")


class Reported(NamedTuple):
    """A value, and by how many per cent it is said to have grown against the same month of the year before."""

    value: Decimal
    growth: Decimal | None = None


class Line(NamedTuple):
    """A value for the indicator of that code, as somebody reports it."""

    indicator: str
    value: Decimal
    growth: Decimal | None = None


def check_lines(lines: Sequence[Line], asked: Mapping[str, Indicator]) -> None:
    """Refuse (M13) an empty report, an indicator that is not asked or comes twice, a negative value, more decimal
    places than the indicator has, more digits than anything is counted in, a growth that cannot be."""
    codes = [line.indicator for line in lines]
    if not codes or len(set(codes)) < len(codes):
        raise Refused(
            "M13",
            "上报须有数据，每项指标一次",
            "A report has figures, each indicator once",
            code="report-lines",
            field="figures",
        )
    for line in lines:
        indicator = asked.get(line.indicator)
        if indicator is None:
            raise Refused(
                "M13",
                f"该月没有指标“{line.indicator}”",
                f"No indicator {line.indicator} is asked for that month",
                code="indicator-not-asked",
                field="figures",
            )
        _check_value(line.value, indicator)
        _check_growth(line.growth, indicator)


def _check_value(value: Decimal, indicator: Indicator) -> None:
    if value < 0 or value >= 10**WHOLE_DIGITS:
        raise Refused(
            "M13",
            f"“{indicator.label.zh}”不得为负，整数部分不超过{WHOLE_DIGITS}位",
            f"{indicator.label.en} is not negative and has at most {WHOLE_DIGITS} digits before the point",
            code="figure-range",
            field="figures",
        )
    if _places(value) > indicator.places:
        raise Refused(
            "M13",
            f"“{indicator.label.zh}”至多{indicator.places}位小数",
            f"{indicator.label.en} has at most {indicator.places} decimal places",
            code="figure-places",
            field="figures",
        )


def _check_growth(growth: Decimal | None, indicator: Indicator) -> None:
    if growth is None:
        return
    if not LEAST_GROWTH <= growth <= MOST_GROWTH or _places(growth) > GROWTH_PLACES:
        raise Refused(
            "M13",
            f"“{indicator.label.zh}”的同比增长率不低于-100%，至多{GROWTH_PLACES}位小数",
            f"The growth of {indicator.label.en} is -100 per cent or more, with at most {GROWTH_PLACES} decimal places",
            code="figure-growth",
            field="figures",
        )


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)


def whose_figures(unit: UUID) -> Bond:
    """Who does not judge the figures of ``unit`` (X8): whoever represents it."""
    return own_unit(FIGURES, [unit], code="own-figures")


def whose_entries(entered_by: Iterable[UUID]) -> Bond:
    """Who does not accept what is doubtful in figures (X8): the accounts that entered them."""
    return acted(FIGURES, Text("录入过该数据", "entered them"), entered_by, code="own-entries")

"""Indicators 统计指标: how one is measured and how it adds up over units, in versions (M13, X4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from shared.errors import Refused
from shared.text import Text


class Measure(StrEnum):
    """What stretch of time a value is about: the year so far, the month, or the month's end."""

    CUMULATIVE = "cumulative"
    MONTH = "month"
    STOCK = "stock"

    @property
    def label(self) -> Text:
        return _MEASURES[self]


_MEASURES = {
    Measure.CUMULATIVE: Text("本年累计", "Of the year so far"),
    Measure.MONTH: Text("当月", "Of the month"),
    Measure.STOCK: Text("期末", "At the month's end"),
}


class Adds(StrEnum):
    """How values of several units become one: their sum, their mean weighted by another indicator, or not at all."""

    SUM = "sum"
    MEAN = "mean"
    NONE = "none"

    @property
    def label(self) -> Text:
        return _ADDS[self]


_ADDS = {
    Adds.SUM: Text("相加", "Sum"),
    Adds.MEAN: Text("加权平均", "Weighted mean"),
    Adds.NONE: Text("不汇总", "Does not add up"),
}

MOST_PLACES = 6


@dataclass(frozen=True, slots=True)
class Indicator:
    """One version of an indicator; ``unit`` is the unit of measure, ``places`` the most decimal places a value has.

    ``weight`` is the code of the indicator that a mean is weighted by. ``asked`` is False in the version with which it
    ends.
    """

    id: UUID
    code: str
    effective_from: date
    label: Text
    unit: Text
    measure: Measure
    adds: Adds
    places: int
    weight: str | None = None
    asked: bool = True

    @classmethod
    def from_data(cls, data: Mapping[str, Any], effective_from: date) -> Self:
        """The indicator as one entry of ``items`` in data/statistics.json gives it."""
        return cls(
            id=UUID(data["id"]),
            code=data["code"],
            effective_from=effective_from,
            label=Text(**data["label"]),
            unit=Text(**data["unit"]),
            measure=Measure(data["measure"]),
            adds=Adds(data["adds"]),
            places=data["places"],
            weight=data.get("weight"),
        )


def asked_on(versions: Iterable[Indicator], day: date) -> dict[str, Indicator]:
    """The indicators that are asked for on ``day``, by code: of each the latest version that has begun (X4)."""
    latest: dict[str, Indicator] = {}
    for version in sorted(versions, key=lambda version: version.effective_from):
        if version.effective_from <= day:
            latest[version.code] = version
    return {code: version for code, version in latest.items() if version.asked}


def check_version(new: Indicator, versions: Iterable[Indicator], counted_through: date | None) -> None:
    """Refuse (M13) a version that begins within a month, and a mean without an additive weight; refuse (X4) one that
    begins before the one it follows, or within ``counted_through``, the last day for which reports were asked."""
    versions = list(versions)
    if new.effective_from.day != 1:
        raise Refused(
            "M13",
            "指标自某月1日起施行",
            "An indicator begins on the first day of a month",
            code="indicator-within-month",
            field="effective_from",
        )
    before = [version.effective_from for version in versions if version.code == new.code]
    if before and new.effective_from <= max(before):
        raise Refused(
            "X4",
            f"该指标已有{max(before)}起施行的版本，新版本须晚于它",
            f"The indicator has a version from {max(before)}: a new one begins later",
            code="indicator-version-order",
            field="effective_from",
        )
    if counted_through is not None and new.effective_from <= counted_through:
        raise Refused(
            "X4",
            f"截至{counted_through}的统计期已按原指标开启，新版本不得追溯",
            f"Periods through {counted_through} were opened with the indicators as they are: none begins before that",
            code="indicator-retroactive",
            field="effective_from",
        )
    _check_weight(new, asked_on(versions, new.effective_from))


def _check_weight(new: Indicator, others: Mapping[str, Indicator]) -> None:
    if (new.adds is Adds.MEAN) != (new.weight is not None):
        raise Refused(
            "M13",
            "加权平均的指标须写明权数指标，其他指标没有权数",
            "A weighted mean names the indicator it is weighted by, and nothing else does",
            code="indicator-weight",
            field="weight",
        )
    if new.weight is None:
        return
    weight = others.get(new.weight)
    if weight is None or weight.adds is not Adds.SUM or weight.code == new.code:
        raise Refused(
            "M13",
            "权数须为届时在用且可相加的另一指标",
            "The weight is another indicator that is asked for then and adds up",
            code="indicator-weight",
            field="weight",
        )

"""Plausibility checks 数据校验: what is doubtful in figures, compared with earlier ones and with each other (M13).

Nothing here is rounded before it is compared. Limits are per cent, tolerances percentage points; above a limit does not
include it (X1).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple, Self

from services.membership.statistics.exact import rounded
from services.membership.statistics.figures.rules import Reported
from services.membership.statistics.indicators.rules import Indicator, Measure
from shared.errors import Refused
from shared.text import Text

CHECKS = Text("统计校验办法", "plausibility checks")

Figures = Mapping[str, Reported]
"""What is reported of one month, by the code of the indicator."""


class Kind(StrEnum):
    """What a finding is about."""

    CHANGE_FROM_PREVIOUS = "change-from-previous"
    CHANGE_FROM_YEAR_BEFORE = "change-from-year-before"
    CUMULATIVE_FALLS = "cumulative-falls"
    PART_ABOVE_WHOLE = "part-above-whole"
    PARTS_AND_WHOLE = "parts-and-whole"
    GROWTH = "growth"
    GROWTH_OF_PARTS = "growth-of-parts"

    @property
    def label(self) -> Text:
        return _KINDS[self]


_KINDS = {
    Kind.CHANGE_FROM_PREVIOUS: Text("较上期变动过大", "Large change from the last period"),
    Kind.CHANGE_FROM_YEAR_BEFORE: Text("较上年同期变动过大", "Large change from the year before"),
    Kind.CUMULATIVE_FALLS: Text("累计数减少", "A cumulative value falls"),
    Kind.PART_ABOVE_WHOLE: Text("部分大于总数", "A part is above its whole"),
    Kind.PARTS_AND_WHOLE: Text("各部分之和不等于总数", "Parts do not make up their whole"),
    Kind.GROWTH: Text("增长率与数据不符", "Growth does not fit the values"),
    Kind.GROWTH_OF_PARTS: Text("总数与各部分的增长率矛盾", "Growth of a whole contradicts that of its parts"),
}


class Severity(StrEnum):
    """How bad a finding is: it may be so and wants a reason, or the figures cannot all be right."""

    DOUBT = "doubt"
    CONTRADICTION = "contradiction"

    @property
    def label(self) -> Text:
        return _SEVERITIES[self]


_SEVERITIES = {
    Severity.DOUBT: Text("存疑", "Doubt"),
    Severity.CONTRADICTION: Text("矛盾", "Contradiction"),
}
_DOUBTS = frozenset({Kind.CHANGE_FROM_PREVIOUS, Kind.CHANGE_FROM_YEAR_BEFORE})


class Part(NamedTuple):
    """An indicator that counts some of what another counts; both by code."""

    part: str
    whole: str


class Whole(NamedTuple):
    """An indicator that is the sum of others; by code."""

    whole: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checks:
    """One version of what is checked and by which limits (X4)."""

    version: str
    effective_from: date
    change_from_previous: Decimal
    change_from_year_before: Decimal
    growth_tolerance: Decimal
    parts_growth_tolerance: Decimal
    parts: tuple[Part, ...]
    wholes: tuple[Whole, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The checks as one entry of ``plausibility`` in data/statistics.json gives them."""
        return cls(
            version=data["id"],
            effective_from=date.fromisoformat(data["effective_from"]),
            change_from_previous=Decimal(data["change_from_previous"]),
            change_from_year_before=Decimal(data["change_from_year_before"]),
            growth_tolerance=Decimal(data["growth_tolerance"]),
            parts_growth_tolerance=Decimal(data["parts_growth_tolerance"]),
            parts=tuple(Part(**each) for each in data["parts"]),
            wholes=tuple(Whole(each["whole"], tuple(each["parts"])) for each in data["wholes"]),
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """Something doubtful about the indicator of that code; ``says`` tells what by its figures."""

    indicator: str
    kind: Kind
    says: Text

    @property
    def severity(self) -> Severity:
        return Severity.DOUBT if self.kind in _DOUBTS else Severity.CONTRADICTION


class Compared(NamedTuple):
    """The figures of a month and what they are compared with: those of the month before, of the same month a year
    before. ``same_year``: whether the month before is of the same year, so that what is cumulative goes on."""

    now: Figures
    previous: Figures
    year_before: Figures
    same_year: bool


def findings(compared: Compared, asked: Mapping[str, Indicator], checks: Checks) -> tuple[Finding, ...]:
    """All that is doubtful in ``compared.now``, by indicator. What is not reported is not compared."""
    found: list[Finding] = []
    for code, reported in compared.now.items():
        indicator = asked.get(code)
        if indicator is not None:
            found.extend(_over_time(reported, indicator, compared, checks))
    for part in checks.parts:
        found.extend(_part(part, compared.now, asked))
    for whole in checks.wholes:
        found.extend(_whole(whole, compared.now, asked, checks))
    return tuple(sorted(found, key=lambda finding: (finding.indicator, finding.kind, finding.says)))


def _over_time(reported: Reported, indicator: Indicator, compared: Compared, checks: Checks) -> Iterator[Finding]:
    code, value = indicator.code, reported.value
    previous, year_before = compared.previous.get(code), compared.year_before.get(code)
    if previous is not None:
        if indicator.measure is not Measure.CUMULATIVE:
            said = Text("上期", "last period's")
            yield from _change(
                Kind.CHANGE_FROM_PREVIOUS, said, value, previous.value, indicator, checks.change_from_previous
            )
        elif compared.same_year and value < previous.value:
            says = Text(
                f"{indicator.label.zh}累计{value}，小于上期累计{previous.value}",
                f"{indicator.label.en}: {value} so far this year, below last period's {previous.value}",
            )
            yield Finding(code, Kind.CUMULATIVE_FALLS, says)
    if year_before is not None:
        said = Text("上年同期", "the year before's")
        limit = checks.change_from_year_before
        yield from _change(Kind.CHANGE_FROM_YEAR_BEFORE, said, value, year_before.value, indicator, limit)
        yield from _growth(reported, year_before.value, indicator, checks.growth_tolerance)


def _change(
    kind: Kind, said: Text, value: Decimal, before: Decimal, indicator: Indicator, limit: Decimal
) -> Iterator[Finding]:
    if abs(value - before) * 100 > limit * before:
        says = Text(
            f"{indicator.label.zh}{value}，{said.zh}{before}，变动超过{limit}%",
            f"{indicator.label.en}: {value} against {said.en} {before}, a change of more than {limit} per cent",
        )
        yield Finding(indicator.code, kind, says)


def _growth(reported: Reported, before: Decimal, indicator: Indicator, tolerance: Decimal) -> Iterator[Finding]:
    if reported.growth is None or before == 0:
        return
    computed = growth_of(reported.value, before)
    if abs(Fraction(reported.growth) - computed) > Fraction(tolerance):
        says = Text(
            f"{indicator.label.zh}报同比{reported.growth}%，按两期数据计算为{rounded(computed, 1)}%",
            f"{indicator.label.en}: growth of {reported.growth} per cent is stated, the two values make it "
            f"{rounded(computed, 1)}",
        )
        yield Finding(indicator.code, Kind.GROWTH, says)


def growth_of(value: Decimal, before: Decimal) -> Fraction:
    """By how many per cent ``value`` is more than ``before``, which is not zero; exact."""
    return (Fraction(value) / Fraction(before) - 1) * 100


def _part(pair: Part, now: Figures, asked: Mapping[str, Indicator]) -> Iterator[Finding]:
    part, whole = now.get(pair.part), now.get(pair.whole)
    if part is None or whole is None or not {pair.part, pair.whole} <= asked.keys():
        return
    if part.value > whole.value:
        labels = asked[pair.part].label, asked[pair.whole].label
        says = Text(
            f"{labels[0].zh}{part.value}，大于{labels[1].zh}{whole.value}",
            f"{labels[0].en}: {part.value}, above {labels[1].en}, {whole.value}",
        )
        yield Finding(pair.part, Kind.PART_ABOVE_WHOLE, says)


def _whole(group: Whole, now: Figures, asked: Mapping[str, Indicator], checks: Checks) -> Iterator[Finding]:
    codes = (group.whole, *group.parts)
    if not all(code in now and code in asked for code in codes):
        return
    whole, parts = now[group.whole], [now[code] for code in group.parts]
    label, total = asked[group.whole].label, sum(part.value for part in parts)
    # Each value may be half a unit of its last place away from what it was rounded from.
    slack = sum(Fraction(1, 2 * 10 ** asked[code].places) for code in codes)
    if abs(Fraction(whole.value) - Fraction(total)) > slack:
        says = Text(
            f"{label.zh}{whole.value}，各部分之和{total}",
            f"{label.en}: {whole.value}, and its parts make {total}",
        )
        yield Finding(group.whole, Kind.PARTS_AND_WHOLE, says)
        return
    implied = _implied_growth(parts)
    if whole.growth is None or implied is None:
        return
    if abs(Fraction(whole.growth) - implied) > Fraction(checks.parts_growth_tolerance):
        rates = "、".join(f"{asked[code].label.zh}{now[code].growth}%" for code in group.parts)
        rates_en = ", ".join(f"{asked[code].label.en} by {now[code].growth}" for code in group.parts)
        says = Text(
            f"{label.zh}报同比{whole.growth}%，而其各部分{rates}，合计应为{rounded(implied, 1)}%",
            f"{label.en} is said to have grown by {whole.growth} per cent, but its parts did so otherwise "
            f"({rates_en}), which makes {rounded(implied, 1)} together",
        )
        yield Finding(group.whole, Kind.GROWTH_OF_PARTS, says)


def _implied_growth(parts: Sequence[Reported]) -> Fraction | None:
    """By how many per cent the sum of ``parts`` has grown, as they say they each have. None where one does not say, or
    has gone to nothing so that it does not tell from what."""
    before = Fraction(0)
    for part in parts:
        if part.growth is None or part.growth <= -100:
            return None
        before += Fraction(part.value) * 100 / (100 + Fraction(part.growth))
    return (Fraction(sum(part.value for part in parts)) / before - 1) * 100 if before else None


class Answered(NamedTuple):
    """Whether a finding was explained by the unit, and whether it was accepted by the association."""

    explained: bool
    accepted: bool


def check_stands(superseded: bool) -> None:
    """Refuse (M13) an answer to a finding that the figures do not give any more."""
    if superseded:
        raise Refused(
            "M13",
            "数据已更正，该疑点不复存在",
            "The figures have changed: this is found no more",
            code="finding-superseded",
        )


def check_explainer(of_the_unit: bool) -> None:
    """Refuse (M13) an explanation by anybody but the unit's own people."""
    if not of_the_unit:
        raise Refused(
            "M13",
            "疑点由上报单位说明，秘书处只能认可",
            "The unit explains its figures; the secretariat accepts them",
            code="not-the-unit",
        )


def check_explanation(answered: Answered, open_period: bool, text: str) -> None:
    """Refuse (M13) an explanation without words, or of a finding that was accepted or whose period is closed."""
    if not text.strip():
        raise Refused("M13", "说明不能为空", "An explanation says something", code="explanation-empty", field="text")
    _check_answerable(answered, open_period)


def check_acceptance(answered: Answered, open_period: bool) -> None:
    """Refuse (M13) to accept a finding twice, or after its period was closed."""
    _check_answerable(answered, open_period)


def _check_answerable(answered: Answered, open_period: bool) -> None:
    if not open_period:
        raise Refused("M13", "该统计期已汇总", "The period is closed", code="period-closed")
    if answered.accepted:
        raise Refused("M13", "该疑点已被认可", "The finding was accepted", code="finding-accepted")


def check_all_answered(unanswered: int) -> None:
    """Refuse (M13) to add figures up while findings wait for an explanation or an acceptance."""
    if unanswered:
        raise Refused(
            "M13",
            f"还有{unanswered}处疑点既无说明也未认可，不能汇总",
            f"{unanswered} findings are neither explained nor accepted: the period cannot be closed",
            code="findings-unanswered",
        )

"""The states of a batch, its scope, and its statistics (C2, C6)."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from services.certification.catalogue.rules import Qualification
from shared.errors import Refused
from shared.text import Text


class BatchState(StrEnum):
    """Where a batch stands. The order of the members is the order of the work."""

    DRAFT = "draft"
    PLAN_REPORTED = "plan_reported"
    ANNOUNCED = "announced"
    ENROLLING = "enrolling"
    EXAMINED = "examined"
    SCORED = "scored"
    REVIEWED = "reviewed"
    PUBLICISED = "publicised"
    RESULTS_REPORTED = "results_reported"
    CERTIFIED = "certified"


STATE_NAMES: Final[dict[BatchState, Text]] = {
    BatchState.DRAFT: Text("草拟", "draft"),
    BatchState.PLAN_REPORTED: Text("方案已上报", "plan reported"),
    BatchState.ANNOUNCED: Text("已发布", "announced"),
    BatchState.ENROLLING: Text("报名中", "enrolling"),
    BatchState.EXAMINED: Text("已考试", "examined"),
    BatchState.SCORED: Text("已评分", "scored"),
    BatchState.REVIEWED: Text("已审核", "reviewed"),
    BatchState.PUBLICISED: Text("公示中", "publicised"),
    BatchState.RESULTS_REPORTED: Text("结果已上报", "results reported"),
    BatchState.CERTIFIED: Text("已发证", "certified"),
}
_ORDER: Final = tuple(BatchState)


def next_state(state: BatchState) -> BatchState:
    """The one state that may follow. Refused by C2 after the last."""
    following = _ORDER.index(state) + 1
    if following == len(_ORDER):
        raise Refused(
            "C2",
            "该批次已发证，认定工作已全部完成",
            "The batch is certified; no step follows",
            code="batch-finished",
        )
    return _ORDER[following]


def check_step(current: BatchState, wanted: BatchState) -> None:
    """Refuse by C2 any step but to the next state: none is skipped, repeated or taken back."""
    due = next_state(current)
    if wanted is not due:
        here, there, then = STATE_NAMES[current], STATE_NAMES[wanted], STATE_NAMES[due]
        raise Refused(
            "C2",
            f"批次现为“{here.zh}”，下一步只能是“{then.zh}”，不能是“{there.zh}”",
            f"The batch is {here.en}; the next step is {then.en}, not {there.en}",
            code="batch-step",
            field="state",
        )


def has_reached(state: BatchState, wanted: BatchState) -> bool:
    """Whether a batch in ``state`` is in ``wanted`` or past it."""
    return _ORDER.index(state) >= _ORDER.index(wanted)


def check_plan(name: str, scope: Sequence[Qualification]) -> None:
    """Refuse by C2 a plan without a name, without anything to examine, or with one thing twice."""
    if not name.strip():
        raise Refused("C2", "批次须有名称", "A batch has a name", code="name-required", field="name")
    if not scope:
        raise Refused("C2", "批次须写明认定范围", "A batch says what it examines", code="scope-required", field="scope")
    if len(set(scope)) < len(scope):
        raise Refused("C2", "认定范围有重复", "The scope names one thing twice", code="scope-twice", field="scope")


def check_enrolling(state: BatchState) -> None:
    """Refuse by C2 to enrol anybody but while the batch enrols."""
    if state is not BatchState.ENROLLING:
        here = STATE_NAMES[state]
        raise Refused(
            "C2",
            f"批次现为“{here.zh}”，只能在报名期间报名",
            f"The batch is {here.en}; candidates enrol only while enrolment is open",
            code="not-enrolling",
        )


def check_examination(days: Sequence[date], enrolled: int, today: date) -> None:
    """Refuse by C2 an examination of nobody, without a day, with one day twice, or on a day to come."""
    if not enrolled:
        raise Refused("C2", "本批次尚无人报名", "Nobody is enrolled in this batch", code="nobody-enrolled")
    if not days or len(set(days)) < len(days):
        raise Refused(
            "C2",
            "须写明各考试日期，且不得重复",
            "Name each day of the examination, once",
            code="examination-days",
            field="days",
        )
    if max(days) > today:
        raise Refused(
            "C2",
            f"考试日期 {max(days).isoformat()} 尚未到来",
            f"The examination day {max(days).isoformat()} is still to come",
            code="examination-to-come",
            field="days",
        )


def check_scope(scope: Set[Qualification], qualification: Qualification) -> None:
    """Refuse by C2 a qualification that the batch does not examine."""
    if qualification not in scope:
        raise Refused(
            "C2",
            "该职业（工种）、等级不在本批次的认定范围内",
            "This batch does not examine that occupation, work type and level",
            code="outside-batch",
            field="occupation",
        )


@dataclass(frozen=True)
class PassRate:
    """通过率: how many of those who took part passed. ValueError unless 0 ≤ passed ≤ taken."""

    passed: int
    taken: int

    def __post_init__(self) -> None:
        if not 0 <= self.passed <= self.taken:
            raise ValueError("those who passed are some of those who took part")

    @property
    def failed(self) -> int:
        return self.taken - self.passed

    @property
    def fraction(self) -> Fraction | None:
        """The exact rate; None where nobody took part."""
        return Fraction(self.passed, self.taken) if self.taken else None

    @property
    def percent(self) -> Decimal | None:
        """Per cent with two places, half up from the exact rate: 171 of 187 are 91.44."""
        hundredths = self._rounded(10_000)
        return None if hundredths is None else Decimal(hundredths).scaleb(-2)

    @property
    def whole_percent(self) -> int | None:
        """Whole per cent, half up from the exact rate and not from ``percent``: 171 of 187 are 91."""
        return self._rounded(100)

    @property
    def text(self) -> str:
        """As it is reported: "171/187 = 91.44%"; only "0/0" where nobody took part."""
        counts = f"{self.passed}/{self.taken}"
        return counts if self.percent is None else f"{counts} = {self.percent}%"

    def _rounded(self, scale: int) -> int | None:
        return (2 * self.passed * scale + self.taken) // (2 * self.taken) if self.taken else None


@dataclass(frozen=True)
class OccupationRate:
    """The pass rate of one occupation, by code."""

    occupation: str
    rate: PassRate


@dataclass(frozen=True)
class Statistics:
    """通过率统计 of a batch: each occupation, and all of them together."""

    occupations: tuple[OccupationRate, ...]

    @property
    def total(self) -> PassRate:
        """Counted from people, never averaged from rates."""
        rates = [each.rate for each in self.occupations]
        return PassRate(sum(rate.passed for rate in rates), sum(rate.taken for rate in rates))

"""公示: results before the public, objections against them, and who is clear when (C6, P10, X12)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.certification.versions import Versioned
from shared.errors import NotFound, Refused
from shared.identity.duties import Bond, acted, own_unit
from shared.standards.calendar import (
    business_date,
    end_of_business_day,
    nth_working_day,
    start_of_business_day,
)
from shared.text import Text

_RESULTS = Text("认定结果", "results")
_OBJECTION = Text("异议", "objection")
_SCORED = Text("登记过成绩", "entered scores")


@dataclass(frozen=True, kw_only=True)
class PublicityPeriod(Versioned):
    """公示期: how many working days, and whether the day of posting is the first of them."""

    working_days: int
    posting_day_counts: bool


@dataclass(frozen=True)
class Window:
    """When a notice stands: from ``posted_at`` through ``last_day``, by the version that set it (X4)."""

    posted_at: datetime
    last_day: date
    version: str

    @property
    def closes_at(self) -> datetime:
        """The last instant for an objection: the end of the last day in Shanghai (X3)."""
        return end_of_business_day(self.last_day)

    @property
    def clear_from(self) -> datetime:
        """When a result without objection is clear: 00:00 in Shanghai after the last day."""
        return start_of_business_day(self.last_day + timedelta(days=1))

    def stands_at(self, moment: datetime) -> bool:
        """Whether the notice is up, and an objection possible, at ``moment``."""
        return self.posted_at <= moment < self.clear_from


class Ruling(StrEnum):
    """What came of an objection: 不成立 or 成立."""

    DISMISSED = "dismissed"
    UPHELD = "upheld"


@dataclass(frozen=True)
class Objection:
    """异议 against one person's result; undecided while ``decision`` is None."""

    raised_at: datetime
    decision: Ruling | None = None
    decided_at: datetime | None = None


class Standing(StrEnum):
    """How a publicised result stands: under notice, frozen by an objection, clear, or void by one."""

    PUBLICISED = "publicised"
    FROZEN = "frozen"
    CLEAR = "clear"
    VOID = "void"


class NoticeLine(NamedTuple):
    """One line of the notice: nothing but name, occupation and result is shown in public (X12)."""

    name: str
    occupation: str
    result: str


def publicity_window(posted_at: datetime, period: PublicityPeriod) -> Window:
    """The window of a notice posted at ``posted_at`` (with a zone; its Shanghai date is the posting day).

    Posted on 2020-12-24 for five working days it stands through 2020-12-30 (C6). A posting day that is no
    working day is not counted.
    """
    last_day = nth_working_day(business_date(posted_at), period.working_days, counting_start=period.posting_day_counts)
    return Window(posted_at, last_day, period.version)


def whose_results(scorers: Iterable[UUID], closers: Iterable[UUID | None], units: Iterable[UUID]) -> tuple[Bond, ...]:
    """Who does not review the results of a batch: whoever entered one of its scores, corrected or not, or closed the
    scoring, since a supervisor is no assessor in the same batch (C4); the units that sent its candidates (X8)."""
    return (
        acted(_RESULTS, _SCORED, scorers, code="own-scores", clause="C4"),
        acted(_RESULTS, Text("完成过评分", "closed the scoring"), closers, code="own-scores", clause="C4"),
        own_unit(_RESULTS, units),
    )


def notice_standing(window: Window | None, now: datetime) -> Window:
    """The window of the notice that is up at ``now``; NotFound before it is posted and once it is over (X12)."""
    if window is None or not window.stands_at(now):
        raise NotFound(
            "该批次现无公示，可能尚未开始或已经结束",
            "No notice of this batch is up: it has not begun or is over",
            code="no-notice",
        )
    return window


def object_to(window: Window | None, at: datetime) -> Objection:
    """An objection raised ``at``. Refused by C6 before the notice is up and after its last day."""
    if window is None or at < window.posted_at:
        raise Refused("C6", "尚未公示，不能提出异议", "Nothing is publicised yet", code="not-publicised")
    if not window.stands_at(at):
        raise Refused(
            "C6",
            f"公示已于 {window.last_day.isoformat()} 结束，不再受理异议",
            f"The notice ended on {window.last_day.isoformat()}; no objection is taken after it",
            code="publicity-over",
        )
    return Objection(at)


def check_said(text: str, field: str) -> None:
    """Refuse by C6 an objection without grounds and a decision without a reason; ``field`` is what it is called."""
    if not text.strip():
        raise Refused(
            "C6", "异议及其处理须写明理由", "Objections and decisions are reasoned", code="unsaid", field=field
        )


def whose_objection(
    raiser: UUID, scorers: Iterable[UUID], reviewers: Iterable[UUID | None], unit: UUID | None
) -> tuple[Bond, ...]:
    """Who does not decide an objection (X8): whoever raised it, who would judge their own scores or their own review
    by it, and the unit that sent the candidate."""
    return (
        acted(_OBJECTION, Text("提出异议", "raised it"), [raiser], code="own-objection"),
        acted(_OBJECTION, _SCORED, scorers, code="own-scores"),
        acted(_OBJECTION, Text("审核过结果", "reviewed the results"), reviewers, code="own-review"),
        own_unit(_OBJECTION, [unit]),
    )


def decide_objection(objection: Objection, decision: Ruling, at: datetime) -> Objection:
    """The objection as decided ``at``. Refused by C6 when it has been decided before (X7)."""
    if objection.decision is not None:
        raise Refused("C6", "该异议已作出处理", "The objection has been decided already", code="objection-decided")
    if at < objection.raised_at:
        raise ValueError("an objection is decided after it is raised")
    return replace(objection, decision=decision, decided_at=at)


def standing(window: Window, objections: Collection[Objection], now: datetime) -> Standing:
    """How one person's result stands at ``now``, given the objections against that person alone.

    An upheld objection voids the result for good; an undecided one freezes it, even past the window.
    """
    if any(objection.decision is Ruling.UPHELD for objection in objections):
        return Standing.VOID
    if any(objection.decision is None for objection in objections):
        return Standing.FROZEN
    return Standing.PUBLICISED if now < window.clear_from else Standing.CLEAR


def check_reportable(window: Window, now: datetime) -> None:
    """Refuse by C6 to report the results before the window is over. Frozen ones do not hold the others."""
    if now < window.clear_from:
        raise Refused(
            "C6",
            f"公示至 {window.last_day.isoformat()} 止，期满后方可上报结果",
            f"The notice stands through {window.last_day.isoformat()}; results are reported after it",
            code="publicity-running",
        )

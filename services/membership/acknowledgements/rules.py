"""Acknowledgements 落实情况: a paper is served on units, read and acknowledged by each, once (M6, X7).

It reports and does nothing else: the document knows no sanction for who has not acknowledged.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.membership.units.rules import Tier, check_member, is_member
from shared.errors import Refused
from shared.text import Text


class Source(StrEnum):
    """What kind of paper is served."""

    RESOLUTION = "resolution"
    DOCUMENT = "document"

    @property
    def label(self) -> Text:
        return _SOURCES[self]


_SOURCES = {Source.RESOLUTION: Text("决议", "Resolution"), Source.DOCUMENT: Text("文件", "Document")}


class State(StrEnum):
    """How far a unit has come with what was served on it."""

    SERVED = "served"
    READ = "read"
    ACKNOWLEDGED = "acknowledged"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.SERVED: Text("已送达", "Served"),
    State.READ: Text("已阅读", "Read"),
    State.ACKNOWLEDGED: Text("已确认", "Acknowledged"),
}


class Audience(StrEnum):
    """On whom a paper is served."""

    ALL = "all"
    TIER = "tier"
    UNITS = "units"

    @property
    def label(self) -> Text:
        return _AUDIENCES[self]


_AUDIENCES = {
    Audience.ALL: Text("全体会员单位", "All member units"),
    Audience.TIER: Text("某一层级的会员单位", "The member units of one tier"),
    Audience.UNITS: Text("指定的会员单位", "The units named"),
}


@dataclass(frozen=True, slots=True)
class Member:
    """What matters of a unit for serving on it."""

    id: UUID
    tier: str | None
    admitted_on: date | None
    left_on: date | None

    def on(self, day: date) -> bool:
        """Whether it is a member on ``day``; without a day of admission it has been since before what is kept."""
        return (self.admitted_on is None or self.admitted_on <= day) and is_member(self.left_on, day)


def check_audience(audience: Audience, tier: str | None, units: Collection[UUID]) -> None:
    """Refuse (M6) an audience that is said twice, or not at all: a tier is named for a tier, units for units."""
    if (audience is Audience.TIER) != (tier is not None):
        raise _refused("audience", "按层级送达时写明层级，其他情形不写", "Name a tier to serve on one", field="tier")
    if (audience is Audience.UNITS) != bool(units):
        raise _refused("audience", "指定单位时写明单位，其他情形不写", "Name units to serve on them", field="unit_ids")


def served_on(
    audience: Audience, tier: str | None, named: Collection[UUID], members: Iterable[Member], day: date
) -> list[Member]:
    """The units of ``audience`` on ``day``, in their order. Members of that day only: one admitted later is not served
    by itself. Refused: a named unit that there is not (M6), or that is no member on that day (M1)."""
    known = {member.id: member for member in members}
    if audience is not Audience.UNITS:
        return [each for each in known.values() if each.on(day) and tier in (None, each.tier)]
    for id in named:
        if id not in known:
            raise _refused("unit-unknown", "没有这个会员单位", "There is no such member unit", field="unit_ids")
        check_member(known[id].left_on, day, "unit_ids")
        if not known[id].on(day):
            raise Refused(
                "M1",
                "该单位当日尚未入会",
                "The unit had not been admitted by that day",
                code="unit-not-admitted",
                field="unit_ids",
            )
    return [each for id, each in known.items() if id in set(named)]


def paper_title(text: str) -> str:
    """The title of a document without outer white space; nothing at all is refused (M6)."""
    title = text.strip()
    if not title:
        raise _refused("paper-title", "须写明文件标题", "Name the title of the document", field="title")
    return title


def check_new_paper(known: UUID | None) -> None:
    """Refuse (M6) a document that is entered already, as the paper ``known``."""
    if known is not None:
        raise _refused("paper-entered", "该文件已登记", "The document has been entered", field="subject_id")


def check_day(day: date, today: date) -> None:
    """Refuse (M6) to enter a service before its day has come."""
    if day > today:
        raise _refused("served-later", "送达日期不能晚于今天", "Nothing is served later than today", field="served_on")


def check_stands(ended_on: date | None) -> None:
    """Refuse (M6, X7) to serve a resolution that does not stand any more."""
    if ended_on is not None:
        raise _refused(
            "paper-ended",
            f"该决议自{ended_on.isoformat()}起不再有效，不予送达",
            f"The resolution does not stand since {ended_on.isoformat()} and is not served",
        )


def check_somebody(new: Collection[Member]) -> None:
    """Refuse (M6) a service that reaches nobody: each unit is served with a paper once."""
    if not new:
        raise _refused(
            "nobody-to-serve", "没有需要送达的单位，或均已送达", "There is no unit that it has not been served on"
        )


def check_for_the_unit(unit: UUID, represented: Collection[str]) -> None:
    """Refuse (M6) that anybody reads or acknowledges for a unit that they do not represent."""
    if str(unit) not in represented:
        raise _refused("not-the-units", "由该单位的代表办理", "That is for the unit's representative to do")


def check_not_acknowledged(state: State) -> None:
    """Refuse (M6) a second acknowledgement."""
    if state is State.ACKNOWLEDGED:
        raise _refused("acknowledged", "本单位已确认", "The unit has acknowledged this")


@dataclass(frozen=True, slots=True)
class Served:
    """One unit on which a paper was served: its tier then, how far it has come, and whether it is a member today."""

    tier: str | None
    state: State
    member: bool = True


@dataclass(frozen=True, slots=True)
class Figures:
    """How many units a paper was served on, how many have read it, acknowledged it, and how many members have not.

    What was acknowledged was read. Percentages are whole, rounded down: 100 is all of them.
    """

    tier: str | None
    served: int
    read: int
    acknowledged: int
    outstanding: int

    @property
    def read_percent(self) -> int:
        return percent(self.read, self.served)

    @property
    def acknowledged_percent(self) -> int:
        return percent(self.acknowledged, self.served)


def percent(part: int, whole: int) -> int:
    """``part`` of ``whole`` in whole percent, rounded down; of nothing it is 0."""
    return 100 * part // whole if whole else 0


def figures(served: Collection[Served], tier: str | None = None) -> Figures:
    """The figures of a paper. A unit that has left is among those it was served on, and not among the outstanding."""
    return Figures(
        tier,
        served=len(served),
        read=sum(each.state is not State.SERVED for each in served),
        acknowledged=sum(each.state is State.ACKNOWLEDGED for each in served),
        outstanding=sum(each.member and each.state is not State.ACKNOWLEDGED for each in served),
    )


def figures_by_tier(served: Collection[Served]) -> list[Figures]:
    """The figures of each tier that there is a unit of, the lowest first; last those of units without one."""
    by_tier: Mapping[str | None, list[Served]] = {
        tier: [each for each in served if each.tier == tier] for tier in (*(tier.code for tier in Tier), None)
    }
    return [figures(those, tier) for tier, those in by_tier.items() if those]


def _refused(code: str, zh: str, en: str, *, field: str | None = None) -> Refused:
    return Refused("M6", zh, en, code=code, field=field)

"""Planning an activity 活动 (M9): draft → open → closed → held → reported, or called off before it is held.

draft ── opened ──▶ open ── sign-up ends ──▶ closed ── it took place ──▶ held ── its report ──▶ reported
draft, open, closed ── called off, with the reason ──▶ called_off
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from shared.errors import Refused
from shared.standards.calendar import business_date
from shared.text import Text


class State(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    HELD = "held"
    REPORTED = "reported"
    CALLED_OFF = "called_off"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.DRAFT: Text("拟定中", "Draft"),
    State.OPEN: Text("报名中", "Open for sign-up"),
    State.CLOSED: Text("报名截止", "Sign-up closed"),
    State.HELD: Text("已举办", "Held"),
    State.REPORTED: Text("已总结", "Reported"),
    State.CALLED_OFF: Text("已取消", "Called off"),
}
_NEXT = {State.DRAFT: State.OPEN, State.OPEN: State.CLOSED, State.CLOSED: State.HELD, State.HELD: State.REPORTED}
TO_COME = frozenset({State.DRAFT, State.OPEN, State.CLOSED})
"""What has not taken place yet, and may still be changed or called off."""


class Audience(StrEnum):
    """Who may come."""

    MEMBERS = "members"
    EVERYBODY = "everybody"

    @property
    def label(self) -> Text:
        return _AUDIENCES[self]


_AUDIENCES = {
    Audience.MEMBERS: Text("会员单位人员", "People of member units"),
    Audience.EVERYBODY: Text("会员单位人员和社会人士", "People of member units and everybody else"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of activity and whether its entries may be judged; ``clause`` is where the document has it."""

    code: str
    label: Text
    clause: Text
    judged: bool

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Kind":
        """The kind as one entry of ``kinds`` in data/activity_kinds.json gives it."""
        return cls(data["code"], Text(**data["label"]), Text(**data["clause"]), data["judged"])


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned. ``capacity`` is people, ``places_per_unit`` those of them from one unit; None is no limit.
    ``sign_up_until`` is the last day of sign-up, the whole day included (X3)."""

    title: str
    venue: str
    starts_at: datetime
    ends_at: datetime
    sign_up_until: date
    capacity: int | None
    places_per_unit: int | None


def check_plan(plan: Plan) -> None:
    """Refuse (M9) a plan without title or place, one that ends before it begins, whose sign-up goes on after it has
    begun, or whose places are none or fewer than those of one unit."""
    for field, given in (("title", plan.title), ("venue", plan.venue)):
        if not given.strip():
            raise _refused("标题和地点不得空白", "An activity has a title and a place", "plan-incomplete", field)
    if plan.ends_at <= plan.starts_at:
        raise _refused("结束时间须晚于开始时间", "It ends after it begins", "plan-order", "ends_at")
    if plan.sign_up_until > business_date(plan.starts_at):
        raise _refused(
            "报名截止日不得晚于活动开始之日",
            "Sign-up ends by the day the activity begins",
            "sign-up-after-start",
            "sign_up_until",
        )
    if plan.capacity is not None and plan.capacity < 1:
        raise _refused("名额至少为1人", "There is at least one place", "no-places", "capacity")
    if plan.places_per_unit is not None and not 1 <= plan.places_per_unit <= (plan.capacity or plan.places_per_unit):
        raise _refused(
            "每单位名额至少1人，且不超过总名额",
            "A unit has at least one place and no more than there are",
            "unit-places",
            "places_per_unit",
        )


def check_ahead(plan: Plan, today: date) -> None:
    """Refuse (M9) to open sign-up that has ended already."""
    if plan.sign_up_until < today:
        raise _refused("报名截止日已过", "The last day of sign-up has passed", "sign-up-over", "sign_up_until")


def check_changeable(state: State, *, settled: bool) -> None:
    """Refuse (M9) to change what took place or was called off; ``settled`` what stays once it was opened: kind and
    audience."""
    if state not in TO_COME:
        raise _refused(
            f"活动{state.label.zh}，不能更改",
            f"It cannot be changed any more ({state.label.en.lower()})",
            "not-to-come",
        )
    if settled and state is not State.DRAFT:
        raise _refused(
            "报名开始后，活动类别和参加对象不再更改",
            "Kind and audience stay once sign-up was opened",
            "settled-when-opened",
        )


def advance(state: State, to: State) -> State:
    """The state ``to``, where it is the one that follows. Refused (M9): no step is skipped or taken twice."""
    if _NEXT.get(state) is not to:
        raise _refused(
            f"活动{state.label.zh}，不能转为“{to.label.zh}”",
            f"It is {state.label.en.lower()} and cannot become: {to.label.en.lower()}",
            "not-the-next-step",
        )
    return to


def check_begun(starts_at: datetime, now: datetime) -> None:
    """Refuse (M9) to say of an activity that it was held before it has begun."""
    if now < starts_at:
        raise _refused("活动尚未开始", "The activity has not begun yet", "not-begun")


def check_report(report: str) -> None:
    """Refuse (M9) a report without words."""
    if not report.strip():
        raise _refused("总结不得空白", "A report has words", "report-needed", "report")


def call_off(state: State, reason: str) -> State:
    """The state once it is called off. Refused (M9): what took place or was called off before. Refused (X7): without
    a reason."""
    if state not in TO_COME:
        raise _refused(
            f"活动{state.label.zh}，不能取消", f"It cannot be called off ({state.label.en.lower()})", "not-to-come"
        )
    if not reason.strip():
        raise Refused("X7", "取消活动须说明理由", "Say why it is called off", code="reason-needed", field="reason")
    return State.CALLED_OFF


def _refused(zh: str, en: str, code: str, field: str | None = None) -> Refused:
    return Refused("M9", zh, en, code=code, field=field)

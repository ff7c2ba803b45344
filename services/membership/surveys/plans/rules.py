"""A survey 调查: planned, open, closed, in that order (M8)."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.errors import Refused
from shared.text import Text


class State(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.PLANNED: Text("策划中", "Planned"),
    State.OPEN: Text("进行中", "Open"),
    State.CLOSED: Text("已结束", "Closed"),
}


def check_plan(starts_on: date, ends_on: date, operators: Sequence[UUID]) -> None:
    """Refuse a plan that ends before it starts, or names an operator twice (M8)."""
    if ends_on < starts_on:
        raise _refused("结束日不能早于开始日", "The last day cannot come before the first", "period", "ends_on")
    if len(set(operators)) != len(operators):
        raise _refused("同一企业不能列两次", "An operator is named once", "operator-twice", "operators")


def check_changeable(state: State) -> None:
    """Refuse to change the plan or the questionnaire of a survey once it has opened: they are frozen (M8, X4)."""
    if state is not State.PLANNED:
        raise _refused(
            "调查已开始，方案与问卷不再变更", "The survey has opened: plan and questionnaire are frozen", "frozen"
        )


def check_opening(state: State, starts_on: date, ends_on: date, today: date, *, has_questionnaire: bool) -> None:
    """Refuse to open a survey twice, without a questionnaire, or outside of its period (M8)."""
    if state is not State.PLANNED:
        raise _refused("调查已开始", "The survey has opened before", "opened-before")
    if not has_questionnaire:
        raise _refused("尚无问卷", "There is no questionnaire yet", "no-questionnaire")
    if not starts_on <= today <= ends_on:
        raise _refused(
            f"调查期为{starts_on}至{ends_on}", f"The survey runs from {starts_on} through {ends_on}", "outside-period"
        )


def check_open(state: State) -> None:
    """Refuse what only happens while a survey is open (M8)."""
    if state is State.PLANNED:
        raise _refused("调查尚未开始", "The survey has not opened yet", "not-open")
    if state is State.CLOSED:
        raise _refused("调查已结束", "The survey is closed", "closed")


def check_asking(state: State, ends_on: date, today: date) -> None:
    """Refuse answers from outside where the survey is not open, or its last day has passed (M8)."""
    check_open(state)
    if today > ends_on:
        raise _refused(f"调查已于{ends_on}截止", f"The survey ended on {ends_on}", "over")


def _refused(zh: str, en: str, code: str, field: str | None = None) -> Refused:
    return Refused("M8", zh, en, code=f"survey-{code}", field=field)

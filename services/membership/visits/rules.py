"""Research visits 走访调研: recorded after they were made, with what is to follow, by whom and until when (M12)."""

from datetime import date
from enum import StrEnum

from shared.errors import Refused
from shared.text import Text


class State(StrEnum):
    """How far a follow-up is."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.OPEN: Text("待办", "Open"),
    State.DONE: Text("已办", "Done"),
    State.DROPPED: Text("不再办理", "Dropped"),
}


def check_visit(visited_on: date, today: date) -> None:
    """Refuse (M12) a visit that has not been made yet."""
    if visited_on > today:
        raise Refused(
            "M12",
            "走访日期不能晚于今天",
            "A visit is recorded after it was made",
            code="visit-to-come",
            field="visited_on",
        )


def check_follow_up(due_on: date, visited_on: date) -> None:
    """Refuse (M12) what is due before the visit it follows from."""
    if due_on < visited_on:
        raise Refused(
            "M12",
            "办理期限不能早于走访日期",
            "What follows from a visit is not due before it",
            code="follow-up-due",
            field="due_on",
        )


def settle(state: State, outcome: State) -> State:
    """``outcome`` of an open follow-up: done, or dropped; once (M12)."""
    if state is not State.OPEN or outcome is State.OPEN:
        raise Refused("M12", "该事项已了结", "The follow-up is settled", code="follow-up-settled")
    return outcome

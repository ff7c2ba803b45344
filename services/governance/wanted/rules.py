"""What waits for a resolution: an expenditure that finance may not pay without one (F4)."""

from enum import StrEnum

from services.governance.bodies.rules import Kind
from shared.text import Text

BODY = Kind.STANDING_COUNCIL
"""The body that decides on it (F4)."""


class State(StrEnum):
    """How it stands. A rejected one may be put before the body again."""

    WAITING = "waiting"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    DROPPED = "dropped"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.WAITING: Text("待决议", "Waiting for a resolution"),
    State.ADOPTED: Text("已通过", "Adopted"),
    State.REJECTED: Text("未通过", "Not adopted"),
    State.DROPPED: Text("支出已不再办理", "No longer wanted"),
}

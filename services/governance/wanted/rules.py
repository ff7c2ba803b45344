"""What waits for a resolution: an expenditure that finance may not pay without one (F4), an application for membership
that membership has reviewed (M1)."""

from enum import StrEnum

from services.governance.bodies.rules import Kind
from services.governance.matters.rules import SubjectKind
from shared.text import Text

EXPENDITURE_BODY = Kind.STANDING_COUNCIL
"""The body that decides on an expenditure (F4)."""

COLUMNS = {SubjectKind.EXPENDITURE: "expenditure_id", SubjectKind.APPLICATION: "application_id"}
"""What can wait, and the column that names it."""


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
    State.DROPPED: Text("已不再办理", "No longer wanted"),
}


def revoked(about: SubjectKind) -> State:
    """How a thing stands once the resolution on it was revoked (X7): an expenditure needs another one, an application
    was decided for good, and what its revocation means is membership's to settle."""
    return State.WAITING if about is SubjectKind.EXPENDITURE else State.DROPPED

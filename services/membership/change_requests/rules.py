"""Changes that a unit proposes about itself (M1): open until somebody who does not represent it decides (X8)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from uuid import UUID

from shared.errors import Refused
from shared.identity.duties import Bond, acted, own_unit
from shared.text import Text

REQUEST = Text("变更申请", "change request")


class State(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.OPEN: Text("待核定", "Open"),
    State.APPROVED: Text("已核准", "Approved"),
    State.REFUSED: Text("未核准", "Refused"),
    State.WITHDRAWN: Text("已撤回", "Withdrawn"),
}


def check_proposal(unit: Mapping[str, str | None], wanted: Mapping[str, str | None], open_one: UUID | None) -> None:
    """Refuse (M1) a proposal that would change nothing of ``unit`` (field → value), or beside one that is open."""
    if all(unit[field] == value for field, value in wanted.items()):
        raise Refused("M1", "没有要变更的内容", "Nothing would change", code="nothing-changes")
    if open_one is not None:
        raise Refused(
            "M1",
            "该单位已有待核定的变更申请",
            "The unit has a change request open: wait for its answer, or withdraw it",
            code="request-open",
        )


def check_open(state: State) -> None:
    """Refuse (M1) to settle a request that is settled."""
    if state is not State.OPEN:
        raise Refused(
            "M1",
            f"变更申请{state.label.zh}",
            f"The request is settled ({state.label.en.lower()})",
            code="request-settled",
        )


def whose_request(unit: UUID, proposed_by: Iterable[UUID | None]) -> tuple[Bond, Bond]:
    """Who does not decide on a request (X8): whoever represents the unit, or made it."""
    return (
        own_unit(REQUEST, [unit]),
        acted(REQUEST, Text("提出过该申请", "made it"), proposed_by, code="proposed-before"),
    )

"""What a billing run finds of each unit (M1, M2, M3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.membership.dues.rules import INVOICED, Bill, Member, bill
from services.membership.standards.months import Months
from services.membership.standards.rules import Standard
from shared.errors import Refused
from shared.text import Text


class Outcome(StrEnum):
    """What became of a unit in a run; in a preview, what would."""

    INVOICED = "invoiced"
    ALREADY = "already"
    PASSED_OVER = "passed_over"

    @property
    def label(self) -> Text:
        return _OUTCOMES[self]


_OUTCOMES = {
    Outcome.INVOICED: Text("开具", "Invoiced"),
    Outcome.ALREADY: Text("此前已开具", "Invoiced before"),
    Outcome.PASSED_OVER: Text("不开具", "Passed over"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a run finds of one unit: its bill, its invoice of before, or what refuses one."""

    outcome: Outcome
    bill: Bill | None = None
    refused: Refused | None = None


def look_at(
    member: Member, year: int, standards: Sequence[Standard], day: date, billed: Sequence[Months] = ()
) -> Finding:
    """What a run of ``day`` finds of ``member``; ``billed`` are the months that its invoices for the year are for now,
    if there are any. A unit that cannot be invoiced is passed over with the rule that refuses it, and holds nobody up
    (M3)."""
    try:
        return Finding(Outcome.INVOICED, bill=bill(member, year, standards, day, billed))
    except Refused as refused:
        if refused.code == INVOICED:
            return Finding(Outcome.ALREADY)
        return Finding(Outcome.PASSED_OVER, refused=refused)

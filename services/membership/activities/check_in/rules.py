"""Check-in 签到: what a pass 入场凭证 opens, and what not (M9).

A pass is "<sign-up, 32 hex digits>.<its proof, 32 hex digits>". Only whoever keeps the service's secret can make the
proof, so nothing that is kept is a pass.
"""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from services.membership.activities.planning.rules import State as ActivityState
from services.membership.activities.sign_ups.rules import State
from shared.errors import Refused
from shared.standards.calendar import BUSINESS_ZONE, business_date

PROOF_LENGTH = 32
_TAKES_PLACE = frozenset({ActivityState.OPEN, ActivityState.CLOSED, ActivityState.HELD})


class Pass(NamedTuple):
    """What a pass says: whose sign-up it is, and its proof."""

    sign_up: UUID
    proof: str

    @property
    def token(self) -> str:
        return f"{self.sign_up.hex}.{self.proof}"


def read(token: str) -> Pass:
    """What ``token`` says; whether its proof holds is not known yet. Refused (M9): what is no pass."""
    name, _, proof = token.strip().partition(".")
    try:
        sign_up = UUID(hex=name)
    except ValueError:
        raise no_pass() from None
    if len(proof) != PROOF_LENGTH or sign_up.hex != name:
        raise no_pass()
    return Pass(sign_up, proof)


def no_pass() -> Refused:
    """The refusal of what is no pass of ours; it does not say what is wrong with it."""
    return Refused("M9", "入场凭证无效", "This is no valid pass", code="no-pass", field="token")


def check_day(state: ActivityState, starts_at: datetime, ends_at: datetime, today: date) -> None:
    """Refuse (M9) to check anybody in to what does not take place, or not on this day (X3)."""
    first, last = business_date(starts_at), business_date(ends_at)
    if state not in _TAKES_PLACE or not first <= today <= last:
        raise Refused(
            "M9",
            f"活动{state.label.zh}，签到日为{first.isoformat()}至{last.isoformat()}",
            f"Check-in is from {first.isoformat()} through {last.isoformat()} ({state.label.en.lower()})",
            code="no-check-in-now",
        )


def check_pass(state: State, *, of: UUID, here: UUID, checked_in_at: datetime | None) -> None:
    """Refuse (M9) the pass to activity ``of`` at activity ``here`` where the two differ, of somebody who withdrew or
    still waits for a place, and the second time, saying when the first was."""
    if of != here:
        raise Refused(
            "M9", "此凭证属于另一活动", "This pass is for another activity", code="another-activity", field="token"
        )
    if state is not State.REGISTERED:
        raise Refused(
            "M9",
            f"此人{state.label.zh}，没有名额",
            f"There is no place for this pass ({state.label.en.lower()})",
            code=f"pass-{state}",
            field="token",
        )
    if checked_in_at is not None:
        at = checked_in_at.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M:%S")
        raise Refused("M9", f"已于{at}签到", f"Checked in at {at} already", code="checked-in-already", field="token")

"""How a request goes on: what it needs on a day, what became of it, and who is told (F1, F2, F3, F4)."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from services.finance.data import expenditure_bands
from services.finance.events import (
    ExpenditureApproved,
    ExpenditurePaid,
    ExpenditureRefused,
    ExpenditureResolutionWanted,
    ExpenditureWithdrawn,
)
from services.finance.expenditures import rules
from services.finance.expenditures.models import Expenditure
from services.finance.expenditures.rules import State
from services.finance.signers.roster import heard_roster
from services.finance.signers.rules import Need, Post, Roster, signature_needed
from shared.store.tx import Tx
from shared.text import Text


def need_of(tx: Tx, record: Expenditure, roster: Roster) -> Need:
    """What ``record`` needs today (X4)."""
    day = max(tx.today, record.requested_on)
    return signature_needed(record.claim, roster, day, expenditure_bands())


def advance(tx: Tx, record: Expenditure, ruled: rules.Expenditure, *, note: str = "") -> None:
    """Take over what the rules made of ``record`` and tell of the state it has come to."""
    before = record.state
    record.follow(ruled, tx.now, note=note)
    if record.state != before:
        announce(tx, record)


def announce(tx: Tx, record: Expenditure) -> None:
    """Tell of the state ``record`` is in, where others wait to hear of it."""
    if record.state == State.AWAITING_RESOLUTION:
        tx.emit(ExpenditureResolutionWanted.of(record))
    elif record.state == State.APPROVED:
        tx.emit(ExpenditureApproved.of(record))
    elif record.state == State.PAID:
        tx.emit(ExpenditurePaid.of(record))
    elif record.state == State.REFUSED:
        tx.emit(ExpenditureRefused.of(record))
    elif record.state == State.WITHDRAWN:
        tx.emit(ExpenditureWithdrawn.of(record))


def follow_posts(tx: Tx) -> None:
    """Let every open request follow posts and absences that have just changed (G11)."""
    tx.flush()
    roster = heard_roster(tx)
    open_ids = select(Expenditure.id).where(Expenditure.state.in_(rules.OPEN)).order_by(Expenditure.id)
    for id in tx.all(open_ids):
        record = tx.lock(Expenditure, id)
        advance(tx, record, rules.follow(record.as_ruled(), need_of(tx, record, roster)))


class Step(StrEnum):
    """What a request waits for next."""

    RESOLUTION = "resolution"
    SIGNATURE = "signature"
    PAYMENT = "payment"

    @property
    def label(self) -> Text:
        return _STEPS[self]


_STEPS = {
    Step.RESOLUTION: Text("常务理事会决议", "Resolution of the standing council"),
    Step.SIGNATURE: Text("签批", "Signature"),
    Step.PAYMENT: Text("支付", "Payment"),
}


@dataclass(frozen=True)
class Waiting:
    """What a request waits for today, by which rule and why. ``people`` may sign; ``held_up``: nobody can just now."""

    step: Step
    rule: str
    because: Text
    post: Post | None = None
    people: Collection[UUID] = ()
    held_up: bool = False


@dataclass(frozen=True)
class ExpenditureToday:
    """A request and what it waits for today, None once it is closed."""

    record: Expenditure
    state: State
    waits_for: Waiting | None

    @property
    def version(self) -> int:
        return self.record.version


def today(tx: Tx, record: Expenditure, roster: Roster, *, objection: Text | None = None) -> ExpenditureToday:
    """``record`` as it stands today; ``objection`` says why a resolution that came does not carry it."""
    ruled = record.as_ruled()
    if ruled.state not in rules.OPEN:
        waits = Waiting(Step.PAYMENT, record.rule, _APPROVED) if ruled.state is State.APPROVED else None
        return ExpenditureToday(record, ruled.state, waits)
    need = need_of(tx, record, roster)
    state = rules.follow(ruled, need).state
    return ExpenditureToday(record, state, _waiting(state, need, objection))


_APPROVED = Text("已批准，待出纳支付", "Approved; the cashier pays it")
_SETTLED = Text("决议已通过，无须再签批", "The resolution stands for the signature")


def _waiting(state: State, need: Need, objection: Text | None) -> Waiting:
    if state is State.AWAITING_RESOLUTION:
        none = Text(f"{need.reason.zh}；尚无常务理事会决议", f"{need.reason.en}; there is no resolution yet")
        return Waiting(Step.RESOLUTION, need.rule, objection or none, need.post, sorted(need.people))
    if state is State.APPROVED:
        return Waiting(Step.PAYMENT, need.rule, _SETTLED)
    because = need.waits or need.reason
    return Waiting(Step.SIGNATURE, need.rule, because, need.post, sorted(need.people), need.waits is not None)

"""Resolutions 决议 that carry an expenditure: heard of governance, used once, never above what they name (F4)."""

import uuid
from datetime import date

from sqlalchemy import select

from services.finance.expenditures import rules
from services.finance.expenditures.following import ExpenditureToday, advance, need_of, today
from services.finance.expenditures.models import Expenditure, HeardResolution
from services.finance.expenditures.schemas import (
    ExpenditureOut,
    MotionRejected,
    ResolutionAdopted,
    ResolutionEnded,
    ResolutionUseIn,
)
from services.finance.signers.roster import heard_roster
from shared.api.operations import operation
from shared.api.sentences import kept
from shared.bus.listening import on_event
from shared.errors import Refused
from shared.store.tx import Tx
from shared.text import Text

MATTERS = frozenset({"large-expenditure", "presidents-expenditure"})
"""The matters of governance that decide on one expenditure, their subject."""

_UNKNOWN = Text("没有决议所指的这笔支出", "There is no such expenditure as the resolution is about")
_REJECTED = "常务理事会未通过 / The standing council did not agree"


def objection_to(tx: Tx, record: Expenditure) -> Text | None:
    """Why the latest resolution that came about ``record`` does not carry it; None where none was refused."""
    query = select(HeardResolution).filter_by(request_id=record.id).order_by(HeardResolution.resolution_id.desc())
    latest = next((heard for heard in tx.all(query) if heard.refusal), None)
    return Text(latest.refusal["zh"], latest.refusal["en"]) if latest and latest.refusal else None


class ExpenditureResolutions:
    """What the standing council decides about expenditures."""

    @on_event("governance", "resolution.adopted.v1", ResolutionAdopted)
    def hear_resolution_adopted(
        self,
        tx: Tx,
        resolution_id: uuid.UUID,
        number: str,
        body: str,
        matter: str,
        adopted_on: date,
        subject_id: uuid.UUID | None,
        limit: int | None,
    ) -> None:
        """An expenditure gets the resolution it waits for; one that does not carry it says why and is kept (F4)."""
        if matter not in MATTERS or subject_id is None:
            return
        if tx.find(HeardResolution, resolution_id=resolution_id) is not None:
            return
        heard = tx.add(
            HeardResolution(
                resolution_id=resolution_id,
                number=number,
                body=body,
                matter=matter,
                request_id=subject_id,
                amount=limit or 0,
                adopted_on=adopted_on,
            )
        )
        tx.flush()
        if tx.find(Expenditure, id=subject_id) is None:
            heard.refusal = kept(_UNKNOWN)
            return
        self._try(tx, tx.lock(Expenditure, subject_id), heard)

    @on_event("governance", "resolution.ended.v1", ResolutionEnded)
    def hear_resolution_ended(self, tx: Tx, resolution_id: uuid.UUID, ended_on: date) -> None:
        """An expenditure not yet paid loses the resolution that does not stand any more and waits for another; one
        that took its place may have been heard before (F4, X7)."""
        heard = tx.find(HeardResolution, resolution_id=resolution_id)
        if heard is None:
            return
        heard.ended_on = ended_on
        if heard.used_by is None:
            return
        record = tx.lock(Expenditure, heard.used_by)
        ruled = rules.let_go(record.as_ruled(), resolution_id, need_of(tx, record, heard_roster(tx)))
        if ruled.resolution == resolution_id:
            return
        heard.used_by = None
        advance(tx, record, ruled)
        tx.flush()
        instead = select(HeardResolution).filter_by(request_id=record.id, used_by=None, ended_on=None)
        for other in tx.all(instead.order_by(HeardResolution.resolution_id)):
            self._try(tx, record, other)

    @on_event("governance", "motion.rejected.v1", MotionRejected)
    def hear_motion_rejected(
        self, tx: Tx, motion_id: uuid.UUID, body: str, matter: str, subject_id: uuid.UUID | None
    ) -> None:
        """An expenditure that waits for the standing council is refused by it (F4)."""
        if matter not in MATTERS or tx.find(Expenditure, id=subject_id) is None:
            return
        record = tx.lock(Expenditure, subject_id)
        need = need_of(tx, record, heard_roster(tx))
        if rules.follow(record.as_ruled(), need).state is not rules.State.AWAITING_RESOLUTION:
            return
        rejected = rules.Resolution(motion_id, body, record.id, 0, adopted=False)
        ruled = rules.turn_down(record.as_ruled(), rejected, need, _REJECTED)
        record.closed_at = tx.now
        advance(tx, record, ruled)

    @operation(
        "POST /expenditures/{id}/resolution",
        permission="finance.expenditure.request",
        request=ResolutionUseIn,
        response=ExpenditureOut,
        label=("引用决议", "Use a resolution"),
        kind="action",
    )
    def use_resolution(self, tx: Tx, id: uuid.UUID, resolution_id: uuid.UUID) -> ExpenditureToday:
        """Rests an expenditure on a resolution heard of before: its own, unused, for no less than its amount (F4)."""
        heard = tx.lock(HeardResolution, resolution_id)
        record = tx.change(Expenditure, id)
        self._use(tx, record, heard)
        return today(tx, record, heard_roster(tx))

    def _try(self, tx: Tx, record: Expenditure, heard: HeardResolution) -> None:
        try:
            self._use(tx, record, heard)
        except Refused as refused:
            heard.refusal = kept(refused.detail)

    @staticmethod
    def _use(tx: Tx, record: Expenditure, heard: HeardResolution) -> None:
        need = need_of(tx, record, heard_roster(tx))
        ruled, used = rules.use_resolution(record.as_ruled(), heard.as_ruled(), need)
        heard.used_by, heard.refusal = used.used_by, None
        advance(tx, record, ruled)

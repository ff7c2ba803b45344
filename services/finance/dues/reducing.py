"""Dues that membership reduces 核减, since the unit left: heard, posted, and what was paid already given back as credit
(M3, F7, X7). Each counts once, whether it is heard before or after its invoice and whatever was paid meanwhile."""

import uuid
from datetime import date

from sqlalchemy import func, select

from services.finance.dues import rules
from services.finance.dues.models import Payment, Receivable, Reduction
from services.finance.dues.schemas import InvoiceReduced
from services.finance.dues.settling import give_slip_when_settled, hold
from services.finance.events import ReceivableReduced
from services.finance.ledger.posting import Source, SourceKind, chart_on, post
from shared.bus.listening import on_event
from shared.store.tx import Tx


class DuesReductions:
    """What units that left owe less."""

    @on_event("membership", "invoice.reduced.v1", InvoiceReduced)
    def reduce_dues(
        self,
        tx: Tx,
        reduction_id: uuid.UUID,
        invoice_id: uuid.UUID,
        unit_id: uuid.UUID,
        amount: int,
        reduced_on: date,
    ) -> None:
        """Takes a reduction off what is owed, once: what is open goes first, what had been paid is the unit's credit
        again (M3, F7). One whose invoice is not known yet waits for that; told otherwise a second time it is refused
        (X7)."""
        hold(tx, unit_id)
        said = rules.Reduction(invoice_id, unit_id, amount, reduced_on)
        known = tx.find(Reduction, id=reduction_id)
        if known is not None:
            rules.check_same_reduction(known.as_ruled(), said)
            return
        reduction = tx.add(
            Reduction(
                id=reduction_id,
                invoice_id=invoice_id,
                unit_id=unit_id,
                amount=amount,
                reduced_on=reduced_on,
                heard_at=tx.now,
                releases=[],
            )
        )
        if tx.find(Receivable, id=invoice_id) is not None:
            _reduce(tx, tx.lock(Receivable, invoice_id), reduction)


def reduce_as_heard(tx: Tx, receivable: Receivable) -> None:
    """Take the reductions off a new receivable that were heard before it; the caller holds the unit's dues."""
    heard = select(Reduction).where(Reduction.invoice_id == receivable.id, Reduction.voucher.is_(None))
    for reduction in tx.all(heard.order_by(Reduction.id)):
        _reduce(tx, receivable, reduction)


def _reduce(tx: Tx, receivable: Receivable, reduction: Reduction) -> None:
    ruled, credits = rules.reduce(receivable.as_ruled(), reduction.as_ruled())
    reduction.take(receivable, ruled)
    for credit in credits:
        tx.get(Payment, credit.payment).unused += credit.amount
    released = sum(credit.amount for credit in credits)
    reduction.voucher = post(
        tx,
        day=reduction.reduced_on,
        entries=rules.reduction_entries(reduction.amount, released, chart_on(reduction.reduced_on)),
        summary=f"单位离会，核减{receivable.year}年度会费",
        source=Source(SourceKind.DUES_REDUCTION, reduction.id),
    ).number
    unused = select(func.sum(Payment.unused)).where(Payment.unit_id == receivable.unit_id)
    tx.emit(
        ReceivableReduced.of(
            receivable,
            reduction_id=reduction.id,
            amount=reduction.amount,
            released=released,
            credit=int(tx.session.scalar(unused) or 0),
        )
    )
    give_slip_when_settled(tx, receivable)

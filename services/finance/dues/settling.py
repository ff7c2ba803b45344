"""What every change of a unit's dues does: it holds them, and gives a slip to what it settled (F12)."""

import uuid

from services.finance.dues import rules
from services.finance.dues.models import CollectionSlip, Receivable
from services.finance.events import ReceivableSettled
from shared.store.tx import Tx


def hold(tx: Tx, unit_id: uuid.UUID) -> None:
    """Let nobody else change the dues of a unit, before any of its receivables is locked: credit is drawn on by the
    next invoice, which may be heard while a payment or a reduction makes some."""
    tx.hold(f"dues of {unit_id}")


def give_slip_when_settled(tx: Tx, receivable: Receivable) -> None:
    """Make the one slip of a receivable that has just been settled, and tell of it (F12); none where it was reduced to
    nothing and nothing was received."""
    ruled = receivable.as_ruled()
    if not ruled.settled or not ruled.received or ruled.slip is not None:
        return
    rules.check_slip(ruled)
    number = rules.slip_number(tx.today, tx.number(rules.slip_series(tx.today)))
    ruled, slip = rules.issue_slip(ruled, number, tx.today)
    receivable.follow(ruled, ())
    tx.add(
        CollectionSlip(number=number, receivable=receivable, amount=slip.amount, issued_on=slip.on, issued_at=tx.now)
    )
    tx.emit(ReceivableSettled.of(receivable))

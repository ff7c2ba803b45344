"""Reminders that are not needed any more, since the invoice was paid (M4)."""

import uuid

from sqlalchemy import select

from services.membership.reminders.models import Reminder
from services.membership.reminders.rules import Outcome
from shared.store.tx import Tx


def stop_reminding(tx: Tx, invoice_id: uuid.UUID) -> None:
    """Take what nobody has reminded of by hand yet off the list."""
    for reminder in tx.all(select(Reminder).filter_by(invoice_id=invoice_id, outcome=Outcome.TO_DO)):
        reminder.outcome = Outcome.NOT_NEEDED

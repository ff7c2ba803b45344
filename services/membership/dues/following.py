"""What finance tells of an invoice, taken over with all that follows from it (M4)."""

import uuid

from services.membership.dues.models import Invoice
from services.membership.dues.rules import InvoiceState
from services.membership.dues.standing import follow
from services.membership.reminders.stopping import stop_reminding
from services.membership.units.models import Unit
from shared.store.tx import Tx


def owing(tx: Tx, unit_id: uuid.UUID, invoice_id: uuid.UUID, fen: int) -> Invoice:
    """The invoice, held, once ``fen`` of it are open; the unit's standing follows, and reminders end where nothing
    is."""
    unit = tx.lock(Unit, unit_id)
    invoice = tx.lock(Invoice, invoice_id)
    invoice.owing(fen)
    follow(tx, unit)
    if invoice.state == InvoiceState.SETTLED:
        stop_reminding(tx, invoice.id)
    return invoice

"""The standing of a unit 会费状态, kept with the unit and told when it changes (M4)."""

from sqlalchemy import select

from services.membership.data import standing_terms
from services.membership.dues import rules
from services.membership.dues.events import UnitStandingChanged
from services.membership.dues.models import Invoice
from services.membership.units.models import Unit
from shared.effective import in_force
from shared.store.tx import Tx


def account_of(tx: Tx, unit: Unit) -> rules.Account:
    """How the unit stands today, by its invoices."""
    open_ = tx.all(select(Invoice).where(Invoice.unit_id == unit.id, Invoice.state == rules.InvoiceState.OPEN))
    owed = [rules.Owed(invoice.owes, invoice.due_on) for invoice in open_]
    return rules.account(owed, tx.today, in_force(standing_terms(), tx.today, rules.STANDING_TERMS))


def follow(tx: Tx, unit: Unit) -> bool:
    """Keep today's standing with ``unit``, which the caller holds; whether that changed anything."""
    tx.flush()
    before, account = unit.standing, account_of(tx, unit)
    if before == account.standing:
        return False
    unit.standing = account.standing
    tx.emit(UnitStandingChanged.of(unit, before=before, terms=account.terms))
    return True

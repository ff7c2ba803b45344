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
    return rules.account(owed, tx.today, _terms(tx))


def follow(tx: Tx, unit: Unit) -> bool:
    """Keep today's standing with ``unit``, which the caller holds; whether that changed anything."""
    tx.flush()
    before, account = unit.standing, account_of(tx, unit)
    if before == account.standing:
        return False
    unit.standing = account.standing
    tx.emit(UnitStandingChanged.of(unit, before=before, terms=account.terms))
    return True


def follow_days(tx: Tx) -> int:
    """Keep today's standing with the units that are overdue or suspended by now, only because days went by; how many
    changed. Done again it changes nothing."""
    late = select(Invoice.unit_id).where(Invoice.state == rules.InvoiceState.OPEN, Invoice.due_on < tx.today)
    long_late = late.where(Invoice.due_on <= _terms(tx).last_due_on(tx.today))
    behind = select(Unit.id).where(
        (Unit.id.in_(late) & Unit.standing.not_in((rules.Standing.OVERDUE, rules.Standing.SUSPENDED)))
        | (Unit.id.in_(long_late) & (Unit.standing != rules.Standing.SUSPENDED))
    )
    return sum(follow(tx, tx.lock(Unit, id)) for id in tx.all(behind.order_by(Unit.id)))


def _terms(tx: Tx) -> rules.StandingTerms:
    return in_force(standing_terms(), tx.today, rules.STANDING_TERMS)

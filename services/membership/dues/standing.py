"""The standing of a unit 会费状态, kept with the unit and told when it changes (M4)."""

import uuid
from collections.abc import Collection

from sqlalchemy import select

from services.membership.dues import rules
from services.membership.dues.events import UnitStandingChanged
from services.membership.dues.models import Invoice
from services.membership.units.models import Unit
from shared.store.tx import Tx


def account_of(tx: Tx, unit: Unit) -> rules.Account:
    """How the unit stands today, by its invoices."""
    return _accounts(tx, [unit])[unit.id]


def follow(tx: Tx, unit: Unit) -> bool:
    """Keep today's standing with ``unit``, which the caller holds; whether that changed anything."""
    return follow_all(tx, [unit]) > 0


def follow_all(tx: Tx, units: Collection[Unit]) -> int:
    """Keep today's standing with each of ``units``, which the caller holds; of how many it changed."""
    tx.flush()
    accounts = _accounts(tx, units)
    moved = []
    for unit in units:
        before, found = unit.standing, accounts[unit.id].standing
        if before != found:
            unit.standing = found
            moved.append((unit, before))
    tx.flush()
    for unit, before in moved:
        tx.emit(UnitStandingChanged.of(unit, before=before))
    return len(moved)


def _accounts(tx: Tx, units: Collection[Unit]) -> dict[uuid.UUID, rules.Account]:
    owed: dict[uuid.UUID, list[rules.Owed]] = {unit.id: [] for unit in units}
    open_ = select(Invoice.unit_id, Invoice.owes, Invoice.due_on)
    open_ = open_.where(Invoice.unit_id.in_(owed), Invoice.state == rules.InvoiceState.OPEN)
    for row in tx.session.execute(open_):
        owed[row.unit_id].append(rules.Owed(row.owes, row.due_on))
    return {unit: rules.account(invoices, tx.today) for unit, invoices in owed.items()}

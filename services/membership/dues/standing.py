"""The standing of a unit 会费状态, kept with the unit and told when it changes (M4)."""

import uuid
from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import select, update

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
    moved = _moved(tx, [unit])
    for each in moved:
        unit.standing = each.found
    _tell(tx, moved)
    return bool(moved)


def follow_all(tx: Tx, units: Collection[Unit]) -> None:
    """The same for many ``units``, in as few statements as there are standings."""
    moved = _moved(tx, units)
    for standing in rules.Standing:
        ids = [each.unit.id for each in moved if each.found == standing]
        if ids:
            tx.session.execute(
                update(Unit).where(Unit.id.in_(ids)).values(standing=standing, version=Unit.version + 1),
                execution_options={"synchronize_session": "evaluate"},
            )
    _tell(tx, moved)


class _Moved(NamedTuple):
    unit: Unit
    before: str
    found: rules.Standing


def _moved(tx: Tx, units: Collection[Unit]) -> list[_Moved]:
    tx.flush()
    accounts = _accounts(tx, units)
    found = (_Moved(unit, unit.standing, accounts[unit.id].standing) for unit in units)
    return [each for each in found if each.before != each.found]


def _tell(tx: Tx, moved: Iterable[_Moved]) -> None:
    tx.flush()
    for each in moved:
        tx.emit(UnitStandingChanged.of(each.unit, before=each.before))


def _accounts(tx: Tx, units: Collection[Unit]) -> dict[uuid.UUID, rules.Account]:
    owed: dict[uuid.UUID, list[rules.Owed]] = {unit.id: [] for unit in units}
    open_ = select(Invoice.unit_id, Invoice.owes, Invoice.due_on)
    open_ = open_.where(Invoice.unit_id.in_(owed), Invoice.state == rules.InvoiceState.OPEN)
    for row in tx.session.execute(open_):
        owed[row.unit_id].append(rules.Owed(row.owes, row.due_on))
    return {unit: rules.account(invoices, tx.today) for unit, invoices in owed.items()}

"""The standing of a unit 会费状态, kept with the unit and told when it changes (M4)."""

import uuid
from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import select, update

from services.membership.data import standing_terms
from services.membership.dues import rules
from services.membership.dues.events import UnitStandingChanged
from services.membership.dues.models import Invoice
from services.membership.units.models import Unit
from shared.effective import in_force
from shared.store.tx import Tx


def account_of(tx: Tx, unit: Unit) -> rules.Account:
    """How the unit stands today, by its invoices."""
    return _accounts(tx, [unit])[unit.id]


def follow(tx: Tx, unit: Unit) -> bool:
    """Keep today's standing with ``unit``, which the caller holds; whether that changed anything."""
    moved = _moved(tx, [unit])
    for each in moved:
        unit.standing = each.account.standing
    _tell(tx, moved)
    return bool(moved)


def follow_all(tx: Tx, units: Collection[Unit]) -> None:
    """The same for many ``units``, in as few statements as there are standings."""
    moved = _moved(tx, units)
    for standing in rules.Standing:
        ids = [each.unit.id for each in moved if each.account.standing == standing]
        if ids:
            tx.session.execute(
                update(Unit).where(Unit.id.in_(ids)).values(standing=standing, version=Unit.version + 1),
                execution_options={"synchronize_session": "evaluate"},
            )
    _tell(tx, moved)


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


class _Moved(NamedTuple):
    unit: Unit
    before: str
    account: rules.Account


def _moved(tx: Tx, units: Collection[Unit]) -> list[_Moved]:
    tx.flush()
    accounts = _accounts(tx, units)
    found = (_Moved(unit, unit.standing, accounts[unit.id]) for unit in units)
    return [each for each in found if each.before != each.account.standing]


def _tell(tx: Tx, moved: Iterable[_Moved]) -> None:
    tx.flush()
    for each in moved:
        tx.emit(UnitStandingChanged.of(each.unit, before=each.before, terms=each.account.terms))


def _accounts(tx: Tx, units: Collection[Unit]) -> dict[uuid.UUID, rules.Account]:
    owed: dict[uuid.UUID, list[rules.Owed]] = {unit.id: [] for unit in units}
    open_ = select(Invoice.unit_id, Invoice.owes, Invoice.due_on)
    open_ = open_.where(Invoice.unit_id.in_(owed), Invoice.state == rules.InvoiceState.OPEN)
    for row in tx.session.execute(open_):
        owed[row.unit_id].append(rules.Owed(row.owes, row.due_on))
    terms = _terms(tx)
    return {unit: rules.account(invoices, tx.today, terms) for unit, invoices in owed.items()}


def _terms(tx: Tx) -> rules.StandingTerms:
    return in_force(standing_terms(), tx.today, rules.STANDING_TERMS)

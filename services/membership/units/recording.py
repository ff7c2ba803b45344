"""How a unit is recorded, changed and told of, whoever does it: one at a time, or from a sheet (M1, M2)."""

from collections.abc import Mapping
from datetime import date

from services.membership.units import rules
from services.membership.units.events import UnitAdmitted, UnitChanged
from services.membership.units.models import Unit, UnitChange
from shared.store.tx import Tx

_CODES = "credit codes of units"


def admit(
    tx: Tx,
    *,
    name: str,
    short_name: str | None,
    credit_code: str,
    tier: str,
    place: str | None,
    admitted_on: date,
) -> Unit:
    """A unit that has been admitted, each field as its rule keeps it. Not told yet: see :func:`tell_admission`."""
    return tx.add(
        Unit(
            name=name,
            short_name=short_name,
            credit_code=credit_code,
            tier=tier,
            place=place,
            basis=rules.Basis.ADMITTED,
            admitted_on=admitted_on,
            recorded_at=tx.now,
        )
    )


def tell_admission(tx: Tx, unit: Unit) -> None:
    tx.flush()
    tx.emit(UnitAdmitted.of(unit))


def change(tx: Tx, unit: Unit, wanted: Mapping[str, str | date | None]) -> tuple[rules.Change, ...]:
    """Have ``unit`` take over ``wanted``, each field as its rule keeps it, and keep what each was before; what really
    changed (M1, X7). Not told yet: see :func:`tell_changes`."""
    changes = rules.changes({field: getattr(unit, field) for field in wanted}, wanted)
    for each in changes:
        setattr(unit, each.field, each.after)
        tx.add(
            UnitChange(
                unit_id=unit.id,
                **each.written,
                changed_at=tx.now,
                changed_by=tx.principal.name,
            )
        )
    return changes


def tell_changes(tx: Tx, unit: Unit, changes: tuple[rules.Change, ...]) -> None:
    if changes:
        tx.flush()
        tx.emit(UnitChanged.of(unit, fields_changed=[each.field for each in changes]))


def check_code_free(tx: Tx, credit_code: str) -> None:
    """Refuse a code that a unit has already, and let nobody else give it to one meanwhile (M1)."""
    tx.hold(_CODES, shared=True)
    tx.hold(f"credit code {credit_code}")
    holder = tx.find(Unit, credit_code=credit_code)
    rules.check_code_free(holder.id if holder else None)


def hold_all_codes(tx: Tx) -> None:
    """Let nobody else give a unit any code until the end of the transaction, for whoever gives out thousands. Whoever
    locks units as well locks them first: so does a change of one."""
    tx.hold(_CODES)

"""How a unit is recorded, changed and told of, whoever wants it: somebody, a sheet, a body's decision (M1, M2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.membership.units import rules
from services.membership.units.events import UnitAdmitted, UnitChanged
from services.membership.units.models import Unit, UnitChange
from shared.store.tx import Tx

_CODES = "credit codes of units"


@dataclass(frozen=True)
class Proposal:
    """By what request a change came about, and whose it was."""

    request: UUID
    proposed_by: str


def admit(
    tx: Tx,
    *,
    name: str,
    short_name: str | None,
    credit_code: str,
    tier: str,
    place: str | None,
    admitted_on: date,
    admitted_by: UUID | None = None,
) -> Unit:
    """A unit that has been admitted, by that resolution where it is known, each field as its rule keeps it.

    Not told yet: see :func:`tell_admission`.
    """
    return tx.add(
        Unit(
            name=name,
            short_name=short_name,
            credit_code=credit_code,
            tier=tier,
            place=place,
            basis=rules.Basis.ADMITTED,
            admitted_on=admitted_on,
            admitted_by=admitted_by,
            recorded_at=tx.now,
        )
    )


def tell_admission(tx: Tx, unit: Unit) -> None:
    tx.flush()
    tx.emit(UnitAdmitted.of(unit))


def apply_changes(tx: Tx, unit: Unit, wanted: Mapping[str, str | None], proposal: Proposal | None = None) -> None:
    """Give ``unit``, which the caller holds, the ``wanted`` values, keep what each was before, and tell (M1, X7).

    Refused (M1): a code that another unit has.
    """
    code = wanted.get("credit_code")
    if code is not None and code != unit.credit_code:
        check_code_free(tx, code)
    tell_changes(tx, unit, change(tx, unit, wanted, proposal))


def checked(wanted: Mapping[str, str | None]) -> dict[str, str | None]:
    """The fields of a change as they are kept, each by its own rule."""
    kept = dict(wanted)
    for field in ("name", "short_name"):
        name = kept.get(field)
        if name is not None:
            kept[field] = rules.unit_name(name, field)
    code = kept.get("credit_code")
    if code is not None:
        kept["credit_code"] = rules.credit_code(code)
    return kept


def change(
    tx: Tx, unit: Unit, wanted: Mapping[str, str | date | None], proposal: Proposal | None = None
) -> tuple[rules.Change, ...]:
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
                proposed_by=proposal.proposed_by if proposal else None,
                request_id=proposal.request if proposal else None,
            )
        )
    return changes


def tell_changes(tx: Tx, unit: Unit, changes: tuple[rules.Change, ...]) -> None:
    if changes:
        tx.flush()
        tx.emit(UnitChanged.of(unit, fields_changed=[each.field for each in changes]))


def check_code_free(tx: Tx, credit_code: str) -> None:
    """Refuse (M1) a code that a unit has, be it one that left, and let nobody else give it to one meanwhile."""
    holder = hold_code(tx, credit_code)
    rules.check_code_free(holder.id if holder else None)


def hold_code(tx: Tx, credit_code: str) -> Unit | None:
    """The unit that has this code, a member or not; nobody else gives the code to anybody until the end of the
    transaction."""
    # Held, so that two who give the same code at once cannot both find it free.
    tx.hold(_CODES, shared=True)
    tx.hold(f"credit code {credit_code}")
    return tx.find(Unit, credit_code=credit_code)


def hold_all_codes(tx: Tx) -> None:
    """Let nobody else give a unit any code until the end of the transaction, for whoever gives out thousands. Whoever
    locks units as well locks them first: so does a change of one."""
    tx.hold(_CODES)

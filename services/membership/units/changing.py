"""Changes of a unit's fields, each kept in its history and told, whoever wants them (M1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.membership.units import rules
from services.membership.units.events import UnitChanged
from services.membership.units.models import Unit, UnitChange
from shared.store.tx import Tx


@dataclass(frozen=True)
class Proposal:
    """By what request a change came about, and whose it was."""

    request: UUID
    proposed_by: str


def apply_changes(tx: Tx, unit: Unit, wanted: Mapping[str, str | None], proposal: Proposal | None = None) -> None:
    """Give ``unit``, which the caller holds, the ``wanted`` values and keep what each was before (M1, X7)."""
    changes = rules.changes({field: getattr(unit, field) for field in wanted}, wanted)
    for change in changes:
        if change.field == "credit_code" and change.after:
            check_free(tx, change.after)
        setattr(unit, change.field, change.after)
        tx.add(
            UnitChange(
                unit_id=unit.id,
                field=change.field,
                before=change.before,
                after=change.after,
                changed_at=tx.now,
                changed_by=tx.principal.name,
                proposed_by=proposal.proposed_by if proposal else None,
                request_id=proposal.request if proposal else None,
            )
        )
    if changes:
        tx.flush()
        tx.emit(UnitChanged.of(unit, fields_changed=[change.field for change in changes]))


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


def hold_code(tx: Tx, credit_code: str) -> Unit | None:
    """The unit that has this code, a member or not; nobody else gives the code to anybody until the end of the
    transaction."""
    # Held, so that two who give the same code at once cannot both find it free.
    tx.hold(f"credit code {credit_code}")
    return tx.find(Unit, credit_code=credit_code)


def check_free(tx: Tx, credit_code: str) -> None:
    """Refuse (M1) a code that a unit has, be it one that left."""
    holder = hold_code(tx, credit_code)
    rules.check_code_free(holder.id if holder else None)

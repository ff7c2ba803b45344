"""When a unit was a member: a membership ends, another may begin, and both stay on file (M1, X7)."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.membership.dues.rules import Member
from services.membership.leaving.events import UnitLeft
from services.membership.leaving.models import UnitLeaving
from services.membership.leaving.rules import left_on
from services.membership.units.events import UnitAdmitted
from services.membership.units.models import Unit
from services.membership.units.rules import Leaving, Membership
from shared.store.tx import Tx


def leave(
    tx: Tx,
    unit: Unit,
    how: Leaving,
    last_day: date,
    *,
    reason: str | None = None,
    resolution: tuple[UUID, str] | None = None,
) -> UnitLeaving:
    """End the membership of ``unit``, which the caller holds, with ``last_day``, and tell. ``resolution`` is the id and
    the number of the one that ends it. What the unit owes by then stays owed (M3)."""
    resolution_id, number = resolution or (None, None)
    leaving = tx.add(
        UnitLeaving(
            unit_id=unit.id,
            how=how.value,
            admitted_on=unit.admitted_on,
            last_day=last_day,
            reason=reason,
            resolution_id=resolution_id,
            resolution=number,
            recorded_at=tx.now,
            recorded_by=tx.principal.name,
        )
    )
    unit.left_on, unit.left_how = left_on(last_day), how.value
    tx.flush()
    tx.emit(UnitLeft.of(unit, leaving_id=leaving.id))
    return leaving


def come_back(tx: Tx, unit: Unit, on: date, admitted_by: UUID | None) -> None:
    """Make ``unit``, which the caller holds and which left, a member again by that resolution, from that day or from
    the one it left on where that comes later, and tell (M1)."""
    since = max(on, unit.left_on or on)
    _last(tx, unit).back_on = since
    unit.admitted_on, unit.admitted_by = since, admitted_by
    unit.left_on = unit.left_how = None
    tx.flush()
    tx.emit(UnitAdmitted.of(unit))


def as_billed(tx: Tx, units: Collection[Unit]) -> dict[UUID, Member]:
    """What decides the dues of each of ``units``, by id, with the times that it was a member before it came back."""
    return members(units, tx.all(select(UnitLeaving).where(UnitLeaving.unit_id.in_([unit.id for unit in units]))))


def members(units: Iterable[Unit], leavings: Iterable[UnitLeaving]) -> dict[UUID, Member]:
    """The same, where ``leavings`` are all that there are of them."""
    earlier: dict[UUID, tuple[Membership, ...]] = {}
    for each in leavings:
        if each.back_on is not None:
            earlier[each.unit_id] = (*earlier.get(each.unit_id, ()), Membership(each.admitted_on, each.left_on))
    return {
        unit.id: Member(unit.id, unit.tier, unit.admitted_on, unit.left_on, earlier.get(unit.id, ())) for unit in units
    }


def ended_by(tx: Tx, unit: Unit, resolution_id: UUID) -> bool:
    """Whether the unit is no member just because of that resolution."""
    return unit.left_on is not None and _last(tx, unit).resolution_id == resolution_id


def _last(tx: Tx, unit: Unit) -> UnitLeaving:
    latest = select(UnitLeaving).where(UnitLeaving.unit_id == unit.id).order_by(UnitLeaving.id.desc()).limit(1)
    (found,) = tx.all(latest)
    return found

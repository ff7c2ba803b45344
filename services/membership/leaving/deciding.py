"""What a body's decision does to a membership: removal 除名, and what is left of a revoked resolution (M1, X7)."""

from services.membership.decisions.models import UnitResolution
from services.membership.leaving.rules import ends
from services.membership.leaving.spans import come_back, ended_by, leave
from services.membership.units.models import Unit
from services.membership.units.rules import Leaving
from shared.store.tx import Tx


def remove(tx: Tx, resolution: UnitResolution) -> None:
    """Remove the unit that the resolution is about: its membership ends with the day it was adopted. A unit that is not
    known, or is no member by then anyway, stays as it is (M1)."""
    _end(tx, tx.find(Unit, id=resolution.subject_id), Leaving.REMOVED, resolution)


def undo_removal(tx: Tx, resolution: UnitResolution) -> None:
    """Make a unit that was removed by a resolution a member again from the day that was revoked. The time between was
    none as a member, and representatives are named anew (X7)."""
    unit = _held(tx, tx.find(Unit, id=resolution.subject_id))
    if unit is not None and resolution.ended_on is not None and ended_by(tx, unit, resolution.resolution_id):
        come_back(tx, unit, resolution.ended_on, unit.admitted_by)


def end_admission(tx: Tx, resolution: UnitResolution) -> None:
    """End the membership that stands on a resolution with the day that was revoked: the unit was a member until then,
    and what it did and owes as one stays (X7)."""
    _end(tx, tx.find(Unit, admitted_by=resolution.resolution_id), Leaving.REVOKED, resolution)


def _end(tx: Tx, found: Unit | None, how: Leaving, resolution: UnitResolution) -> None:
    unit = _held(tx, found)
    last_day = resolution.adopted_on if how is Leaving.REMOVED else resolution.ended_on
    assert last_day is not None
    if unit is not None and ends(unit.admitted_on, unit.left_on, last_day):
        leave(tx, unit, how, last_day, resolution=(resolution.resolution_id, resolution.number or ""))


def _held(tx: Tx, unit: Unit | None) -> Unit | None:
    return tx.lock(Unit, unit.id) if unit is not None else None

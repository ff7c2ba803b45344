"""What must fit together about member units (M1)."""

from collections import Counter

from sqlalchemy import func, select

from services.membership.leaving.models import UnitLeaving
from services.membership.units.events import UnitAdmitted, UnitChanged
from services.membership.units.models import Unit, UnitChange
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched


def admissions_were_told_once(look: Look) -> Faults:
    """Each unit was told to be a member once, and once more each time it came back (M1)."""
    back = select(UnitLeaving.unit_id).where(UnitLeaving.back_on.is_not(None))
    admitted = Counter([*look.session.scalars(select(Unit.id)), *look.session.scalars(back)])
    told = Counter(each.data["id"] for each in look.told(UnitAdmitted))
    yield from matched(f"chassis.outbox {UnitAdmitted.type()}", admitted, told.items())


def changes_were_told(look: Look) -> Faults:
    """Each field of a unit was told to have changed as often as its history says (M1)."""
    told = Counter((each.data["id"], field) for each in look.told(UnitChanged) for field in each.data["fields_changed"])
    kept = select(UnitChange.unit_id, UnitChange.field, func.count()).group_by(UnitChange.unit_id, UnitChange.field)
    found = (((unit, field), times) for unit, field, times in look.session.execute(kept))
    yield from matched("unit_changes", told, found)


CHECKS = (admissions_were_told_once, changes_were_told)

"""What must fit together about memberships that ended (M1, M2)."""

from uuid import UUID

from sqlalchemy import select

from services.membership.leaving.events import UnitLeft
from services.membership.leaving.models import UnitLeaving
from services.membership.leaving.schemas import UnitHasLeft
from services.membership.representatives.models import Representative
from services.membership.units.models import Unit
from shared.books.declared import Fault, Faults
from shared.books.look import Look
from shared.books.matching import matched
from shared.text import Text


def leavings_were_told_once(look: Look) -> Faults:
    """Each end of a membership was told once, as it is (M1)."""
    wanted: dict[UUID, object] = {
        each.id: (each.unit_id, each.left_on, each.how) for each in look.session.scalars(select(UnitLeaving))
    }
    told = (
        (each.data["leaving_id"], (each.data["id"], each.data["left_on"], each.data["left_how"]))
        for each in look.told(UnitLeft)
    )
    yield from matched(f"chassis.outbox {UnitLeft.type()}", wanted, told)


def units_stand_as_they_left(look: Look) -> Faults:
    """A unit is no member from the day, and in the way, that its last leaving says, unless it came back since, on the
    day that says (M1)."""
    units = look.session.execute(select(Unit.id, Unit.admitted_on, Unit.left_on, Unit.left_how)).all()
    wanted: dict[UUID, object] = {row.id: (row.admitted_on, None, None) for row in units}
    for each in look.session.scalars(select(UnitLeaving).order_by(UnitLeaving.id)):
        ended = (each.admitted_on, each.left_on, each.how)
        wanted[each.unit_id] = (each.back_on, None, None) if each.back_on else ended
    yield from matched("units", wanted, ((row.id, (row.admitted_on, row.left_on, row.left_how)) for row in units))


def nobody_represents_beyond_a_membership(look: Look) -> Faults:
    """What represented a unit when it left ended with its last day (M2)."""
    heard = {each.data["leaving_id"] for each in look.heard("membership", UnitLeft.type(), UnitHasLeft)}
    left = {each.id: each for each in look.session.scalars(select(UnitLeaving)) if each.id in heard}
    by_unit: dict[UUID, list[UnitLeaving]] = {}
    for leaving in left.values():
        by_unit.setdefault(leaving.unit_id, []).append(leaving)
    for each in look.session.scalars(select(Representative).where(Representative.unit_id.in_(by_unit))):
        for leaving in by_unit[each.unit_id]:
            stays = each.last_day is None or each.last_day > leaving.last_day
            if each.named_at <= leaving.recorded_at and stays and not each.term.empty:
                yield Fault(
                    f"representatives {each.id}",
                    Text("单位离会后仍在任", "Goes on although the unit left"),
                )


CHECKS = (leavings_were_told_once, units_stand_as_they_left, nobody_represents_beyond_a_membership)

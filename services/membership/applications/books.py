"""What must fit together about applications (M1)."""

from uuid import UUID

from sqlalchemy import select

from services.membership.applications.events import ApplicationDecisionWanted, ApplicationWithdrawn
from services.membership.applications.models import UnitApplication
from services.membership.applications.rules import OPEN, State
from services.membership.decisions.models import UnitResolution
from services.membership.decisions.schemas import MotionRejected
from services.membership.units.rules import ADMISSION
from shared.books.declared import Fault, Faults
from shared.books.look import Look
from shared.books.matching import matched, told_once
from shared.text import Text


def applications_were_told_once(look: Look) -> Faults:
    """Each application was told to wait for a decision once, if it came so far, and to be withdrawn once, if it was."""
    taken: dict[State, dict[UUID, object]] = {State.DECISION_WANTED: {}, State.WITHDRAWN: {}}
    for application in look.session.scalars(select(UnitApplication)):
        for step in application.steps:
            if step.state in taken:
                taken[State(step.state)][application.id] = ()
    yield from told_once(look, ApplicationDecisionWanted, taken[State.DECISION_WANTED])
    yield from told_once(look, ApplicationWithdrawn, taken[State.WITHDRAWN])


def applications_stand_as_they_came(look: Look) -> Faults:
    """An application stands as its last step left it."""
    for application in look.session.scalars(select(UnitApplication)):
        if not application.steps or application.steps[-1].state != application.state:
            where = f"unit_applications {application.id}"
            yield Fault(where, Text("状态与办理过程不符", "Its state and its last step do not agree"))


def admissions_stand_on_resolutions(look: Look) -> Faults:
    """What a body admitted is admitted by just that resolution, but for what was withdrawn before, and is a unit;
    nobody else is admitted (M1)."""
    adopted = look.session.scalars(
        select(UnitResolution)
        .where(UnitResolution.matter == ADMISSION, UnitResolution.adopted_on.is_not(None))
        .order_by(UnitResolution.id.desc())
    )
    applications = {each.id: each for each in look.session.scalars(select(UnitApplication))}
    wanted: dict[UUID, object] = {}
    for resolution in adopted:
        application = applications.get(resolution.subject_id) if resolution.subject_id else None
        if application is not None and application.state != State.WITHDRAWN:
            wanted[application.id] = (resolution.resolution_id, resolution.adopted_on)
    admitted = [each for each in applications.values() if each.state == State.ADMITTED]
    found = ((each.id, (each.resolution_id, each.decided_on)) for each in admitted)
    yield from matched("unit_applications", wanted, found)
    for each in admitted:
        if each.unit_id is None:
            yield Fault(f"unit_applications {each.id}", Text("已入会而无单位", "Admitted, and there is no unit"))


def rejected_applications_are_closed(look: Look) -> Faults:
    """An application that a body did not admit waits for nobody any more (M1)."""
    states = {row.id: row.state for row in look.session.execute(select(UnitApplication.id, UnitApplication.state))}
    for each in look.heard("governance", "motion.rejected.v1", MotionRejected):
        if each.data["matter"] == ADMISSION and states.get(each.data["subject_id"]) in OPEN:
            where = f"unit_applications {each.data['subject_id']}"
            yield Fault(where, Text("未获通过，仍未办结", "Still open, though it was rejected"))


CHECKS = (
    applications_were_told_once,
    applications_stand_as_they_came,
    admissions_stand_on_resolutions,
    rejected_applications_are_closed,
)

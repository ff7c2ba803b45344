"""What must fit together in governance: decisions, posts and absences with what was told of them, and what finance
and membership wait for."""

from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.governance.absences.models import Absence
from services.governance.events import (
    AbsenceEnded,
    AbsenceRecorded,
    MotionRejected,
    PostLeft,
    PostTakenUp,
    ResolutionAdopted,
    ResolutionEnded,
)
from services.governance.meetings.models import Motion
from services.governance.meetings.rules import MotionState
from services.governance.posts.models import Tenure
from services.governance.resolutions.models import Resolution
from services.governance.resolutions.rules import Standing
from services.governance.wanted.models import WantedResolution
from services.governance.wanted.rules import State
from services.governance.wanted.schemas import (
    ApplicationWithdrawn,
    DecisionWanted,
    ExpenditureRefused,
    ExpenditureWithdrawn,
    ResolutionWanted,
)
from shared.books.declared import Books, Fault, Faults, Given, Numbers
from shared.books.look import Look
from shared.books.matching import matched, told_once
from shared.personal.books import erasures_ordered_by
from shared.text import Text


def adopted_motions_have_one_resolution(look: Look) -> Faults:
    """Each adopted motion has exactly one resolution, by its last vote (X1)."""
    adopted = look.session.scalars(select(Motion).where(Motion.state == MotionState.ADOPTED.value))
    wanted = {each.id: each.votes[-1].id if each.votes else None for each in adopted}
    made = look.session.execute(select(Resolution.motion_id, Resolution.vote_id))
    yield from matched("resolutions of motion", wanted, ((row.motion_id, row.vote_id) for row in made))


def resolutions_were_told_once(look: Look) -> Faults:
    """Each resolution was told once, and so was its end (X7)."""
    adopted: dict[UUID, object] = {}
    ended: dict[UUID, object] = {}
    for each in look.session.scalars(select(Resolution)):
        said = each.number, each.body, each.matter, each.adopted_on, each.subject_id, each.limit
        adopted[each.id] = said
        if each.standing != Standing.IN_FORCE:
            ended[each.id] = (each.standing, each.ended_by, each.ended_on)
    names = ("number", "body", "matter", "adopted_on", "subject_id", "limit")
    yield from told_once(look, ResolutionAdopted, adopted, *names)
    yield from told_once(look, ResolutionEnded, ended, "standing", "ended_by", "ended_on")


def rejections_were_told_once(look: Look) -> Faults:
    """Each motion that found no majority was told once (X1)."""
    rejected = select(Motion.id, Motion.matter, Motion.subject_id).where(Motion.state == MotionState.REJECTED.value)
    wanted: dict[UUID, object] = {row.id: tuple(row)[1:] for row in look.session.execute(rejected)}
    yield from told_once(look, MotionRejected, wanted, "matter", "subject_id")


def tenures_were_told(look: Look) -> Faults:
    """Each tenure was told, the last time as it stands, and so was its end (M11)."""
    told: dict[UUID, object] = {}
    for event in look.told(PostTakenUp):
        told[event.data["tenure_id"]] = (event.data["person_id"], event.data["since"])
    until = {event.data["tenure_id"]: event.data["until"] for event in look.told(PostLeft)}
    tenures = look.session.scalars(select(Tenure)).all()
    yield from matched("tenures", told, ((each.id, (each.person_id, each.since)) for each in tenures))
    left = ((each.id, each.until) for each in tenures if each.leaving_decision is not None)
    yield from matched("tenures that ended", until, left)


def absences_were_told(look: Look) -> Faults:
    """Each absence was told once, and its end as it stands (G11)."""
    absences = look.session.scalars(select(Absence)).all()
    ended: dict[UUID, object] = {event.data["id"]: event.data["until"] for event in look.told(AbsenceEnded)}
    recorded: dict[UUID, object] = {each.id: (each.person_id, each.since) for each in absences}
    yield from told_once(look, AbsenceRecorded, recorded, "person_id", "since")
    yield from matched("absences that ended", ended, ((each.id, each.until) for each in absences if each.id in ended))


def finances_expenditures_wait_here(look: Look) -> Faults:
    """Each expenditure that wants a resolution is kept once, with its amount, and waits no more once closed (F4)."""
    wanted: dict[UUID, object] = {}
    since: dict[UUID, int] = {}
    for event in look.heard("finance", "expenditure.resolution-wanted.v1", ResolutionWanted):
        id = event.data["expenditure_id"]
        wanted[id], since[id] = (event.data["amount"], event.data["kind"]), event.position
    kept = {
        each.expenditure_id: each
        for each in look.session.scalars(select(WantedResolution))
        if each.expenditure_id is not None
    }
    found = ((id, (each.amount, each.kind)) for id, each in kept.items())
    yield from matched("wanted_resolutions of expenditure", wanted, found)
    closed = [
        *look.heard("finance", "expenditure.refused.v1", ExpenditureRefused),
        *look.heard("finance", "expenditure.withdrawn.v1", ExpenditureWithdrawn),
    ]
    done = {event.data["expenditure_id"]: event.position for event in closed}
    yield from _waits_no_more(kept, {id for id in kept if done.get(id, 0) > since.get(id, 0)})


def memberships_applications_wait_here(look: Look) -> Faults:
    """Each application that wants a decision is kept once, with its body, and waits no more once withdrawn (M1)."""
    asked = look.heard("membership", "application.decision-wanted.v1", DecisionWanted)
    wanted: dict[UUID, object] = {event.data["application_id"]: event.data["body"] for event in asked}
    kept = {
        each.application_id: each
        for each in look.session.scalars(select(WantedResolution))
        if each.application_id is not None
    }
    found = ((id, each.body) for id, each in kept.items())
    yield from matched("wanted_resolutions of application", wanted, found)
    withdrawn = look.heard("membership", "application.withdrawn.v1", ApplicationWithdrawn)
    yield from _waits_no_more(kept, {event.data["application_id"] for event in withdrawn})


def wanted_resolutions_are_those_adopted(look: Look) -> Faults:
    """What waited for a resolution and has one names just that (F4, M1)."""
    resolved = {each.id: each.subject_id for each in look.session.scalars(select(Resolution))}
    for each in look.session.scalars(select(WantedResolution)):
        if (each.state == State.ADOPTED) != (resolved.get(each.resolution_id or each.id) == each.subject_id):
            where = f"wanted_resolutions of {each.about} {each.subject_id}"
            yield Fault(where, Text("状态与决议不符", "Its state and its resolution do not agree"))


def _waits_no_more(kept: Mapping[UUID, WantedResolution], closed: Collection[UUID]) -> Faults:
    for id, each in kept.items():
        if id in closed and each.state == State.WAITING:
            where = f"wanted_resolutions of {each.about} {id}"
            yield Fault(where, Text("已不再办理，仍在等候", "Still waits, though it was closed"))


def resolutions_given(session: Session) -> Iterator[Given]:
    for row in session.execute(select(Resolution.number, Resolution.body, Resolution.year, Resolution.serial)):
        yield Given(f"resolutions {row.body}/{row.year:04d}", row.serial, f"resolutions {row.number}")


BOOKS = Books(
    checks=(
        adopted_motions_have_one_resolution,
        resolutions_were_told_once,
        rejections_were_told_once,
        tenures_were_told,
        absences_were_told,
        finances_expenditures_wait_here,
        memberships_applications_wait_here,
        wanted_resolutions_are_those_adopted,
        erasures_ordered_by("membership"),
    ),
    numbers=(Numbers(Text("决议编号", "Resolutions"), resolutions_given, counter="resolutions "),),
)

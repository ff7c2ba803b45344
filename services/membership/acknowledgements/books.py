"""What must fit together about acknowledgements: papers by resolution, each service and acknowledgement told (M6)."""

from uuid import UUID

from sqlalchemy import select

from services.membership.acknowledgements.events import AcknowledgementAcknowledged, AcknowledgementServed
from services.membership.acknowledgements.models import Acknowledgement, Paper
from services.membership.acknowledgements.rules import Source, State
from services.membership.acknowledgements.schemas import ResolutionGone, ResolutionOffered
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched, told_once


def papers_follow_resolutions(look: Look) -> Faults:
    """Each resolution that governance told of can be served, under its number, until it ended; no other can (M6)."""
    wanted: dict[UUID, tuple[object, object]] = {}
    for each in look.heard("governance", "resolution.adopted.v1", ResolutionOffered):
        wanted[each.data["resolution_id"]] = (each.data["number"], None)
    for each in look.heard("governance", "resolution.ended.v1", ResolutionGone):
        number, _ = wanted.get(each.data["resolution_id"], (None, None))
        wanted[each.data["resolution_id"]] = (number, each.data["ended_on"])
    papers = look.session.scalars(select(Paper).where(Paper.source == Source.RESOLUTION))
    yield from matched("papers", wanted, ((each.subject_id, (each.title, each.ended_on)) for each in papers))


def services_were_told_once(look: Look) -> Faults:
    """Each service of a paper on a unit was told once, as it is, and so was each acknowledgement (M6)."""
    kept = look.session.scalars(select(Acknowledgement)).all()
    served = {each.id: (each.unit_id, each.subject_id, each.served_on) for each in kept}
    yield from told_once(look, AcknowledgementServed, served, "unit_id", "subject_id", "served_on")
    done = {each.id: (each.unit_id, each.subject_id) for each in kept if each.state == State.ACKNOWLEDGED}
    yield from told_once(look, AcknowledgementAcknowledged, done, "unit_id", "subject_id")


CHECKS = (papers_follow_resolutions, services_were_told_once)

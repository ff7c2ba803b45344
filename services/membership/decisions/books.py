"""What must fit together about the bodies' decisions on members (M1, X7)."""

from uuid import UUID

from sqlalchemy import select

from services.membership.decisions.models import UnitResolution
from services.membership.decisions.operations import ADOPTED
from services.membership.decisions.schemas import ResolutionAdopted, ResolutionEnded
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched


def resolutions_on_members_are_kept(look: Look) -> Faults:
    """Each resolution on admission or removal that was heard is kept once, as it was told, with its end (M1, X7)."""
    adopted = {
        each.data["resolution_id"]: each.data
        for each in look.heard("governance", "resolution.adopted.v1", ResolutionAdopted)
        if each.data["matter"] in ADOPTED
    }
    ended = {
        each.data["resolution_id"]: each.data
        for each in look.heard("governance", "resolution.ended.v1", ResolutionEnded)
        if each.data["matter"] in ADOPTED
    }
    wanted: dict[UUID, object] = {}
    for id in adopted.keys() | ended.keys():
        begun, over = adopted.get(id, {}), ended.get(id, {})
        either = begun or over
        wanted[id] = (
            *(either["matter"], either["subject_id"]),
            *(begun.get("number"), begun.get("adopted_on")),
            *(over.get("ended_on"), over.get("standing") == "revoked"),
        )
    found = (
        (each.resolution_id, (each.matter, each.subject_id, each.number, each.adopted_on, each.ended_on, each.revoked))
        for each in look.session.scalars(select(UnitResolution))
    )
    yield from matched("unit_resolutions", wanted, found)


CHECKS = (resolutions_on_members_are_kept,)

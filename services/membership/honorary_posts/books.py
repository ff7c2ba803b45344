"""What must fit together about honorary posts: resolutions as governance told them, each tenure told, each end too
(M10)."""

from uuid import UUID

from sqlalchemy import select

from services.membership.honorary_posts.events import HonoraryPostConferred, HonoraryPostEnded
from services.membership.honorary_posts.models import HonoraryResolution, HonoraryTenure
from services.membership.honorary_posts.rules import MATTER
from services.membership.honorary_posts.schemas import HonoraryPostsResolved, HonoraryResolutionEnded
from shared.books.declared import Fault, Faults
from shared.books.look import Look
from shared.books.matching import matched, told_once
from shared.text import Text

_SAID = ("number", "body", "adopted_on", "subject_id")


def honorary_resolutions_are_as_governance_said(look: Look) -> Faults:
    """Each resolution on honorary posts is known as governance told it, with its end, and there is no other (M10)."""
    wanted: dict[UUID, tuple[object, ...]] = {}
    for each in look.heard("governance", "resolution.adopted.v1", HonoraryPostsResolved):
        if each.data["matter"] == MATTER:
            wanted[each.data["resolution_id"]] = (*(each.data[name] for name in _SAID), None)
    for each in look.heard("governance", "resolution.ended.v1", HonoraryResolutionEnded):
        if each.data["matter"] == MATTER:
            said = wanted.get(each.data["resolution_id"], (None,) * len(_SAID))
            wanted[each.data["resolution_id"]] = (*said[: len(_SAID)], each.data["ended_on"])
    kept = look.session.scalars(select(HonoraryResolution))
    found = ((each.resolution_id, (*(getattr(each, name) for name in _SAID), each.ended_on)) for each in kept)
    yield from matched("honorary_resolutions", wanted, found)


def honorary_posts_were_told_once(look: Look) -> Faults:
    """Each tenure of an honorary post was told once, and its end as it is told last (M10)."""
    kept = look.session.scalars(select(HonoraryTenure)).all()
    wanted = {each.id: (each.post, each.person_id, each.since) for each in kept}
    yield from told_once(look, HonoraryPostConferred, wanted, "post", "person_id", "since")
    told: dict[UUID, object] = {each.data["id"]: each.data["until"] for each in look.told(HonoraryPostEnded)}
    ended = ((each.id, each.until) for each in kept if each.ended_how is not None)
    yield from matched("honorary_tenures ended", told, ended)


def honorary_posts_follow_the_council(look: Look) -> Faults:
    """No honorary post is conferred but by a resolution that is known here, or by the document (M10)."""
    known = set(look.session.scalars(select(HonoraryResolution.resolution_id)))
    for each in look.session.scalars(select(HonoraryTenure)):
        if each.source is None and each.resolution_id not in known:
            yield Fault(f"honorary_tenures {each.id}", Text("没有决议依据", "No resolution confers it"))


CHECKS = (
    honorary_resolutions_are_as_governance_said,
    honorary_posts_were_told_once,
    honorary_posts_follow_the_council,
)

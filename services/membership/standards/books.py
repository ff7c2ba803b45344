"""What must fit together about dues standards: they are what the assembly resolved (M3, X7)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from services.membership.standards import rules
from services.membership.standards.models import DuesStandard
from services.membership.standards.months import Joining, Leaving
from services.membership.standards.schemas import ResolutionAdopted, ResolutionEnded
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched


def standards_follow_resolutions(look: Look) -> Faults:
    """Each resolution on dues is one standard with its amounts, proration and waivers, and there is no other; it ends
    with it (M3, X7)."""
    ended = {
        each.data["resolution_id"]: each.data["ended_on"]
        for each in look.heard("governance", "resolution.ended.v1", ResolutionEnded)
    }
    wanted: dict[UUID, object] = {}
    for each in look.heard("governance", "resolution.adopted.v1", ResolutionAdopted):
        said = each.data
        if said["matter"] == rules.MATTER and said["dues_amounts"] is not None:
            amounts = tuple(sorted((line["tier"], line["amount"]) for line in said["dues_amounts"]))
            days = said["adopted_on"], said["effective_from"], ended.get(said["resolution_id"])
            prorated = said["dues_joining"] or Joining.WHOLE_YEAR, said["dues_leaving"] or Leaving.NOTHING_BACK
            waived = _sorted(rules.Waiver(**line) for line in said["dues_waivers"] or ())
            wanted[said["resolution_id"]] = (said["number"], *days, amounts, *prorated, waived)
    found = (
        (
            kept.resolution_id,
            (
                *(kept.resolution, kept.adopted_on, kept.effective_from, kept.ended_on),
                tuple(sorted((line.tier, line.amount) for line in kept.amounts)),
                *(kept.joining, kept.leaving),
                _sorted(kept.as_ruled().waivers),
            ),
        )
        for kept in look.session.scalars(select(DuesStandard))
    )
    yield from matched("dues_standards of resolution", wanted, found)


def _sorted(waivers: Iterable[rules.Waiver]) -> tuple[rules.Waiver, ...]:
    return tuple(sorted(waivers, key=str))


CHECKS = (standards_follow_resolutions,)

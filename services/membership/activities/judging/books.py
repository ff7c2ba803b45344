"""What must fit together about judging and prizes (M9, G21)."""

from collections import Counter
from uuid import UUID

from sqlalchemy import select

from services.membership.activities.judging import rules
from services.membership.activities.judging.events import PrizeAwarded, PrizeRevoked
from services.membership.activities.judging.models import ActivityJudging, Commendation, Entry
from services.membership.activities.judging.schemas import CommendationAdopted, CommendationEnded
from services.membership.activities.planning.models import Activity
from shared.books.declared import Fault, Faults
from shared.books.look import Look
from shared.books.matching import matched
from shared.text import Text


def commendations_are_as_heard(look: Look) -> Faults:
    """Each resolution of the council on an activity's prizes is kept once as it was told, until it ended (G21, X7)."""
    activities = set(look.session.scalars(select(Activity.id)))
    ended = {
        each.data["resolution_id"]: each.data["ended_on"]
        for each in look.heard("governance", "resolution.ended.v1", CommendationEnded)
    }
    wanted: dict[UUID, object] = {}
    for event in look.heard("governance", "resolution.adopted.v1", CommendationAdopted):
        said = event.data
        if said["matter"] == rules.MATTER and said["subject_id"] in activities:
            id = said["resolution_id"]
            wanted[id] = (said["subject_id"], said["number"], said["adopted_on"], ended.get(id))
    found = (
        (kept.resolution_id, (kept.activity_id, kept.number, kept.adopted_on, kept.ended_on))
        for kept in look.session.scalars(select(Commendation))
    )
    yield from matched("activity_commendations", wanted, found)


def prizes_stand_as_told(look: Look) -> Faults:
    """Each listed entry was told once for each resolution that awarded it, and once more when that ended; whichever
    stands rests on a resolution of the council (G21, X7)."""
    awarded = Counter((each.data["entry_id"], each.data["resolution_id"]) for each in look.told(PrizeAwarded))
    revoked = Counter((each.data["entry_id"], each.data["resolution_id"]) for each in look.told(PrizeRevoked))
    for (entry, resolution), number in (awarded | revoked).items():
        if number > 1 or revoked[entry, resolution] > awarded[entry, resolution]:
            yield Fault(
                f"chassis.outbox prize of {entry}", Text("重复告知或无授奖而撤销", "Told twice, or revoked unawarded")
            )
    listed = (
        select(Entry.id, ActivityJudging.resolution_id, ActivityJudging.revoked_at)
        .join(ActivityJudging, ActivityJudging.activity_id == Entry.activity_id)
        .where(Entry.prize_id.is_not(None), ActivityJudging.awarded_at.is_not(None))
    )
    standing: dict[tuple[UUID, UUID | None], object] = {}
    for row in look.session.execute(listed):
        standing[row.id, row.resolution_id] = row.revoked_at is None
    last = {key: revoked[key] == 0 for key in awarded if key in standing or revoked[key] == 0}
    yield from matched("prizes told", standing, last.items())
    known = set(look.session.scalars(select(Commendation.resolution_id)))
    for _, resolution in standing:
        if resolution not in known:
            yield Fault(f"activity_judgings {resolution}", Text("决议无记录", "It rests on no resolution heard of"))


CHECKS = (commendations_are_as_heard, prizes_stand_as_told)

"""What must fit together about posts and absences, as governance told them (M11, G11)."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.membership.rights.models import HeardAbsence, HeardTenure
from services.membership.rights.schemas import AbsenceEnded, AbsenceRecorded, PostLeft, PostTakenUp
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched


def tenures_are_as_governance_said(look: Look) -> Faults:
    """Each tenure that governance told is known here as told last, with its earliest end, and there is no other
    (M11)."""
    wanted: dict[UUID, _Told] = {}
    for each in look.heard("governance", "post.taken-up.v1", PostTakenUp):
        wanted[each.data["tenure_id"]] = _Told(*(each.data[name] for name in _SPAN))
    for each in look.heard("governance", "post.left.v1", PostLeft):
        id, said = each.data["tenure_id"], each.data
        wanted[id] = wanted.get(id, _Told(said["post_code"], said["person_id"])).ended(said["until"])
    kept = look.session.scalars(select(HeardTenure))
    yield from matched("heard_tenures", wanted, ((each.tenure_id, _kept(each)) for each in kept))


def absences_are_as_governance_said(look: Look) -> Faults:
    """Each absence that governance told is known here, with its earliest end, and there is no other (G11)."""
    wanted: dict[UUID, _Told] = {}
    for each in look.heard("governance", "absence.recorded.v1", AbsenceRecorded):
        wanted[each.data["absence_id"]] = _Told(*(each.data[name] for name in _SPAN))
    for each in look.heard("governance", "absence.ended.v1", AbsenceEnded):
        id, said = each.data["absence_id"], each.data
        wanted[id] = wanted.get(id, _Told(said["post_code"], said["person_id"])).ended(said["until"])
    kept = look.session.scalars(select(HeardAbsence))
    yield from matched("heard_absences", wanted, ((each.absence_id, _kept(each)) for each in kept))


class _Told(NamedTuple):
    """What was told of a tenure or an absence, its end by itself last."""

    post: str
    person: UUID
    since: date | None = None
    until: date | None = None
    ended_on: date | None = None

    def ended(self, day: date) -> "_Told":
        return self._replace(ended_on=day if self.ended_on is None else min(self.ended_on, day))


_SPAN = ("post_code", "person_id", "since", "until")


def _kept(each: HeardTenure | HeardAbsence) -> _Told:
    return _Told(each.post, each.person_id, each.since, each.until, each.ended_on)


CHECKS = (tenures_are_as_governance_said, absences_are_as_governance_said)

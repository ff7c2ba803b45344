"""Rights that follow posts 职务: membership hears who holds which and who is away (M11, G11)."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import select

from services.membership.data import post_roles
from services.membership.rights.changing import accounts_of, rights_changing
from services.membership.rights.models import HeardAbsence, HeardTenure
from services.membership.rights.schemas import AbsenceEnded, AbsenceRecorded, PostLeft, PostTakenUp
from shared.bus.listening import on_event
from shared.store.tx import Tx


class FollowedPosts:
    """Keeps who holds which post, and lets rights follow."""

    @on_event("governance", "post.taken-up.v1", PostTakenUp)
    def hear_post_taken_up(
        self, tx: Tx, tenure_id: uuid.UUID, post_code: str, person_id: uuid.UUID, since: date, until: date | None
    ) -> None:
        """A post has a holder, who has its roles from its first day on; told again, it is corrected (M11)."""
        tenure = tx.find(HeardTenure, tenure_id=tenure_id)
        with _following(tx, person_id, *([tenure.person_id] if tenure else [])):
            if tenure is None:
                tenure = tx.add(HeardTenure(tenure_id=tenure_id))
            tenure.post, tenure.person_id, tenure.since, tenure.until = post_code, person_id, since, until

    @on_event("governance", "post.left.v1", PostLeft)
    def hear_post_left(self, tx: Tx, tenure_id: uuid.UUID, post_code: str, person_id: uuid.UUID, until: date) -> None:
        """A post changes hands or falls vacant, and its roles go with it (M11)."""
        with _following(tx, person_id):
            tenure = tx.find(HeardTenure, tenure_id=tenure_id)
            if tenure is None:
                tenure = tx.add(HeardTenure(tenure_id=tenure_id, post=post_code, person_id=person_id))
            tenure.ends(until)

    @on_event("governance", "absence.recorded.v1", AbsenceRecorded)
    def hear_absence_recorded(
        self, tx: Tx, absence_id: uuid.UUID, post_code: str, person_id: uuid.UUID, since: date, until: date | None
    ) -> None:
        """Somebody is away on record; whoever deputises has what is delegated, for exactly those days (G11)."""
        with _following(tx, person_id):
            absence = tx.find(HeardAbsence, absence_id=absence_id)
            if absence is None:
                absence = tx.add(HeardAbsence(absence_id=absence_id))
            absence.post, absence.person_id, absence.since, absence.until = post_code, person_id, since, until

    @on_event("governance", "absence.ended.v1", AbsenceEnded)
    def hear_absence_ended(
        self, tx: Tx, absence_id: uuid.UUID, post_code: str, person_id: uuid.UUID, until: date
    ) -> None:
        """Somebody is back earlier, or never left, and with that nobody deputises any more (G11)."""
        with _following(tx, person_id):
            absence = tx.find(HeardAbsence, absence_id=absence_id)
            if absence is None:
                absence = tx.add(HeardAbsence(absence_id=absence_id, post=post_code, person_id=person_id))
            absence.ends(until)


@contextmanager
def _following(tx: Tx, *people: uuid.UUID) -> Iterator[None]:
    """A block in which something becomes known of these people: their rights may change, and those of deputies."""
    deputies = {each.deputy for version in post_roles() for each in version.delegations}
    deputising = tx.all(select(HeardTenure.person_id).where(HeardTenure.post.in_(deputies)))
    with rights_changing(tx, accounts_of(tx, {*people, *deputising})):
        yield

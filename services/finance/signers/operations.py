"""Signers 签批人: finance follows governance's posts and absences (G11, M11)."""

import uuid
from datetime import date

from services.finance.expenditures.following import follow_posts
from services.finance.signers.models import HeardAbsence, HeardTenure
from services.finance.signers.rules import Post
from services.finance.signers.schemas import AbsenceEnded, AbsenceRecorded, PostLeft, PostTakenUp
from shared.bus.listening import on_event
from shared.store.tx import Tx

SIGNING = frozenset(Post)


class Signers:
    """Keeps who signs, and lets open requests follow."""

    @on_event("governance", "post.taken-up.v1", PostTakenUp)
    def hear_post_taken_up(
        self, tx: Tx, tenure_id: uuid.UUID, post_code: str, person_id: uuid.UUID, since: date, until: date | None
    ) -> None:
        """A signing post has a holder; told again, it is corrected (M11)."""
        if post_code not in SIGNING:
            return
        told = HeardTenure(tenure_id=tenure_id, post=post_code, person_id=person_id, since=since, until=until)
        tx.session.merge(told)
        follow_posts(tx)

    @on_event("governance", "post.left.v1", PostLeft)
    def hear_post_left(self, tx: Tx, tenure_id: uuid.UUID, until: date) -> None:
        """A signing post changes hands or falls vacant (M11)."""
        tenure = tx.find(HeardTenure, tenure_id=tenure_id)
        if tenure is None:
            return
        tenure.until = until
        follow_posts(tx)

    @on_event("governance", "absence.recorded.v1", AbsenceRecorded)
    def hear_absence_recorded(
        self, tx: Tx, absence_id: uuid.UUID, post_code: str, person_id: uuid.UUID, since: date, until: date | None
    ) -> None:
        """A signer is away on record (G11)."""
        if post_code not in SIGNING:
            return
        told = HeardAbsence(absence_id=absence_id, post=post_code, person_id=person_id, since=since, until=until)
        tx.session.merge(told)
        follow_posts(tx)

    @on_event("governance", "absence.ended.v1", AbsenceEnded)
    def hear_absence_ended(self, tx: Tx, absence_id: uuid.UUID, until: date) -> None:
        """A signer is back earlier, or never left (G11)."""
        absence = tx.find(HeardAbsence, absence_id=absence_id)
        if absence is None:
            return
        absence.until = until
        follow_posts(tx)

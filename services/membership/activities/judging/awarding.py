"""Prizes: awarded by a resolution of the council, and taken back with it (G21, X7)."""

import uuid

from sqlalchemy import select

from services.membership.activities.judging import rules
from services.membership.activities.judging.events import PrizeAwarded, PrizeRevoked
from services.membership.activities.judging.models import ActivityJudging, Commendation, Entry
from services.membership.activities.planning.models import Activity
from shared.store.tx import Tx


def award(tx: Tx, judging: ActivityJudging, commendation: Commendation) -> None:
    """Award what the list gives, by ``commendation``; the caller holds ``judging``."""
    rules.check_carries(listed=judging.listed_at is not None, ended=commendation.ended_on is not None)
    rules.check_not_awarded(judging.awarded)
    judging.resolution_id, judging.awarded_at, judging.revoked_at = commendation.resolution_id, tx.now, None
    activity = tx.get(Activity, judging.activity_id)
    for entry in prized(tx, activity.id):
        tx.emit(
            PrizeAwarded.of(
                activity,
                entry_id=entry.id,
                prize_id=entry.prize_id,
                unit_id=entry.unit_id,
                resolution_id=commendation.resolution_id,
            )
        )


def revoke(tx: Tx, judging: ActivityJudging, resolution_id: uuid.UUID) -> None:
    """Take the prizes back that rest on that resolution; the list stays, for another to carry."""
    if not judging.awarded or judging.resolution_id != resolution_id:
        return
    judging.revoked_at = tx.now
    activity = tx.get(Activity, judging.activity_id)
    for entry in prized(tx, activity.id):
        tx.emit(PrizeRevoked.of(activity, entry_id=entry.id, resolution_id=resolution_id))


def prized(tx: Tx, activity_id: uuid.UUID) -> list[Entry]:
    """The entries that the list of prizes names, by rank."""
    named = select(Entry).where(Entry.activity_id == activity_id, Entry.prize_id.is_not(None))
    return tx.all(named.order_by(Entry.rank, Entry.id))

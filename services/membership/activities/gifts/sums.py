"""What gifts come to (M9)."""

import uuid

from sqlalchemy import func, select

from services.membership.activities.gifts.models import Gift
from services.membership.activities.gifts.rules import COUNTED, Direction
from shared.store.tx import Tx


def gifts_of(tx: Tx, activity_id: uuid.UUID) -> tuple[int, int]:
    """Fen received and fen given for an activity: what was not taken back, and what was paid."""
    return _sum(tx, activity_id, Direction.RECEIVED), _sum(tx, activity_id, Direction.GIVEN)


def _sum(tx: Tx, activity_id: uuid.UUID, direction: Direction) -> int:
    fen = Gift.amount if direction is Direction.RECEIVED else Gift.paid
    counted = select(func.sum(fen)).where(
        Gift.activity_id == activity_id, Gift.direction == direction, Gift.state.in_(COUNTED[direction])
    )
    return int(tx.session.scalar(counted) or 0)

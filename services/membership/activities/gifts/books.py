"""What must fit together about gifts (M9)."""

from uuid import UUID

from sqlalchemy import select

from services.membership.activities.gifts import rules
from services.membership.activities.gifts.events import GiftGiven, GiftReceived, GiftReversed
from services.membership.activities.gifts.models import Gift
from services.membership.activities.gifts.schemas import ExpenditureClosed, ExpenditurePaid
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched, told_once

_TOLD_BY_FINANCE = (
    ("expenditure.refused.v1", ExpenditureClosed, rules.State.REFUSED),
    ("expenditure.withdrawn.v1", ExpenditureClosed, rules.State.WITHDRAWN),
    ("expenditure.paid.v1", ExpenditurePaid, rules.State.PAID),
)


def gifts_were_told_once(look: Look) -> Faults:
    """Each gift was told once as it is, and so was each that was taken back (M9, X7)."""
    gifts = look.session.scalars(select(Gift)).all()
    received = {
        each.id: (each.amount, each.means, each.earmarked, each.day)
        for each in gifts
        if each.direction == rules.Direction.RECEIVED
    }
    yield from told_once(look, GiftReceived, received, "amount", "means", "earmarked", "day")
    given = {each.id: (each.amount, each.requested_by) for each in gifts if each.direction == rules.Direction.GIVEN}
    yield from told_once(look, GiftGiven, given, "amount", "requested_by")
    back = {each.id: (each.direction, each.reversed_on) for each in gifts if each.reversed_on is not None}
    yield from told_once(look, GiftReversed, back, "direction", "reversed_on")


def gifts_given_stand_as_finance_said(look: Look) -> Faults:
    """Each gift given stands as finance told of its expenditure, with what was paid, and no other does (M9)."""
    wanted: dict[UUID, tuple[str, int | None]] = {}
    for gift in look.session.scalars(select(Gift).where(Gift.direction == rules.Direction.GIVEN)):
        taken_back = gift.reversed_on is not None
        wanted[gift.id] = (rules.State.REVERSED.value if taken_back else rules.State.REQUESTED.value, None)
    for type, schema, state in _TOLD_BY_FINANCE:
        for event in look.heard("finance", type, schema):
            id = event.data["expenditure_id"]
            if id in wanted:
                before, paid = wanted[id]
                wanted[id] = (rules.follow(rules.State(before), state).value, event.data.get("amount", paid))
    kept = select(Gift.id, Gift.state, Gift.paid).where(Gift.direction == rules.Direction.GIVEN)
    found = ((row.id, (row.state, row.paid)) for row in look.session.execute(kept))
    yield from matched("gifts given", dict(wanted), found)


CHECKS = (gifts_were_told_once, gifts_given_stand_as_finance_said)

"""What must fit together about sign-ups (M9)."""

from collections import Counter
from uuid import UUID

from sqlalchemy import func, select

from services.membership.activities.planning.models import Activity, ActivityPlaces
from services.membership.activities.planning.rules import TO_COME
from services.membership.activities.sign_ups import rules
from services.membership.activities.sign_ups.events import PlaceFreed, SignUpMade, SignUpMovedUp, SignUpWithdrawn
from services.membership.activities.sign_ups.models import SignUp
from shared.books.declared import Fault, Faults
from shared.books.look import Look
from shared.books.matching import matched, told_once
from shared.text import Text


def sign_ups_were_told_once(look: Look) -> Faults:
    """Each sign-up was told once, and so was each withdrawal and each move from the waiting list (M9)."""
    moved = SignUp.moved_up_at.is_not(None)
    gone = SignUp.state == rules.State.WITHDRAWN
    for schema, query in (
        (SignUpMade, select(SignUp)),
        (SignUpMovedUp, select(SignUp).where(moved)),
        (SignUpWithdrawn, select(SignUp).where(gone)),
    ):
        wanted = {each.id: (each.activity_id, each.unit_id) for each in look.session.scalars(query)}
        yield from told_once(look, schema, wanted, "activity_id", "unit_id")


def places_are_as_taken(look: Look) -> Faults:
    """As many places are counted as there are sign-ups with one, as many waiting as wait, never more than there are."""
    kept = select(SignUp.activity_id, SignUp.state, func.count().label("number"), func.max(SignUp.place).label("last"))
    counted: Counter[tuple[UUID, str]] = Counter()
    last: Counter[UUID] = Counter()
    for row in look.session.execute(kept.group_by(SignUp.activity_id, SignUp.state)):
        counted[row.activity_id, row.state] = row.number
        last[row.activity_id] = max(last[row.activity_id], row.last)
    found = look.session.execute(select(ActivityPlaces, Activity.capacity).join(Activity)).all()
    wanted = {
        places.activity_id: (
            *(counted[places.activity_id, state] for state in rules.STANDING),
            last[places.activity_id],
        )
        for places, _ in found
    }
    says = ((each.activity_id, (each.registered, each.waiting, each.last_place)) for each, _ in found)
    yield from matched("activity_places", wanted, says)
    for places, capacity in found:
        if capacity is not None and places.registered > capacity:
            yield Fault(
                f"activity_places {places.activity_id}",
                Text(f"报名{places.registered}人，超过名额{capacity}人", f"{places.registered} have {capacity} places"),
            )


def nobody_waits_for_a_free_place(look: Look) -> Faults:
    """Once every withdrawal was heard, nobody waits for an activity to come that has a place left (M9)."""
    told = Counter(each.data["activity_id"] for each in look.told(SignUpWithdrawn))
    heard = Counter(each.data["activity_id"] for each in look.heard("membership", SignUpWithdrawn.type(), PlaceFreed))
    to_come = select(ActivityPlaces, Activity.capacity).join(Activity).where(Activity.state.in_(TO_COME))
    for places, capacity in look.session.execute(to_come):
        id = places.activity_id
        if heard[id] == told[id] and places.taken.moving_up(capacity):
            yield Fault(f"activity_places {id}", Text("有空额而有人候补", "Somebody waits although a place is free"))


CHECKS = (sign_ups_were_told_once, places_are_as_taken, nobody_waits_for_a_free_place)

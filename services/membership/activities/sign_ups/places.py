"""Taking places, and giving free ones to those who wait (M9). Whoever does either holds the activity's places."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from services.membership.activities.planning.models import Activity, ActivityPlaces
from services.membership.activities.planning.rules import TO_COME, Audience
from services.membership.activities.sign_ups import rules
from services.membership.activities.sign_ups.events import SignUpMade, SignUpMovedUp, SignUpWithdrawn
from services.membership.activities.sign_ups.models import SignUp
from services.membership.data import personal_data_terms
from services.membership.people.models import Person
from services.membership.people.rules import display_name
from shared.personal.terms import terms_of
from shared.store.tx import Tx

CONTACT = "participant-phone"
"""The class of personal data that a participant's phone is of."""
PARTICIPANT = "participant"


def take_places(
    tx: Tx, activity_id: uuid.UUID, unit_id: uuid.UUID | None, participants: Sequence[Mapping[str, Any]]
) -> list[SignUp]:
    """Sign all of ``participants`` up, or none; each has a place or waits, in their order (M9, X6)."""
    places = tx.lock(ActivityPlaces, activity_id)
    activity = tx.get(Activity, activity_id)
    rules.check_open(activity.stands, activity.sign_up_until, tx.today)
    if unit_id is None:
        rules.check_audience(Audience(activity.audience))
    of_unit = SignUp.unit_id.is_(None) if unit_id is None else SignUp.unit_id == unit_id
    standing = SignUp.activity_id == activity.id, of_unit, SignUp.state.in_(rules.STANDING)
    if unit_id is not None and activity.places_per_unit is not None:
        number = int(tx.session.scalar(select(func.count()).select_from(SignUp).where(*standing)) or 0)
        rules.check_unit_places(activity.places_per_unit, number, len(participants))
    new = [_participant(tx, **each) for each in participants]
    same_person = SignUp.person_id.in_([each.person_id for each in new if each.person_id is not None])
    same_phone = SignUp.phone_index.in_([each.phone_index for each in new if each.phone_index is not None])
    alike = tx.all(select(SignUp).where(*standing, same_person | same_phone))
    rules.check_once([each.known for each in new], [each.known for each in alike])
    taken = places.taken
    for each in new:
        taken, each.state = taken.sign_up(activity.capacity)
        places.last_place += 1
        each.activity_id, each.unit_id, each.place = activity.id, unit_id, places.last_place
        tx.add(each)
    places.follow(taken)
    for each in new:
        tx.emit(SignUpMade.of(each))
    return new


def _participant(
    tx: Tx, name: str, consent: bool, phone: str | None = None, person_id: uuid.UUID | None = None
) -> SignUp:
    rules.check_consent(consent)
    check_person(tx, person_id)
    digits = rules.mobile(phone) if phone else None
    terms = terms_of(personal_data_terms(), CONTACT if digits else PARTICIPANT, tx.today)
    return SignUp(
        name=display_name(name),
        person_id=person_id,
        phone_sealed=tx.vault.seal(digits) if digits else None,
        phone_index=tx.vault.blind(f"mobile {digits}") if digits else None,
        phone_last4=digits[-4:] if digits else None,
        consented_to=terms.version,
        signed_up_at=tx.now,
        signed_up_by=tx.principal.name,
    )


def check_person(tx: Tx, person_id: uuid.UUID | None) -> None:
    """Refuse (X5) an id that is neither the caller's own nor that of somebody they may know."""
    own = uuid.UUID(tx.principal.person) if tx.principal.person else None
    known = person_id not in (None, own) and tx.may("membership.person.read")
    rules.check_person(person_id, own, known and tx.find(Person, id=person_id) is not None)


def give_back(tx: Tx, id: uuid.UUID) -> SignUp:
    """Withdraw a sign-up. Who moves up follows by event: whoever withdraws may see no sign-ups but their own."""
    places = tx.lock(ActivityPlaces, tx.get(SignUp, id).activity_id)
    sign_up = tx.change(SignUp, id)
    activity = tx.get(Activity, sign_up.activity_id)
    rules.check_withdrawable(sign_up.stands, activity.stands, sign_up.checked_in_at)
    places.follow(places.taken.withdraw(sign_up.stands))
    sign_up.state = rules.State.WITHDRAWN
    sign_up.withdrawn_at, sign_up.withdrawn_by = tx.now, tx.principal.name
    tx.emit(SignUpWithdrawn.of(sign_up))
    return sign_up


def fill(tx: Tx, activity: Activity, places: ActivityPlaces) -> None:
    """Give the places that are free to the first of those who wait, while the activity is to come. Done again it
    changes nothing."""
    number = places.taken.moving_up(activity.capacity) if activity.stands in TO_COME else 0
    if not number:
        return
    waiting = select(SignUp).where(SignUp.activity_id == activity.id, SignUp.state == rules.State.WAITING)
    first = tx.all(waiting.order_by(SignUp.place).limit(number))
    for each in first:
        each.state, each.moved_up_at = rules.State.REGISTERED, tx.now
    places.follow(places.taken.move_up(len(first)))
    for each in first:
        tx.emit(SignUpMovedUp.of(each))

"""Gifts 捐赠: received, given, taken back (M9, X7). Finance posts them by event."""

import uuid
from datetime import date

from sqlalchemy import select

from services.membership.activities.gifts import rules
from services.membership.activities.gifts.events import GiftGiven, GiftReceived, GiftReversed
from services.membership.activities.gifts.models import Gift
from services.membership.activities.gifts.rules import Direction, Donor, Means, State
from services.membership.activities.gifts.schemas import (
    ExpenditureClosed,
    ExpenditurePaid,
    GiftGivenIn,
    GiftOut,
    GiftQuery,
    GiftReceivedIn,
    GiftReversalIn,
)
from services.membership.activities.planning.models import Activity
from services.membership.people.models import Person
from services.membership.units.models import Unit
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.bus.listening import on_event
from shared.errors import Forbidden
from shared.store.tx import Tx


class Gifts:
    """What is given to the association, and what it gives."""

    @operation(
        "POST /gifts/received",
        permission="membership.gift.receive",
        request=GiftReceivedIn,
        response=GiftOut,
        label=("登记接受捐赠", "Record a gift received"),
        kind="create",
    )
    def record_gift_received(
        self,
        tx: Tx,
        amount: int,
        means: str,
        goods: str | None,
        donor: str,
        unit_id: uuid.UUID | None,
        person_id: uuid.UUID | None,
        purpose: str,
        earmarked: bool,
        day: date | None,
        activity_id: uuid.UUID | None,
    ) -> Gift:
        """Records a gift received; finance posts it as donation income, restricted where the donor bound it to its
        purpose (M9)."""
        rules.check_amount(amount)
        rules.check_donor(Donor(donor), unit_id, person_id)
        rules.check_goods(Means(means), goods)
        rules.check_purpose(purpose)
        rules.check_day(day or tx.today, tx.today)
        _check_there(tx, unit_id, person_id, activity_id)
        gift = tx.add(
            Gift(
                direction=Direction.RECEIVED,
                amount=amount,
                means=means,
                goods=goods,
                donor=donor,
                unit_id=unit_id,
                person_id=person_id,
                purpose=purpose.strip(),
                earmarked=earmarked,
                day=day or tx.today,
                activity_id=activity_id,
                state=State.RECEIVED,
                recorded_at=tx.now,
                recorded_by=tx.principal.name,
            )
        )
        tx.emit(GiftReceived.of(gift))
        return gift

    @operation(
        "POST /gifts/given",
        permission="membership.gift.give",
        request=GiftGivenIn,
        response=GiftOut,
        label=("登记对外捐赠", "Record a gift to be given"),
        kind="create",
    )
    def record_gift_given(
        self, tx: Tx, amount: int, goods: str | None, recipient: str, purpose: str, activity_id: uuid.UUID | None
    ) -> Gift:
        """Records a gift to be given, requested by whoever records it; finance has it signed and paid like any expense
        (M9, F1, F2, F3, F4)."""
        if tx.principal.person is None:
            raise Forbidden("此账号未对应到人", "No person stands behind this account", code="no-person")
        rules.check_amount(amount)
        rules.check_purpose(purpose)
        _check_there(tx, None, None, activity_id)
        gift = tx.add(
            Gift(
                direction=Direction.GIVEN,
                amount=amount,
                goods=goods,
                recipient=recipient.strip(),
                purpose=purpose.strip(),
                day=tx.today,
                activity_id=activity_id,
                requested_by=uuid.UUID(tx.principal.person),
                state=State.REQUESTED,
                recorded_at=tx.now,
                recorded_by=tx.principal.name,
            )
        )
        tx.emit(GiftGiven.of(gift))
        return gift

    @operation(
        "GET /gifts",
        permission="membership.gift.read",
        request=GiftQuery,
        response=GiftOut,
        label=("捐赠", "Gifts"),
        kind="list",
    )
    def list_gifts(
        self, tx: Tx, page: PageRequest, direction: str | None, state: str | None, activity_id: uuid.UUID | None
    ) -> Page:
        """Gifts, the latest first; received or given, of one state or activity."""
        wanted = {"direction": direction, "state": state, "activity_id": activity_id}
        query = select(Gift).filter_by(**{name: value for name, value in wanted.items() if value})
        sorts = {"recorded": Gift.recorded_at, "day": Gift.day}
        return tx.page(query, page, key=Gift.id, sorts=sorts, default="-recorded")

    @operation(
        "GET /gifts/{id}",
        permission="membership.gift.read",
        response=GiftOut,
        label=("捐赠详情", "A gift"),
        kind="detail",
    )
    def get_gift(self, tx: Tx, id: uuid.UUID) -> Gift:
        """A gift."""
        return tx.get(Gift, id)

    @operation(
        "POST /gifts/{id}/reversal",
        permission="membership.gift.reverse",
        request=GiftReversalIn,
        response=GiftOut,
        label=("冲销捐赠", "Reverse a gift"),
        kind="action",
    )
    def reverse_gift(self, tx: Tx, id: uuid.UUID, reason: str) -> Gift:
        """Takes a gift back that was recorded wrongly; finance reverses its voucher, or withdraws what is not paid
        yet (X7)."""
        gift = tx.change(Gift, id)
        gift.state = rules.reverse(gift.stands, reason)
        gift.reason, gift.reversed_on = reason.strip(), tx.today
        gift.reversed_at, gift.reversed_by = tx.now, tx.principal.name
        tx.emit(GiftReversed.of(gift))
        return gift

    @on_event("finance", "expenditure.paid.v1", ExpenditurePaid)
    def follow_gift_paid(self, tx: Tx, expenditure_id: uuid.UUID, amount: int) -> None:
        """A gift given was paid (M9)."""
        _follow(tx, expenditure_id, State.PAID, amount)

    @on_event("finance", "expenditure.refused.v1", ExpenditureClosed)
    def follow_gift_refused(self, tx: Tx, expenditure_id: uuid.UUID) -> None:
        """A gift to be given was not agreed to (M9)."""
        _follow(tx, expenditure_id, State.REFUSED)

    @on_event("finance", "expenditure.withdrawn.v1", ExpenditureClosed)
    def follow_gift_withdrawn(self, tx: Tx, expenditure_id: uuid.UUID) -> None:
        """A gift to be given was taken back in finance (M9)."""
        _follow(tx, expenditure_id, State.WITHDRAWN)


def _check_there(tx: Tx, unit_id: uuid.UUID | None, person_id: uuid.UUID | None, activity_id: uuid.UUID | None) -> None:
    """Answer 404 for whatever is named and is not there."""
    for model, id in ((Unit, unit_id), (Person, person_id), (Activity, activity_id)):
        if id is not None:
            tx.get(model, id)


def _follow(tx: Tx, id: uuid.UUID, told: State, paid: int | None = None) -> None:
    if tx.find(Gift, id=id) is None:
        return  # an expenditure that is no gift
    gift = tx.lock(Gift, id)
    gift.state = rules.follow(gift.stands, told)
    if paid is not None:
        gift.paid = paid

"""Gifts 捐赠 heard of membership: posted, requested, taken back, each once and in whatever order (M9, F7, X7)."""

import uuid
from datetime import date

from sqlalchemy import select

from services.finance.expenditures import rules as expenditures
from services.finance.expenditures.following import advance
from services.finance.expenditures.models import Expenditure
from services.finance.expenditures.requesting import request
from services.finance.gifts import rules
from services.finance.gifts.models import HeardGift
from services.finance.gifts.rules import Direction, Said
from services.finance.gifts.schemas import GiftGiven, GiftReceived, GiftReversed
from services.finance.ledger import rules as ledger
from services.finance.ledger.models import Voucher
from services.finance.ledger.posting import Source, SourceKind, chart_on, post
from services.finance.signers.rules import Claim
from shared.bus.listening import on_event
from shared.store.tx import Tx

PURPOSE = "对外捐赠"


class Gifts:
    """What the association was given, and what it is to give."""

    @on_event("membership", "gift.received.v1", GiftReceived)
    def post_gift_received(
        self, tx: Tx, gift_id: uuid.UUID, amount: int, means: str, restricted: bool, received_on: date
    ) -> None:
        """Posts a gift as donation income, once; restricted where the donor bound it to a purpose (M9, F7)."""
        said = Said(Direction.RECEIVED, amount, rules.MEANS[means], restricted)
        gift = _take(tx, gift_id, said, received_on)
        if gift is None:
            return
        voucher = post(
            tx,
            day=received_on,
            entries=rules.entries(said, chart_on(received_on)),
            summary="接受捐赠（限定性）" if restricted else "接受捐赠",
            source=Source(SourceKind.GIFT, gift_id),
        )
        gift.voucher = voucher.number
        _reverse_voucher(tx, gift)

    @on_event("membership", "gift.given.v1", GiftGiven)
    def request_gift(self, tx: Tx, gift_id: uuid.UUID, amount: int, requested_by: uuid.UUID) -> None:
        """Requests the expenditure of a gift to be given, once, under the gift's id; it is signed for and paid like
        any other (M9, F1, F2, F3, F4)."""
        gift = _take(tx, gift_id, Said(Direction.GIVEN, amount, requester=requested_by), tx.today)
        if gift is None or gift.reversed_on is not None:
            return
        claim = Claim(amount, requested_by, requested_by)
        request(tx, gift_id, claim, kind=rules.EXPENSE, payee=rules.PAYEE, purpose=PURPOSE)

    @on_event("membership", "gift.reversed.v1", GiftReversed)
    def reverse_gift(self, tx: Tx, gift_id: uuid.UUID, direction: str, reversed_on: date) -> None:
        """Takes a gift back, once: the voucher of one received is reversed, the expenditure of one to be given is
        withdrawn. One that was paid already is refused and waits for somebody to look at it (X7)."""
        gift = _known(tx, gift_id)
        if gift.reversed_on is not None:
            return
        gift.reversed_on = reversed_on
        if direction == Direction.RECEIVED:
            _reverse_voucher(tx, gift)
        elif tx.find(Expenditure, id=gift_id) is not None:
            record = tx.lock(Expenditure, gift_id)
            rules.check_not_paid(record.state == expenditures.State.PAID)
            if record.state in expenditures.OPEN | {expenditures.State.APPROVED}:
                because = " / ".join(rules.WITHDRAWN_BECAUSE)
                ruled = expenditures.withdraw(record.as_ruled(), record.requester_id, because)
                record.closed_by, record.closed_at = record.requester_id, tx.now
                advance(tx, record, ruled)


def _known(tx: Tx, gift_id: uuid.UUID) -> HeardGift:
    """What is known of the gift, held; nothing yet where it is new."""
    tx.hold(f"gift {gift_id}")
    gift = tx.find(HeardGift, gift_id=gift_id)
    return gift or tx.add(HeardGift(gift_id=gift_id, heard_at=tx.now))


def _take(tx: Tx, gift_id: uuid.UUID, said: Said, day: date) -> HeardGift | None:
    """The gift with what was ``said`` of it; None where that was heard before."""
    rules.check_said(said)
    gift = _known(tx, gift_id)
    if gift.said is not None:
        rules.check_same(gift.said, said)
        return None
    gift.take(said, day)
    tx.flush()
    return gift


def _reverse_voucher(tx: Tx, gift: HeardGift) -> None:
    """Reverse the gift's voucher where there is one and it was taken back."""
    if gift.voucher is None or gift.reversed_on is None:
        return
    posted = tx.all(select(Voucher).filter_by(number=gift.voucher))[0]
    lines = tuple(ledger.Entry(each.account, each.debit, each.credit) for each in posted.entries)
    original = ledger.Voucher(posted.day, posted.summary, lines)
    day = max(gift.reversed_on, posted.day)
    back = ledger.reversal(original, posted.number, day, rules.WITHDRAWN_BECAUSE.zh)
    gift.reversal = post(
        tx,
        day=day,
        entries=back.entries,
        summary=back.summary,
        source=Source(SourceKind.GIFT_REVERSAL, gift.gift_id),
    ).number

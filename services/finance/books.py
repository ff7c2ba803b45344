"""What must fit together in finance: the ledger, and what it was posted for; fees and dues with what others told."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.finance.data import chart_named, charts
from services.finance.dues.models import Allocation, CollectionSlip, Payment, Receivable, Reduction, Release
from services.finance.dues.schemas import InvoiceIssued, InvoiceReduced
from services.finance.events import (
    CreditUsed,
    ExpenditureApproved,
    ExpenditurePaid,
    ExpenditureRefused,
    ExpenditureResolutionWanted,
    ExpenditureWithdrawn,
    FeeAccrued,
    FeeReversed,
    PaymentReceived,
    ReceivableReduced,
    ReceivableSettled,
)
from services.finance.expenditures.models import Expenditure, HeardResolution
from services.finance.expenditures.resolutions import MATTERS
from services.finance.expenditures.rules import State
from services.finance.expenditures.schemas import MotionRejected, ResolutionAdopted, ResolutionEnded
from services.finance.gifts.models import HeardGift
from services.finance.gifts.rules import EXPENSE as GIFT_EXPENSE
from services.finance.gifts.rules import MEANS as GIFT_MEANS
from services.finance.gifts.rules import Direction
from services.finance.gifts.schemas import GiftGiven, GiftReceived, GiftReversed
from services.finance.ledger.models import Voucher, VoucherEntry
from services.finance.ledger.posting import SourceKind
from services.finance.ledger.rules import Purpose, period_of, voucher_number, voucher_series
from services.finance.manuscript_fees.models import Entry, ManuscriptFee
from services.finance.manuscript_fees.rules import EntryKind
from services.finance.manuscript_fees.schemas import ArticlePublished, ArticleRetracted
from services.finance.signers.models import HeardAbsence, HeardTenure
from services.finance.signers.operations import SIGNING
from services.finance.signers.schemas import AbsenceEnded, AbsenceRecorded, PostLeft, PostTakenUp
from shared.books.declared import Books, Fault, Faults, Given, Numbers
from shared.books.look import Look
from shared.books.matching import matched, told_once
from shared.bus.events import EventSchema, Heard
from shared.errors import Refused
from shared.personal.books import erasures_ordered_by
from shared.text import Text

# --- the ledger (F7) ------------------------------------------------------------------------------------------


def vouchers_balance(look: Look) -> Faults:
    """Each voucher's debits equal its credits and its total, on accounts of its chart, under a number of its month."""
    for voucher in look.session.scalars(select(Voucher).execution_options(yield_per=1000)):
        where = f"vouchers {voucher.number}"
        entries = voucher.entries
        sums = {sum(entry.debit for entry in entries), sum(entry.credit for entry in entries), voucher.total}
        if len(sums) > 1:
            yield Fault(where, Text("借贷不平", "Debits, credits and total differ"))
        if [entry.position for entry in entries] != [*range(1, voucher.lines + 1)]:
            yield Fault(where, Text("分录不全", f"Its entries are not 1 to {voucher.lines}"))
        serial = int(voucher.number.rpartition("-")[2])
        if voucher.period != period_of(voucher.day) or voucher_number(voucher.day, serial) != voucher.number:
            yield Fault(where, Text("字号、期间与日期不符", f"Number, {voucher.period} and {voucher.day} do not agree"))
        for entry in entries:
            try:
                chart_named(voucher.chart).check_postable(entry.account)
            except (Refused, StopIteration):
                yield Fault(where, Text(f"科目 {entry.account} 不可记账", f"Nothing is posted to {entry.account}"))


def everything_is_posted_once(look: Look) -> Faults:
    """Each paid expenditure, invoice, payment, use of credit, reduction, gift received and reversal of one has exactly
    one voucher, of its amount; no voucher comes from anything else."""
    session = look.session
    wanted: dict[tuple[str, UUID], object] = {}
    for spent in session.scalars(select(Expenditure).where(Expenditure.state == State.PAID.value)):
        wanted[SourceKind.EXPENDITURE.value, spent.id] = (spent.voucher, spent.paid)
    for owed in session.execute(select(Receivable.id, Receivable.voucher, Receivable.amount)):
        wanted[SourceKind.DUES_INVOICE.value, owed.id] = (owed.voucher, owed.amount)
    for paid in session.execute(select(Payment.id, Payment.voucher, Payment.amount)):
        wanted[SourceKind.DUES_PAYMENT.value, paid.id] = (paid.voucher, paid.amount)
    for invoice, amount in _credit_drawn(session).items():
        wanted[SourceKind.DUES_CREDIT.value, invoice] = amount
    for less in session.execute(select(Reduction.id, Reduction.voucher, Reduction.amount)):
        # One whose invoice is not known yet waits; that it should not wait for ever is the reductions' own check.
        if less.voucher is not None:
            wanted[SourceKind.DUES_REDUCTION.value, less.id] = (less.voucher, less.amount)
    for gift in session.scalars(select(HeardGift).where(HeardGift.direction == Direction.RECEIVED)):
        wanted[SourceKind.GIFT.value, gift.gift_id] = (gift.voucher, gift.amount)
        if gift.reversed_on is not None:
            wanted[SourceKind.GIFT_REVERSAL.value, gift.gift_id] = (gift.reversal, gift.amount)
    columns = Voucher.source_kind, Voucher.source_id, Voucher.number, Voucher.total
    found = (
        ((row.source_kind, row.source_id), row.total if row.source_kind == SourceKind.DUES_CREDIT else tuple(row)[2:])
        for row in session.execute(select(*columns))
    )
    yield from matched("vouchers of", wanted, found)


def _credit_drawn(session: Session) -> dict[UUID, int]:
    """Fen of each invoice that were settled by payments made for another."""
    drawn = (
        select(Allocation.invoice_id, func.sum(Allocation.amount).label("amount"))
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Payment.invoice_id != Allocation.invoice_id)
        .group_by(Allocation.invoice_id)
    )
    return {row.invoice_id: int(row.amount) for row in session.execute(drawn)}


def control_accounts_agree(look: Look) -> Faults:
    """What the accounts of dues stand at is what units owe, and what they have paid in advance."""
    owed = look.session.scalar(select(func.sum(Receivable.owes))) or 0
    unused = look.session.scalar(select(func.sum(Payment.unused))) or 0
    for purpose, should in ((Purpose.DUES_RECEIVABLE, owed), (Purpose.DUES_IN_ADVANCE, -unused)):
        accounts = {chart.account_for(purpose) for chart in charts()}
        balance = select(func.sum(VoucherEntry.debit - VoucherEntry.credit)).where(VoucherEntry.account.in_(accounts))
        stands = int(look.session.scalar(balance) or 0)
        if stands != should:
            what = Text(f"余额 {stands} 分，明细 {should} 分", f"Stands at {stands} fen, its details at {should}")
            yield Fault(f"voucher_entries on {', '.join(sorted(accounts))}", what)


# --- dues (M3, F12) -------------------------------------------------------------------------------------------


def invoices_are_taken_on_once(look: Look) -> Faults:
    """Each invoice of membership is exactly one receivable, of its unit, amount and last day."""
    names = ("unit_id", "year", "amount", "due_on")
    wanted = {
        each.data["invoice_id"]: tuple(each.data[name] for name in names)
        for each in look.heard("membership", "invoice.issued.v1", InvoiceIssued)
    }
    kept = look.session.scalars(select(Receivable))
    yield from matched("receivables", wanted, ((each.id, tuple(getattr(each, n) for n in names)) for each in kept))


def invoices_are_reduced_once(look: Look) -> Faults:
    """Each reduction that membership told is kept once as it was told, and posted where its invoice is known; each
    receivable is reduced by the sum of its own (M3)."""
    names = ("invoice_id", "unit_id", "amount", "reduced_on")
    wanted = {
        each.data["reduction_id"]: tuple(each.data[name] for name in names)
        for each in look.heard("membership", "invoice.reduced.v1", InvoiceReduced)
    }
    kept = look.session.scalars(select(Reduction)).all()
    yield from matched("dues_reductions", wanted, ((each.id, tuple(getattr(each, n) for n in names)) for each in kept))
    sums: Counter[UUID] = Counter()
    for each in kept:
        sums[each.invoice_id] += each.amount
    for owed in look.session.execute(select(Receivable.id, Receivable.reduced)):
        if owed.reduced != sums[owed.id]:
            yield Fault(
                f"receivables {owed.id}", Text("核减与明细不符", "It is not reduced by the sum of its reductions")
            )


def reductions_were_told_once(look: Look) -> Faults:
    """Each reduction that counts was told once, with what it released (M3)."""
    released = select(Release.reduction_id, func.sum(Release.amount).label("of")).group_by(Release.reduction_id)
    by_reduction = {row.reduction_id: int(row.of) for row in look.session.execute(released)}
    counted = look.session.scalars(select(Reduction).where(Reduction.voucher.is_not(None)))
    wanted: dict[UUID, object] = {
        each.id: (each.invoice_id, each.unit_id, each.amount, by_reduction.get(each.id, 0)) for each in counted
    }
    names = ("id", "unit_id", "amount", "released")
    told = (
        (each.data["reduction_id"], tuple(each.data[name] for name in names)) for each in look.told(ReceivableReduced)
    )
    yield from matched(f"chassis.outbox {ReceivableReduced.type()}", wanted, told)


def payments_add_up(look: Look) -> Faults:
    """What is open of an invoice and unused of a payment follows from allocations, reductions and releases; what is
    settled by anything received has a slip."""
    to_invoice: defaultdict[UUID, int] = defaultdict(int)
    from_payment: defaultdict[UUID, int] = defaultdict(int)
    for row in look.session.execute(select(Allocation.invoice_id, Allocation.payment_id, Allocation.amount)):
        to_invoice[row.invoice_id] += row.amount
        from_payment[row.payment_id] += row.amount
    for row in look.session.execute(select(Release.invoice_id, Release.payment_id, Release.amount)):
        to_invoice[row.invoice_id] -= row.amount
        from_payment[row.payment_id] -= row.amount
    slips: dict[UUID, object] = {}
    for owed in look.session.scalars(select(Receivable)):
        ruled = owed.as_ruled()
        if owed.owes != owed.amount - owed.reduced - to_invoice[owed.id] or owed.state != ruled.state:
            yield Fault(f"receivables {owed.id}", Text("尚欠与收款不符", "What is open does not follow from payments"))
        on_paper = sum(part.amount for part in owed.parts_of_slip)
        if (owed.slip is not None) != (owed.owes == 0 and on_paper > 0):
            yield Fault(f"receivables {owed.id}", Text("收款单与收清不符", "A settled one has a slip, and only that"))
        if owed.slip is not None:
            slips[owed.id] = (owed.slip, on_paper)
        if {each.slip for each in owed.releases} - {None, owed.slip}:
            yield Fault(
                f"receivables {owed.id}", Text("释放所记收款单不符", "A release names a slip that is not its own")
            )
    for paid in look.session.execute(select(Payment.id, Payment.amount, Payment.unused)):
        if paid.unused != paid.amount - from_payment[paid.id]:
            yield Fault(f"dues_payments {paid.id}", Text("预收余额不符", "What is unused does not follow"))
    made = look.session.execute(select(CollectionSlip.invoice_id, CollectionSlip.number, CollectionSlip.amount))
    yield from matched("collection_slips of invoice", slips, ((row.invoice_id, tuple(row)[1:]) for row in made))


def payments_were_told_once(look: Look) -> Faults:
    """Each payment was told once, as was each use of credit, and each settlement with its slip."""
    paid: defaultdict[UUID, list[int]] = defaultdict(list)
    for row in look.session.execute(select(Payment.invoice_id, Payment.amount).order_by(Payment.id)):
        paid[row.invoice_id].append(row.amount)
    told: defaultdict[UUID, list[int]] = defaultdict(list)
    for event in look.told(PaymentReceived):
        told[event.data["id"]].append(event.data["amount"])
    amounts = {invoice: tuple(sorted(each)) for invoice, each in paid.items()}
    found = ((invoice, tuple(sorted(each))) for invoice, each in told.items())
    yield from matched("chassis.outbox receivable.payment-received.v1", amounts, found)
    yield from _payments_are_told_as_they_are(look)
    drawn: dict[UUID, object] = {id: (amount,) for id, amount in _credit_drawn(look.session).items()}
    yield from told_once(look, CreditUsed, drawn, "amount")
    settled = select(Receivable.id, Receivable.unit_id, Receivable.slip).where(Receivable.slip.is_not(None))
    slips: dict[UUID, object] = {row.id: tuple(row)[1:] for row in look.session.execute(settled)}
    yield from told_once(look, ReceivableSettled, slips, "unit_id", "slip")


def _payments_are_told_as_they_are(look: Look) -> Faults:
    """What was told of a payment by its id is so; payments told before they were named have none."""
    told = {each.data["payment_id"]: each.data for each in look.told(PaymentReceived) if "payment_id" in each.data}
    own = (Allocation.invoice_id == Payment.invoice_id) & (Allocation.payment_id == Payment.id)
    applied = func.coalesce(select(func.sum(Allocation.amount)).where(own).scalar_subquery(), 0)
    paid = select(Payment.id, Payment.invoice_id, Payment.amount, (Payment.amount - applied).label("credit"))
    wanted: dict[UUID, object] = {
        row.id: (row.invoice_id, row.amount, int(row.credit)) for row in look.session.execute(paid) if row.id in told
    }
    found = ((id, (said["id"], said["amount"], said["credit"])) for id, said in told.items())
    yield from matched("chassis.outbox receivable.payment-received.v1 of payment", wanted, found)


# --- fees (F14) -----------------------------------------------------------------------------------------------


def articles_are_accrued_once(look: Look) -> Faults:
    """Each published article is exactly one fee of the right amount, and each retraction takes it back once."""
    wanted: dict[UUID, tuple[object, ...]] = {}
    names = ("author_id", "fee", "unit_id", "issue_id", "fee_terms", "published_at")
    for event in look.heard("publishing", "article.published.v1", ArticlePublished):
        wanted[event.data["article_id"]] = (*(event.data[name] for name in names), None)
    for event in look.heard("publishing", "article.retracted.v1", ArticleRetracted):
        article = event.data["article_id"]
        said = wanted.get(article, (None,) * 7)
        wanted[article] = (*said[:-1], said[-1] or event.data["retracted_at"])
    fees = look.session.scalars(select(ManuscriptFee)).all()
    found = (
        (
            each.article_id,
            (
                *(each.author_id, each.amount, each.unit_id, each.issue_id, each.terms, each.published_at),
                each.retracted_at,
            ),
        )
        for each in fees
    )
    yield from matched("manuscript_fees of article", wanted, found)
    for each in fees:
        if each.state != each.as_ruled().state:
            yield Fault(
                f"manuscript_fees {each.id}", Text("状态与明细不符", "Its state does not follow from its entries")
            )


def fees_are_entered_and_told_once(look: Look) -> Faults:
    """Each fee has its accrual and, where it was retracted, its reversal; each of them was told once."""
    wanted: dict[tuple[UUID, str], object] = {}
    accrued: dict[UUID, object] = {}
    reversed_: dict[UUID, object] = {}
    for fee in look.session.scalars(select(ManuscriptFee).where(ManuscriptFee.amount > 0)):
        wanted[fee.id, EntryKind.ACCRUAL.value] = fee.amount
        accrued[fee.id] = (fee.article_id, fee.author_id, fee.amount)
        if fee.retracted_at is not None:
            wanted[fee.id, EntryKind.REVERSAL.value] = -(fee.amount or 0)
            reversed_[fee.id] = (fee.article_id, fee.author_id, fee.amount)
        if any(entry.kind == EntryKind.PAYMENT for entry in fee.entries):
            wanted[fee.id, EntryKind.PAYMENT.value] = -(fee.amount or 0)
    entries = look.session.execute(select(Entry.fee_id, Entry.kind, Entry.amount))
    yield from matched("manuscript_fee_entries of", wanted, (((row.fee_id, row.kind), row.amount) for row in entries))
    yield from told_once(look, FeeAccrued, accrued, "article_id", "author_id", "amount")
    yield from told_once(look, FeeReversed, reversed_, "article_id", "author_id", "amount")


# --- expenditures (F4) ----------------------------------------------------------------------------------------


def resolutions_are_heard_once(look: Look) -> Faults:
    """Each resolution on an expenditure is kept once as it was told, and until it ended (F4, X7)."""
    ended = {
        each.data["resolution_id"]: each.data["ended_on"]
        for each in look.heard("governance", "resolution.ended.v1", ResolutionEnded)
    }
    wanted: dict[UUID, object] = {}
    for event in look.heard("governance", "resolution.adopted.v1", ResolutionAdopted):
        said = event.data
        if said["matter"] in MATTERS and said["subject_id"] is not None:
            names = (said[name] for name in ("number", "body", "matter", "subject_id", "adopted_on"))
            wanted[said["resolution_id"]] = (*names, said["limit"] or 0, ended.get(said["resolution_id"]))
    found = (
        (
            kept.resolution_id,
            (
                *(kept.number, kept.body, kept.matter, kept.request_id, kept.adopted_on),
                *(kept.amount, kept.ended_on),
            ),
        )
        for kept in look.session.scalars(select(HeardResolution))
    )
    yield from matched("expenditure_resolutions", wanted, found)


def a_resolution_pays_once(look: Look) -> Faults:
    """A resolution serves one expenditure, which rests on it and is not above it; both say so."""
    resting = select(Expenditure.resolution_id, Expenditure.id).where(Expenditure.resolution_id.is_not(None))
    wanted = {row.resolution_id: row.id for row in look.session.execute(resting)}
    used = select(HeardResolution.resolution_id, HeardResolution.used_by).where(HeardResolution.used_by.is_not(None))
    found = ((row.resolution_id, row.used_by) for row in look.session.execute(used))
    yield from matched("expenditure_resolutions used", wanted, found)
    above = (
        select(Expenditure.id)
        .join(HeardResolution, HeardResolution.resolution_id == Expenditure.resolution_id)
        .where(Expenditure.amount > HeardResolution.amount)
    )
    for id in look.session.scalars(above):
        yield Fault(f"expenditures {id}", Text("超过决议限额", "It is above what its resolution names"))


def payments_of_expenditures_were_told_once(look: Look) -> Faults:
    """An expenditure has a voucher and what was paid when it is paid, and only then; it was told once (F7)."""
    wanted: dict[UUID, object] = {}
    columns = Expenditure.id, Expenditure.paid, Expenditure.voucher, Expenditure.state
    for row in look.session.execute(select(*columns)):
        if row.state == State.PAID:
            wanted[row.id] = (row.paid, row.voucher)
        elif row.paid is not None or row.voucher is not None:
            yield Fault(f"expenditures {row.id}", Text("未付而有付款记录", "Not paid, yet it says what was paid"))
    yield from told_once(look, ExpenditurePaid, wanted, "paid", "voucher")


def expenditures_stand_as_told(look: Look) -> Faults:
    """The last that was told of an expenditure is the state it is in; one that waits for a signature tells nothing."""
    told = [(event.position, event.data["id"], state) for state, schema in _TOLD.items() for event in look.told(schema)]
    last = {id: state for _, id, state in sorted(told, key=lambda each: each[0])}
    for row in look.session.execute(select(Expenditure.id, Expenditure.state)):
        state = State(row.state)
        if state is not State.AWAITING_SIGNATURE and last.get(row.id) is not state:
            yield Fault(f"expenditures {row.id}", Text(f"未曾告知 {state}", f"It was not told that it is {state}"))


_TOLD: dict[State, type[EventSchema]] = {
    State.AWAITING_RESOLUTION: ExpenditureResolutionWanted,
    State.APPROVED: ExpenditureApproved,
    State.PAID: ExpenditurePaid,
    State.REFUSED: ExpenditureRefused,
    State.WITHDRAWN: ExpenditureWithdrawn,
}


def rejections_refuse(look: Look) -> Faults:
    """An expenditure that nobody signed off is refused by a motion that was rejected about it (F4)."""
    rejected = {each.data["subject_id"] for each in look.heard("governance", "motion.rejected.v1", MotionRejected)}
    refused = select(Expenditure.id).where(Expenditure.state == State.REFUSED.value, Expenditure.closed_by.is_(None))
    for id in look.session.scalars(refused):
        if id not in rejected:
            yield Fault(f"expenditures {id}", Text("无人否决而未获批准", "Refused, and nobody refused it"))


# --- gifts (M9) -----------------------------------------------------------------------------------------------


def gifts_are_as_told(look: Look) -> Faults:
    """Each gift is kept once as membership told it, and taken back as it said (M9, X7)."""
    wanted: dict[UUID, tuple[object, ...]] = {}
    for event in look.heard("membership", "gift.received.v1", GiftReceived):
        said = event.data
        account = GIFT_MEANS[said["means"]].value
        wanted[said["gift_id"]] = (
            *(Direction.RECEIVED.value, said["amount"], account, said["restricted"]),
            *(None, said["received_on"], None),
        )
    for event in look.heard("membership", "gift.given.v1", GiftGiven):
        said = event.data
        # On which day it was heard is finance's own, and so is not compared.
        wanted[said["gift_id"]] = (Direction.GIVEN.value, said["amount"], None, False, said["requested_by"], None, None)
    for event in look.heard("membership", "gift.reversed.v1", GiftReversed):
        id = event.data["gift_id"]
        known = wanted.get(id, (None, None, None, False, None, None, None))
        wanted[id] = (*known[:-1], event.data["reversed_on"])
    found = (
        (
            each.gift_id,
            (
                *(each.direction, each.amount, each.account, each.restricted, each.requester_id),
                *(each.day if each.direction == Direction.RECEIVED else None, each.reversed_on),
            ),
        )
        for each in look.session.scalars(select(HeardGift))
    )
    yield from matched("gifts", dict(wanted), found)


def gifts_given_are_expenditures(look: Look) -> Faults:
    """Each gift to be given is exactly one expenditure, of its amount and its requester's; one that was taken back is
    one that nobody goes on with, or none (M9, F4)."""
    given = look.session.scalars(select(HeardGift).where(HeardGift.direction == Direction.GIVEN)).all()
    spent = look.session.scalars(select(Expenditure).where(Expenditure.kind == GIFT_EXPENSE))
    by_id = {each.id: each for each in spent}
    for gift in given:
        where, record = f"gifts {gift.gift_id}", by_id.get(gift.gift_id)
        if record is None:
            if gift.reversed_on is None:
                yield Fault(where, Text("没有对应的支出", "It has no expenditure"))
        elif (record.amount, record.requester_id) != (gift.amount, gift.requester_id):
            yield Fault(where, Text("支出与捐赠不符", "Its expenditure is of another amount or requester"))
        elif gift.reversed_on is not None and State(record.state) not in (State.WITHDRAWN, State.REFUSED):
            yield Fault(where, Text("已冲销而支出未撤回", "It was reversed, and its expenditure goes on"))


# --- signers (M11, G11) ---------------------------------------------------------------------------------------


def signers_are_as_told(look: Look) -> Faults:
    """Tenures of signing posts and absences from them are as governance told them last."""
    tenures: dict[UUID, tuple[object, ...]] = {}
    for event in _in_order(look, ("post.taken-up.v1", PostTakenUp), ("post.left.v1", PostLeft)):
        id = event["tenure_id"]
        if event.get("post_code") in SIGNING:
            tenures[id] = (event["post_code"], event["person_id"], event["since"], event["until"])
        elif "post_code" not in event and id in tenures:
            tenures[id] = (*tenures[id][:-1], event["until"])
    absences: dict[UUID, tuple[object, ...]] = {}
    for event in _in_order(look, ("absence.recorded.v1", AbsenceRecorded), ("absence.ended.v1", AbsenceEnded)):
        id = event["absence_id"]
        if event.get("post_code") in SIGNING:
            absences[id] = (event["post_code"], event["person_id"], event["since"], event["until"])
        elif "post_code" not in event and id in absences:
            absences[id] = (*absences[id][:-1], event["until"])
    for table, key, wanted in (
        (HeardTenure, HeardTenure.tenure_id, tenures),
        (HeardAbsence, HeardAbsence.absence_id, absences),
    ):
        rows = look.session.execute(select(key, table.post, table.person_id, table.since, table.until))
        yield from matched(table.__tablename__, wanted, ((row[0], tuple(row)[1:]) for row in rows))


# --- small things that several share --------------------------------------------------------------------------


def _in_order(look: Look, *types: tuple[str, type[Heard]]) -> Iterator[dict[str, Any]]:
    """What governance told in these types, in the order of its telling."""
    heard = [event for type, schema in types for event in look.heard("governance", type, schema)]
    return (dict(event.data) for event in sorted(heard, key=lambda event: event.position))


def vouchers_given(session: Session) -> Iterator[Given]:
    for row in session.execute(select(Voucher.number, Voucher.day)):
        yield Given(voucher_series(row.day), int(row.number.rpartition("-")[2]), f"vouchers {row.number}")


def slips_given(session: Session) -> Iterator[Given]:
    for row in session.execute(select(CollectionSlip.number)):
        _, year, serial = row.number.split("-")
        yield Given(f"collection-slip/{year}", int(serial), f"collection_slips {row.number}")


BOOKS = Books(
    checks=(
        vouchers_balance,
        everything_is_posted_once,
        control_accounts_agree,
        invoices_are_taken_on_once,
        invoices_are_reduced_once,
        reductions_were_told_once,
        payments_add_up,
        payments_were_told_once,
        articles_are_accrued_once,
        fees_are_entered_and_told_once,
        resolutions_are_heard_once,
        a_resolution_pays_once,
        payments_of_expenditures_were_told_once,
        expenditures_stand_as_told,
        rejections_refuse,
        gifts_are_as_told,
        gifts_given_are_expenditures,
        signers_are_as_told,
        erasures_ordered_by("membership"),
    ),
    numbers=(
        Numbers(Text("凭证字号", "Vouchers"), vouchers_given, counter="voucher/"),
        Numbers(Text("收款单号", "Collection slips"), slips_given, counter="collection-slip/"),
    ),
)

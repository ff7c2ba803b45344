"""Expenditures 支出 from the request to the payment (F1, F2, F3, F4, F7, X7, X8, X9)."""

import uuid

from sqlalchemy import select

from services.finance.data import expenses
from services.finance.expenditures import rules
from services.finance.expenditures.following import ExpenditureToday, advance, need_of, today
from services.finance.expenditures.models import Expenditure
from services.finance.expenditures.requesting import request
from services.finance.expenditures.resolutions import objection_to
from services.finance.expenditures.schemas import (
    ExpenditureIn,
    ExpenditureLine,
    ExpenditureOut,
    ExpenditureQuery,
    NoteIn,
    PaymentIn,
    ReasonIn,
)
from services.finance.ledger.posting import Source, SourceKind, chart_on, post
from services.finance.ledger.rules import Purpose
from services.finance.people import person_of
from services.finance.signers.roster import asked_roster, heard_roster
from services.finance.signers.rules import Claim
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.errors import Unavailable
from shared.identity.duties import Act
from shared.store.base import new_id
from shared.store.tx import Tx


class Expenditures:
    """Requests to spend, the signatures they need, their payment."""

    @operation(
        "POST /expenditures",
        permission="finance.expenditure.request",
        request=ExpenditureIn,
        response=ExpenditureOut,
        label=("申请支出", "Request an expenditure"),
        kind="create",
    )
    def request_expenditure(
        self, tx: Tx, kind: str, payee: str, purpose: str, amount: int, claimant_id: uuid.UUID | None
    ) -> ExpenditureToday:
        """Requests to spend; the amount and whose claim it is decide who signs (F1, F2, F3, F4, X8, X9)."""
        requester = person_of(tx.principal)
        claim = Claim(amount, requester, claimant_id or requester)
        record = request(tx, new_id(), claim, kind=kind, payee=payee, purpose=purpose)
        return today(tx, record, heard_roster(tx))

    @operation(
        "GET /expenditures",
        permission="finance.expenditure.read",
        request=ExpenditureQuery,
        response=ExpenditureLine,
        label=("支出", "Expenditures"),
        kind="list",
    )
    def list_expenditures(
        self, tx: Tx, page: PageRequest, state: str | None, requester_id: uuid.UUID | None, kind: str | None
    ) -> Page:
        """Expenditures, the latest first, each with what it waits for today."""
        wanted = {"state": state, "requester_id": requester_id, "kind": kind}
        query = select(Expenditure).filter_by(**{name: value for name, value in wanted.items() if value})
        sorts = {"requested": Expenditure.requested_at, "amount": Expenditure.amount}
        found = tx.page(query, page, key=Expenditure.id, sorts=sorts, default="-requested")
        roster = heard_roster(tx)
        return Page([today(tx, record, roster) for record in found.items], found.next)

    @operation(
        "GET /expenditures/{id}",
        permission="finance.expenditure.read",
        response=ExpenditureOut,
        label=("支出详情", "An expenditure"),
        kind="detail",
    )
    def get_expenditure(self, tx: Tx, id: uuid.UUID) -> ExpenditureToday:
        """An expenditure with its signatures, and what it waits for today and why."""
        record = tx.get(Expenditure, id)
        return today(tx, record, heard_roster(tx), objection=objection_to(tx, record))

    @operation(
        "POST /expenditures/{id}/signatures",
        permission="finance.expenditure.sign",
        request=NoteIn,
        response=ExpenditureOut,
        label=("签批", "Sign"),
        kind="action",
        errors=(Unavailable,),
        apart=Act.SIGNS,
    )
    def sign_expenditure(self, tx: Tx, id: uuid.UUID, note: str) -> ExpenditureToday:
        """Signs and so approves; governance says who holds the posts at that moment (F1, F2, F3, F4, G11, X8)."""
        signer, roster = person_of(tx.principal), asked_roster(tx, tx.today)
        record = tx.change(Expenditure, id)
        expenditure = record.as_ruled()
        tx.keep_apart(*expenditure.whose)
        advance(tx, record, rules.sign(expenditure, signer, need_of(tx, record, roster)), note=note.strip())
        return today(tx, record, roster)

    @operation(
        "POST /expenditures/{id}/refusal",
        permission="finance.expenditure.sign",
        request=ReasonIn,
        response=ExpenditureOut,
        label=("不予批准", "Refuse"),
        kind="action",
        errors=(Unavailable,),
        apart=Act.SIGNS,
    )
    def refuse_expenditure(self, tx: Tx, id: uuid.UUID, reason: str) -> ExpenditureToday:
        """Refuses, by whoever might have signed; it stays on file with the reason (X7, X8)."""
        signer, roster = person_of(tx.principal), asked_roster(tx, tx.today)
        record = tx.change(Expenditure, id)
        expenditure = record.as_ruled()
        tx.keep_apart(*expenditure.whose)
        ruled = rules.refuse(expenditure, signer, need_of(tx, record, roster), reason)
        record.closed_by, record.closed_at = signer, tx.now
        advance(tx, record, ruled)
        return today(tx, record, roster)

    @operation(
        "POST /expenditures/{id}/withdrawal",
        permission="finance.expenditure.request",
        request=ReasonIn,
        response=ExpenditureOut,
        label=("撤回支出", "Withdraw"),
        kind="action",
    )
    def withdraw_expenditure(self, tx: Tx, id: uuid.UUID, reason: str) -> ExpenditureToday:
        """Takes one's own request back before it is paid; it stays on file with the reason (X7)."""
        record = tx.change(Expenditure, id)
        requester = person_of(tx.principal)
        ruled = rules.withdraw(record.as_ruled(), requester, reason)
        record.closed_by, record.closed_at = requester, tx.now
        advance(tx, record, ruled)
        return today(tx, record, heard_roster(tx))

    @operation(
        "POST /expenditures/{id}/payment",
        permission="finance.payment.record",
        request=PaymentIn,
        response=ExpenditureOut,
        label=("支付", "Pay"),
        kind="action",
        apart=Act.PAYS,
    )
    def pay_expenditure(self, tx: Tx, id: uuid.UUID, amount: int | None, means: str) -> ExpenditureToday:
        """Records the payment of what was approved, once and never above it, and posts it; who claims or has signed it
        does not pay it out (F4, F7, F13, X8)."""
        record = tx.change(Expenditure, id)
        expenditure = record.as_ruled()
        tx.keep_apart(*expenditure.whose)
        kind, chart = expenses()[record.kind], chart_on(tx.today)
        amount = record.amount if amount is None else amount
        ruled = rules.pay(expenditure, amount)
        entries = rules.payment_entries(amount, kind, chart, Purpose.CASH if means == Purpose.CASH else Purpose.BANK)
        record.paid_by, record.paid_at = person_of(tx.principal), tx.now
        summary, source = f"支付{kind.label.zh}：{record.purpose}", Source(SourceKind.EXPENDITURE, record.id)
        record.voucher = post(tx, day=tx.today, entries=entries, summary=summary, source=source).number
        advance(tx, record, ruled)
        return today(tx, record, heard_roster(tx))

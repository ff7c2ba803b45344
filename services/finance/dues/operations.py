"""Membership dues 会费: taken on by event, paid in parts, settled with one slip (M3, F7, F12)."""

import uuid
from datetime import date
from typing import Any, cast

from sqlalchemy import select

from services.finance.dues import rules
from services.finance.dues.models import CollectionSlip, Payment, Receivable
from services.finance.dues.printing import pdf_of
from services.finance.dues.reducing import reduce_as_heard
from services.finance.dues.schemas import (
    CollectionSlipOut,
    InvoiceIssued,
    PaymentIn,
    PaymentOut,
    ReceivableLine,
    ReceivableOut,
    ReceivableQuery,
)
from services.finance.dues.settling import give_slip_when_settled, hold
from services.finance.events import CreditUsed, PaymentReceived
from services.finance.ledger.posting import Source, SourceKind, chart_on, post
from services.finance.ledger.rules import Means, Purpose
from shared.api.operations import Download, operation
from shared.api.paging import Page, PageRequest
from shared.bus.listening import on_event
from shared.store.base import new_id
from shared.store.tx import Tx


class Dues:
    """What units owe for being members, and what they paid of it."""

    @on_event("membership", "invoice.issued.v1", InvoiceIssued)
    def take_on_dues(
        self,
        tx: Tx,
        invoice_id: uuid.UUID,
        unit_id: uuid.UUID,
        year: int,
        amount: int,
        issued_on: date | None,
        due_on: date,
    ) -> None:
        """Takes invoiced dues on as a receivable, once, and sets against it what the unit has to its credit; what
        reductions of it were heard before it count now (M3)."""
        hold(tx, unit_id)
        known = tx.find(Receivable, id=invoice_id)
        if known is not None:
            rules.check_same(known.as_ruled(), unit_id, amount)
            return
        ruled = rules.open_receivable(invoice_id, unit_id, amount, due_on)
        day = issued_on or tx.today
        credited = tx.all(
            select(Payment)
            .where(Payment.unit_id == unit_id, Payment.unused > 0)
            .order_by(Payment.recorded_at, Payment.id)
        )
        ruled, left = rules.draw(ruled, [rules.Credit(each.id, each.unused) for each in credited], day)
        chart, drawn = chart_on(day), ruled.received
        voucher = post(
            tx,
            day=day,
            entries=rules.invoice_entries(amount, chart),
            summary=f"{year}年度应收会费",
            source=Source(SourceKind.DUES_INVOICE, invoice_id),
        )
        receivable = tx.add(
            Receivable(
                id=invoice_id,
                unit_id=unit_id,
                year=year,
                amount=amount,
                due_on=due_on,
                voucher=voucher.number,
                recorded_at=tx.now,
                allocations=[],
                releases=[],
            )
        )
        receivable.follow(ruled, credited)
        if drawn:
            unused = {credit.payment: credit.amount for credit in left}
            for payment in credited:
                payment.unused = unused.get(payment.id, 0)
            post(
                tx,
                day=day,
                entries=rules.draw_entries(drawn, chart),
                summary=f"预收会费转{year}年度会费",
                source=Source(SourceKind.DUES_CREDIT, invoice_id),
            )
            tx.emit(CreditUsed.of(receivable, amount=drawn))
        give_slip_when_settled(tx, receivable)
        reduce_as_heard(tx, receivable)

    @operation(
        "POST /receivables/{invoice_id}/payments",
        permission="finance.payment.record",
        request=PaymentIn,
        response=PaymentOut,
        label=("登记会费收款", "Record a payment of dues"),
        kind="create",
    )
    def record_payment(
        self, tx: Tx, invoice_id: uuid.UUID, amount: int, received_on: date | None, means: str
    ) -> dict[str, Any]:
        """Records money received for an invoice and posts it; what is too much is the unit's credit (M3, F7). What
        settles the invoice brings its one slip (F12)."""
        hold(tx, tx.get(Receivable, invoice_id).unit_id)
        receivable = tx.lock(Receivable, invoice_id)
        day = received_on or tx.today
        rules.check_received(day, tx.today)
        paid = rules.Payment(new_id(), amount, day)
        ruled, credit = rules.receive(receivable.as_ruled(), paid)
        applied = ruled.received - receivable.received
        voucher = post(
            tx,
            day=day,
            entries=rules.payment_entries(paid, credit, chart_on(day), cast(Means, Purpose(means))),
            summary=f"收{receivable.year}年度会费",
            source=Source(SourceKind.DUES_PAYMENT, paid.id),
        )
        payment = tx.add(
            Payment(
                id=paid.id,
                invoice_id=receivable.id,
                unit_id=receivable.unit_id,
                amount=amount,
                unused=credit.amount if credit else 0,
                means=means,
                received_on=day,
                voucher=voucher.number,
                recorded_at=tx.now,
                recorded_by=tx.principal.name,
            )
        )
        receivable.follow(ruled, [payment])
        tx.emit(PaymentReceived.of(receivable, payment_id=payment.id, amount=amount, credit=payment.unused))
        give_slip_when_settled(tx, receivable)
        return {
            "id": payment.id,
            "invoice_id": receivable.id,
            "unit_id": receivable.unit_id,
            "amount": amount,
            "applied": applied,
            "credit": payment.unused,
            "owes": receivable.owes,
            "means": means,
            "received_on": day,
            "voucher": voucher.number,
            "slip": receivable.slip,
        }

    @operation(
        "GET /receivables",
        permission="finance.receivable.read",
        request=ReceivableQuery,
        response=ReceivableLine,
        label=("应收会费", "Dues receivable"),
        kind="list",
    )
    def list_receivables(
        self, tx: Tx, page: PageRequest, unit_id: uuid.UUID | None, year: int | None, state: str | None
    ) -> Page:
        """Dues receivable, the latest first; of one unit, year or state."""
        wanted = {"unit_id": unit_id, "year": year, "state": state}
        query = select(Receivable).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        sorts = {"recorded": Receivable.recorded_at, "due": Receivable.due_on}
        return tx.page(query, page, key=Receivable.id, sorts=sorts, default="-recorded")

    @operation(
        "GET /receivables/{invoice_id}",
        permission="finance.receivable.read",
        response=ReceivableOut,
        label=("应收会费详情", "Dues receivable by one invoice"),
        kind="detail",
    )
    def get_receivable(self, tx: Tx, invoice_id: uuid.UUID) -> Receivable:
        """What a unit owes by one invoice, and what has settled it."""
        return tx.get(Receivable, invoice_id)

    @operation(
        "GET /collection-slips/{number}",
        permission="finance.collection_slip.read",
        response=CollectionSlipOut,
        label=("收款单详情", "A collection slip"),
        kind="detail",
    )
    def get_collection_slip(self, tx: Tx, number: str) -> CollectionSlip:
        """A collection slip by its number; it is not a fiscal receipt (F12)."""
        return tx.need(CollectionSlip, number=number)

    @operation(
        "GET /collection-slips/{number}/pdf",
        permission="finance.collection_slip.read",
        label=("打印收款单", "Print a collection slip"),
        kind="download",
        media_type="application/pdf",
    )
    def print_collection_slip(self, tx: Tx, number: str) -> Download:
        """The slip as PDF, marked 非票据 (F12). Membership is asked what the unit is called."""
        slip = tx.need(CollectionSlip, number=number)
        unit = tx.ask("membership", "get_unit", id=slip.unit_id)
        return Download(f"{slip.number}.pdf", pdf_of(slip, unit["name"]))

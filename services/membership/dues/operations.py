"""Membership dues 会费: invoices by standard, standing by payment (M3, M4)."""

import uuid
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from services.membership.dues import rules
from services.membership.dues.following import owing
from services.membership.dues.issuing import issue, issued
from services.membership.dues.models import Invoice
from services.membership.dues.schemas import (
    CreditUsed,
    InvoiceIn,
    InvoiceOut,
    InvoicePaid,
    InvoiceQuery,
    InvoiceSettled,
    ReviewOut,
    StandingOut,
)
from services.membership.dues.standing import account_of, follow, follow_days
from services.membership.leaving.spans import as_billed
from services.membership.notices.sending import send_slip
from services.membership.standards.operations import standards
from services.membership.units.models import Unit
from shared.api.jobs import RunningJob, job
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.bus.listening import on_event
from shared.store.tx import Tx


class Dues:
    """What units owe for being members, and how they stand."""

    @operation(
        "POST /invoices",
        permission="membership.invoice.issue",
        request=InvoiceIn,
        response=InvoiceOut,
        label=("开具会费通知", "Invoice a unit's dues"),
        kind="create",
    )
    def issue_invoice(self, tx: Tx, unit_id: uuid.UUID, year: int) -> Invoice:
        """Invoices a unit's dues for a year, by its tier and the standard in force; once a year, for its months of the
        year where the standard says so, and no more once it has left. A unit that left and came back within the year is
        invoiced again for the months since (M1, M2, M3)."""
        unit = tx.lock(Unit, unit_id)
        billed = [each.months_owed for each in issued(tx, [unit], year)[unit.id]]
        bill = rules.bill(as_billed(tx, [unit])[unit.id], year, standards(tx), tx.today, billed)
        (invoice,) = issue(tx, {unit: bill}, year, tx.today)
        follow(tx, unit)
        return invoice

    @operation(
        "GET /invoices",
        permission="membership.invoice.read",
        request=InvoiceQuery,
        response=InvoiceOut,
        label=("会费通知", "Dues invoices"),
        kind="list",
    )
    def list_invoices(
        self, tx: Tx, page: PageRequest, unit_id: uuid.UUID | None, year: int | None, state: str | None
    ) -> Page:
        """Dues invoices, the latest first; of one unit, year or state."""
        wanted = {"unit_id": unit_id, "year": year, "state": state}
        query = select(Invoice).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        sorts = {"issued": Invoice.issued_at, "due": Invoice.due_on}
        return tx.page(query, page, key=Invoice.id, sorts=sorts, default="-issued")

    @operation(
        "GET /invoices/{id}",
        permission="membership.invoice.read",
        response=InvoiceOut,
        label=("会费通知详情", "A dues invoice"),
        kind="detail",
    )
    def get_invoice(self, tx: Tx, id: uuid.UUID) -> Invoice:
        """A dues invoice, with what is still open of it."""
        return tx.get(Invoice, id)

    @on_event("finance", "receivable.payment-received.v1", InvoicePaid)
    def follow_payment(self, tx: Tx, invoice_id: uuid.UUID, unit_id: uuid.UUID, owes: int, credit: int) -> None:
        """Takes over what is open after a payment, and what of it was too much; the unit's standing follows (M4)."""
        owing(tx, unit_id, invoice_id, owes).credit += credit

    @on_event("finance", "receivable.credit-used.v1", CreditUsed)
    def follow_credit(self, tx: Tx, invoice_id: uuid.UUID, unit_id: uuid.UUID, amount: int, owes: int) -> None:
        """Takes over what is open after earlier overpayment was set against it (M3, M4)."""
        invoice = owing(tx, unit_id, invoice_id, owes)
        invoice.drawn = (invoice.drawn or 0) + amount

    @on_event("finance", "receivable.settled.v1", InvoiceSettled)
    def follow_settlement(self, tx: Tx, invoice_id: uuid.UUID, unit_id: uuid.UUID, slip: str) -> None:
        """Notes that nothing is open and which slip finance made for it, and sends the unit word of it (M5, F12)."""
        owing(tx, unit_id, invoice_id, 0).slip = slip
        send_slip(tx, unit_id, slip)

    @operation(
        "GET /units/{id}/standing",
        permission="membership.standing.read",
        response=StandingOut,
        label=("会费状态", "Standing of a unit"),
        kind="detail",
    )
    def get_standing(self, tx: Tx, id: uuid.UUID) -> dict[str, Any]:
        """How a unit stands with its dues today, and what it owes (M4)."""
        unit = tx.get(Unit, id)
        account = account_of(tx, unit)
        return {"unit_id": unit.id, "good": account.good, **asdict(account)}

    @operation(
        "POST /standings/review",
        permission="membership.standing.review",
        response=ReviewOut,
        label=("核对会费状态", "Review standings"),
        kind="action",
    )
    def review_standings(self, tx: Tx) -> dict[str, Any]:
        """Finds the units that became overdue, or are suspended by now, since their standing was last set (M4). Done
        again it changes nothing. Being suspended is a state; nothing follows from it by itself."""
        return {"changed": follow_days(tx), "as_of": tx.today}

    @job("review-standings", label=("核对会费状态", "Review standings"), daily_from=1)
    def review_standings_daily(self, job: RunningJob) -> None:
        """The same, each night."""
        with job.begin() as tx:
            job.finish(tx, {"changed": follow_days(tx)})

"""Reductions of invoices 核减: made when a unit leaves, followed as finance answers, and read (M3, M4, X7)."""

import uuid

from sqlalchemy import select

from services.membership.dues.following import owing
from services.membership.dues.models import Invoice
from services.membership.leaving.models import UnitLeaving
from services.membership.leaving.schemas import UnitHasLeft
from services.membership.leaving.spans import as_billed
from services.membership.reductions import rules
from services.membership.reductions.events import InvoiceReduced
from services.membership.reductions.models import InvoiceReduction
from services.membership.reductions.schemas import ReceivableReduced, ReductionOut, ReductionQuery
from services.membership.standards.operations import standards
from services.membership.units.models import Unit
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.bus.listening import on_event
from shared.store.tx import Tx


class Reductions:
    """What units that left owe less."""

    @on_event("membership", "unit.left.v1", UnitHasLeft)
    def reduce_invoices(self, tx: Tx, leaving_id: uuid.UUID) -> None:
        """Reduces the invoices of a unit that leaves to the months through its last, where their standards say so (M3).
        Apart from the leaving itself: what is reduced is the secretariat's to do, whoever has the unit leave."""
        leaving = tx.get(UnitLeaving, leaving_id)
        unit = tx.lock(Unit, leaving.unit_id)
        member = as_billed(tx, [unit])[unit.id]
        by_id = {each.id: each for each in standards(tx)}
        later = select(Invoice).where(Invoice.unit_id == unit.id, Invoice.year >= leaving.last_day.year)
        for invoice in tx.all(later.order_by(Invoice.year, Invoice.part).with_for_update()):
            standard = by_id[invoice.standard_id]
            billed = rules.Billed(invoice.year, invoice.months_owed, standard.amounts[invoice.tier])
            found = rules.reduction(billed, standard, member)
            if found is not None:
                _reduce(tx, invoice, leaving, found)

    @on_event("finance", "receivable.reduced.v1", ReceivableReduced)
    def follow_reduction(
        self, tx: Tx, invoice_id: uuid.UUID, unit_id: uuid.UUID, amount: int, released: int, owes: int
    ) -> None:
        """Takes over what is open after a reduction, and what became the unit's credit; its standing follows (M4)."""
        invoice = owing(tx, unit_id, invoice_id, owes)
        invoice.reduced += amount
        invoice.credit += released

    @operation(
        "GET /invoice-reductions",
        permission="membership.invoice_reduction.read",
        request=ReductionQuery,
        response=ReductionOut,
        label=("会费核减", "Reductions of invoices"),
        kind="list",
    )
    def list_invoice_reductions(
        self, tx: Tx, page: PageRequest, unit_id: uuid.UUID | None, invoice_id: uuid.UUID | None, year: int | None
    ) -> Page:
        """Reductions of invoices, the latest first; of one unit, invoice or year (M3)."""
        wanted = {"unit_id": unit_id, "invoice_id": invoice_id, "year": year}
        given = {name: value for name, value in wanted.items() if value is not None}
        sorts = {"recorded": InvoiceReduction.recorded_at}
        query = select(InvoiceReduction).filter_by(**given)
        return tx.page(query, page, key=InvoiceReduction.id, sorts=sorts, default="-recorded")

    @operation(
        "GET /invoice-reductions/{id}",
        permission="membership.invoice_reduction.read",
        response=ReductionOut,
        label=("会费核减详情", "A reduction of an invoice"),
        kind="detail",
    )
    def get_invoice_reduction(self, tx: Tx, id: uuid.UUID) -> InvoiceReduction:
        """A reduction of an invoice, with the months that are left of it (M3)."""
        return tx.get(InvoiceReduction, id)


def _reduce(tx: Tx, invoice: Invoice, leaving: UnitLeaving, by: rules.Reduction) -> None:
    # What is open of it stays as finance has said until it says otherwise.
    invoice.owed_through = by.months.last
    reduction = tx.add(
        InvoiceReduction(
            invoice_id=invoice.id,
            unit_id=invoice.unit_id,
            leaving_id=leaving.id,
            year=invoice.year,
            first_month=by.months.first,
            last_month=by.months.last,
            amount=by.amount,
            reduced_on=tx.today,
            recorded_at=tx.now,
        )
    )
    tx.flush()
    tx.emit(
        InvoiceReduced.of(
            invoice,
            reduction_id=reduction.id,
            leaving_id=leaving.id,
            amount=by.amount,
            reduced_on=reduction.reduced_on,
        )
    )

"""Invoices 会费通知 made of bills, whether of one unit or of many at once (M3)."""

import uuid
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select

from services.membership.data import dues_terms
from services.membership.dues import rules
from services.membership.dues.events import InvoiceIssued
from services.membership.dues.models import Invoice
from services.membership.units.models import Unit
from shared.effective import in_force
from shared.store.tx import Tx


def issued(tx: Tx, units: Collection[Unit], year: int) -> dict[uuid.UUID, list[Invoice]]:
    """The invoices that there are of each of these units for ``year``, by unit and in order."""
    found: dict[uuid.UUID, list[Invoice]] = {unit.id: [] for unit in units}
    for invoice in tx.all(
        select(Invoice).where(Invoice.year == year, Invoice.unit_id.in_(found)).order_by(Invoice.part)
    ):
        found[invoice.unit_id].append(invoice)
    return found


def issue(
    tx: Tx, bills: Mapping[Unit, rules.Bill], year: int, day: date, run_id: uuid.UUID | None = None
) -> list[Invoice]:
    """The invoices of ``day`` for ``year`` by these bills, in their order, each told. The caller holds the units, and
    has their standing follow."""
    terms = in_force(dues_terms(), day, rules.TERMS)
    invoices = [
        Invoice(
            unit_id=unit.id,
            year=year,
            tier=bill.tier,
            first_month=bill.months.first,
            last_month=bill.months.last,
            owed_through=bill.months.last,
            part=bill.part,
            amount=bill.amount,
            owes=bill.amount,
            state=rules.InvoiceState.OPEN,
            due_on=terms.due_on(day),
            standard_id=bill.standard,
            terms=terms.version,
            issued_on=day,
            issued_at=tx.now,
            run_id=run_id,
        )
        for unit, bill in bills.items()
    ]
    tx.session.add_all(invoices)
    tx.flush()
    for invoice in invoices:
        tx.emit(InvoiceIssued.of(invoice))
    return invoices

"""One batch of a billing run: the next units, looked at and invoiced in one transaction (M3)."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from services.membership.billing.models import BillingLine, BillingRun
from services.membership.billing.rules import Finding, look_at
from services.membership.dues.issuing import issue, issued
from services.membership.dues.standing import follow_all
from services.membership.leaving.spans import as_billed
from services.membership.standards.operations import standards
from services.membership.units.models import Unit
from shared.api.sentences import kept
from shared.store.base import new_id
from shared.store.tx import Tx

BATCH = 100


def do_batch(tx: Tx, run: BillingRun) -> bool:
    """Look at the next units and invoice whom there is something to invoice; whether there were any.

    The caller holds the run, so nobody else is at it. Units are held in the order of ids, all at once; a preview holds
    none.
    """
    units = _next_units(tx, run)
    if not units:
        return False
    before = issued(tx, units, run.year)
    invoices: dict[uuid.UUID, uuid.UUID] = {unit: found[-1].id for unit, found in before.items() if found}
    in_force = standards(tx)
    members = as_billed(tx, units)
    found = {
        unit: look_at(members[unit.id], run.year, in_force, run.day, [each.months_owed for each in before[unit.id]])
        for unit in units
    }
    if not run.preview:
        bills = {unit: finding.bill for unit, finding in found.items() if finding.bill}
        for invoice in issue(tx, bills, run.year, run.day, run.id):
            invoices[invoice.unit_id] = invoice.id
        follow_all(tx, bills.keys())
    lines = [_line(run, unit, finding, invoices.get(unit.id)) for unit, finding in found.items()]
    tx.session.execute(insert(BillingLine), lines)
    run.through_unit_id = units[-1].id
    run.done += len(units)
    return True


def _next_units(tx: Tx, run: BillingRun) -> Sequence[Unit]:
    query = select(Unit).order_by(Unit.id).limit(BATCH)
    if run.through_unit_id is not None:
        query = query.where(Unit.id > run.through_unit_id)
    return tx.all(query if run.preview else query.with_for_update())


def _line(run: BillingRun, unit: Unit, finding: Finding, invoice: uuid.UUID | None) -> dict[str, Any]:
    bill, refused = finding.bill, finding.refused
    return {
        "id": new_id(),
        "run_id": run.id,
        "unit_id": unit.id,
        "outcome": finding.outcome.value,
        "invoice_id": invoice,
        "tier": bill.tier if bill else None,
        "first_month": bill.months.first if bill else None,
        "last_month": bill.months.last if bill else None,
        "amount": bill.amount if bill else None,
        "rule": refused.rule if refused else None,
        "code": refused.code if refused else None,
        "reason": kept(refused.detail) if refused else None,
    }

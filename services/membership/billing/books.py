"""What must fit together about billing runs: their lines and the invoices they issued (M3)."""

from uuid import UUID

from sqlalchemy import func, select

from services.membership.billing.models import BillingLine, BillingRun
from services.membership.billing.rules import Outcome
from services.membership.dues.models import Invoice
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched


def runs_issued_what_they_say(look: Look) -> Faults:
    """Each invoice of a run is one line of it, of its unit, tier, months and amount; and each such line one invoice.
    A preview has none."""
    names = ("tier", "first_month", "last_month", "amount")
    wanted: dict[tuple[UUID | None, UUID], object] = {
        (each.run_id, each.unit_id): (each.id, *(getattr(each, name) for name in names))
        for each in look.session.scalars(select(Invoice).where(Invoice.run_id.is_not(None)))
    }
    issuing = (
        select(BillingLine)
        .join(BillingRun, BillingRun.id == BillingLine.run_id)
        .where(BillingLine.outcome == Outcome.INVOICED, ~BillingRun.preview)
    )
    found = (
        ((each.run_id, each.unit_id), (each.invoice_id, *(getattr(each, name) for name in names)))
        for each in look.session.scalars(issuing)
    )
    yield from matched("billing_lines of run and unit", wanted, found)


def runs_have_seen_what_they_say(look: Look) -> Faults:
    """A run has as many lines as it says units are done."""
    lines = select(BillingLine.run_id, func.count().label("of")).group_by(BillingLine.run_id)
    seen = {row.run_id: row.of for row in look.session.execute(lines)}
    runs = look.session.execute(select(BillingRun.id, BillingRun.done)).all()
    wanted: dict[UUID, object] = {row.id: seen.get(row.id, 0) for row in runs}
    yield from matched("billing_runs", wanted, ((row.id, row.done) for row in runs))


CHECKS = (runs_issued_what_they_say, runs_have_seen_what_they_say)

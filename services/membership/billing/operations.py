"""Billing runs 年度会费开具: started, carried out as a job, read (M2, M3)."""

import uuid
from typing import Any

from sqlalchemy import func, select

from services.membership.billing.batches import do_batch
from services.membership.billing.models import BillingLine, BillingRun
from services.membership.billing.rules import Outcome
from services.membership.billing.schemas import (
    BillingLineOut,
    BillingLineQuery,
    BillingRunDetail,
    BillingRunIn,
    BillingRunOut,
    BillingRunQuery,
)
from services.membership.standards.operations import standards
from services.membership.standards.rules import standard_for
from services.membership.units.models import Unit
from shared.api.deadlocks import through_deadlocks
from shared.api.jobs import RunningJob, job
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.store.tx import Tx


class Billing:
    """All members invoiced their dues of a year."""

    @operation(
        "POST /billing-runs",
        permission="membership.billing_run.start",
        request=BillingRunIn,
        response=BillingRunOut,
        label=("开具年度会费", "Invoice the dues of a year"),
        kind="create",
    )
    def start_billing_run(self, tx: Tx, year: int, preview: bool) -> BillingRun:
        """Starts a job that invoices every member its dues for a year, or only previews it. Who was invoiced before,
        by a run or by itself, is passed over, so a run may be repeated; ``job_id`` is the job that tells how far it is
        (M3). Refused (M3): a year to come, and no standard in force."""
        standard_for(standards(tx), year, tx.today)
        run = tx.add(
            BillingRun(year=year, preview=preview, day=tx.today, started_at=tx.now, started_by=tx.principal.name)
        )
        tx.flush()
        run.job_id = tx.start_job("bill-dues", run_id=str(run.id)).id
        return run

    @job("bill-dues", label=("开具年度会费", "Invoice the dues of a year"))
    def bill_dues(self, job: RunningJob, run_id: str) -> None:
        """Goes through the units, a committed batch after the other: what a crash leaves over is taken up where it
        stands in the run."""
        id = uuid.UUID(run_id)
        while (done_and_total := through_deadlocks(lambda: _go_on(job, id))) is not None:
            job.progress(*done_and_total)

    @operation(
        "GET /billing-runs",
        permission="membership.billing_run.read",
        request=BillingRunQuery,
        response=BillingRunOut,
        label=("会费开具批次", "Billing runs"),
        kind="list",
    )
    def list_billing_runs(self, tx: Tx, page: PageRequest, year: int | None, preview: bool | None) -> Page:
        """Billing runs, the latest first; of one year, and previews or the others."""
        wanted = {"year": year, "preview": preview}
        query = select(BillingRun).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        return tx.page(query, page, key=BillingRun.id, sorts={"started": BillingRun.started_at}, default="-started")

    @operation(
        "GET /billing-runs/{id}",
        permission="membership.billing_run.read",
        response=BillingRunDetail,
        label=("会费开具批次详情", "A billing run"),
        kind="detail",
    )
    def get_billing_run(self, tx: Tx, id: uuid.UUID) -> dict[str, Any]:
        """A billing run with its totals so far, by tier and by the rule that passed units over (M3)."""
        run = tx.get(BillingRun, id)
        return {**{name: getattr(run, name) for name in BillingRunOut().fields}, **_totals(tx, run)}

    @operation(
        "GET /billing-runs/{id}/lines",
        permission="membership.billing_run.read",
        request=BillingLineQuery,
        response=BillingLineOut,
        label=("会费开具明细", "Lines of a billing run"),
        kind="list",
    )
    def list_billing_lines(
        self, tx: Tx, id: uuid.UUID, page: PageRequest, outcome: str | None, code: str | None
    ) -> Page:
        """What a run found of each unit, those it has looked at so far; of one outcome, or passed over for one
        reason (M3)."""
        run = tx.get(BillingRun, id)
        wanted = {"run_id": run.id, "outcome": outcome, "code": code}
        query = select(BillingLine).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        return tx.page(query, page, key=BillingLine.id, sorts={"unit": BillingLine.unit_id}, default="unit")


def _go_on(job: RunningJob, id: uuid.UUID) -> tuple[int, int] | None:
    """One batch: how many units are done of how many, or None once all are and the job has ended."""
    with job.begin() as tx:
        run = tx.lock(BillingRun, id)
        if do_batch(tx, run):
            units = tx.session.scalar(select(func.count()).select_from(Unit)) or 0
            return run.done, max(units, run.done)
        run.ended_at = tx.now
        totals = _totals(tx, run)
        told = {name: totals[name] for name in (*Outcome, "amount")}
        job.finish(tx, {"billing_run_id": str(run.id), **told})
        return None


def _totals(tx: Tx, run: BillingRun) -> dict[str, Any]:
    by = (BillingLine.outcome, BillingLine.tier, BillingLine.rule, BillingLine.code)
    query = select(*by, func.count().label("units"), func.sum(BillingLine.amount).label("amount"))
    rows = tx.session.execute(query.where(BillingLine.run_id == run.id).group_by(*by).order_by(*by)).all()
    invoiced = [row for row in rows if row.outcome == Outcome.INVOICED]
    return {
        **{outcome.value: sum(row.units for row in rows if row.outcome == outcome) for outcome in Outcome},
        "amount": int(sum(row.amount for row in invoiced)),
        "tiers": [{"tier": row.tier, "units": row.units, "amount": int(row.amount)} for row in invoiced],
        "reasons": [row._asdict() for row in rows if row.outcome == Outcome.PASSED_OVER],
    }

"""Batches 认定批次, from the plan to the closing of the scores (C1, C2)."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from services.certification.batches import rules
from services.certification.batches.models import Batch, ScopeLine
from services.certification.batches.rules import BatchState
from services.certification.batches.schemas import (
    BatchIn,
    BatchLine,
    BatchOut,
    BatchQuery,
    BatchStanding,
    ExaminationIn,
)
from services.certification.catalogue.rules import check_accredited, find
from services.certification.certificates.rules import check_site
from services.certification.data import accreditation, catalogue, number_pattern
from services.certification.events import BatchAnnounced
from services.certification.people import person_of
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.store.tx import Tx


class Batches:
    """A batch goes step by step, and no step is skipped."""

    @operation(
        "POST /batches",
        permission="certification.batch.plan",
        request=BatchIn,
        response=BatchOut,
        label=("拟定批次", "Plan a batch"),
        kind="create",
    )
    def plan_batch(self, tx: Tx, name: str, scope: list[dict[str, Any]], site: str | None) -> Batch:
        """Drafts a batch, within the catalogue and what we are accredited for today (C1, C2)."""
        known, accredited, pattern = catalogue(tx.today), accreditation(tx.today), number_pattern(tx.today)
        wanted = [find(known, part["occupation"], part["work_type"], part["level"]) for part in scope]
        rules.check_plan(name, wanted)
        for qualification in wanted:
            check_accredited(accredited, qualification, tx.today)
        site = site or pattern.site
        check_site(pattern, site)
        return tx.add(
            Batch(
                name=name.strip(),
                site=site,
                state=BatchState.DRAFT.value,
                planned_at=tx.now,
                planned_by=person_of(tx.principal),
                catalogue=known.version,
                accreditation=accredited.version,
                examination_days=[],
                scope=[ScopeLine(**part._asdict()) for part in wanted],
            )
        )

    @operation(
        "GET /batches",
        permission="certification.batch.read",
        request=BatchQuery,
        response=BatchLine,
        label=("认定批次", "Batches"),
        kind="list",
    )
    def list_batches(self, tx: Tx, page: PageRequest, state: str | None) -> Page:
        """Batches, newest first, with their pass rates once scored; by state."""
        query = select(Batch).options(selectinload(Batch.scope), selectinload(Batch.tallies))
        if state:
            query = query.where(Batch.state == state)
        return tx.page(query, page, key=Batch.id, sorts={"planned": Batch.planned_at}, default="-planned")

    @operation(
        "GET /batches/{id}",
        permission="certification.batch.read",
        response=BatchOut,
        label=("批次详情", "A batch"),
        kind="detail",
    )
    def get_batch(self, tx: Tx, id: uuid.UUID) -> Batch:
        """A batch with the steps it took and, once scored, its pass rates (C2, C6)."""
        return tx.get(Batch, id)

    @operation(
        "POST /batches/{id}/plan-report",
        permission="certification.batch.plan",
        response=BatchStanding,
        label=("上报方案", "Report the plan"),
        kind="action",
    )
    def report_plan(self, tx: Tx, id: uuid.UUID) -> Batch:
        """Notes that the plan was reported to the authority (C2)."""
        batch = tx.change(Batch, id)
        batch.advance(BatchState.PLAN_REPORTED, tx.now, person_of(tx.principal))
        return batch

    @operation(
        "POST /batches/{id}/announcement",
        permission="certification.batch.plan",
        response=BatchStanding,
        label=("发布方案", "Announce the plan"),
        kind="action",
    )
    def announce_batch(self, tx: Tx, id: uuid.UUID) -> Batch:
        """Announces a reported plan (C2)."""
        batch = tx.change(Batch, id)
        batch.advance(BatchState.ANNOUNCED, tx.now, person_of(tx.principal))
        tx.emit(BatchAnnounced.of(batch))
        return batch

    @operation(
        "POST /batches/{id}/enrolment-opening",
        permission="certification.batch.plan",
        response=BatchStanding,
        label=("开始报名", "Open enrolment"),
        kind="action",
    )
    def open_enrolment(self, tx: Tx, id: uuid.UUID) -> Batch:
        """Opens the enrolment of an announced batch (C2)."""
        batch = tx.change(Batch, id)
        batch.advance(BatchState.ENROLLING, tx.now, person_of(tx.principal))
        return batch

    @operation(
        "POST /batches/{id}/examination",
        permission="certification.batch.examine",
        request=ExaminationIn,
        response=BatchStanding,
        label=("登记考试", "Record the examination"),
        kind="action",
    )
    def record_examination(self, tx: Tx, id: uuid.UUID, days: list[date]) -> Batch:
        """Records the days on which the candidates were examined; each lies within our accreditation (C1, C2)."""
        batch = tx.change(Batch, id)
        batch.advance(BatchState.EXAMINED, tx.now, person_of(tx.principal))
        rules.check_examination(days, batch.enrolled, tx.today)
        for day in days:
            for qualification in batch.qualifications:
                check_accredited(accreditation(day), qualification, day)
        batch.examination_days = sorted(days)
        return batch

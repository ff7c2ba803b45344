"""Studies 课题: agreed, delivered, accepted (M12)."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from services.membership.studies import rules
from services.membership.studies.events import StudyAccepted, StudyAgreed, StudyEnded
from services.membership.studies.models import Acceptance, Deliverable, Study
from services.membership.studies.rules import Outcome, State
from services.membership.studies.schemas import (
    AcceptanceIn,
    DeliverableOut,
    DeliveryIn,
    EndIn,
    StudyIn,
    StudyOut,
    StudyQuery,
)
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.store.tx import Tx


class Studies:
    """What the government has the association look into."""

    @operation(
        "POST /studies",
        permission="membership.study.record",
        request=StudyIn,
        response=StudyOut,
        label=("登记课题", "Record a study"),
        kind="create",
    )
    def record_study(
        self,
        tx: Tx,
        client: str,
        title: str,
        amount: int,
        agreed_on: date,
        begins_on: date,
        ends_on: date,
        deliverables: Sequence[Mapping[str, Any]],
    ) -> Study:
        """Records what was agreed with a client: the sum, the term, what is to be delivered until when (M12)."""
        promised = [rules.Promised(**each) for each in deliverables]
        rules.check_agreement(amount, agreed_on, begins_on, ends_on, promised, tx.today)
        study = tx.add(
            Study(
                client=client,
                title=title,
                amount=amount,
                agreed_on=agreed_on,
                begins_on=begins_on,
                ends_on=ends_on,
                state=State.AGREED,
                recorded_at=tx.now,
                recorded_by=tx.principal.name,
                deliverables=[Deliverable(title=each.title, due_on=each.due_on) for each in promised],
                acceptances=[],
            )
        )
        tx.emit(StudyAgreed.of(study))
        return study

    @operation(
        "GET /studies",
        permission="membership.study.read",
        request=StudyQuery,
        response=StudyOut,
        label=("课题", "Studies"),
        kind="list",
    )
    def list_studies(self, tx: Tx, page: PageRequest, state: str | None, overdue: bool) -> Page:
        """Studies, the one agreed last first; in one state, or with something overdue (M12)."""
        query = select(Study)
        if state is not None:
            query = query.where(Study.state == state)
        if overdue:
            late = select(Deliverable.study_id).where(Deliverable.delivered_on.is_(None), Deliverable.due_on < tx.today)
            query = query.where(Study.state == State.AGREED, Study.id.in_(late))
        return tx.page(query, page, key=Study.id, sorts={"agreed": Study.agreed_on}, default="-agreed")

    @operation(
        "GET /studies/{id}",
        permission="membership.study.read",
        response=StudyOut,
        label=("课题详情", "A study"),
        kind="detail",
    )
    def get_study(self, tx: Tx, id: uuid.UUID) -> Study:
        """A study, with what was delivered and what its client said (M12)."""
        return tx.get(Study, id)

    @operation(
        "POST /deliverables/{id}/delivery",
        permission="membership.study.record",
        request=DeliveryIn,
        response=DeliverableOut,
        label=("登记成果交付", "Record a delivery"),
        kind="action",
    )
    def deliver(self, tx: Tx, id: uuid.UUID, delivered_on: date | None) -> Deliverable:
        """Records that a part of a study was delivered (M12)."""
        study = tx.lock(Study, tx.get(Deliverable, id).study_id)
        deliverable = tx.change(Deliverable, id)
        rules.check_under_way(State(study.state))
        day = delivered_on or tx.today
        rules.check_delivery(day, study.agreed_on, tx.today, deliverable.delivered_on)
        deliverable.delivered_on = day
        return deliverable

    @operation(
        "POST /studies/{id}/acceptance",
        permission="membership.study.record",
        request=AcceptanceIn,
        response=StudyOut,
        label=("登记课题验收", "Record the client's acceptance"),
        kind="action",
    )
    def record_acceptance(
        self, tx: Tx, id: uuid.UUID, outcome: str, decided_by: str, decided_on: date | None, remarks: str | None
    ) -> Study:
        """Records what the client said once all was delivered: passed, or sent back to be delivered again (M12)."""
        study = tx.change(Study, id)
        rules.check_under_way(State(study.state))
        day = decided_on or tx.today
        rules.check_acceptance(day, [each.delivered_on for each in study.deliverables], tx.today)
        study.acceptances.append(
            Acceptance(
                outcome=outcome,
                decided_by=decided_by,
                decided_on=day,
                remarks=remarks,
                recorded_at=tx.now,
                recorded_by=tx.principal.name,
            )
        )
        if outcome == Outcome.PASSED:
            study.state, study.accepted_on = State.ACCEPTED, day
            tx.emit(StudyAccepted.of(study))
        else:
            for deliverable in study.deliverables:
                deliverable.delivered_on = None
        return study

    @operation(
        "POST /studies/{id}/end",
        permission="membership.study.record",
        request=EndIn,
        response=StudyOut,
        label=("终止课题", "Give a study up"),
        kind="action",
    )
    def end_study(self, tx: Tx, id: uuid.UUID, reason: str) -> Study:
        """Gives a study up for a reason; what was agreed and delivered stays on file (M12, X7)."""
        study = tx.change(Study, id)
        rules.check_under_way(State(study.state))
        study.state, study.ended_on, study.end_reason = State.ENDED, tx.today, reason
        tx.emit(StudyEnded.of(study))
        return study

"""Objections 异议 against publicised results: each freezes one person's result until it is decided (C6, X8)."""

import uuid

from sqlalchemy import select

from services.certification.batches.models import Batch
from services.certification.batches.rules import BatchState, has_reached
from services.certification.candidates.models import Candidate
from services.certification.candidates.schemas import ObjectionOut
from services.certification.certificates.completion import certify_when_complete
from services.certification.events import CandidateQualified, ObjectionDecided, ObjectionRaised
from services.certification.objections.models import Objection
from services.certification.objections.schemas import DecisionIn, ObjectionIn
from services.certification.people import person_of
from services.certification.results import rules
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.identity.duties import Act
from shared.store.tx import Tx


class Objections:
    """What people say against a result, and what comes of it."""

    @operation(
        "POST /candidates/{id}/objections",
        permission="certification.objection.raise",
        request=ObjectionIn,
        response=ObjectionOut,
        label=("提出异议", "Raise an objection"),
        kind="create",
    )
    def raise_objection(self, tx: Tx, id: uuid.UUID, grounds: str) -> Objection:
        """Objects to one candidate's result while the notice stands; it freezes that result alone (C6)."""
        candidate = tx.get(Candidate, id)
        batch = tx.lock(Batch, candidate.batch_id)
        rules.check_said(grounds, "grounds")
        raised = rules.object_to(batch.window, tx.now)
        objection = tx.add(
            Objection(
                batch_id=batch.id,
                candidate_id=candidate.id,
                grounds=grounds,
                raised_at=raised.raised_at,
                raised_by=person_of(tx.principal),
            )
        )
        tx.emit(ObjectionRaised.of(objection))
        return objection

    @operation(
        "GET /batches/{id}/objections",
        permission="certification.objection.read",
        response=ObjectionOut,
        label=("异议", "Objections"),
        kind="list",
    )
    def list_objections(self, tx: Tx, id: uuid.UUID, page: PageRequest) -> Page:
        """The objections against results of a batch, oldest first."""
        batch = tx.get(Batch, id)
        query = select(Objection).where(Objection.batch_id == batch.id)
        return tx.page(query, page, key=Objection.id, sorts={"raised": Objection.raised_at}, default="raised")

    @operation(
        "POST /objections/{id}/decision",
        permission="certification.objection.decide",
        request=DecisionIn,
        response=ObjectionOut,
        label=("处理异议", "Decide an objection"),
        kind="action",
        apart=Act.JUDGES,
    )
    def decide_objection(self, tx: Tx, id: uuid.UUID, decision: str, reason: str) -> Objection:
        """Decides an objection; upheld it voids the result, dismissed it releases it (C6). Not by who raised it, scored
        the candidate or reviewed the results, nor by the candidate's unit (X8)."""
        batch = tx.lock(Batch, tx.get(Objection, id).batch_id)
        objection = tx.change(Objection, id)
        decider, candidate = person_of(tx.principal), objection.candidate
        tx.keep_apart(
            *rules.whose_objection(
                objection.raised_by,
                {score.entered_by for score in candidate.scores},
                batch.taken_by(BatchState.REVIEWED),
                candidate.unit_id,
            )
        )
        rules.check_said(reason, "reason")
        ruled = rules.decide_objection(objection.as_ruled(), rules.Ruling(decision), tx.now)
        objection.decision, objection.decided_at = decision, ruled.decided_at
        objection.decided_by, objection.reason = decider, reason
        tx.emit(ObjectionDecided.of(objection))
        self._settle(tx, batch, candidate)
        return objection

    @staticmethod
    def _settle(tx: Tx, batch: Batch, candidate: Candidate) -> None:
        """What the decision means for the candidate; a batch reported meanwhile does not wait any longer."""
        assert batch.window is not None
        standing = candidate.standing(batch.window, tx.now)
        if standing is rules.Standing.VOID and candidate.void_at is None:
            candidate.void_at = tx.now
        if has_reached(BatchState(batch.state), BatchState.RESULTS_REPORTED):
            if candidate.passed and standing is rules.Standing.CLEAR:
                tx.emit(CandidateQualified.of(candidate))
            certify_when_complete(tx, batch)

"""Results 结果: reviewed, shown to the public, reported (C6, P10, X8, X12)."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from services.certification.batches.models import Batch
from services.certification.batches.rules import BatchState
from services.certification.batches.schemas import BatchStanding
from services.certification.candidates.models import Candidate
from services.certification.candidates.units import units_in
from services.certification.certificates.completion import certify_when_complete
from services.certification.data import catalogue, publicity_period
from services.certification.events import BatchPublicised, BatchReported, CandidateQualified
from services.certification.people import person_of
from services.certification.results import rules
from services.certification.results.schemas import NoticeOut
from services.certification.scores.models import Score
from shared.api.operations import operation
from shared.identity.duties import Act
from shared.identity.principals import PUBLIC
from shared.store.tx import Tx


class Results:
    """What happens to results between the examiners and the certificates."""

    @operation(
        "POST /batches/{id}/review",
        permission="certification.result.review",
        response=BatchStanding,
        label=("审核结果", "Review the results"),
        kind="action",
        apart=Act.REVIEWS,
    )
    def review_results(self, tx: Tx, id: uuid.UUID) -> Batch:
        """Reviews the results of a scored batch (C6); not who scored in it, nor a unit with candidates (C4, X8)."""
        batch = tx.change(Batch, id)
        batch.advance(BatchState.REVIEWED, tx.now, person_of(tx.principal))
        scorers = select(Score.entered_by).join(Candidate, Candidate.id == Score.candidate_id)
        tx.keep_apart(
            *rules.whose_results(
                tx.all(scorers.where(Candidate.batch_id == batch.id).distinct()),
                batch.taken_by(BatchState.SCORED),
                units_in(tx, batch),
            )
        )
        return batch

    @operation(
        "POST /batches/{id}/public-notice",
        permission="certification.result.publicise",
        response=BatchStanding,
        label=("公示结果", "Publicise the results"),
        kind="action",
    )
    def post_notice(self, tx: Tx, id: uuid.UUID) -> Batch:
        """Puts reviewed results up in public from this moment, for the period in force (C6, X4)."""
        batch = tx.change(Batch, id)
        batch.advance(BatchState.PUBLICISED, tx.now, person_of(tx.principal))
        window = rules.publicity_window(tx.now, publicity_period(tx.today))
        batch.posted_at, batch.notice_last_day = window.posted_at, window.last_day
        batch.publicity_period = window.version
        tx.emit(BatchPublicised.of(batch))
        return batch

    @operation(
        "GET /batches/{id}/public-notice",
        permission=PUBLIC,
        response=NoticeOut,
        label=("认定结果公示", "Public notice of results"),
        kind="detail",
        rate="public",
    )
    def get_notice(self, tx: Tx, id: uuid.UUID) -> dict[str, Any]:
        """The notice while it stands: name, occupation and result of each candidate, and nothing else (P10, X12)."""
        batch = tx.get(Batch, id)
        window = rules.notice_standing(batch.window, tx.now)
        occupations = {each.code: each.name.zh for each in catalogue(batch.sat_on).occupations}
        shown = select(Candidate.name, Candidate.occupation, Candidate.passed)
        rows = tx.session.execute(shown.where(Candidate.batch_id == batch.id).order_by(Candidate.place))
        return {
            "batch": batch.name,
            "posted_at": window.posted_at,
            "last_day": window.last_day,
            "lines": [
                rules.NoticeLine(name, occupations[occupation], "passed" if passed else "failed")
                for name, occupation, passed in rows
            ],
        }

    @operation(
        "POST /batches/{id}/results-report",
        permission="certification.result.report",
        response=BatchStanding,
        label=("上报结果", "Report the results"),
        kind="action",
    )
    def report_results(self, tx: Tx, id: uuid.UUID) -> Batch:
        """Reports the results once the notice is over; who passed and is clear qualifies for a certificate (C6, C7)."""
        batch = tx.change(Batch, id)
        batch.advance(BatchState.RESULTS_REPORTED, tx.now, person_of(tx.principal))
        assert batch.window is not None
        rules.check_reportable(batch.window, tx.now)
        tx.emit(BatchReported.of(batch))
        passed = (
            select(Candidate)
            .where(Candidate.batch_id == batch.id, Candidate.passed.is_(True))
            .order_by(Candidate.place)
        )
        for candidate in tx.all(passed.options(selectinload(Candidate.objections))):
            if candidate.standing(batch.window, tx.now) is rules.Standing.CLEAR:
                tx.emit(CandidateQualified.of(candidate))
        certify_when_complete(tx, batch)
        return batch

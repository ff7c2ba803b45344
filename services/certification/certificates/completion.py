"""When a batch is certified: by itself, as soon as nobody in it waits for a certificate (C2, C7)."""

from sqlalchemy import exists, select

from services.certification.batches.models import Batch
from services.certification.batches.rules import BatchState
from services.certification.candidates.models import Candidate
from services.certification.certificates.models import Certificate
from services.certification.events import BatchCertified
from shared.store.tx import Tx


def certify_when_complete(tx: Tx, batch: Batch) -> None:
    """Take a reported batch to its end once everybody who passed has a certificate or a void result.

    A frozen result is still waited for. The caller holds the batch, so that the last of two cannot miss the other.
    """
    tx.flush()
    has_one = exists().where(Certificate.candidate_id == Candidate.id)
    waiting = exists().where(
        Candidate.batch_id == batch.id, Candidate.passed.is_(True), Candidate.void_at.is_(None), ~has_one
    )
    if batch.state == BatchState.RESULTS_REPORTED and not tx.session.scalar(select(waiting)):
        batch.advance(BatchState.CERTIFIED, tx.now, None)
        tx.emit(BatchCertified.of(batch))

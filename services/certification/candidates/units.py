"""Which units sent candidates to a batch: their people neither score nor review it (X8)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from services.certification.batches.models import Batch
from services.certification.candidates.models import Candidate
from shared.store.tx import Tx


def units_in(tx: Tx, batch: Batch) -> Sequence[uuid.UUID]:
    """The units whose people are candidates of ``batch``, each once."""
    units = select(Candidate.unit_id).where(Candidate.batch_id == batch.id, Candidate.unit_id.is_not(None))
    return [unit for unit in tx.all(units.distinct()) if unit is not None]

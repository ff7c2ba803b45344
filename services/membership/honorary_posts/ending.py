"""Honorary posts end here, whatever ends them: it is entered and told (M10, X7)."""

import uuid

from services.membership.honorary_posts import rules
from services.membership.honorary_posts.events import HonoraryPostEnded
from services.membership.honorary_posts.models import HonoraryTenure
from services.membership.honorary_posts.rules import Ending
from shared.store.tx import Tx


def end(
    tx: Tx,
    tenure: HonoraryTenure,
    ruled: rules.Tenure,
    how: Ending,
    *,
    by: uuid.UUID | None = None,
    number: str | None = None,
    resignation: str | None = None,
) -> None:
    """Enter that ``tenure`` ends as ``ruled`` says, by the resolution of that id and number or by a resignation."""
    tenure.until, tenure.ended_how = ruled.until, how
    tenure.ending_id, tenure.ending, tenure.resignation = by, number, resignation
    tenure.ended_at, tenure.ended_by = tx.now, tx.principal.name
    tx.emit(HonoraryPostEnded.of(tenure))

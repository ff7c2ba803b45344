"""What must fit together about change requests (M1)."""

from sqlalchemy import select

from services.membership.change_requests.models import UnitChangeRequest
from services.membership.change_requests.rules import State
from services.membership.units.models import UnitChange
from shared.books.declared import Fault, Faults
from shared.books.look import Look
from shared.text import Text


def changes_asked_for_were_approved(look: Look) -> Faults:
    """Each change that came of a request gave its unit what an approved one wanted (M1, X8)."""
    requests = {each.id: each for each in look.session.scalars(select(UnitChangeRequest))}
    for change in look.session.scalars(select(UnitChange).where(UnitChange.request_id.is_not(None))):
        request = requests.get(change.request_id) if change.request_id else None
        asked = (request.state, request.unit_id, request.wanted.get(change.field)) if request else None
        if asked != (State.APPROVED, change.unit_id, change.after):
            yield Fault(f"unit_changes {change.id}", Text("与核准的申请不符", "Not what an approved request asked for"))


CHECKS = (changes_asked_for_were_approved,)

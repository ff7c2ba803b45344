"""What must fit together about self-discipline (M12)."""

from sqlalchemy import select

from services.membership.self_discipline.complaints.models import Complaint, ComplaintNotice
from services.membership.self_discipline.events import ComplaintDecided, PactSigned, SignatureWithdrawn
from services.membership.self_discipline.pacts.models import PactSignature
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched, told_once


def signatures_were_told_once(look: Look) -> Faults:
    """Each signature under the pact was told once, and so was the withdrawal of each that was withdrawn (M12)."""
    signatures = look.session.scalars(select(PactSignature)).all()
    given = {each.id: (each.pact_id, each.unit_id, each.signed_on) for each in signatures}
    yield from told_once(look, PactSigned, given, "pact_id", "unit_id", "signed_on")
    withdrawn = {each.id: (each.withdrawn_on,) for each in signatures if each.withdrawn_on is not None}
    yield from told_once(look, SignatureWithdrawn, withdrawn, "withdrawn_on")


def decisions_were_told_once(look: Look) -> Faults:
    """Each decision on a complaint was told once, and the unit it is about was told the same (M12)."""
    decided = look.session.scalars(select(Complaint).where(Complaint.decided_at.is_not(None))).all()
    yield from told_once(
        look, ComplaintDecided, {each.id: (each.breach, each.measure) for each in decided}, "breach", "measure"
    )
    served = look.session.scalars(select(ComplaintNotice).where(ComplaintNotice.decided_at.is_not(None)))
    yield from matched(
        "complaint_notices of complaint",
        {each.id: (each.respondent_unit_id, each.breach, each.measure) for each in decided},
        ((each.complaint_id, (each.unit_id, each.breach, each.measure)) for each in served),
    )


CHECKS = (signatures_were_told_once, decisions_were_told_once)

"""What must fit together about studies (M12)."""

from sqlalchemy import select

from services.membership.studies.events import StudyAccepted, StudyAgreed, StudyEnded
from services.membership.studies.models import Study
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import told_once


def studies_were_told_once(look: Look) -> Faults:
    """Each study was told once as agreed, and once as accepted or given up where it was (M12)."""
    studies = look.session.scalars(select(Study)).all()
    agreed = {each.id: (each.amount, each.agreed_on, each.ends_on) for each in studies}
    yield from told_once(look, StudyAgreed, agreed, "amount", "agreed_on", "ends_on")
    accepted = {each.id: (each.amount, each.accepted_on) for each in studies if each.accepted_on is not None}
    yield from told_once(look, StudyAccepted, accepted, "amount", "accepted_on")
    ended = {each.id: (each.ended_on,) for each in studies if each.ended_on is not None}
    yield from told_once(look, StudyEnded, ended, "ended_on")


CHECKS = (studies_were_told_once,)

"""What must fit together about who acts for which unit (M2)."""

from sqlalchemy import select

from services.membership.representatives.events import RepresentativeEnded, RepresentativeNamed
from services.membership.representatives.models import Representative
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import told_once


def representations_were_told_once(look: Look) -> Faults:
    """Each representation was told once, and so was the end of each that ended (M2)."""
    ended = select(Representative.id).where(Representative.ended_at.is_not(None))
    for schema, ids in ((RepresentativeNamed, select(Representative.id)), (RepresentativeEnded, ended)):
        yield from told_once(look, schema, dict.fromkeys(look.session.scalars(ids), ()))


CHECKS = (representations_were_told_once,)

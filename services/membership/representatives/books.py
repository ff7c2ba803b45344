"""What must fit together about who acts for which unit (M2)."""

from uuid import UUID

from sqlalchemy import select

from services.membership.representatives.events import RepresentativeEnded, RepresentativeNamed
from services.membership.representatives.models import Representative
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched, told_once


def representations_were_told_once(look: Look) -> Faults:
    """Each representation was told once, and the end of each that ended as it stands: it may end earlier than was said
    at first (M2)."""
    yield from told_once(look, RepresentativeNamed, dict.fromkeys(look.session.scalars(select(Representative.id)), ()))
    told: dict[UUID, object] = {each.data["id"]: each.data["last_day"] for each in look.told(RepresentativeEnded)}
    ended = look.session.scalars(select(Representative).where(Representative.ended_at.is_not(None)))
    yield from matched("representatives that ended", told, ((each.id, each.last_day) for each in ended))


CHECKS = (representations_were_told_once,)

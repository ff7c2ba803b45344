"""What must fit together about erasures: ordered once, answered by every service (X11)."""

from uuid import UUID

from sqlalchemy import select

from services.membership.personal_data.models import Erasure, ErasureAnswer
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched
from shared.personal.books import erasures_ordered_by
from shared.personal.events import ErasedHeard, ErasureOrdered, PersonErased


def erasures_were_ordered_once(look: Look) -> Faults:
    """Each erasure was told to all services once, of its person (X11)."""
    rows = look.session.execute(select(Erasure.id, Erasure.person_id))
    wanted: dict[UUID, object] = {row.id: row.person_id for row in rows}
    told = ((each.data["erasure_id"], each.data["id"]) for each in look.told(ErasureOrdered))
    yield from matched(f"chassis.outbox {ErasureOrdered.type()}", wanted, told)


def what_services_erased_is_noted(look: Look) -> Faults:
    """What each service told of an erasure is noted once, as it said (X11)."""
    wanted: dict[tuple[UUID, str], object] = {
        (each.data["erasure_id"], service): each.data["rows"]
        for service in ("membership", "governance", "finance", "certification", "publishing")
        for each in look.heard(service, PersonErased.type(), ErasedHeard)
    }
    rows = look.session.execute(select(ErasureAnswer.erasure_id, ErasureAnswer.service, ErasureAnswer.rows))
    yield from matched("erasure_answers", wanted, (((id, service), count) for id, service, count in rows))


CHECKS = (erasures_ordered_by("membership"), erasures_were_ordered_once, what_services_erased_is_noted)

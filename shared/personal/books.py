"""What must fit together about erasures in every service that carries them out (X11)."""

from collections.abc import Callable

from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched
from shared.personal.events import ErasureHeard, ErasureOrdered, PersonErased


def erasures_ordered_by(source: str) -> Callable[[Look], Faults]:
    """The check of a service that hears orders from ``source``."""

    def erasures_were_told_once(look: Look) -> Faults:
        """Each erasure that was ordered was carried out here and told once, of that person (X11)."""
        ordered = look.heard(source, ErasureOrdered.type(), ErasureHeard)
        wanted = {each.data["erasure_id"]: each.data["person_id"] for each in ordered}
        told = ((each.data["erasure_id"], each.data["id"]) for each in look.told(PersonErased))
        yield from matched(f"chassis.outbox {PersonErased.type()}", wanted, told)

    return erasures_were_told_once

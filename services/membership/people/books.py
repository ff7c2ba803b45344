"""What must fit together about people (X5)."""

from sqlalchemy import select

from services.membership.people.events import PersonRegistered
from services.membership.people.models import Person
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import told_once


def people_were_told_once(look: Look) -> Faults:
    """Each person was told to be known, once (X5)."""
    yield from told_once(look, PersonRegistered, dict.fromkeys(look.session.scalars(select(Person.id)), ()))


CHECKS = (people_were_told_once,)

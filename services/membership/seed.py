"""Loads what the founding document gives: units, people and statistics. Only what is missing: what was completed since
stays."""

from services.membership.data import founding_people, founding_units
from services.membership.people.events import PersonRegistered
from services.membership.people.models import Person
from services.membership.people.rules import search_key
from services.membership.statistics.seed import seed_statistics
from services.membership.units.events import UnitAdmitted
from services.membership.units.models import Unit
from shared.store.tx import Tx


def seed(tx: Tx) -> None:
    """Add what is not there yet, under the ids of the data. Makes no account (M11)."""
    for given in founding_units():
        if tx.find(Unit, id=given.id) is None:
            unit = Unit(
                id=given.id,
                name=given.name,
                short_name=given.short_name,
                credit_code=given.credit_code,
                tier=given.tier.code if given.tier else None,
                basis=given.basis,
                recorded_at=tx.now,
            )
            tx.add(unit)
            tx.flush()
            tx.emit(UnitAdmitted.of(unit))
    for known in founding_people():
        if tx.find(Person, id=known.id) is None:
            person = Person(id=known.id, name=known.name, search_key=search_key(known.name), registered_at=tx.now)
            tx.add(person)
            tx.flush()
            tx.emit(PersonRegistered.of(person))
    seed_statistics(tx)

"""Loads what the founding document gives. Only what is missing: what was completed since stays."""

from services.membership.data import founding_people, founding_units, honorary_holders
from services.membership.honorary_posts.events import HonoraryPostConferred
from services.membership.honorary_posts.models import HonoraryTenure
from services.membership.people.events import PersonRegistered
from services.membership.people.models import Person
from services.membership.people.rules import search_key
from services.membership.statistics.seed import seed_statistics
from services.membership.units.events import UnitAdmitted
from services.membership.units.models import Unit
from shared.api.sentences import kept
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
    for held in honorary_holders():
        if tx.find(HonoraryTenure, id=held.id) is None:
            tenure = HonoraryTenure(
                id=held.id,
                post=held.post,
                person_id=held.person,
                since=held.since,
                since_precision=held.since_precision,
                source=kept(held.source),
                assumption=kept(held.assumption),
                recorded_at=tx.now,
                recorded_by=tx.principal.name,
            )
            tx.add(tenure)
            tx.flush()
            tx.emit(HonoraryPostConferred.of(tenure))
    seed_statistics(tx)

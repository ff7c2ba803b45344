"""People 人员: registered once, found by name, told apart by id (X5, X10)."""

import uuid

from sqlalchemy import select

from services.membership.data import personal_data_terms
from services.membership.people import rules
from services.membership.people.events import PersonRegistered
from services.membership.people.models import Person
from services.membership.people.schemas import PersonIn, PersonOut, PersonQuery
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.personal.consents import record_consent
from shared.personal.terms import terms_of
from shared.standards.identity_number import IdentityNumber
from shared.store.tx import Tx


class People:
    """Who the association knows."""

    @operation(
        "POST /people",
        permission="membership.person.register",
        request=PersonIn,
        response=PersonOut,
        label=("登记人员", "Register a person"),
        kind="create",
    )
    def register_person(self, tx: Tx, name: str, identity_number: str | None, identity_consent: bool) -> Person:
        """Registers a person; one whose identity number is known already is refused (X5, X10)."""
        rules.check_consent(identity_number, identity_consent)
        shown = rules.display_name(name)
        person = Person(name=shown, search_key=rules.search_key(shown), registered_at=tx.now)
        if identity_number is not None:
            number = IdentityNumber.parse(identity_number, tx.today)
            index = tx.vault.blind(number.reveal())
            tx.hold(f"identity number {index}")
            holder = tx.find(Person, identity_index=index)
            rules.check_new(holder.id if holder else None)
            person.identity_number, person.identity_index = tx.vault.seal(number.reveal()), index
        tx.add(person)
        tx.flush()
        if identity_number is not None:
            record_consent(tx, person.id, terms_of(personal_data_terms(), "identity-number", tx.today))
        tx.emit(PersonRegistered.of(person))
        return _shown(tx, person)

    @operation(
        "GET /people",
        permission="membership.person.read",
        request=PersonQuery,
        response=PersonOut,
        label=("人员", "People"),
        kind="list",
        exports=True,
    )
    def list_people(self, tx: Tx, page: PageRequest, name: str | None) -> Page:
        """People by name; white space, width and case do not matter to the search."""
        query = select(Person)
        if name:
            query = query.where(Person.search_key.contains(rules.search_key(name), autoescape=True))
        sorts = {"name": Person.search_key, "registered": Person.registered_at}
        found = tx.page(query, page, key=Person.id, sorts=sorts, default="name")
        return Page([_shown(tx, person) for person in found.items], found.next)

    @operation(
        "GET /people/{id}",
        permission="membership.person.read",
        response=PersonOut,
        label=("人员详情", "A person"),
        kind="detail",
    )
    def get_person(self, tx: Tx, id: uuid.UUID) -> Person:
        """A person; of the identity number only the last four."""
        return _shown(tx, tx.get(Person, id))


def _shown(tx: Tx, person: Person) -> Person:
    if person.identity_number is not None:
        person.identity_last4 = tx.vault.unseal(person.identity_number)[-4:]
    return person

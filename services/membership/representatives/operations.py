"""Representatives 单位代表: named for a unit, and ended (M2)."""

import uuid
from datetime import date

from sqlalchemy import select

from services.membership.people.models import Person
from services.membership.representatives import rules
from services.membership.representatives.events import RepresentativeEnded, RepresentativeNamed
from services.membership.representatives.models import Representative
from services.membership.representatives.schemas import EndIn, RepresentativeIn, RepresentativeOut
from services.membership.rights.changing import accounts_of, rights_changing
from services.membership.units.models import Unit
from services.membership.units.rules import check_member
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.identity.duties import Act
from shared.store.tx import Tx


class Representatives:
    """Who acts for a unit. What a person may do for it follows from here at once (M11)."""

    @operation(
        "POST /units/{id}/representatives",
        permission="membership.representative.name",
        request=RepresentativeIn,
        response=RepresentativeOut,
        label=("确定单位代表", "Name a representative"),
        kind="create",
        apart=Act.ENTERS,
    )
    def name_representative(
        self, tx: Tx, id: uuid.UUID, person_id: uuid.UUID, first_day: date | None, last_day: date | None
    ) -> Representative:
        """Names a person to act for the unit while it is a member; several may, one may for several units, nobody names
        themselves (M1, M2, X8)."""
        unit = tx.lock(Unit, id)
        tx.keep_apart(rules.whose_representation(person_id))
        person = tx.get(Person, person_id)
        terms = tx.all(select(Representative).filter_by(unit_id=unit.id, person_id=person.id))
        term = rules.Term(first_day or tx.today, last_day)
        check_member(unit.left_on, term.last or date.max, field="last_day")
        rules.check_term(term, [representative.term for representative in terms])
        with rights_changing(tx, accounts_of(tx, [person.id])):
            named = tx.add(
                Representative(
                    unit_id=unit.id,
                    person_id=person.id,
                    first_day=term.first,
                    last_day=term.last,
                    named_at=tx.now,
                    named_by=tx.principal.name,
                )
            )
        tx.emit(RepresentativeNamed.of(named))
        return named

    @operation(
        "GET /units/{id}/representatives",
        permission="membership.representative.read",
        response=RepresentativeOut,
        label=("单位代表", "Representatives of a unit"),
        kind="list",
    )
    def list_representatives(self, tx: Tx, id: uuid.UUID, page: PageRequest) -> Page:
        """Everybody who acts or has acted for the unit, the latest first."""
        unit = tx.get(Unit, id)
        query = select(Representative).where(Representative.unit_id == unit.id)
        sorts = {"first_day": Representative.first_day}
        return tx.page(query, page, key=Representative.id, sorts=sorts, default="-first_day")

    @operation(
        "POST /representatives/{id}/end",
        permission="membership.representative.name",
        request=EndIn,
        response=RepresentativeOut,
        label=("终止单位代表", "End a representation"),
        kind="action",
    )
    def end_representation(self, tx: Tx, id: uuid.UUID, last_day: date | None) -> Representative:
        """Ends a representation on a day within its term; what was done until then stands (X7)."""
        representative = tx.change(Representative, id)
        with rights_changing(tx, accounts_of(tx, [representative.person_id])):
            representative.last_day = rules.end(representative.term, last_day or tx.today).last
            representative.ended_at, representative.ended_by = tx.now, tx.principal.name
        tx.emit(RepresentativeEnded.of(representative))
        return representative


def units_of(tx: Tx, person_id: uuid.UUID | None) -> frozenset[uuid.UUID]:
    """The units this person represents today."""
    found = tx.all(select(Representative).filter_by(person_id=person_id)) if person_id else []
    return frozenset(r.unit_id for r in found if r.term.covers(tx.today))

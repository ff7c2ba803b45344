"""Terms of office 届期: what there is, and whether it has expired (G3)."""

from datetime import date

from sqlalchemy import select

from services.governance.terms.models import Term, TermOnDay
from services.governance.terms.schemas import TermOut
from services.governance.wording import DayQuery
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.identity.principals import SIGNED_IN
from shared.store.tx import Tx


class Terms:
    """The terms of the association's elected bodies."""

    @operation(
        "GET /terms",
        permission=SIGNED_IN,
        request=DayQuery,
        response=TermOut,
        label=("届期", "Terms of office"),
        kind="list",
    )
    def list_terms(self, tx: Tx, page: PageRequest, on: date | None) -> Page:
        """Terms of office and how they stand on a day (G3)."""
        found = tx.page(select(Term), page, key=Term.id, sorts={"number": Term.number}, default="-number")
        return Page([TermOnDay(term, on or tx.today) for term in found.items], found.next)

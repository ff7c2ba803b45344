"""Confidential cases 保密事项: service cases that nobody knows of but the people on them (M7, X8).

Two locks keep them, each by itself. Permissions on them reach one's own rows only, by whichever role (access.py), so
the store leaves out what one is not on; and what is read here asks for the person once more. They have no number of
their own, tell no event, and the audit trail knows their ids only.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import extract, func, select
from sqlalchemy.exc import IntegrityError

from services.membership.cases import handling, rules
from services.membership.cases.models import ConfidentialCase, ConfidentialCaseEntry
from services.membership.cases.rules import Step
from services.membership.cases.schemas import (
    CaseIn,
    ClosingIn,
    ConfidentialCaseOut,
    ConfidentialCaseQuery,
    ConfidentialStatisticsOut,
    EntryOut,
    PersonOnIn,
    ReopeningIn,
    TextIn,
)
from services.membership.representatives.models import Representative
from services.membership.rights.models import HeardTenure
from services.membership.units.models import Unit
from services.membership.units.rules import check_member
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.errors import NotFound
from shared.identity.duties import Act
from shared.store.tx import Tx


class ConfidentialCases:
    """What units ask of the association in confidence."""

    @operation(
        "POST /confidential-cases",
        permission="membership.confidential_case.raise",
        request=CaseIn,
        response=ConfidentialCaseOut,
        label=("提出保密事项", "Open a confidential case"),
        kind="create",
    )
    def open_confidential_case(
        self, tx: Tx, unit_id: uuid.UUID | None, kind: str, title: str, text: str
    ) -> ConfidentialCase:
        """Opens a case that only the people on it know of: whoever opens it, and whoever receives such cases for the
        association and does not represent the unit (M7, X8). What is confidential stays so."""
        opener = rules.check_person(tx.principal.person)
        unit = tx.get(Unit, rules.unit_of(unit_id, tx.principal.units))
        check_member(unit.left_on, tx.today)
        terms = handling.terms_today(tx)
        receivers = rules.receivers(terms.receivers, _holders(tx, terms.receivers), _representing(tx, unit.id))
        joining = sorted(receivers - {opener})
        case = tx.add(
            ConfidentialCase(
                unit_id=unit.id,
                kind=kind,
                title=rules.words(title, "title"),
                text=rules.words(text),
                state=rules.State.OPEN,
                opened_on=tx.today,
                opened_at=tx.now,
                opened_by=opener,
                people=[opener, *joining],
                due_on=terms.due_on(kind, tx.today),
                terms=terms.version,
            )
        )
        for person in joining:
            handling.enter(tx, case, Step.JOINING, about=person)
        return case

    @operation(
        "GET /confidential-cases",
        permission="membership.confidential_case.read",
        request=ConfidentialCaseQuery,
        response=ConfidentialCaseOut,
        label=("保密事项", "Confidential cases"),
        kind="list",
    )
    def list_confidential_cases(self, tx: Tx, page: PageRequest, kind: str | None, state: str | None) -> Page:
        """The confidential cases one is on, the latest first; of one kind or state (M7)."""
        on_it = ConfidentialCase.people.contains([rules.check_person(tx.principal.person)])
        wanted = {"kind": kind, "state": state}
        query = select(ConfidentialCase).where(on_it).filter_by(**{name: each for name, each in wanted.items() if each})
        sorts = {"opened": ConfidentialCase.opened_at, "due": ConfidentialCase.due_on}
        return tx.page(query, page, key=ConfidentialCase.id, sorts=sorts, default="-opened")

    @operation(
        "GET /confidential-cases/{id}",
        permission="membership.confidential_case.read",
        response=ConfidentialCaseOut,
        label=("保密事项详情", "A confidential case"),
        kind="detail",
    )
    def get_confidential_case(self, tx: Tx, id: uuid.UUID) -> ConfidentialCase:
        """A confidential case, to the people on it; for others there is none (M7)."""
        return _on_it(tx, tx.get(ConfidentialCase, id))

    @operation(
        "GET /confidential-cases/{id}/entries",
        permission="membership.confidential_case.read",
        response=EntryOut,
        label=("保密事项往来", "Record of a confidential case"),
        kind="list",
    )
    def list_confidential_case_entries(self, tx: Tx, id: uuid.UUID, page: PageRequest) -> Page:
        """What was said and done, from the beginning, to the people on the case (M7, X7)."""
        case = _on_it(tx, tx.get(ConfidentialCase, id))
        entries = select(ConfidentialCaseEntry).where(ConfidentialCaseEntry.case_id == case.id)
        sorts = {"written": ConfidentialCaseEntry.written_at}
        return tx.page(entries, page, key=ConfidentialCaseEntry.id, sorts=sorts, default="written")

    @operation(
        "POST /confidential-cases/{id}/entries",
        permission="membership.confidential_case.write",
        request=TextIn,
        response=ConfidentialCaseOut,
        label=("在保密事项中补充或询问", "Say something in a confidential case"),
        kind="action",
    )
    def write_in_confidential_case(self, tx: Tx, id: uuid.UUID, text: str) -> ConfidentialCase:
        """Enters what somebody on the case adds or asks; no reply (M7)."""
        case = _on_it(tx, tx.change(ConfidentialCase, id))
        handling.say(tx, case, text)
        return case

    @operation(
        "POST /confidential-cases/{id}/people",
        permission="membership.confidential_case.write",
        request=PersonOnIn,
        response=ConfidentialCaseOut,
        label=("增加知情人", "Add somebody to a confidential case"),
        kind="action",
    )
    def add_to_confidential_case(self, tx: Tx, id: uuid.UUID, person_id: uuid.UUID) -> ConfidentialCase:
        """Adds somebody, such as a lawyer from outside, who sees all of the case from now on; it is for the people on
        it to say who (M7)."""
        case = _on_it(tx, tx.change(ConfidentialCase, id))
        case.people = rules.with_person(case.people, person_id)
        with _people_on_file():
            handling.enter(tx, case, Step.JOINING, about=person_id)
            tx.flush()
        return case

    @operation(
        "POST /confidential-cases/{id}/people/{person_id}/removal",
        permission="membership.confidential_case.write",
        response=ConfidentialCaseOut,
        label=("撤出知情人", "Take somebody off a confidential case"),
        kind="action",
    )
    def take_off_confidential_case(self, tx: Tx, id: uuid.UUID, person_id: uuid.UUID) -> ConfidentialCase:
        """Takes somebody off, for whom there is no such case from then on; not whoever opened it or has it in hand, nor
        oneself (M7)."""
        case = _on_it(tx, tx.change(ConfidentialCase, id))
        case.people = rules.without_person(
            case.people,
            person_id,
            opened_by=case.opened_by,
            assigned_to=case.assigned_to,
            by=rules.check_person(tx.principal.person),
        )
        handling.enter(tx, case, Step.LEAVING, about=person_id)
        return case

    @operation(
        "POST /confidential-cases/{id}/assignment",
        permission="membership.confidential_case.handle",
        response=ConfidentialCaseOut,
        label=("承办保密事项", "Take a confidential case in hand"),
        kind="action",
        apart=Act.HANDLES,
    )
    def take_confidential_case(self, tx: Tx, id: uuid.UUID) -> ConfidentialCase:
        """Takes a case in hand, as somebody on it who does not represent the unit: whom others would have do it they
        add (M7, X8)."""
        case = _on_it(tx, tx.change(ConfidentialCase, id))
        tx.keep_apart(rules.whose_case(case.unit_id))
        with _people_on_file():
            handling.assign(tx, case, rules.check_person(tx.principal.person))
            tx.flush()
        return case

    @operation(
        "POST /confidential-cases/{id}/reply",
        permission="membership.confidential_case.handle",
        request=TextIn,
        response=ConfidentialCaseOut,
        label=("答复保密事项", "Reply to a confidential case"),
        kind="action",
        apart=Act.HANDLES,
    )
    def reply_to_confidential_case(self, tx: Tx, id: uuid.UUID, text: str) -> ConfidentialCase:
        """Replies, as whoever has the case in hand (M7, X8)."""
        case = _on_it(tx, tx.change(ConfidentialCase, id))
        tx.keep_apart(rules.whose_case(case.unit_id))
        handling.reply(tx, case, text)
        return case

    @operation(
        "POST /confidential-cases/{id}/closing",
        permission="membership.confidential_case.handle",
        request=ClosingIn,
        response=ConfidentialCaseOut,
        label=("办结保密事项", "Close a confidential case"),
        kind="action",
        apart=Act.HANDLES,
    )
    def close_confidential_case(self, tx: Tx, id: uuid.UUID, outcome: str, text: str) -> ConfidentialCase:
        """Closes a case with its outcome once it was replied to, or where the unit withdraws it (M7, X8)."""
        case = _on_it(tx, tx.change(ConfidentialCase, id))
        tx.keep_apart(rules.whose_case(case.unit_id))
        handling.close(tx, case, outcome, text)
        return case

    @operation(
        "POST /confidential-cases/{id}/reopening",
        permission="membership.confidential_case.write",
        request=ReopeningIn,
        response=ConfidentialCaseOut,
        label=("申请重新办理保密事项", "Open a confidential case again"),
        kind="action",
    )
    def reopen_confidential_case(self, tx: Tx, id: uuid.UUID, reason: str) -> ConfidentialCase:
        """Opens a closed case again with a reason, for the people who are on it (M7, X7)."""
        case = _on_it(tx, tx.change(ConfidentialCase, id))
        handling.reopen(tx, case, reason)
        return case

    @operation(
        "GET /confidential-case-statistics",
        permission="membership.confidential_case.count",
        response=ConfidentialStatisticsOut,
        label=("保密事项件数", "Confidential cases in numbers"),
        kind="figure",
    )
    def count_confidential_cases(self, tx: Tx) -> dict[str, Any]:
        """How many confidential cases were opened each year, and nothing else of them; few are not told, by the terms
        of today (M7, X4)."""
        terms = handling.terms_today(tx)
        year = extract("year", ConfidentialCase.opened_on)
        found = tx.session.execute(select(year, func.count()).group_by(year).order_by(year))
        counts = [{"year": int(opened), "cases": terms.told(cases)} for opened, cases in found]
        return {"counts": counts, "terms": terms.version}


@contextmanager
def _people_on_file() -> Iterator[None]:
    """Refuse somebody who is not on file. The database says so: who reaches their own rows only cannot look first."""
    try:
        yield
    except IntegrityError as error:
        raise NotFound("没有这个人员", "There is no such person") from error


def _on_it(tx: Tx, case: ConfidentialCase) -> ConfidentialCase:
    """``case``, for somebody on it, however far their permission reaches."""
    rules.check_on_it(case.people, tx.principal.person)
    return case


def _holders(tx: Tx, posts: tuple[str, ...]) -> dict[str, set[uuid.UUID]]:
    """Who holds which of ``posts`` today."""
    holders: dict[str, set[uuid.UUID]] = {}
    for row in tx.all(select(HeardTenure).where(HeardTenure.post.in_(posts))):
        tenure = row.as_ruled()
        if tenure is not None and tenure.covers(tx.today):
            holders.setdefault(tenure.post, set()).add(tenure.person)
    return holders


def _representing(tx: Tx, unit: uuid.UUID) -> set[uuid.UUID]:
    """Who represents the unit today."""
    found = tx.all(select(Representative).where(Representative.unit_id == unit))
    return {each.person_id for each in found if each.term.covers(tx.today)}

"""Service cases 服务事项: opened, assigned, replied to, closed, opened again, counted (M7, X8)."""

import uuid
from typing import Any

from sqlalchemy import extract, func, select

from services.membership.cases import handling, rules
from services.membership.cases.events import CaseClosed, CaseOpened, CaseReopened
from services.membership.cases.models import Case, CaseEntry
from services.membership.cases.schemas import (
    AssignmentIn,
    CaseIn,
    CaseOut,
    CaseQuery,
    ClosingIn,
    EntryOut,
    ReopeningIn,
    StatisticsOut,
    StatisticsQuery,
    TextIn,
)
from services.membership.people.models import Person
from services.membership.representatives.operations import units_of
from services.membership.units.models import Unit
from services.membership.units.rules import check_member
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.identity.duties import Act, Caller, keep_apart
from shared.store.tx import Tx


class Cases:
    """What units ask of the association, where it is not confidential."""

    @operation(
        "POST /cases",
        permission="membership.case.raise",
        request=CaseIn,
        response=CaseOut,
        label=("提出服务事项", "Open a service case"),
        kind="create",
    )
    def open_case(self, tx: Tx, unit_id: uuid.UUID | None, kind: str, title: str, text: str) -> Case:
        """Opens a case for a member unit: by its representative, or entered by the secretariat. The last day for an
        answer follows from its kind (M7, X4). What is said in it is seen by its unit, whoever has it in hand and the
        secretariat; what fewer should see is opened as a confidential case."""
        unit = tx.get(Unit, rules.unit_of(unit_id, tx.principal.units))
        check_member(unit.left_on, tx.today)
        terms = handling.terms_today(tx)
        case = tx.add(
            Case(
                unit_id=unit.id,
                kind=kind,
                title=rules.words(title, "title"),
                text=rules.words(text),
                state=rules.State.OPEN,
                opened_on=tx.today,
                opened_at=tx.now,
                opened_by=tx.principal.name,
                due_on=terms.due_on(kind, tx.today),
                terms=terms.version,
            )
        )
        tx.emit(CaseOpened.of(case))
        return case

    @operation(
        "GET /cases",
        permission="membership.case.read",
        request=CaseQuery,
        response=CaseOut,
        label=("服务事项", "Service cases"),
        kind="list",
    )
    def list_cases(self, tx: Tx, page: PageRequest, overdue: bool, **wanted: Any) -> Page:
        """Cases, the latest first; of a unit, kind, state or whoever has them in hand; overdue ones. Confidential cases
        are not among them (M7)."""
        query = select(Case).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        if overdue:
            waiting = rules.State.OPEN, rules.State.ASSIGNED
            query = query.where(Case.state.in_(waiting), Case.due_on < tx.today)
        sorts = {"opened": Case.opened_at, "due": Case.due_on}
        return tx.page(query, page, key=Case.id, sorts=sorts, default="-opened")

    @operation(
        "GET /cases/{id}",
        permission="membership.case.read",
        response=CaseOut,
        label=("服务事项详情", "A service case"),
        kind="detail",
    )
    def get_case(self, tx: Tx, id: uuid.UUID) -> Case:
        """A case."""
        return tx.get(Case, id)

    @operation(
        "GET /cases/{id}/entries",
        permission="membership.case.read",
        response=EntryOut,
        label=("服务事项往来", "Record of a service case"),
        kind="list",
    )
    def list_case_entries(self, tx: Tx, id: uuid.UUID, page: PageRequest) -> Page:
        """What was said and done, from the beginning (X7)."""
        entries = select(CaseEntry).where(CaseEntry.case_id == tx.get(Case, id).id)
        sorts = {"written": CaseEntry.written_at}
        return tx.page(entries, page, key=CaseEntry.id, sorts=sorts, default="written")

    @operation(
        "POST /cases/{id}/entries",
        permission="membership.case.write",
        request=TextIn,
        response=CaseOut,
        label=("补充或询问", "Say something in a case"),
        kind="action",
    )
    def write_in_case(self, tx: Tx, id: uuid.UUID, text: str) -> Case:
        """Enters what the unit adds, or what whoever has the case in hand asks; no reply (M7)."""
        case = tx.change(Case, id)
        handling.say(tx, case, text)
        return case

    @operation(
        "POST /cases/{id}/assignment",
        permission="membership.case.assign",
        request=AssignmentIn,
        response=CaseOut,
        label=("指派承办人", "Assign a case"),
        kind="action",
        apart=Act.HANDLES,
    )
    def assign_case(self, tx: Tx, id: uuid.UUID, person_id: uuid.UUID, text: str) -> Case:
        """Puts a case into somebody's hands: anybody known here, a lawyer from outside as well, but nobody who
        represents the unit (M7, X8)."""
        case = tx.change(Case, id)
        whose = rules.whose_case(case.unit_id)
        tx.keep_apart(whose)
        person = tx.get(Person, person_id)
        keep_apart(Act.HANDLES, Caller.of(person.id, units=units_of(tx, person.id)), [whose])
        handling.assign(tx, case, person.id, text)
        return case

    @operation(
        "POST /cases/{id}/reply",
        permission="membership.case.reply",
        request=TextIn,
        response=CaseOut,
        label=("答复服务事项", "Reply to a case"),
        kind="action",
        apart=Act.HANDLES,
    )
    def reply_to_case(self, tx: Tx, id: uuid.UUID, text: str) -> Case:
        """Replies to the unit, as whoever has the case in hand; again where that is needed (M7, X8)."""
        case = tx.change(Case, id)
        tx.keep_apart(rules.whose_case(case.unit_id))
        handling.reply(tx, case, text)
        return case

    @operation(
        "POST /cases/{id}/closing",
        permission="membership.case.close",
        request=ClosingIn,
        response=CaseOut,
        label=("办结服务事项", "Close a case"),
        kind="action",
        apart=Act.HANDLES,
    )
    def close_case(self, tx: Tx, id: uuid.UUID, outcome: str, text: str) -> Case:
        """Closes a case with its outcome once it was replied to, or where the unit withdraws it (M7, X8)."""
        case = tx.change(Case, id)
        tx.keep_apart(rules.whose_case(case.unit_id))
        handling.close(tx, case, outcome, text)
        tx.emit(CaseClosed.of(case))
        return case

    @operation(
        "POST /cases/{id}/reopening",
        permission="membership.case.write",
        request=ReopeningIn,
        response=CaseOut,
        label=("申请重新办理", "Open a case again"),
        kind="action",
    )
    def reopen_case(self, tx: Tx, id: uuid.UUID, reason: str) -> Case:
        """Opens a closed case again with a reason, in the hands it was in; what was said stays (M7, X7)."""
        case = tx.change(Case, id)
        handling.reopen(tx, case, reason)
        tx.emit(CaseReopened.of(case))
        return case

    @operation(
        "GET /case-statistics",
        permission="membership.case.count",
        request=StatisticsQuery,
        response=StatisticsOut,
        label=("服务事项统计", "Service cases in numbers"),
        kind="figure",
    )
    def count_cases(self, tx: Tx, year: int | None) -> dict[str, Any]:
        """How many cases were opened, by year, kind and state; confidential ones are in no number (M7)."""
        opened_in = extract("year", Case.opened_on)
        groups = opened_in, Case.kind, Case.state
        query = select(*groups, func.count()).group_by(*groups).order_by(*groups)
        if year is not None:
            query = query.where(opened_in == year)
        counts = [
            {"year": int(opened), "kind": kind, "state": state, "cases": cases}
            for opened, kind, state, cases in tx.session.execute(query)
        ]
        return {"counts": counts, "total": sum(each["cases"] for each in counts)}

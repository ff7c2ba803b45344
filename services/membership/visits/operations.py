"""Research visits 走访调研: recorded with what was found, and followed up (M12)."""

import uuid
from datetime import date

from sqlalchemy import select

from services.membership.people.models import Person
from services.membership.units.models import Unit
from services.membership.visits import rules
from services.membership.visits.models import FollowUp, Visit
from services.membership.visits.rules import State
from services.membership.visits.schemas import (
    FollowUpIn,
    FollowUpOut,
    FollowUpQuery,
    SettlementIn,
    VisitIn,
    VisitOut,
    VisitQuery,
)
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.store.tx import Tx


class Visits:
    """What the association learned where its members are, and does about it."""

    @operation(
        "POST /visits",
        permission="membership.visit.record",
        request=VisitIn,
        response=VisitOut,
        label=("登记走访调研", "Record a research visit"),
        kind="create",
    )
    def record_visit(
        self, tx: Tx, unit_id: uuid.UUID, visited_on: date, led_by: uuid.UUID, topics: str, findings: str
    ) -> Visit:
        """Records a visit to a unit that was made, and what was found (M12)."""
        rules.check_visit(visited_on, tx.today)
        return tx.add(
            Visit(
                unit_id=tx.get(Unit, unit_id).id,
                visited_on=visited_on,
                led_by=tx.get(Person, led_by).id,
                topics=topics,
                findings=findings,
                recorded_at=tx.now,
                recorded_by=tx.principal.name,
                follow_ups=[],
            )
        )

    @operation(
        "GET /visits",
        permission="membership.visit.read",
        request=VisitQuery,
        response=VisitOut,
        label=("走访调研", "Research visits"),
        kind="list",
    )
    def list_visits(self, tx: Tx, page: PageRequest, unit_id: uuid.UUID | None) -> Page:
        """Visits with what follows from them, the latest first; to one unit (M12)."""
        query = select(Visit)
        if unit_id is not None:
            query = query.where(Visit.unit_id == unit_id)
        return tx.page(query, page, key=Visit.id, sorts={"visited": Visit.visited_on}, default="-visited")

    @operation(
        "POST /visits/{id}/follow-ups",
        permission="membership.visit.record",
        request=FollowUpIn,
        response=FollowUpOut,
        label=("登记走访后续事项", "Record what follows from a visit"),
        kind="create",
    )
    def add_follow_up(self, tx: Tx, id: uuid.UUID, task: str, owner_id: uuid.UUID, due_on: date) -> FollowUp:
        """Notes what is to follow from a visit, whose it is to do and until when (M12)."""
        visit = tx.get(Visit, id)
        rules.check_follow_up(due_on, visit.visited_on)
        owner = tx.get(Person, owner_id)
        return tx.add(FollowUp(visit_id=visit.id, task=task, owner_id=owner.id, due_on=due_on, state=State.OPEN))

    @operation(
        "GET /follow-ups",
        permission="membership.visit.read",
        request=FollowUpQuery,
        response=FollowUpOut,
        label=("走访后续事项", "Follow-ups of visits"),
        kind="list",
    )
    def list_follow_ups(
        self, tx: Tx, page: PageRequest, owner_id: uuid.UUID | None, state: str | None, overdue: bool
    ) -> Page:
        """What follows from visits, what is due first at the top; of one owner, in one state, overdue (M12)."""
        wanted = {"owner_id": owner_id, "state": state}
        query = select(FollowUp).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        if overdue:
            query = query.where(FollowUp.state == State.OPEN, FollowUp.due_on < tx.today)
        return tx.page(query, page, key=FollowUp.id, sorts={"due": FollowUp.due_on}, default="due")

    @operation(
        "POST /follow-ups/{id}/settlement",
        permission="membership.visit.record",
        request=SettlementIn,
        response=FollowUpOut,
        label=("了结后续事项", "Settle a follow-up"),
        kind="action",
    )
    def settle_follow_up(self, tx: Tx, id: uuid.UUID, state: str, outcome: str) -> FollowUp:
        """Settles what followed from a visit, as done or dropped, with what came of it; once (M12)."""
        follow_up = tx.change(FollowUp, id)
        follow_up.state = rules.settle(State(follow_up.state), State(state))
        follow_up.outcome, follow_up.settled_at, follow_up.settled_by = outcome, tx.now, tx.principal.name
        return follow_up

"""Change requests 变更申请: proposed by a unit's people, approved or refused by somebody else (M1, X8)."""

import uuid

from sqlalchemy import select

from services.membership.acting import actor
from services.membership.change_requests import rules
from services.membership.change_requests.models import UnitChangeRequest
from services.membership.change_requests.schemas import (
    ChangeRequestIn,
    ChangeRequestOut,
    ChangeRequestQuery,
    RefusalIn,
)
from services.membership.units.models import Unit
from services.membership.units.recording import Proposal, apply_changes, checked
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.identity.duties import Act
from shared.store.tx import Tx


class ChangeRequests:
    """What units ask to have changed about them."""

    @operation(
        "POST /units/{id}/change-requests",
        permission="membership.change_request.propose",
        request=ChangeRequestIn,
        response=ChangeRequestOut,
        label=("申请变更单位资料", "Propose a change of a unit"),
        kind="create",
    )
    def propose_change(self, tx: Tx, id: uuid.UUID, **wanted: str | None) -> UnitChangeRequest:
        """Proposes a change of a unit's name, short name, credit code or place; one at a time (M1)."""
        unit = tx.lock(Unit, id)
        kept = checked(wanted)
        open_one = tx.find(UnitChangeRequest, unit_id=unit.id, state=rules.State.OPEN.value)
        rules.check_proposal({field: getattr(unit, field) for field in kept}, kept, open_one.id if open_one else None)
        return tx.add(
            UnitChangeRequest(
                unit_id=unit.id,
                wanted=kept,
                state=rules.State.OPEN.value,
                proposed_at=tx.now,
                proposed_by=tx.principal.name,
                proposer_id=actor(tx),
            )
        )

    @operation(
        "GET /change-requests",
        permission="membership.change_request.read",
        request=ChangeRequestQuery,
        response=ChangeRequestOut,
        label=("单位变更申请", "Change requests"),
        kind="list",
    )
    def list_change_requests(self, tx: Tx, page: PageRequest, unit_id: uuid.UUID | None, state: str | None) -> Page:
        """Change requests, the latest first; of one unit or state."""
        wanted = {"unit_id": unit_id, "state": state}
        query = select(UnitChangeRequest).filter_by(**{name: value for name, value in wanted.items() if value})
        sorts = {"proposed": UnitChangeRequest.proposed_at}
        return tx.page(query, page, key=UnitChangeRequest.id, sorts=sorts, default="-proposed")

    @operation(
        "GET /change-requests/{id}",
        permission="membership.change_request.read",
        response=ChangeRequestOut,
        label=("单位变更申请详情", "A change request"),
        kind="detail",
    )
    def get_change_request(self, tx: Tx, id: uuid.UUID) -> UnitChangeRequest:
        """A change request and what came of it."""
        return tx.get(UnitChangeRequest, id)

    @operation(
        "POST /change-requests/{id}/approval",
        permission="membership.change_request.decide",
        response=ChangeRequestOut,
        label=("核准变更申请", "Approve a change request"),
        kind="action",
        apart=Act.APPROVES,
    )
    def approve_change_request(self, tx: Tx, id: uuid.UUID) -> UnitChangeRequest:
        """Gives the unit the values it asked for; its history says who proposed and who approved (M1, X8)."""
        request = tx.change(UnitChangeRequest, id)
        tx.keep_apart(*rules.whose_request(request.unit_id, [request.proposer_id]))
        _settle(tx, request, rules.State.APPROVED)
        unit = tx.lock(Unit, request.unit_id)
        apply_changes(tx, unit, request.wanted, Proposal(request.id, request.proposed_by))
        return request

    @operation(
        "POST /change-requests/{id}/refusal",
        permission="membership.change_request.decide",
        request=RefusalIn,
        response=ChangeRequestOut,
        label=("不予核准变更申请", "Refuse a change request"),
        kind="action",
        apart=Act.APPROVES,
    )
    def refuse_change_request(self, tx: Tx, id: uuid.UUID, reason: str) -> UnitChangeRequest:
        """Refuses a change request with the reason; the unit stays as it is (M1, X8)."""
        request = tx.change(UnitChangeRequest, id)
        tx.keep_apart(*rules.whose_request(request.unit_id, [request.proposer_id]))
        _settle(tx, request, rules.State.REFUSED)
        request.reason = reason
        return request

    @operation(
        "POST /change-requests/{id}/withdrawal",
        permission="membership.change_request.propose",
        response=ChangeRequestOut,
        label=("撤回变更申请", "Withdraw a change request"),
        kind="action",
    )
    def withdraw_change_request(self, tx: Tx, id: uuid.UUID) -> UnitChangeRequest:
        """Takes an open request back; it stays on file (M1, X7)."""
        request = tx.change(UnitChangeRequest, id)
        _settle(tx, request, rules.State.WITHDRAWN)
        return request


def _settle(tx: Tx, request: UnitChangeRequest, state: rules.State) -> None:
    rules.check_open(rules.State(request.state))
    request.state, request.settled_at, request.settled_by = state.value, tx.now, tx.principal.name

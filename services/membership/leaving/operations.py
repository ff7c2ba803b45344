"""Leaving 退会: declared by the unit or entered for it, and what ends with a membership (M1, M2)."""

import uuid
from datetime import date

from sqlalchemy import or_, select

from services.membership.leaving import rules
from services.membership.leaving.models import UnitLeaving
from services.membership.leaving.schemas import LeavingOut, UnitHasLeft, WithdrawalIn
from services.membership.leaving.spans import leave
from services.membership.representatives.events import RepresentativeEnded
from services.membership.representatives.models import Representative
from services.membership.representatives.rules import cut
from services.membership.rights.changing import accounts_of, rights_changing
from services.membership.units.models import Unit
from services.membership.units.rules import Leaving
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.bus.listening import on_event
from shared.store.tx import Tx


class UnitsLeaving:
    """How memberships end. Nobody has to agree to a withdrawal; a removal comes from a resolution alone."""

    @operation(
        "POST /units/{id}/withdrawal",
        permission="membership.unit.withdraw",
        request=WithdrawalIn,
        response=LeavingOut,
        label=("退会", "Withdraw from membership"),
        kind="action",
    )
    def withdraw_unit(self, tx: Tx, id: uuid.UUID, last_day: date | None, reason: str | None) -> UnitLeaving:
        """Ends a unit's membership by its own word with a day that is not past; dues that are owed stay owed (M1,
        M3)."""
        unit = tx.change(Unit, id)
        last_day = last_day or tx.today
        rules.check_withdrawal(last_day, tx.today, unit.left_on)
        return leave(tx, unit, Leaving.WITHDRAWN, last_day, reason=reason)

    @operation(
        "GET /units/{id}/leavings",
        permission="membership.unit.read",
        response=LeavingOut,
        label=("会员单位退会记录", "How a unit left"),
        kind="list",
    )
    def list_unit_leavings(self, tx: Tx, id: uuid.UUID, page: PageRequest) -> Page:
        """How and when a unit's memberships ended, the latest first (M1, X7)."""
        unit = tx.get(Unit, id)
        query = select(UnitLeaving).where(UnitLeaving.unit_id == unit.id)
        sorts = {"recorded": UnitLeaving.recorded_at}
        return tx.page(query, page, key=UnitLeaving.id, sorts=sorts, default="-recorded")

    @on_event("membership", "unit.left.v1", UnitHasLeft)
    def end_representations(self, tx: Tx, leaving_id: uuid.UUID) -> None:
        """Ends with a membership whatever represents the unit beyond its last day (M2, M11). Apart from the leaving
        itself: rights are withdrawn of accounts that the unit's own people do not see."""
        leaving = tx.get(UnitLeaving, leaving_id)
        tx.lock(Unit, leaving.unit_id)
        beyond = select(Representative).where(
            Representative.unit_id == leaving.unit_id,
            Representative.named_at <= leaving.recorded_at,
            or_(Representative.last_day.is_(None), Representative.last_day > leaving.last_day),
        )
        # The same order as a naming takes: the unit, its accounts, then the representation.
        people = {each.person_id for each in tx.all(beyond)}
        with rights_changing(tx, accounts_of(tx, people)):
            ended = tx.all(beyond.with_for_update().execution_options(populate_existing=True))
            for each in ended:
                each.last_day = cut(each.term, leaving.last_day).last
                each.ended_at, each.ended_by = tx.now, tx.principal.name
        for each in ended:
            tx.emit(RepresentativeEnded.of(each))

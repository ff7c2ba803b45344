"""Member units 会员单位: admitted, read, completed and kept up to date (M1, M2)."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import select

from services.membership.units import rules
from services.membership.units.models import Unit, UnitChange
from services.membership.units.recording import admit, apply_changes, check_code_free, checked, tell_admission
from services.membership.units.schemas import UnitChangeOut, UnitIn, UnitOut, UnitPatch, UnitQuery
from services.membership.units.searching import units_where
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.identity.duties import Act
from shared.store.tx import Tx


class Units:
    """Who is a member."""

    @operation(
        "POST /units",
        permission="membership.unit.admit",
        request=UnitIn,
        response=UnitOut,
        label=("补录已入会单位", "Record a unit admitted already"),
        kind="create",
    )
    def admit_unit(
        self,
        tx: Tx,
        name: str,
        short_name: str | None,
        credit_code: str,
        tier: str,
        place: str | None,
        admitted_on: date | None,
    ) -> Unit:
        """Records a unit that has been admitted already, as before this software was used; its credit code is verified
        and belongs to no other (M1). Who wants to become a member applies."""
        admitted_on = admitted_on or tx.today
        rules.check_admission(admitted_on, tx.today)
        code = rules.credit_code(credit_code)
        check_code_free(tx, code)
        unit = admit(
            tx,
            name=rules.unit_name(name),
            short_name=rules.unit_name(short_name, "short_name") if short_name else None,
            credit_code=code,
            tier=rules.tier(tier).code,
            place=place,
            admitted_on=admitted_on,
        )
        tell_admission(tx, unit)
        return shown(tx, unit)

    @operation(
        "GET /units",
        permission="membership.unit.read",
        request=UnitQuery,
        response=UnitOut,
        label=("会员单位", "Member units"),
        kind="list",
    )
    def list_units(self, tx: Tx, page: PageRequest, **wanted: Any) -> Page:
        """Member units by name: those whose name or short name contains ``name`` and whose code begins with
        ``credit_code``, of one tier, place and standing; with ``member`` those that are members today, or are not any
        more (M1, M2)."""
        sorts = {"name": Unit.name, "recorded": Unit.recorded_at}
        found = tx.page(units_where(tx.today, **wanted), page, key=Unit.id, sorts=sorts, default="name")
        return Page([shown(tx, unit) for unit in found.items], found.next)

    @operation(
        "GET /units/{id}",
        permission="membership.unit.read",
        response=UnitOut,
        label=("会员单位详情", "A member unit"),
        kind="detail",
    )
    def get_unit(self, tx: Tx, id: uuid.UUID) -> Unit:
        """A member unit."""
        return shown(tx, tx.get(Unit, id))

    @operation(
        "PATCH /units/{id}",
        permission="membership.unit.change",
        request=UnitPatch,
        response=UnitOut,
        label=("更新会员单位资料", "Change a member unit"),
        kind="action",
        apart=Act.APPROVES,
    )
    def change_unit(self, tx: Tx, id: uuid.UUID, **wanted: str | None) -> Unit:
        """Changes what is named and keeps what each field was before (M1, M2); nobody sets the tier of their own unit
        (X8)."""
        unit = tx.change(Unit, id)
        tx.keep_apart(*rules.whose_change(unit.id, wanted))
        apply_changes(tx, unit, checked(wanted))
        return shown(tx, unit)

    @operation(
        "GET /units/{id}/changes",
        permission="membership.unit.read",
        response=UnitChangeOut,
        label=("会员单位变更记录", "History of a member unit"),
        kind="list",
    )
    def list_unit_changes(self, tx: Tx, id: uuid.UUID, page: PageRequest) -> Page:
        """What was changed about a unit, the newest first (M1)."""
        unit = tx.get(Unit, id)
        query = select(UnitChange).where(UnitChange.unit_id == unit.id)
        sorts = {"changed": UnitChange.changed_at}
        return tx.page(query, page, key=UnitChange.id, sorts=sorts, default="-changed")


def shown(tx: Tx, unit: Unit) -> Unit:
    """``unit`` with whether it is a member today on it, as it is answered."""
    unit.member = rules.is_member(unit.left_on, tx.today)
    return unit

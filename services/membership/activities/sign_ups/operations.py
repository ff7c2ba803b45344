"""Sign-ups 报名: by units for their people, by everybody else for themselves, withdrawn, and moved up (M9)."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from services.membership.activities.check_in.passes import read_pass, token_of
from services.membership.activities.planning.models import Activity, ActivityPlaces
from services.membership.activities.sign_ups.events import PlaceFreed
from services.membership.activities.sign_ups.models import SignUp
from services.membership.activities.sign_ups.places import fill, give_back, take_places
from services.membership.activities.sign_ups.schemas import (
    PublicSignUpIn,
    PublicSignUpOut,
    SignUpIn,
    SignUpOut,
    SignUpQuery,
    SignUpsOut,
    TokenIn,
    WithdrawnOut,
)
from services.membership.units.models import Unit
from services.membership.units.rules import check_member
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.bus.listening import on_event
from shared.documents.qr import qr_svg
from shared.identity.principals import PUBLIC
from shared.store.tx import Tx


class SignUps:
    """Who comes to an activity, and who waits for a place."""

    @operation(
        "POST /activities/{id}/sign-ups",
        permission="membership.sign_up.make",
        request=SignUpIn,
        response=SignUpsOut,
        label=("为本单位人员报名", "Sign a unit's people up"),
        kind="create",
    )
    def sign_up_participants(
        self, tx: Tx, id: uuid.UUID, unit_id: uuid.UUID, participants: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        """Signs people of a member unit up, all or none; who finds no place waits in order (M9, X5, X10)."""
        unit = tx.get(Unit, unit_id)
        check_member(unit.left_on, tx.today)
        return {"items": take_places(tx, id, unit.id, participants)}

    @operation(
        "POST /announced-activities/{id}/sign-ups",
        permission=PUBLIC,
        request=PublicSignUpIn,
        response=PublicSignUpOut,
        label=("社会人士报名", "Sign up"),
        kind="create",
        rate="public",
        secret=True,
    )
    def sign_up(self, tx: Tx, id: uuid.UUID, name: str, phone: str, consent: bool) -> dict[str, Any]:
        """Signs somebody of no member unit up, where non-members may come. The answer holds their pass, this once
        (M9, X5, X10)."""
        (made,) = take_places(tx, id, None, [{"name": name, "phone": phone, "consent": consent}])
        token = token_of(tx.vault, made.id)
        return {
            "id": made.id,
            "activity_id": made.activity_id,
            "place": made.place,
            "state": made.state,
            "token": token,
            "qr": qr_svg(token),
        }

    @operation(
        "GET /sign-ups",
        permission="membership.sign_up.read",
        request=SignUpQuery,
        response=SignUpOut,
        label=("活动报名", "Sign-ups"),
        kind="list",
        exports=True,
    )
    def list_sign_ups(
        self, tx: Tx, page: PageRequest, activity_id: uuid.UUID | None, unit_id: uuid.UUID | None, state: str | None
    ) -> Page:
        """Sign-ups in their order; of one activity, unit or state."""
        wanted = {"activity_id": activity_id, "unit_id": unit_id, "state": state}
        query = select(SignUp).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        return tx.page(query, page, key=SignUp.id, sorts={"place": SignUp.place}, default="place")

    @operation(
        "GET /sign-ups/{id}",
        permission="membership.sign_up.read",
        response=SignUpOut,
        label=("报名详情", "A sign-up"),
        kind="detail",
    )
    def get_sign_up(self, tx: Tx, id: uuid.UUID) -> SignUp:
        """A sign-up; of the phone only the last four."""
        return tx.get(SignUp, id)

    @operation(
        "POST /sign-ups/{id}/withdrawal",
        permission="membership.sign_up.withdraw",
        response=SignUpOut,
        label=("退出活动", "Withdraw a sign-up"),
        kind="action",
    )
    def withdraw_sign_up(self, tx: Tx, id: uuid.UUID) -> SignUp:
        """Withdraws a sign-up before the activity is held; the first who waits gets the place (M9, X7)."""
        return give_back(tx, id)

    @operation(
        "POST /passes/withdrawal",
        permission=PUBLIC,
        request=TokenIn,
        response=WithdrawnOut,
        label=("凭证退出活动", "Withdraw with one's pass"),
        kind="action",
        rate="public",
        secret=True,
    )
    def withdraw_with_pass(self, tx: Tx, token: str) -> SignUp:
        """Withdraws the sign-up whose pass this is; whoever has the pass may (M9)."""
        sign_up = read_pass(tx, token)
        tx.concerns = f"sign-up/{sign_up.id}"
        return give_back(tx, sign_up.id)

    @on_event("membership", "sign-up.withdrawn.v1", PlaceFreed)
    def move_up(self, tx: Tx, activity_id: uuid.UUID) -> None:
        """Gives a place that was freed to the first who waits; heard again it finds none free (M9)."""
        places = tx.lock(ActivityPlaces, activity_id)
        fill(tx, tx.get(Activity, activity_id), places)

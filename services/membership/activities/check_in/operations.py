"""Check-in 签到 by QR code, passes to print, and the sheet of attendance (M9)."""

import uuid

from sqlalchemy import select

from services.membership.activities.check_in import rules
from services.membership.activities.check_in.passes import read_pass
from services.membership.activities.check_in.printing import attendance_sheet, passes_pdf
from services.membership.activities.planning.models import Activity
from services.membership.activities.sign_ups.models import SignUp
from services.membership.activities.sign_ups.rules import State
from services.membership.activities.sign_ups.schemas import SignUpOut, TokenIn
from services.membership.units.models import Unit
from shared.api.operations import Download, operation
from shared.store.tx import Tx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CheckIns:
    """Who came."""

    @operation(
        "POST /activities/{id}/check-ins",
        permission="membership.check_in.record",
        request=TokenIn,
        response=SignUpOut,
        label=("扫码签到", "Check in"),
        kind="action",
    )
    def check_in(self, tx: Tx, id: uuid.UUID, token: str) -> SignUp:
        """Checks in whoever has this pass, once; the second time it says when the first was. Refused: a pass to
        another activity, of somebody who waits or has withdrawn, on another day (M9)."""
        activity = tx.get(Activity, id)
        sign_up = tx.change(SignUp, read_pass(tx, token).id)
        tx.concerns = f"sign-up/{sign_up.id}"
        rules.check_pass(sign_up.stands, of=sign_up.activity_id, here=id, checked_in_at=sign_up.checked_in_at)
        rules.check_day(activity.stands, activity.starts_at, activity.ends_at, tx.today)
        sign_up.checked_in_at, sign_up.checked_in_by = tx.now, tx.principal.name
        return sign_up

    @operation(
        "GET /sign-ups/{id}/pass",
        permission="membership.sign_up.read",
        label=("打印入场凭证", "Print a pass"),
        kind="download",
        media_type="application/pdf",
        exports=True,
    )
    def print_pass(self, tx: Tx, id: uuid.UUID) -> Download:
        """The pass of one sign-up as PDF; printed again it has the same code (M9)."""
        sign_up = tx.get(SignUp, id)
        activity = tx.get(Activity, sign_up.activity_id)
        return Download(f"pass-{sign_up.place}.pdf", passes_pdf(tx.vault, activity, [sign_up], _units(tx, [sign_up])))

    @operation(
        "GET /activities/{id}/passes",
        permission="membership.check_in.print",
        label=("打印全部入场凭证", "Print all passes"),
        kind="download",
        media_type="application/pdf",
        exports=True,
    )
    def print_passes(self, tx: Tx, id: uuid.UUID) -> Download:
        """The passes of everybody who has a place, in their order, as PDF (M9)."""
        activity = tx.get(Activity, id)
        placed = select(SignUp).where(SignUp.activity_id == activity.id, SignUp.state == State.REGISTERED)
        sign_ups = tx.all(placed.order_by(SignUp.place))
        return Download("passes.pdf", passes_pdf(tx.vault, activity, sign_ups, _units(tx, sign_ups)))

    @operation(
        "GET /activities/{id}/attendance",
        permission="membership.check_in.print",
        label=("签到表", "Sheet of attendance"),
        kind="download",
        media_type=XLSX,
        exports=True,
    )
    def export_attendance(self, tx: Tx, id: uuid.UUID) -> Download:
        """Everybody who signed up and when they checked in, as a sheet (M9)."""
        activity = tx.get(Activity, id)
        sign_ups = tx.all(select(SignUp).where(SignUp.activity_id == activity.id).order_by(SignUp.place))
        return Download("attendance.xlsx", attendance_sheet(sign_ups, _units(tx, sign_ups)))


def _units(tx: Tx, sign_ups: list[SignUp]) -> dict[uuid.UUID, str]:
    """What the units of these sign-ups are called."""
    ids = {each.unit_id for each in sign_ups if each.unit_id is not None}
    return {unit.id: unit.name for unit in tx.all(select(Unit).where(Unit.id.in_(ids)))}

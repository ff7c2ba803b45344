"""Passes and the sheet of attendance, as files (M9)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from services.membership.activities.check_in.passes import token_of
from services.membership.activities.planning.models import Activity
from services.membership.activities.sign_ups.models import SignUp
from shared.documents.pdf import Value, render
from shared.documents.qr import qr_svg
from shared.documents.rows import Column
from shared.documents.spreadsheets import Table, write_rows
from shared.identity.sealing import Vault
from shared.offload import off_hub
from shared.standards.calendar import BUSINESS_ZONE
from shared.text import Text

TEMPLATE = Path(__file__).with_name("passes.typ")
OF_NO_UNIT = "社会人士"
COLUMNS = (
    Column("place", Text("次序", "Place")),
    Column("unit", Text("单位", "Unit")),
    Column("name", Text("姓名", "Name")),
    Column("phone", Text("手机号后四位", "Last four of the mobile number")),
    Column("state", Text("状态", "State")),
    Column("checked_in", Text("签到时间", "Checked in at")),
)


def passes_pdf(vault: Vault, activity: Activity, sign_ups: Sequence[SignUp], units: Mapping[UUID, str]) -> bytes:
    """The passes of these sign-ups as PDF, eight on a page of A4, to be cut."""
    tokens = {each.id: token_of(vault, each.id) for each in sign_ups}

    def drawn() -> bytes:
        inputs: dict[str, Value] = {
            "title": activity.title,
            "venue": activity.venue,
            "begins": activity.starts_at.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M"),
            "passes": [
                {
                    "place": each.place,
                    "name": each.name,
                    "unit": _unit(each, units),
                    "qr": qr_svg(tokens[each.id]),
                }
                for each in sign_ups
            ],
        }
        made = activity.opened_at or activity.planned_at
        return render(TEMPLATE, inputs, title=f"入场凭证 {activity.title}", made_at=made.astimezone(BUSINESS_ZONE))

    return off_hub(drawn)


def attendance_sheet(sign_ups: Sequence[SignUp], units: Mapping[UUID, str]) -> bytes:
    """The sheet of who signed up and who came, as .xlsx."""
    rows = [
        {
            "place": each.place,
            "unit": _unit(each, units),
            "name": each.name,
            "phone": each.phone_last4,
            "state": each.stands.label.zh,
            "checked_in": each.checked_in_at.astimezone(BUSINESS_ZONE).replace(tzinfo=None, microsecond=0)
            if each.checked_in_at
            else None,
        }
        for each in sign_ups
    ]
    return off_hub(write_rows, [Table("签到表", COLUMNS, rows)])


def _unit(sign_up: SignUp, units: Mapping[UUID, str]) -> str:
    return units[sign_up.unit_id] if sign_up.unit_id else OF_NO_UNIT

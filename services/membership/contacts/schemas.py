"""What comes in and goes out about where units get their mail."""

from shared.api import fields as f
from shared.standards.mail_address import LONGEST


class ContactIn(f.Schema):
    """Where the unit is to get what concerns its dues; null takes it back."""

    mail_address = f.String(
        "邮箱", "Mail address", required=True, allow_none=True, max_length=LONGEST, personal="mail-address"
    )


class ContactOut(f.Schema):
    """Where a unit gets what concerns its dues, as far as it is shown (X5)."""

    unit_id = f.UUID("单位", "Unit")
    mail_address = f.String("邮箱（已遮盖）", "Mail address (masked)", allow_none=True)
    set_at = f.Moment("登记时间", "Set at", allow_none=True)

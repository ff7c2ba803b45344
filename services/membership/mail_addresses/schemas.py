"""What comes in and goes out about one's own mail address."""

from shared.api import fields as f
from shared.standards.mail_address import LONGEST


class OwnMailAddressIn(f.Schema):
    """The address of one's own account, and the password that shows it is oneself; null takes it back."""

    mail_address = f.String(
        "邮箱", "Mail address", required=True, allow_none=True, max_length=LONGEST, personal="mail-address"
    )
    password = f.String("密码", "Password", required=True, max_length=500)


class OwnMailAddressOut(f.Schema):
    """The address as far as it is shown (X5)."""

    mail_address = f.String("邮箱（已遮盖）", "Mail address (masked)", allow_none=True)

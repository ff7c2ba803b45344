"""Links 链接: what they are for, and when one holds (M11)."""

from datetime import datetime, timedelta
from enum import StrEnum

from shared.errors import Refused
from shared.text import Text

PATH = "/password#"
"""Where a link leads. What comes after # stays in the browser: no server's log and no proxy sees the token."""


class Purpose(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"

    @property
    def label(self) -> Text:
        return _LABELS[self]


_LABELS = {
    Purpose.INVITATION: Text("邀请", "Invitation"),
    Purpose.RESET: Text("重设密码", "Setting the password anew"),
}


def check_purpose(purpose: Purpose, settled: bool) -> None:
    """Refuse to invite somebody who has a password of their own: that would be a reset, and is called so (M11)."""
    if purpose is Purpose.INVITATION and settled:
        raise Refused(
            "M11",
            "此账号已有自己的密码，请改用重设密码",
            "This account has a password of its own: give a link to reset it",
            code="account-settled",
            field="purpose",
        )


def holds(expires_at: datetime, spent: bool, closed: bool, now: datetime) -> bool:
    """Whether a link still opens its account: not ``spent`` by its use or by a newer one, nor too old, and the account
    not ``closed``."""
    return not spent and not closed and now < expires_at


BY_MAIL = "asked-by-mail"
"""Who gave a link that nobody gave: it was asked for, and went to the account's own address."""


def may_ask_again(last_given_at: datetime | None, pause: timedelta, now: datetime) -> bool:
    """Whether a link that is asked for is sent, ``pause`` after the last one that was: else whoever knows a name could
    fill somebody's mailbox, and burn each link before it is used."""
    return last_given_at is None or now - last_given_at >= pause


def invalid() -> Refused:
    """What somebody is told whose link does not hold, for whatever reason: the same always."""
    return Refused(
        "M11",
        "链接无效或已过期，请联系系统管理员",
        "The link does not hold, or no longer: ask an administrator",
        code="link-invalid",
        field="token",
    )

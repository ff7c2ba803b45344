"""Sessions 登录: how long they last, and how long one waits after too many failures (M11)."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from shared.errors import Forbidden, Refused, TooMany, Unauthenticated
from shared.text import Text

REFRESH_LIFETIME = timedelta(hours=24)
"""How long a session may stand unused."""
SESSION_LIFETIME = timedelta(days=30)
"""How long a session may last at all."""

FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)
"""How long after the last one failures are counted no more."""

REPRESENTATIVE = "representative"
"""The role that follows from acting for a unit."""


def failures_now(failures: int, last_failed_at: datetime, now: datetime) -> int:
    """How many failures count at ``now``."""
    return failures if now - last_failed_at < FORGOTTEN_AFTER else 0


def wait(failures: int, last_failed_at: datetime, now: datetime) -> timedelta:
    """How much longer to wait before another attempt: 30 s after the fifth failure in a row, then twice as
    long after each one more, at most an hour; nothing before that."""
    over = failures_now(failures, last_failed_at, now) - FREE_FAILURES
    return max(last_failed_at + wait_after(over) - now, timedelta())


def wait_after(over: int) -> timedelta:
    """How long to wait after ``over`` failures more than are free: nothing below none, 30 s at none, then twice as
    long with each one, at most an hour."""
    return min(FIRST_WAIT * (1 << min(over, 20)), LONGEST_WAIT) if over >= 0 else timedelta()


def locked(left: timedelta) -> TooMany:
    """What somebody is told who tries again too early, whether the account exists or not."""
    seconds = -(-left // timedelta(seconds=1))
    return TooMany(
        f"登录失败次数过多，请 {seconds} 秒后再试",
        f"Too many failed attempts: try again in {seconds} s",
        code="sign-in-locked",
        rule="M11",
        retry_after=seconds,
    )


def not_signed_in() -> Unauthenticated:
    """What somebody is told whose name, password or second factor is wrong: never which of them."""
    return Unauthenticated(
        "用户名、密码或动态码不正确",
        "The user name, the password or the code is wrong",
        code="sign-in-failed",
        rule="M11",
    )


def session_over() -> Unauthenticated:
    """What somebody is told whose session has ended, for whatever reason."""
    return Unauthenticated(
        "登录已结束，请重新登录", "The session has ended: sign in again", code="session-over", rule="M11"
    )


def wrong_password(field: str = "old_password") -> Refused:
    """What somebody is told who is signed in and does not know the present password."""
    old = field == "old_password"
    said = Text("原密码不正确", "The old password is wrong") if old else Text("密码不正确", "The password is wrong")
    return Refused("M11", *said, code="wrong-password", field=field)


def check_person_acts(scoped: bool) -> None:
    """Refuse a machine's token where people look after their own account: it cannot make itself more (M11)."""
    if scoped:
        raise Forbidden(
            "接口令牌不能办理账号事务，请本人登录办理",
            "An API token does not handle accounts: sign in yourself",
            code="not-for-api-tokens",
            rule="M11",
        )


def refresh_until(started_at: datetime, now: datetime) -> datetime:
    """Until when a refresh token given at ``now`` holds: never beyond the session's own end."""
    return min(now + REFRESH_LIFETIME, started_at + SESSION_LIFETIME)


def access_lifetime(longest: timedelta, now: datetime, rights_end_at: datetime | None) -> timedelta:
    """How long an access token holds that is issued at ``now``: never beyond the moment the rights in it change."""
    if rights_end_at is None:
        return longest
    return max(min(longest, rights_end_at - now), timedelta())


def acts_for(represented: Collection[UUID], chosen: UUID | None) -> frozenset[UUID]:
    """The units a session acts for: all that the person represents today, or of these the one chosen (M2)."""
    return frozenset(unit for unit in represented if chosen is None or unit == chosen)


def acts_as(granted: Iterable[str], units: Collection[UUID]) -> list[str]:
    """The roles a session acts in, sorted: those granted, and the representative's as long as it acts for a unit
    (M2, M11)."""
    return sorted({*granted, REPRESENTATIVE} if units else set(granted))


def check_choice(represented: Collection[UUID], chosen: UUID | None) -> None:
    """Refuse to sign in for a unit that the person does not represent today (M2)."""
    if chosen is not None and chosen not in represented:
        raise Refused(
            "M2",
            "您今天不是该单位的代表",
            "You do not represent this unit today",
            code="not-represented",
            field="unit_id",
        )

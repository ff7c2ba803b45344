"""API tokens 接口令牌: what they may be held to, how long they hold, and what they look like (M11)."""

import re
from collections.abc import Collection
from datetime import date, timedelta

from shared.errors import Refused, Unauthenticated
from shared.identity.principals import SIGNED_IN

PREFIX = "xiehui_pat_"
"""What every token begins with, so that whoever searches texts for lost secrets finds them."""

_SCOPE = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*\.([a-z][a-z0-9_-]*|\*)")


def scopes(wanted: Collection[str]) -> list[str]:
    """The patterns of permissions a token is held to, each once and in order (M11).

    Each is a permission or a part of one with all that is below ("publishing.article.*"), or "signed-in" for what
    everybody may do who has signed in. None of them gives anything: whoever's it is must have the permission by their
    roles whenever it is used. Refused: none at all, and what has another form, as "*" alone has.
    """
    bad = sorted(scope for scope in wanted if scope != SIGNED_IN and not _SCOPE.fullmatch(scope))
    if bad or not wanted:
        raise Refused(
            "M11",
            "范围须为权限或“服务.事项.*”形式，至少一项",
            'A scope is a permission or reads "service.thing.*", and there is at least one',
            code="bad-scope",
            field="scopes",
        )
    return sorted(set(wanted))


def check_last_day(expires_on: date, today: date, longest: timedelta) -> None:
    """Refuse a token that would have ended already or would hold for too long (M11)."""
    if not today <= expires_on <= today + longest:
        raise Refused(
            "M11",
            f"截止日须在今天至 {longest.days} 天之内",
            f"The last day is today or at most {longest.days} days ahead",
            code="api-token-last-day",
            field="expires_on",
        )


def holds(expires_on: date, revoked: bool, closed: bool, today: date) -> bool:
    """Whether a token lets a machine in: through its last day, not ``revoked``, its account not ``closed``."""
    return not revoked and not closed and today <= expires_on


def invalid() -> Unauthenticated:
    """What a machine is told whose token does not hold, for whatever reason: the same always."""
    return Unauthenticated("接口令牌无效", "The API token does not hold", code="api-token-invalid", rule="M11")

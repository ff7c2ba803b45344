"""Staff roles 岗位角色, granted from a day up to a day (M11, G11, X7).

A grant is a half-open interval of dates in Asia/Shanghai, ``[since, until)``, as a tenure is. What has been stays: it
begins on the day it is entered or later, and ends on that day or later.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from shared.errors import Refused
from shared.spans import HalfOpen


@dataclass(frozen=True, slots=True)
class Grant(HalfOpen):
    """``role`` from ``since`` up to, not including, ``until``; None: no end. One that was called off before it began
    covers no day: its ``until`` is its ``since``."""

    role: str
    since: date
    until: date | None = None

    def over(self, today: date) -> bool:
        """Whether it covers neither ``today`` nor a day to come."""
        return self.until is not None and (self.until <= today or self.until <= self.since)

    def overlaps(self, other: "Grant") -> bool:
        """Whether the two have a day in common."""
        empty = any(each.until is not None and each.until <= each.since for each in (self, other))
        before = self.until is not None and self.until <= other.since
        after = other.until is not None and other.until <= self.since
        return not (empty or before or after)


def roles_on(grants: Iterable[Grant], day: date) -> frozenset[str]:
    """The roles granted on ``day``."""
    return frozenset(grant.role for grant in grants if grant.covers(day))


def roles_beside(new: Grant, existing: Iterable[Grant]) -> frozenset[str]:
    """The roles that are granted on some day on which ``new`` is."""
    return frozenset(grant.role for grant in existing if grant.overlaps(new))


def check_grant(new: Grant, existing: Iterable[Grant], today: date) -> None:
    """Refuse (M11) a grant without a day, one that would begin before ``today``, and one that overlaps another of the
    same role."""
    if new.until is not None and new.until <= new.since:
        raise _refused("grant-empty", "授予须至少一日", "A grant lasts a day or more", "until")
    if new.since < today:
        raise _refused(
            "grant-backdated",
            "角色不得补授：起始日不得早于今天",
            "A role is not granted afterwards: it begins today or later",
            "since",
        )
    other = next((each for each in existing if each.role == new.role and each.overlaps(new)), None)
    if other is not None:
        raise _refused(
            "grant-overlaps",
            f"与已有的授予（自{other.since.isoformat()}起）重叠",
            f"It overlaps a grant of this role from {other.since.isoformat()} on",
            "since",
        )


def ended(grant: Grant, until: date, today: date) -> Grant:
    """``grant`` with ``until`` as the first day on which it holds no more; one that has not begun may be called off
    with its own first day.

    Refused (X7): a grant that is over, a day before ``today`` or before it begins, a day that is not earlier.
    """
    if grant.over(today):
        raise _kept("grant-over", "此授予已经终止", "This grant is over")
    if until < max(today, grant.since):
        raise _kept(
            "grant-end-backdated",
            f"终止日不得早于{max(today, grant.since).isoformat()}，已行使的部分保留",
            f"It ends on {max(today, grant.since).isoformat()} at the earliest: what has been stays",
            "until",
        )
    if grant.until is not None and until >= grant.until:
        raise _kept(
            "grant-end-later",
            f"此授予到{grant.until.isoformat()}止，只能改为更早终止",
            f"It ends on {grant.until.isoformat()}; it can only end earlier",
            "until",
        )
    return replace(grant, until=until)


def gives_way(grant: Grant, wanted: Collection[str], held: Collection[str], today: date) -> bool:
    """Whether ``grant`` ends where an account is to have exactly the roles ``wanted`` from ``today`` on, of which it
    has ``held``: that of another role, and one to come of a role that begins today already."""
    return not grant.over(today) and (grant.role not in wanted or grant.role not in held)


def _refused(code: str, zh: str, en: str, field: str) -> Refused:
    return Refused("M11", zh, en, code=code, field=field)


def _kept(code: str, zh: str, en: str, field: str | None = None) -> Refused:
    return Refused("X7", zh, en, code=code, field=field)

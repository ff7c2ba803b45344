"""How a membership ends (M1): withdrawn 退会 at the unit's own word, removed 除名 or unadmitted by resolution.

The last day of a membership is a whole day (X3). A withdrawal names its own, today at the earliest, so that nothing
that was done as a member is undone (X7). A resolution ends it with the day it was adopted.
"""

from datetime import date, timedelta

from services.membership.units.rules import check_member
from shared.errors import Refused


def left_on(last_day: date) -> date:
    """The first day on which a unit whose membership ends with that day is no member."""
    return last_day + timedelta(days=1)


def check_withdrawal(last_day: date, today: date, leaves_on: date | None) -> None:
    """Refuse (M1) a withdrawal as of a day that is past, or of a unit that has left or is about to: ``leaves_on`` is
    the first day on which it is no member, None where that is not settled."""
    check_member(leaves_on, today, field="id")
    if leaves_on is not None:
        raise Refused(
            "M1",
            f"该单位已申请退会，自{leaves_on.isoformat()}起不再是会员",
            f"The unit has withdrawn already and is no member from {leaves_on.isoformat()}",
            code="leaving-declared",
        )
    if last_day < today:
        raise Refused(
            "M1",
            "会员资格截止日不能早于今天",
            "A membership does not end before today",
            code="last-day-past",
            field="last_day",
        )


def ends(admitted_on: date | None, leaves_on: date | None, last_day: date) -> bool:
    """Whether a resolution that ends a membership with ``last_day`` ends this one: it had begun by then, and does not
    end by then anyway."""
    begun = admitted_on is None or admitted_on <= last_day
    return begun and (leaves_on is None or leaves_on > left_on(last_day))

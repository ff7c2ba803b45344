"""Sign-up 报名 with a capacity and a waiting list 候补 (M9, X5, X10).

Places go in the order of sign-up. Whoever comes while others wait, waits behind them, so a free place is always the
first one's who waits. Nobody who has a place loses it to a smaller capacity.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.membership.activities.planning.rules import TO_COME, Audience
from services.membership.activities.planning.rules import State as ActivityState
from shared.errors import Refused
from shared.text import Text

AT_ONCE = 100
"""People that one command signs up at most."""
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


class State(StrEnum):
    REGISTERED = "registered"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.REGISTERED: Text("已报名", "Has a place"),
    State.WAITING: Text("候补", "On the waiting list"),
    State.WITHDRAWN: Text("已退出", "Withdrawn"),
}
STANDING = (State.REGISTERED, State.WAITING)
"""The states of a sign-up that stands."""


class Taken(NamedTuple):
    """How many have a place and how many wait."""

    registered: int = 0
    waiting: int = 0

    def sign_up(self, capacity: int | None) -> tuple["Taken", State]:
        """After one more, and what that one is: without a place while there is none, or while others wait."""
        if self.waiting == 0 and (capacity is None or self.registered < capacity):
            return self._replace(registered=self.registered + 1), State.REGISTERED
        return self._replace(waiting=self.waiting + 1), State.WAITING

    def withdraw(self, was: State) -> "Taken":
        """After one who ``was`` registered or waiting has withdrawn; who moves up is another step."""
        if was is State.REGISTERED:
            return self._replace(registered=self.registered - 1)
        return self._replace(waiting=self.waiting - 1)

    def moving_up(self, capacity: int | None) -> int:
        """How many of those who wait get a place now, the first of them."""
        free = self.waiting if capacity is None else max(0, capacity - self.registered)
        return min(self.waiting, free)

    def move_up(self, number: int) -> "Taken":
        """After the first ``number`` of those who wait got a place."""
        return Taken(self.registered + number, self.waiting - number)


def check_capacity(capacity: int | None, taken: Taken) -> None:
    """Refuse (M9) a capacity below the places that are taken."""
    if capacity is not None and capacity < taken.registered:
        raise Refused(
            "M9",
            f"已有{taken.registered}人报名，名额不能少于此数",
            f"{taken.registered} people have a place; there cannot be fewer",
            code="capacity-below-registered",
            field="capacity",
        )


def check_open(state: ActivityState, sign_up_until: date, today: date) -> None:
    """Refuse (M9) a sign-up or an entry while the activity is not open, and after its last day of sign-up (X3)."""
    if state is not ActivityState.OPEN:
        raise Refused(
            "M9",
            f"活动{state.label.zh}，现在不能报名",
            f"It is not open for sign-up ({state.label.en.lower()})",
            code="not-open",
        )
    if today > sign_up_until:
        raise Refused(
            "M9",
            f"报名已于{sign_up_until.isoformat()}截止",
            f"Sign-up ended on {sign_up_until.isoformat()}",
            code="sign-up-over",
        )


def check_audience(audience: Audience) -> None:
    """Refuse (M9) somebody of no member unit where only members come."""
    if audience is not Audience.EVERYBODY:
        raise Refused(
            "M9", "该活动仅限会员单位人员参加", "Only people of member units come to this activity", code="members-only"
        )


def check_unit_places(places_per_unit: int, standing: int, more: int) -> None:
    """Refuse (M9) ``more`` people of a unit with ``standing`` sign-ups where that is above its places; who waits
    counts, so that the list never has to pass anybody over."""
    if standing + more > places_per_unit:
        raise Refused(
            "M9",
            f"每单位至多{places_per_unit}人，该单位已报{standing}人",
            f"A unit has {places_per_unit} places; this one has signed up {standing}",
            code="unit-places",
            field="participants",
        )


def check_consent(consent: bool) -> None:
    """Refuse (X10) to keep anybody's name and phone without their consent."""
    if not consent:
        raise Refused(
            "X10",
            "登记参加人姓名、手机须经本人同意",
            "A participant's name and phone are kept only with their consent",
            code="consent-needed",
            field="consent",
        )


def mobile(text: str, field: str = "phone") -> str:
    """A mobile number 手机号 as it is kept: its eleven digits. Refused (M9): anything else. Only a mobile is one
    person's; an office's number is many people's, and would make one of them (X5)."""
    digits = re.sub(r"[ -]", "", text)
    if not _MOBILE.fullmatch(digits):
        raise Refused(
            "M9",
            "手机号须为11位数字，如 13912345678",
            "A mobile number has eleven digits, such as 13912345678",
            code="mobile",
            field=field,
        )
    return digits


@dataclass(frozen=True, slots=True)
class Known:
    """What tells somebody apart from others: the id they are registered under, the blind index of their mobile.
    A name never does (X5)."""

    person: UUID | None
    phone: str | None

    def same(self, other: "Known") -> bool:
        return (self.person is not None and self.person == other.person) or (
            self.phone is not None and self.phone == other.phone
        )


def check_once(wanted: Collection[Known], standing: Collection[Known]) -> None:
    """Refuse (M9, X5) to sign somebody up twice with one unit, or twice with none. What another unit has signed up is
    not looked at: it is not this one's to learn."""
    seen = list(standing)
    for each in wanted:
        if any(each.same(other) for other in seen):
            raise Refused(
                "M9",
                "参加人中有人已经报名（人员或手机号相同）",
                "Somebody has signed up already: the person or the mobile number is the same",
                code="signed-up-already",
                field="participants",
            )
        seen.append(each)


def check_person(person: UUID | None, own: UUID | None, known: bool) -> None:
    """Refuse (X5) a person's id given by somebody who is neither that person nor may know them (``known``)."""
    if person is not None and person != own and not known:
        raise Refused(
            "X5", "没有登记此人", "Nobody is registered under this id", code="person-unknown", field="participants"
        )


def check_withdrawable(state: State, activity: ActivityState, checked_in_at: datetime | None) -> None:
    """Refuse (X7) to withdraw what was withdrawn, what has come, or from an activity that is over."""
    if state is State.WITHDRAWN:
        raise Refused("X7", "此前已退出", "It was withdrawn before", code="withdrawn-already")
    if checked_in_at is not None or activity not in TO_COME:
        raise Refused(
            "X7",
            "已经签到，或活动已举办、已取消，不能退出",
            "Nobody withdraws after checking in, or from what is over",
            code="too-late-to-withdraw",
        )

"""Honorary posts 名誉职务: the council decides who holds one, from a day until a day; no vote, no rights (M10, X7).

A tenure is a half-open interval of dates in Asia/Shanghai, ``[since, until)``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from shared.errors import Refused
from shared.identity.duties import Bond, own
from shared.spans import HalfOpen
from shared.text import Text

MATTER = "honorary-posts"
"""The matter on which honorary posts are resolved."""
COUNCIL = "council"
"""The only body that resolves on it (M10)."""


class Ending(StrEnum):
    """What ended an honorary post."""

    RESOLUTION = "resolution"
    RESIGNATION = "resignation"
    REVOCATION = "revocation"

    @property
    def label(self) -> Text:
        return _ENDINGS[self]


_ENDINGS = {
    Ending.RESOLUTION: Text("理事会决议", "A resolution of the council"),
    Ending.RESIGNATION: Text("本人辞去", "Resigned"),
    Ending.REVOCATION: Text("授予决议被撤销", "The resolution that conferred it was revoked"),
}


@dataclass(frozen=True, slots=True)
class Resolution:
    """A resolution on honorary posts, as governance told of it. ``subject`` is the person it is about where it names
    one; ``ended_on`` the first day on which it does not stand."""

    id: UUID
    body: str
    adopted_on: date
    subject: UUID | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Tenure(HalfOpen):
    """One person in the honorary post of that code; ``until`` None: until further notice."""

    post: str
    person: UUID
    since: date
    until: date | None = None

    def meets(self, other: "Tenure") -> bool:
        """Whether the two have a day in common."""
        return (other.until is None or self.since < other.until) and (self.until is None or other.since < self.until)


def whose_post(person: UUID) -> Bond:
    """Who does not enter that a post is conferred (X8): the person it is conferred on."""
    return own(Text("名誉职务", "an honorary post"), [person], code="own-honorary-post", field="person_id")


def check_basis(resolution: Resolution | None, person: UUID) -> Resolution:
    """The resolution that something about ``person``'s post follows from. Refused (M10): none on honorary posts was
    heard of under that id; another body's; one about somebody else; one that does not stand any more."""
    if resolution is None:
        raise _refused(
            "resolution-unknown",
            "没有这一关于名誉职务的决议",
            "There is no such resolution on honorary posts",
        )
    if resolution.body != COUNCIL:
        raise _refused("not-the-council", "名誉职务由理事会决定", "The council decides on honorary posts")
    if resolution.subject not in (None, person):
        raise _refused("another-person", "该决议针对的是另一人", "The resolution is about somebody else")
    if resolution.ended_on is not None:
        raise _refused(
            "resolution-ended",
            f"该决议自{resolution.ended_on.isoformat()}起不再有效",
            f"The resolution does not stand since {resolution.ended_on.isoformat()}",
        )
    return resolution


def conferred(new: Tenure, resolution: Resolution, held: Iterable[Tenure]) -> Tenure:
    """``new``, which the council's resolution confers. Refused (M10): a first day before it was resolved, an end
    that is not after the first day, a post that this person holds in that time already."""
    if new.since < resolution.adopted_on:
        raise _refused(
            "conferred-early",
            f"名誉职务不得早于决议之日（{resolution.adopted_on.isoformat()}）",
            f"An honorary post is not held before it was resolved ({resolution.adopted_on.isoformat()})",
            field="since",
        )
    if new.until is not None and new.until <= new.since:
        raise _refused(
            "post-empty", "截止日不能早于起始日", "The last day cannot come before the first", field="last_day"
        )
    if any(new.meets(other) for other in held if (other.post, other.person) == (new.post, new.person)):
        raise _refused(
            "post-held",
            "此人在该期间已任此名誉职务",
            "This person holds the honorary post in that time already",
            field="person_id",
        )
    return new


def check_reason(resolution: UUID | None, resignation: str | None) -> Ending:
    """By what a post ends. Refused (M10): by neither a resolution nor a resignation, or by both."""
    if (resolution is None) == (not (resignation or "").strip()):
        raise _refused(
            "ending-reason",
            "须写明依据的决议或本人辞去的情况，二者取一",
            "Name the resolution that ends it, or how it was resigned from; one of the two",
            field="resolution_id",
        )
    return Ending.RESIGNATION if resolution is None else Ending.RESOLUTION


def check_other(conferring: UUID | None, ending: UUID) -> None:
    """Refuse (M10) to end a post by the resolution that conferred it."""
    if conferring == ending:
        raise _refused("same-resolution", "授予的决议不能作为终止的依据", "What conferred the post does not end it")


def ended(tenure: Tenure, last_day: date) -> Tenure:
    """``tenure`` with ``last_day`` as the last day it is held. Refused (X7): before its first day; one that ends by
    that day already."""
    until = last_day + timedelta(days=1)
    if last_day < tenure.since or (tenure.until is not None and tenure.until <= until):
        raise Refused(
            "X7",
            "最后一日须在任期之内，且只能提前",
            "The last day lies within the time it is held, and is only ever moved to an earlier one",
            code="post-end",
            field="last_day",
        )
    return replace(tenure, until=until)


def revoked(tenure: Tenure, on: date) -> Tenure:
    """``tenure`` once the resolution that conferred it was revoked on that day: not held from then on, or never."""
    until = max(tenure.since, on)
    return tenure if tenure.until is not None and tenure.until <= until else replace(tenure, until=until)


def _refused(code: str, zh: str, en: str, *, field: str = "resolution_id") -> Refused:
    return Refused("M10", zh, en, code=code, field=field)

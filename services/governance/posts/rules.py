"""Who holds which post on a day, and what taking one up may not do (G10, M11).

A tenure is a half-open interval of dates in Asia/Shanghai, ``[since, until)``: held on ``since``, no
longer on ``until``. So a predecessor's ``until`` is the successor's ``since``, and no day has two holders
or none. People speak of the last day instead; it counts whole, through 23:59:59 there (X3): :func:`ended`
takes that day and sets ``until`` to the next one.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from shared.errors import Refused
from shared.identity.duties import Bond, own
from shared.spans import HalfOpen
from shared.text import Text


class Kind(StrEnum):
    """What sort of post 职务 it is."""

    OFFICER = "officer"
    SEAT = "seat"
    HEAD = "head"
    MEMBER = "member"
    HONORARY = "honorary"

    @property
    def label(self) -> Text:
        return _KINDS[self]


_KINDS = {
    Kind.OFFICER: Text("负责职务", "Officer"),
    Kind.SEAT: Text("席位", "Seat"),
    Kind.HEAD: Text("机构负责人", "Head of a body"),
    Kind.MEMBER: Text("机构成员", "Member of a body"),
    Kind.HONORARY: Text("名誉职务", "Honorary post"),
}


class Occupancy(StrEnum):
    """Whether a post is held on a day. Unnamed: people hold it whom the document does not name."""

    HELD = "held"
    VACANT = "vacant"
    UNNAMED = "unnamed"

    @property
    def label(self) -> Text:
        return _OCCUPANCIES[self]


_OCCUPANCIES = {
    Occupancy.HELD: Text("有人担任", "Held"),
    Occupancy.VACANT: Text("空缺", "Vacant"),
    Occupancy.UNNAMED: Text("有人担任，文件未点名", "Held by people the document does not name"),
}


@dataclass(frozen=True, slots=True)
class Post:
    """A post. ``seats`` None: as many as are appointed. ``body`` None: the association's own, no body's.

    ``votes_in`` are the bodies in which its holder votes; empty for honorary posts (M10) and for staff.
    """

    id: UUID
    code: str
    title: Text
    body: UUID | None
    seats: int | None = None
    votes_in: frozenset[UUID] = frozenset()
    honorary: bool = False


@dataclass(frozen=True, slots=True)
class Tenure(HalfOpen):
    """One person in one post from ``since`` up to, not including, ``until``; None: until further notice."""

    post: UUID
    person: UUID
    since: date
    until: date | None = None

    def overlaps(self, other: "Tenure") -> bool:
        return (other.until is None or self.since < other.until) and (self.until is None or other.since < self.until)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A supervisor who also holds a post in a body under supervision: warned of, not refused (G10).

    ``recused_from`` is the body that this person does not supervise.
    """

    person: UUID
    supervising: Post
    supervised: Post
    recused_from: UUID
    warning: Text


def holders_on(post: UUID, tenures: Iterable[Tenure], day: date) -> frozenset[UUID]:
    """The people who hold ``post`` on ``day``."""
    return frozenset(t.person for t in tenures if t.post == post and t.covers(day))


def posts_of(person: UUID, tenures: Iterable[Tenure], day: date) -> frozenset[UUID]:
    """The posts that ``person`` holds on ``day``, which the person's rights follow (M11)."""
    return frozenset(t.post for t in tenures if t.person == person and t.covers(day))


def is_vacant(post: UUID, tenures: Iterable[Tenure], day: date) -> bool:
    """Whether nobody holds ``post`` on ``day``."""
    return not holders_on(post, tenures, day)


def occupancy(post: UUID, tenures: Iterable[Tenure], day: date, *, unnamed: bool) -> Occupancy:
    """Whether ``post`` is held on ``day``. Where nobody is on record, a post the document leaves ``unnamed`` is
    not called vacant."""
    if not is_vacant(post, tenures, day):
        return Occupancy.HELD
    return Occupancy.UNNAMED if unnamed else Occupancy.VACANT


def voters_of(body: UUID, posts: Iterable[Post], tenures: Iterable[Tenure], day: date) -> frozenset[UUID]:
    """The people with a vote in ``body`` on ``day``, each once: the entitled (X1)."""
    voting = {post.id for post in posts if body in post.votes_in}
    return frozenset(t.person for t in tenures if t.post in voting and t.covers(day))


def whose_appointment(person: UUID) -> Bond:
    """Who does not enter an appointment (X8): the person it is of, since rights follow posts (M11)."""
    return own(Text("任职", "an appointment"), [person], code="own-appointment", field="person_id")


def check_decision(decision: str) -> None:
    """Refuse (G10) an appointment or a departure that names no decision it follows from."""
    if not decision.strip():
        raise Refused(
            "G10",
            "任免须注明所依据的决定",
            "Name the decision that the appointment or departure follows from",
            code="decision-needed",
            field="decision",
        )


def check_take_up(post: Post, tenures: Collection[Tenure], new: Tenure) -> None:
    """Refuse (G10) a tenure of ``post`` that never begins, repeats a person, or finds no free seat.

    ``tenures`` may hold those of other posts; they don't matter here.
    """
    if new.post != post.id:
        raise ValueError("a tenure of another post")
    if new.until is not None and new.until <= new.since:
        raise Refused(
            "G10",
            "任职的截止日须晚于起始日",
            "A tenure ends after the day it begins",
            code="tenure-empty",
        )
    others = [t for t in tenures if t.post == post.id and t.overlaps(new)]
    if any(t.person == new.person for t in others):
        raise Refused(
            "G10",
            f"此人在该期间已任{post.title.zh}",
            f"This person already holds the post in that time: {post.title.en}",
            code="tenure-repeated",
        )
    full = _first_full_day(post.seats, others, new.since)
    if full is not None:
        raise Refused(
            "G10",
            f"{post.title.zh}自{full.isoformat()}起已无空席，须先免去现任",
            f"No seat is free from {full.isoformat()}; end the present tenure first: {post.title.en}",
            code="post-filled",
        )


def ended(tenure: Tenure, last_day: date) -> Tenure:
    """``tenure`` with ``last_day`` as the last day it is held, all of it (X3).

    Refused (X7) where it had not begun by then or already ends by that day: what was held stays in the
    record.
    """
    if last_day < tenure.since:
        raise Refused(
            "X7",
            f"任职自{tenure.since.isoformat()}起，不能在此之前结束",
            f"The tenure begins on {tenure.since.isoformat()} and cannot end before it",
            code="tenure-not-begun",
        )
    until = last_day + timedelta(days=1)
    if tenure.until is not None and tenure.until <= until:
        last = (tenure.until - timedelta(days=1)).isoformat()
        raise Refused(
            "X7",
            f"任职到{last}为止，只能改为更早结束",
            f"The tenure ends on {last}; it can only end earlier",
            code="tenure-ended",
        )
    return replace(tenure, until=until)


def conflicts(
    posts: Iterable[Post], tenures: Collection[Tenure], supervises: dict[UUID, frozenset[UUID]], day: date
) -> list[Conflict]:
    """Every conflict of posts on ``day`` (G10).

    ``supervises`` maps a supervising body to the bodies under it. An honorary post conflicts with none,
    since its holder decides nothing.
    """
    by_id = {post.id: post for post in posts if not post.honorary}
    held: dict[UUID, list[Post]] = {}
    for tenure in tenures:
        if tenure.covers(day) and tenure.post in by_id:
            held.setdefault(tenure.person, []).append(by_id[tenure.post])
    return [
        Conflict(person, supervising, supervised, supervised.body, _warning(supervising, supervised))
        for person, theirs in held.items()
        for supervising in theirs
        for supervised in theirs
        if supervising.body is not None
        and supervised.body is not None
        and supervised.body in supervises.get(supervising.body, frozenset())
    ]


def recused_from(person: UUID, found: Iterable[Conflict]) -> frozenset[UUID]:
    """The bodies that ``person`` may not supervise, by the conflicts ``found`` (G10)."""
    return frozenset(conflict.recused_from for conflict in found if conflict.person == person)


def _first_full_day(seats: int | None, others: Collection[Tenure], since: date) -> date | None:
    """The first day from ``since`` on which ``others``, all overlapping, fill every seat."""
    if seats is None:
        return None
    # Seats fill up only on a day somebody begins.
    starts = sorted({since} | {t.since for t in others if t.since > since})
    return next((day for day in starts if sum(t.covers(day) for t in others) >= seats), None)


def _warning(supervising: Post, supervised: Post) -> Text:
    return Text(
        f"职务冲突：{supervising.title.zh}兼任{supervised.title.zh}，须回避对该机构的监督",
        f"Conflict of posts: {supervising.title.en} is also {supervised.title.en}, "
        "and is recused from supervising that body",
    )

"""Resolutions 决议: adopted motions under their numbers (X6), until a later one takes their place (X7).

A number is 常务理事会决议〔2021〕1号: per body and year of the meeting, from 1 and without gaps. It is given with the
adoption, so a motion that fails, or finds no quorum, uses none.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.governance.bodies.rules import Decision
from services.governance.meetings.rules import Meeting, MotionState
from services.governance.payloads.rules import Payload, Revocation
from shared.errors import Refused
from shared.text import Text


class Standing(StrEnum):
    """Whether a resolution still stands."""

    IN_FORCE = "in-force"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"

    @property
    def label(self) -> Text:
        return _STANDINGS[self]


_STANDINGS = {
    Standing.IN_FORCE: Text("有效", "In force"),
    Standing.SUPERSEDED: Text("已被取代", "Superseded"),
    Standing.REVOKED: Text("已撤销", "Revoked"),
}


class Number(NamedTuple):
    """A resolution's number 决议编号; ``body`` is the name of the body as it was then."""

    body: Text
    year: int
    serial: int

    @property
    def text(self) -> Text:
        return Text(
            f"{self.body.zh}决议〔{self.year}〕{self.serial}号",
            f"{self.body.en}, resolution No. {self.serial} of {self.year}",
        )


def number_series(body_code: str, day: date) -> str:
    """The series from which a resolution of that body and day takes its serial (X6)."""
    return f"resolutions {body_code}/{day.year:04d}"


class Ending(NamedTuple):
    """What ended a resolution (X7): the later one, its day, and why where it says so."""

    standing: Standing
    by: UUID
    on: date
    reason: str | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """A resolution. ``subject`` is what it is about, such as an expenditure; ``payload`` what others act on.

    ``decision`` holds the sums of quorum and majority with the version they were made by (X1, X4), ``arithmetic``
    the count of the ballots as well, ``stamp`` is 恰为半数 where exactly half carried it.
    """

    id: UUID
    number: Number
    body: str
    motion: UUID
    title: str
    matter: str
    matter_version: UUID
    adopted_on: date
    subject: UUID | None
    payload: Payload | None
    decision: Decision
    arithmetic: Text
    stamp: Text | None
    ended: Ending | None = None

    @property
    def standing(self) -> Standing:
        return self.ended.standing if self.ended else Standing.IN_FORCE


def resolve(id: UUID, meeting: Meeting, motion_id: UUID, body: Text, serial: int) -> Resolution:
    """The resolution that an adopted motion of ``meeting`` is, with ``serial`` of its series as its number.

    ``body`` is the name of the body. A motion that was not adopted makes none (ValueError): look at the outcome of
    its vote before a serial is taken.
    """
    motion = meeting.motion(motion_id)
    if motion.state is not MotionState.ADOPTED:
        raise ValueError(f"a motion that is {motion.state} makes no resolution")
    if serial < 1:
        raise ValueError("serials begin at 1")
    vote = motion.votes[-1]
    if vote.decision is None:
        raise ValueError("an adopted motion was decided")
    return Resolution(
        id=id,
        number=Number(body, meeting.day.year, serial),
        body=meeting.body,
        motion=motion.id,
        title=motion.title,
        matter=motion.matter,
        matter_version=vote.matter_version,
        adopted_on=meeting.day,
        subject=motion.subject,
        payload=motion.payload,
        decision=vote.decision,
        arithmetic=vote.arithmetic,
        stamp=vote.stamp,
    )


def check_revocable(resolution: Resolution, matter: str) -> None:
    """Refuse (X7) a motion on ``matter`` that would revoke what it can't.

    Only what stands is revoked, on its own matter and so by a body that decides it; a revocation itself stays.
    """
    _check_stands(resolution)
    if resolution.matter != matter:
        raise Refused(
            "X7",
            f"{resolution.number.text.zh}所决事项不同，不能由此撤销",
            f"{resolution.number.text.en}, is on another matter and cannot be revoked by this",
            code="resolution-of-another-matter",
            field="payload",
        )
    if isinstance(resolution.payload, Revocation):
        raise Refused(
            "X7",
            f"{resolution.number.text.zh}本身是撤销决议，请另作决议",
            f"{resolution.number.text.en}, is a revocation itself; resolve anew instead",
            code="revocation-stays",
            field="payload",
        )


def revoked(resolution: Resolution, by: Resolution) -> Resolution:
    """``resolution`` once the later resolution ``by`` has revoked it 撤销. Refused by :func:`check_revocable`, and
    (X7) where ``by`` is earlier."""
    if not isinstance(by.payload, Revocation) or by.payload.resolution != resolution.id:
        raise ValueError("the resolution revokes another one, or none")
    check_revocable(resolution, by.matter)
    _check_later(resolution, by)
    return replace(resolution, ended=Ending(Standing.REVOKED, by.id, by.adopted_on, by.payload.reason))


def superseded(resolution: Resolution, by: Resolution) -> Resolution:
    """``resolution`` once the later resolution ``by``, on the same matter and subject, takes its place 取代.

    Only what is about one thing is superseded. A dues standard is not: it holds until the next one begins (X4).
    """
    if not supersedes(by, resolution):
        raise ValueError("the resolution is about something else")
    _check_stands(resolution)
    _check_later(resolution, by)
    return replace(resolution, ended=Ending(Standing.SUPERSEDED, by.id, by.adopted_on, None))


def supersedes(by: Resolution, resolution: Resolution) -> bool:
    """Whether ``by`` decides anew the very thing that ``resolution`` decided. One that revokes names no subject."""
    same = (by.matter, by.subject) == (resolution.matter, resolution.subject)
    return same and by.subject is not None and by.id != resolution.id


def _check_stands(resolution: Resolution) -> None:
    if resolution.ended is not None:
        raise Refused(
            "X7",
            f"{resolution.number.text.zh}{resolution.standing.label.zh}",
            f"{resolution.number.text.en}, does not stand any more ({resolution.standing.label.en.lower()})",
            code="resolution-ended",
            field="payload",
        )


def _check_later(resolution: Resolution, by: Resolution) -> None:
    if by.adopted_on < resolution.adopted_on:
        raise Refused(
            "X7",
            f"{by.number.text.zh}早于{resolution.number.text.zh}，不能改变后者",
            f"{by.number.text.en}, is earlier than {resolution.number.text.en}, and cannot change it",
            code="resolution-earlier",
        )

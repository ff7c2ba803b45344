"""A meeting 会议 of one body and the motions put there (G2, G5, G8, G9, G12).

    called ── opened ──▶ open ── every motion decided or withdrawn ──▶ closed
                          │ ▲                                            ▲
                adjourned │ │ resumed, on that day or another            │
                          ▼ │                                            │
                       adjourned ── every motion decided or withdrawn ───┘

A meeting opens with whoever is there: the quorum is measured at each vote, by those present then (X1). Without one
nothing is decided and no vote is used up; the meeting adjourns with its motions as they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.governance import reasons
from services.governance.bodies.rules import DecisionRule, has_quorum
from services.governance.matters.rules import Matter, check_matter
from services.governance.payloads.rules import DuesTerms, Payload, check_payload
from services.governance.votes import rules as voting
from shared.errors import Refused
from shared.text import Text


class State(StrEnum):
    CALLED = "called"
    OPEN = "open"
    ADJOURNED = "adjourned"
    CLOSED = "closed"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.CALLED: Text("已通知", "Called"),
    State.OPEN: Text("进行中", "Open"),
    State.ADJOURNED: Text("休会", "Adjourned"),
    State.CLOSED: Text("已结束", "Closed"),
}


class MotionState(StrEnum):
    PENDING = "pending"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Text:
        return _MOTION_STATES[self]


_MOTION_STATES = {
    MotionState.PENDING: Text("待表决", "To be voted on"),
    MotionState.ADOPTED: Text("已通过", "Adopted"),
    MotionState.REJECTED: Text("未通过", "Not adopted"),
    MotionState.WITHDRAWN: Text("已撤回", "Withdrawn"),
}


class Basis(StrEnum):
    """Where the number of the entitled comes from."""

    SEATS = "seats"
    ROLL = "roll"

    @property
    def label(self) -> Text:
        return _BASES[self]


_BASES = {
    Basis.SEATS: Text("当日任职记录", "The posts held on that day"),
    Basis.ROLL: Text("名册", "The roll"),
}


class Entitled(NamedTuple):
    """How many may vote 应到人数 on a day, and how that is known (X1)."""

    number: int
    basis: Basis


@dataclass(frozen=True, slots=True)
class Motion:
    """A motion 议案: a matter by its code, put to one vote. ``subject`` is what it is about, such as an expenditure.

    ``votes`` are those held on it, the last one deciding; only void ones stand before another.
    """

    id: UUID
    matter: str
    title: str
    subject: UUID | None = None
    payload: Payload | None = None
    votes: tuple[voting.Vote, ...] = ()
    withdrawn: str | None = None

    @property
    def state(self) -> MotionState:
        if self.withdrawn is not None:
            return MotionState.WITHDRAWN
        last = self.votes[-1].outcome if self.votes else voting.Outcome.VOID
        return MotionState.PENDING if last is voting.Outcome.VOID else MotionState(last.value)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of ``body``, its code, on ``day``; after an adjournment the day it was resumed.

    ``entitled`` and ``present`` are those of the opening, None before it.
    """

    body: str
    day: date
    notified_on: date
    state: State = State.CALLED
    entitled: Entitled | None = None
    present: int | None = None
    motions: tuple[Motion, ...] = ()

    def motion(self, id: UUID) -> Motion:
        """The motion of that id; one that is not of this meeting is the caller's mistake (KeyError)."""
        return {motion.id: motion for motion in self.motions}[id]

    def _with(self, changed: Motion) -> "Meeting":
        return replace(self, motions=tuple(changed if each.id == changed.id else each for each in self.motions))


def entitled_on(recorded: int, *, complete: bool, roll: int | None) -> Entitled:
    """The entitled: the seats filled on the day, or what a roll says where posts don't tell all (X1).

    ``recorded`` people hold a seat on record. ``complete``: the records name everybody, so a roll can only repeat
    them. They don't where delegates sit, or people whom the founding document leaves unnamed: then a ``roll`` is
    needed, and counts no fewer. Refused (X1) otherwise.
    """
    if complete:
        if roll not in (None, recorded):
            raise _entitled_refused(
                f"当日任职记录为{recorded}人，与名册{roll}人不符",
                f"{recorded} people hold a seat on that day, the roll says {roll}",
            )
        return Entitled(recorded, Basis.SEATS)
    if roll is None:
        raise _entitled_refused(
            "任职记录不全，须填写名册人数", "The records don't name everybody entitled; say how many the roll has"
        )
    if roll < recorded:
        raise _entitled_refused(
            f"名册{roll}人，少于当日任职记录的{recorded}人",
            f"The roll has {roll}, fewer than the {recorded} who hold a seat on that day",
        )
    return Entitled(roll, Basis.ROLL)


def call(body: str, rule: DecisionRule | None, day: date, notified_on: date) -> Meeting:
    """A meeting of ``body`` called for ``day`` by a notice 通知 of ``notified_on``.

    ``rule`` is how the body decides on that day. Refused (G1): a body that takes no votes. Refused (G23): a notice
    after the meeting.
    """
    _voting(rule)
    if notified_on > day:
        raise Refused(
            "G23",
            "会议通知不得晚于会议日",
            "The notice is not later than the meeting",
            code="notice-late",
            field="notified_on",
        )
    return Meeting(body, day, notified_on)


def check_roll(at_notice: int | None, now: int | None) -> int | None:
    """How many the roll 名册 has: as the notice said, or as is said ``now``. Refused (G19): another number than the
    notice's, since the roll is frozen with it."""
    if at_notice is not None and now not in (None, at_notice):
        raise Refused(
            "G19",
            f"名册自通知之日起不变：通知为{at_notice}人",
            f"The roll is frozen at the notice, which says {at_notice}",
            code="roll-frozen",
            field="roll",
        )
    return now if at_notice is None else at_notice


def open_meeting(meeting: Meeting, *, present: int, entitled: Entitled, today: date) -> Meeting:
    """The meeting opened on its day with ``present`` there. It may be entered later, never ahead (G23).

    Refused (X1): more present than entitled.
    """
    _check_state(meeting, State.CALLED)
    return _opened(meeting, meeting.day, present, entitled, today)


def resume(meeting: Meeting, *, day: date, present: int, entitled: Entitled, today: date) -> Meeting:
    """The adjourned meeting open again on ``day``, with those entitled on that day. Refused as :func:`open_meeting`;
    and (G23) a day before it was adjourned."""
    _check_state(meeting, State.ADJOURNED)
    if day < meeting.day:
        raise Refused(
            "G23",
            "复会日不得早于休会日",
            "A meeting is not resumed before it was adjourned",
            code="resumed-early",
            field="day",
        )
    return _opened(meeting, day, present, entitled, today)


def put(meeting: Meeting, motion: Motion, matters: Iterable[Matter], dues_terms: Iterable[DuesTerms]) -> Meeting:
    """The meeting with one more motion, put before or during it.

    Refused: a matter that another body decides (G1), a payload that doesn't suit it (:func:`check_payload`), a
    motion without a title, a closed meeting (G12).
    """
    _check_state(meeting, State.CALLED, State.OPEN, State.ADJOURNED)
    if not motion.title.strip():
        raise Refused("G12", "议案须有标题", "A motion has a title", code="title-needed", field="title")
    _decidable(meeting, motion, matters, dues_terms)
    return replace(meeting, motions=(*meeting.motions, motion))


def withdraw(meeting: Meeting, motion_id: UUID, reason: str) -> Meeting:
    """The meeting with that motion withdrawn 撤回 before it was decided; it stays on file (X7)."""
    _check_state(meeting, State.CALLED, State.OPEN, State.ADJOURNED)
    motion = _pending(meeting, motion_id)
    return meeting._with(replace(motion, withdrawn=reasons.given(reason)))


def vote(
    meeting: Meeting,
    motion_id: UUID,
    *,
    rule: DecisionRule | None,
    present: int,
    count: voting.Count,
    matters: Iterable[Matter],
    dues_terms: Iterable[DuesTerms],
) -> Meeting:
    """The meeting once its motion has been voted on by counted paper ballots; ``present`` are those at the vote.

    ``rule`` is how the body decides on the day of the meeting. Matter and payload are looked at again, since the
    meeting may have been resumed on another day. Refused (G12): a motion that is decided or withdrawn; otherwise as
    :func:`put` and :func:`services.governance.votes.rules.hold`, without a quorum above all.
    """
    _check_state(meeting, State.OPEN)
    motion = _pending(meeting, motion_id)
    matter = _decidable(meeting, motion, matters, dues_terms)
    if meeting.entitled is None:
        raise ValueError("an open meeting knows who is entitled")
    held = voting.hold(matter, _voting(rule), entitled=meeting.entitled.number, present=present, count=count)
    return meeting._with(replace(motion, votes=(*motion.votes, held)))


def adjourn(meeting: Meeting) -> Meeting:
    """The open meeting adjourned 休会, its motions as they are."""
    _check_state(meeting, State.OPEN)
    return replace(meeting, state=State.ADJOURNED)


def close(meeting: Meeting) -> Meeting:
    """The meeting closed for good. Refused (G4) while a motion is undecided."""
    _check_state(meeting, State.OPEN, State.ADJOURNED)
    open_ones = [motion.title for motion in meeting.motions if motion.state is MotionState.PENDING]
    if open_ones:
        raise Refused(
            "G4",
            f"尚有{len(open_ones)}项议案未决：{'、'.join(open_ones)}",
            f"{len(open_ones)} motions are undecided: {', '.join(open_ones)}",
            code="motions-undecided",
        )
    return replace(meeting, state=State.CLOSED)


def _opened(meeting: Meeting, day: date, present: int, entitled: Entitled, today: date) -> Meeting:
    if day > today:
        raise Refused(
            "G23",
            f"会议定于{day.isoformat()}召开，尚未到期",
            f"The meeting is on {day.isoformat()}, which has not come",
            code="meeting-not-due",
        )
    # Only its checks are wanted: a quorum is looked for at the vote.
    has_quorum(present, entitled.number)
    return replace(meeting, day=day, state=State.OPEN, entitled=entitled, present=present)


def _decidable(meeting: Meeting, motion: Motion, matters: Iterable[Matter], dues_terms: Iterable[DuesTerms]) -> Matter:
    matter = check_matter(motion.matter, meeting.body, matters, meeting.day)
    check_payload(matter, motion.payload, motion.subject, dues_terms, meeting.day)
    return matter


def _pending(meeting: Meeting, motion_id: UUID) -> Motion:
    motion = meeting.motion(motion_id)
    if motion.state is not MotionState.PENDING:
        raise Refused(
            "G12",
            f"议案“{motion.title}”{motion.state.label.zh}，一项议案只表决一次",
            f"A motion is voted on once; this one is {motion.state.label.en.lower()}: {motion.title}",
            code="motion-decided",
        )
    return motion


def _voting(rule: DecisionRule | None) -> DecisionRule:
    if rule is None:
        raise Refused("G1", "该机构不作表决", "This body takes no votes", code="body-without-votes", field="body")
    return rule


def _check_state(meeting: Meeting, *states: State) -> None:
    if meeting.state not in states:
        raise Refused(
            "G4",
            f"会议{meeting.state.label.zh}，不能办理",
            f"The meeting does not stand so that this can be done ({meeting.state.label.en.lower()})",
            code="meeting-state",
        )


def _entitled_refused(zh: str, en: str) -> Refused:
    return Refused("X1", zh, en, code="entitled", field="roll")

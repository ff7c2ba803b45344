"""Meetings 会议 and the motions 议案 put there, as they are kept."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.governance.base import Base
from services.governance.bodies.models import Body
from services.governance.bodies.rules import DecisionRule
from services.governance.meetings import rules
from services.governance.payloads import schemas as payloads
from services.governance.payloads.rules import as_kept, from_kept
from services.governance.votes.models import Vote
from shared.store.base import Versioned
from shared.text import Text


class Meeting(Versioned, Base):
    """A meeting of one body. ``roll`` is how many the roll of the notice has (G19); ``entitled``, ``entitled_basis``
    and ``present`` are those of the opening, null before it. ``day`` moves where it is resumed on another one."""

    __tablename__ = "meetings"
    label = Text("会议", "meeting")

    body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bodies.id"), index=True)
    held_on: Mapped[date]
    notified_on: Mapped[date]
    day: Mapped[date]
    roll: Mapped[int | None]
    state: Mapped[str]
    entitled: Mapped[int | None]
    entitled_basis: Mapped[str | None]
    present: Mapped[int | None]
    called_by: Mapped[uuid.UUID | None]
    closed_at: Mapped[datetime | None]
    body: Mapped[Body] = relationship(lazy="selectin")
    motions: Mapped[list["Motion"]] = relationship(
        back_populates="meeting", order_by="Motion.position", lazy="selectin"
    )

    @property
    def body_code(self) -> str:
        return self.body.code

    @property
    def decision_rule(self) -> DecisionRule | None:
        """How its body decides on its day; None for a body that takes no votes."""
        version = self.body.decision_rule_on(self.day)
        return version.as_ruled() if version else None

    def as_ruled(self) -> rules.Meeting:
        """What the rules need to know of it."""
        entitled = (
            rules.Entitled(self.entitled, rules.Basis(self.entitled_basis))
            if self.entitled is not None and self.entitled_basis is not None
            else None
        )
        return rules.Meeting(
            body=self.body.code,
            day=self.day,
            notified_on=self.notified_on,
            state=rules.State(self.state),
            entitled=entitled,
            present=self.present,
            motions=tuple(motion.as_ruled() for motion in self.motions),
        )

    def take(self, ruled: rules.Meeting) -> None:
        """Stand as the rules say it does now. Motions and votes are rows of their own."""
        self.day, self.state, self.present = ruled.day, ruled.state.value, ruled.present
        if ruled.entitled is not None:
            self.entitled, self.entitled_basis = ruled.entitled.number, ruled.entitled.basis.value


class Motion(Versioned, Base):
    """A motion, decided by the last of its votes. ``withdrawn`` is why it was withdrawn, null where it was not."""

    __tablename__ = "motions"
    __table_args__ = (UniqueConstraint("meeting_id", "position"),)
    label = Text("议案", "motion")

    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meetings.id"))
    position: Mapped[int]
    matter: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    payload: Mapped[dict[str, Any] | None]
    state: Mapped[str]
    withdrawn: Mapped[str | None]
    put_by: Mapped[uuid.UUID | None]
    put_at: Mapped[datetime]
    meeting: Mapped[Meeting] = relationship(back_populates="motions")
    votes: Mapped[list[Vote]] = relationship(order_by=Vote.position, lazy="selectin")

    @classmethod
    def of(cls, motion: rules.Motion, *, position: int, by: uuid.UUID | None, at: datetime) -> "Motion":
        """The row of a motion that was put, the ``position``-th of its meeting."""
        return cls(
            id=motion.id,
            position=position,
            matter=motion.matter,
            title=motion.title.strip(),
            subject_id=motion.subject,
            payload=as_kept(motion.payload),
            state=motion.state.value,
            put_by=by,
            put_at=at,
        )

    @property
    def carries(self) -> dict[str, Any] | None:
        """What its resolution would carry, as it is shown."""
        return payloads.shown(from_kept(self.payload))

    def as_ruled(self) -> rules.Motion:
        """What the rules need to know of it."""
        return rules.Motion(
            id=self.id,
            matter=self.matter,
            title=self.title,
            subject=self.subject_id,
            payload=from_kept(self.payload),
            votes=tuple(vote.as_ruled() for vote in self.votes),
            withdrawn=self.withdrawn,
        )

    def take(self, ruled: rules.Motion) -> None:
        """Stand as the rules say it does now. Votes are rows of their own."""
        self.state, self.withdrawn = ruled.state.value, ruled.withdrawn

"""Resolutions 决议 as they are kept."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.governance.base import Base
from services.governance.meetings.models import Motion
from services.governance.payloads import schemas as payloads
from services.governance.payloads.rules import as_kept, from_kept
from services.governance.resolutions import rules
from services.governance.votes.models import Vote
from shared.api.sentences import Sentence, kept
from shared.store.base import Versioned
from shared.text import Text


class Resolution(Versioned, Base):
    """An adopted motion under its number (X6), with the vote that decided it (X1, X4). Kept for good (X7).

    ``body_name`` is the name of the body as it was then. ``ended_by`` is the later resolution that took its place or
    revoked it; null, as the rest of ``ended_*``, while it is in force.
    """

    __tablename__ = "resolutions"
    __table_args__ = (UniqueConstraint("body", "year", "serial"),)
    label = Text("决议", "resolution")

    number: Mapped[str] = mapped_column(unique=True)
    body: Mapped[str]
    body_name: Mapped[Sentence]
    year: Mapped[int]
    serial: Mapped[int]
    motion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("motions.id"), unique=True)
    vote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("votes.id"), unique=True)
    title: Mapped[str]
    matter: Mapped[str] = mapped_column(index=True)
    matter_version: Mapped[uuid.UUID]
    adopted_on: Mapped[date]
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    payload: Mapped[dict[str, Any] | None]
    arithmetic: Mapped[Sentence]
    stamp: Mapped[Sentence | None]
    standing: Mapped[str]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("resolutions.id"))
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str | None]
    vote: Mapped[Vote] = relationship(back_populates="resolution")

    @classmethod
    def of(cls, resolved: rules.Resolution, motion: Motion, vote: Vote) -> "Resolution":
        """The row of what the rules resolved, by ``vote`` on ``motion``."""
        return cls(
            id=resolved.id,
            number=resolved.number.text.zh,
            body=resolved.body,
            body_name=kept(resolved.number.body),
            year=resolved.number.year,
            serial=resolved.number.serial,
            motion_id=motion.id,
            vote=vote,
            title=resolved.title,
            matter=resolved.matter,
            matter_version=resolved.matter_version,
            adopted_on=resolved.adopted_on,
            subject_id=resolved.subject,
            payload=as_kept(resolved.payload),
            arithmetic=kept(resolved.arithmetic),
            stamp=kept(resolved.stamp) if resolved.stamp else None,
            standing=resolved.standing.value,
        )

    def as_ruled(self) -> rules.Resolution:
        """The resolution as the rules made it, with what ended it since."""
        decision = self.vote.as_ruled().decision
        if decision is None:
            raise ValueError("a void vote makes no resolution")
        return rules.Resolution(
            id=self.id,
            number=rules.Number(Text(**self.body_name), self.year, self.serial),
            body=self.body,
            motion=self.motion_id,
            title=self.title,
            matter=self.matter,
            matter_version=self.matter_version,
            adopted_on=self.adopted_on,
            subject=self.subject_id,
            payload=from_kept(self.payload),
            decision=decision,
            arithmetic=Text(**self.arithmetic),
            stamp=Text(**self.stamp) if self.stamp else None,
            ended=self._ending(),
        )

    def take(self, ruled: rules.Resolution) -> None:
        """Stand as the rules say it does now."""
        self.standing = ruled.standing.value
        if ruled.ended is not None:
            self.ended_by, self.ended_on, self.ended_reason = ruled.ended.by, ruled.ended.on, ruled.ended.reason

    def _ending(self) -> rules.Ending | None:
        if self.ended_by is None or self.ended_on is None:
            return None
        return rules.Ending(rules.Standing(self.standing), self.ended_by, self.ended_on, self.ended_reason)

    @property
    def number_text(self) -> Text:
        """Its number in both languages."""
        return rules.Number(Text(**self.body_name), self.year, self.serial).text

    @property
    def carries(self) -> dict[str, Any] | None:
        """What it carries, as it is shown."""
        return payloads.shown(from_kept(self.payload))

    @property
    def exactly_half(self) -> bool:
        """Whether exactly half of the present carried it (X1)."""
        return self.stamp is not None

    @property
    def limit(self) -> int | None:
        """The most that may be spent on its subject, in fen (F4); None where it is about something else."""
        return (self.carries or {}).get("limit")

    @property
    def dues_amounts(self) -> Any:
        """The dues by tier (M3); None where it is about something else."""
        return (self.carries or {}).get("amounts")

    @property
    def effective_from(self) -> date | None:
        return (self.carries or {}).get("effective_from")

    @property
    def dues_joining(self) -> str | None:
        """What a unit owes for the year in which it is admitted (M3)."""
        return (self.carries or {}).get("joining")

    @property
    def dues_leaving(self) -> str | None:
        """What a unit owes for the year in which it leaves (M3)."""
        return (self.carries or {}).get("leaving")

    @property
    def dues_waivers(self) -> Any:
        """Whom the assembly let off (M3)."""
        return (self.carries or {}).get("waivers")

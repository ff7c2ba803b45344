"""Entries 参评作品, who judges them by which criteria, and what they came to, as it is kept."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.activities.judging import rules
from services.membership.activities.sign_ups.models import over
from services.membership.base import Base
from shared.api.sentences import Sentence, kept
from shared.personal.declaring import personal, tied
from shared.store.base import Identified, Versioned
from shared.store.sight import OF_UNIT
from shared.text import Text


class ActivityJudging(Base):
    """How the judging of an activity stands. ``terms`` is the version results were found by (X4); prizes are awarded by
    the council's ``resolution_id``, until ``revoked_at`` where that does not stand any more (G21, X7)."""

    __tablename__ = "activity_judgings"
    label = Text("评选", "judging")

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"), primary_key=True)
    terms: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    listed_at: Mapped[datetime | None]
    listed_by: Mapped[str | None]
    resolution_id: Mapped[uuid.UUID | None]
    awarded_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    @property
    def awarded(self) -> bool:
        """Whether the council's decision on the prizes stands."""
        return self.awarded_at is not None and self.revoked_at is None

    def list_anew(self, now: datetime, by: str) -> None:
        """A list of prizes was drawn up, on which the council has not decided; what it said of another is past."""
        self.listed_at, self.listed_by = now, by
        self.resolution_id = self.awarded_at = self.revoked_at = None


class JudgingCriterion(Identified, Base):
    """What entries are judged by, with its weight of 100 (M9)."""

    __tablename__ = "judging_criteria"
    __table_args__ = (
        UniqueConstraint("activity_id", "position"),
        CheckConstraint("weight BETWEEN 1 AND 100", name="weight_of_hundred"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    position: Mapped[int]
    title: Mapped[str]
    weight: Mapped[int]


class JudgingPrize(Identified, Base):
    """A prize and how many there are of it; the first is the highest (M9)."""

    __tablename__ = "judging_prizes"
    __table_args__ = (
        UniqueConstraint("activity_id", "position"),
        CheckConstraint("number > 0", name="number_above_zero"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    position: Mapped[int]
    title: Mapped[str]
    number: Mapped[int]


class Judge(Identified, Base):
    """Who judges, and the unit they are on file as of (X8)."""

    __tablename__ = "activity_judges"
    __table_args__ = (
        UniqueConstraint("activity_id", "person_id"),
        {"info": tied(Text("评委", "Judge of an activity"), person="person_id")},
    )
    label = Text("评委", "judge")

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))


def _over() -> ColumnElement[Any]:
    return over(Entry.activity_id)


class Entry(Versioned, Base):
    """What was entered for an activity (M9), by a unit or, with none, by somebody on their own. Mean, rank and the rest
    are None until the judging is closed; ``prize_id`` is what the list gives it."""

    __tablename__ = "activity_entries"
    __table_args__ = ({"info": tied(Text("参评作品", "Entry of an activity"), person="person_id", began=_over)},)
    label = Text("参评作品", "entry")

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"), index=True)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    title: Mapped[str]
    body: Mapped[str]
    author: Mapped[str] = mapped_column(info=personal("participant", Text("作者", "Author")))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    consented_to: Mapped[str]
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    mean: Mapped[Decimal | None] = mapped_column(Numeric)
    rank: Mapped[int | None]
    tied: Mapped[bool | None]
    judges: Mapped[int | None]
    arithmetic: Mapped[Sentence | None]
    prize_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("judging_prizes.id"))

    def follow(self, result: rules.Result) -> None:
        """Take over what the rules found."""
        self.mean, self.rank, self.tied, self.judges, arithmetic = result
        self.arithmetic = kept(arithmetic)


class EntryMark(Identified, Base):
    """A judge's mark of an entry by one criterion. Never changed: a correction is the next revision (X7)."""

    __tablename__ = "entry_marks"
    __table_args__ = (
        UniqueConstraint("entry_id", "judge_id", "criterion_id", "revision"),
        CheckConstraint("mark BETWEEN 0 AND 100", name="mark_in_range"),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity_entries.id"), index=True)
    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity_judges.id"))
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("judging_criteria.id"))
    revision: Mapped[int]
    mark: Mapped[Decimal] = mapped_column(Numeric(4, 1))
    given_at: Mapped[datetime]
    reason: Mapped[str]


class Commendation(Base):
    """A resolution of the council on the prizes of an activity, as governance told it (G21)."""

    __tablename__ = "activity_commendations"
    label = Text("表彰决议", "commendation")

    resolution_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"), index=True)
    number: Mapped[str]
    adopted_on: Mapped[date]
    ended_on: Mapped[date | None]

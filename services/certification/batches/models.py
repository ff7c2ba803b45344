"""Batches 认定批次: what they examine, the steps they took, how they ended."""

import uuid
from datetime import date, datetime

from sqlalchemy import ARRAY, Date, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from services.certification.base import Base
from services.certification.batches import rules
from services.certification.batches.rules import BatchState, OccupationRate, PassRate
from services.certification.candidates.models import Candidate
from services.certification.catalogue.rules import Qualification
from services.certification.certificates.models import Certificate
from services.certification.results.rules import Window
from shared.store.base import Identified, Versioned
from shared.text import Text


class Batch(Versioned, Base):
    """A batch from draft to certified (C2), with the versions of the rules that it was planned by (X4)."""

    __tablename__ = "batches"
    label = Text("认定批次", "batch")

    name: Mapped[str]
    site: Mapped[str]
    state: Mapped[str] = mapped_column(default=BatchState.DRAFT.value)
    planned_at: Mapped[datetime]
    planned_by: Mapped[uuid.UUID]
    catalogue: Mapped[str]
    accreditation: Mapped[str]
    examination_days: Mapped[list[date]] = mapped_column(ARRAY(Date))
    posted_at: Mapped[datetime | None]
    notice_last_day: Mapped[date | None]
    publicity_period: Mapped[str | None]
    scope: Mapped[list["ScopeLine"]] = relationship(order_by="ScopeLine.id")
    steps: Mapped[list["Step"]] = relationship(order_by="Step.id")
    tallies: Mapped[list["Tally"]] = relationship(
        primaryjoin=lambda: Batch.id == foreign(Tally.batch_id),
        order_by=lambda: Tally.first_place,
        viewonly=True,
    )

    def advance(self, wanted: BatchState, at: datetime, by: uuid.UUID | None) -> None:
        """Take the next step. Refused by C2 for any other; ``by`` is None for what comes by itself."""
        rules.check_step(BatchState(self.state), wanted)
        self.state = wanted.value
        self.steps.append(Step(state=wanted.value, taken_at=at, taken_by=by))

    def taken_by(self, state: BatchState) -> list[uuid.UUID | None]:
        """Who took the step to ``state``; nobody while it has not been taken."""
        return [step.taken_by for step in self.steps if step.state == state.value]

    @property
    def qualifications(self) -> frozenset[Qualification]:
        return frozenset(line.as_ruled() for line in self.scope)

    @property
    def sat_on(self) -> date:
        """The day by whose rules its scores are judged: the last of the examination."""
        return max(self.examination_days)

    @property
    def window(self) -> Window | None:
        """When its results stand in public (C6); None before they are posted."""
        if self.posted_at is None or self.notice_last_day is None or self.publicity_period is None:
            return None
        return Window(self.posted_at, self.notice_last_day, self.publicity_period)

    @property
    def enrolled(self) -> int:
        return sum(tally.enrolled for tally in self.tallies)

    @property
    def certificates(self) -> int:
        """How many certificates it has led to, revoked ones included."""
        return sum(tally.certificates for tally in self.tallies)

    @property
    def statistics(self) -> rules.Statistics | None:
        """Pass rates; None until the batch is scored (C6)."""
        if not rules.has_reached(BatchState(self.state), BatchState.SCORED):
            return None
        return rules.Statistics(
            tuple(OccupationRate(each.occupation, PassRate(each.passed, each.taken)) for each in self.tallies)
        )


class ScopeLine(Identified, Base):
    """One thing that a batch examines."""

    __tablename__ = "scope_lines"
    __table_args__ = (
        UniqueConstraint("batch_id", "occupation", "work_type", "level", postgresql_nulls_not_distinct=True),
    )

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("batches.id"))
    occupation: Mapped[str]
    work_type: Mapped[str | None]
    level: Mapped[int]

    def as_ruled(self) -> Qualification:
        return Qualification(self.occupation, self.work_type, self.level)


class Step(Identified, Base):
    """A step that a batch took, when and by whom; by nobody where it came by itself (C2, X7)."""

    __tablename__ = "steps"
    __table_args__ = (UniqueConstraint("batch_id", "state"),)

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("batches.id"))
    state: Mapped[str]
    taken_at: Mapped[datetime]
    taken_by: Mapped[uuid.UUID | None]


class Tally(Base):
    """Figures of one occupation in one batch, counted when they are read; no table of its own."""

    __table__ = (
        select(
            Candidate.batch_id,
            Candidate.occupation,
            func.min(Candidate.place).label("first_place"),
            func.count(Candidate.id).label("enrolled"),
            func.count(Candidate.id).filter(Candidate.took_part.is_(True)).label("taken"),
            func.count(Candidate.id).filter(Candidate.passed.is_(True), Candidate.void_at.is_(None)).label("passed"),
            func.count(Certificate.id).label("certificates"),
        )
        .outerjoin(Certificate, Certificate.candidate_id == Candidate.id)
        .group_by(Candidate.batch_id, Candidate.occupation)
        .subquery("tallies")
    )
    __mapper_args__ = {"primary_key": [__table__.c.batch_id, __table__.c.occupation]}

    batch_id: Mapped[uuid.UUID]
    occupation: Mapped[str]
    first_place: Mapped[int]
    enrolled: Mapped[int]
    taken: Mapped[int]
    passed: Mapped[int]
    certificates: Mapped[int]

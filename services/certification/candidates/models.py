"""Candidates 考生 of a batch, and what came of their examination."""

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.certification.base import Base
from services.certification.catalogue.rules import Qualification
from services.certification.examinations import rules as examinations
from services.certification.examinations.rules import Mark, Part, PassMarks
from services.certification.results import rules as results
from services.certification.scores.models import Score
from shared.personal.declaring import Shown, personal, tied
from shared.store.base import SEALED, Versioned
from shared.text import Text

if TYPE_CHECKING:
    from services.certification.certificates.models import Certificate
    from services.certification.objections.models import Objection


def _identity(zh: str, en: str, shown: Shown) -> dict[str, Any]:
    return personal("identity-number", Text(zh, en), shown=shown)


class Candidate(Versioned, Base):
    """One person in one occupation of a batch.

    The identity number is kept sealed; ``identity_index`` finds it without opening it, ``identity_last4`` is what may
    be shown (X5); all three and ``sex``, which follows from it, are None once they were erased (X11). ``place`` counts
    the candidates of the batch in the order of enrolment. ``took_part``, ``passed``, ``pass_marks`` and ``reason`` are
    the outcome, None until every part is marked (C5, X4); ``void_at`` is when an objection made it void (C6).
    ``unit_id`` is the unit whose people these are, where the sheet came from one (X8).
    """

    __tablename__ = "candidates"
    __table_args__ = (
        UniqueConstraint("batch_id", "identity_index", "occupation"),
        UniqueConstraint("batch_id", "place"),
        {"info": tied(Text("考生", "Candidate"), index="identity_index", began="enrolled_at")},
    )
    label = Text("考生", "candidate")

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("batches.id"))
    place: Mapped[int]
    name: Mapped[str] = mapped_column(info=personal("name", Text("姓名", "Name")))
    identity_sealed: Mapped[bytes | None] = mapped_column(
        info=SEALED | _identity("身份证号", "Identity number", "last4")
    )
    identity_index: Mapped[str | None] = mapped_column(info=_identity("身份证号索引", "Index of the number", "not"))
    identity_last4: Mapped[str | None] = mapped_column(info=_identity("身份证号后四位", "Last four", "not"))
    sex: Mapped[str | None] = mapped_column(info=_identity("性别", "Sex", "whole"))
    occupation: Mapped[str]
    work_type: Mapped[str | None]
    level: Mapped[int]
    unit_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    enrolled_at: Mapped[datetime]
    took_part: Mapped[bool | None]
    passed: Mapped[bool | None]
    pass_marks: Mapped[str | None]
    reason: Mapped[str | None]
    void_at: Mapped[datetime | None]
    scores: Mapped[list[Score]] = relationship(order_by=Score.revision)
    objections: Mapped[list["Objection"]] = relationship(order_by="Objection.id", back_populates="candidate")
    certificate: Mapped["Certificate | None"] = relationship(back_populates="candidate")

    @property
    def qualification(self) -> Qualification:
        return Qualification(self.occupation, self.work_type, self.level)

    @property
    def marks(self) -> dict[Part, Mark]:
        """What stands: of each part the latest mark."""
        return {Part(score.part): score.mark for score in self.scores}

    def mark(self, marks: dict[Part, Mark], *, at: datetime, by: uuid.UUID, reason: str) -> None:
        """Enter ``marks`` over those that stand; what stood before is kept (X7)."""
        for part, mark in marks.items():
            revision = 1 + sum(score.part == part for score in self.scores)
            self.scores.append(Score.of(part, mark, revision=revision, at=at, by=by, reason=reason))

    def judge(self, sat_on: date, pass_marks: PassMarks) -> None:
        """Draw the outcome from what stands, once every part is marked (C5)."""
        marks = self.marks
        if any(part not in marks for part in examinations.parts_needed(self.level, pass_marks)):
            return
        outcome = examinations.outcome(self.level, marks, sat_on=sat_on, pass_marks=pass_marks)
        self.took_part, self.passed = outcome.took_part, outcome.passed
        self.pass_marks, self.reason = outcome.version, outcome.reason.zh

    def standing(self, window: results.Window, now: datetime) -> results.Standing:
        """How the result stands at ``now`` (C6)."""
        return results.standing(window, [objection.as_ruled() for objection in self.objections], now)

    @property
    def frozen(self) -> bool:
        """Whether an objection awaits its decision."""
        return any(objection.decision is None for objection in self.objections)

    @property
    def void(self) -> bool:
        return self.void_at is not None

    @property
    def certificate_number(self) -> str | None:
        return self.certificate.number if self.certificate else None

    def text_of(self, part: Part) -> str | None:
        mark = self.marks.get(part)
        return None if mark is None else examinations.mark_text(mark)

    @property
    def theory(self) -> str | None:
        return self.text_of(Part.THEORY)

    @property
    def practical(self) -> str | None:
        return self.text_of(Part.PRACTICAL)

    @property
    def review(self) -> str | None:
        return self.text_of(Part.REVIEW)

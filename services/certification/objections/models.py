"""Objections 异议 against publicised results."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.certification.base import Base
from services.certification.results import rules
from shared.personal.declaring import tied
from shared.store.base import Versioned
from shared.text import Text

if TYPE_CHECKING:
    from services.certification.candidates.models import Candidate


class Objection(Versioned, Base):
    """An objection against one candidate's result, and what came of it (C6, X7, X8)."""

    __tablename__ = "objections"
    __table_args__ = ({"info": tied(Text("异议", "Objection"), parent="candidate_id", of="candidates")},)
    label = Text("异议", "objection")

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("batches.id"), index=True)
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidates.id"), index=True)
    grounds: Mapped[str]
    raised_at: Mapped[datetime]
    raised_by: Mapped[uuid.UUID]
    decision: Mapped[str | None]
    reason: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None]
    candidate: Mapped["Candidate"] = relationship(back_populates="objections")

    def as_ruled(self) -> rules.Objection:
        """What the rules need to know of it."""
        decision = None if self.decision is None else rules.Ruling(self.decision)
        return rules.Objection(self.raised_at, decision, self.decided_at)

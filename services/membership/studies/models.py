"""Studies 课题, deliverables and what clients said of them, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.base import Base
from services.membership.studies.rules import State
from shared.store.base import Identified, Versioned
from shared.text import Text


class Study(Versioned, Base):
    """A study agreed with a client of the government, for a sum in fen (M12)."""

    __tablename__ = "studies"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_above_zero"),)
    label = Text("课题", "study")

    client: Mapped[str]
    title: Mapped[str]
    amount: Mapped[int]
    agreed_on: Mapped[date]
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=State.AGREED, index=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    accepted_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None]
    deliverables: Mapped[list["Deliverable"]] = relationship(order_by="Deliverable.due_on", lazy="selectin")
    acceptances: Mapped[list["Acceptance"]] = relationship(order_by="Acceptance.id", lazy="selectin")


class Deliverable(Versioned, Base):
    """What is to be delivered of a study, until when; ``delivered_on`` is null again once it was sent back."""

    __tablename__ = "study_deliverables"
    label = Text("课题成果", "deliverable")

    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("studies.id"), index=True)
    title: Mapped[str]
    due_on: Mapped[date] = mapped_column(index=True)
    delivered_on: Mapped[date | None]


class Acceptance(Identified, Base):
    """What the client said of a study: passed, or sent back; by which department, on which day. Kept for good (X7)."""

    __tablename__ = "study_acceptances"

    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("studies.id"), index=True)
    outcome: Mapped[str]
    decided_by: Mapped[str]
    decided_on: Mapped[date]
    remarks: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]

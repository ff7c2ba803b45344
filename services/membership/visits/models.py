"""Research visits 走访调研 and follow-ups, as they are kept. What was found is the association's own."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.base import Base
from services.membership.visits.rules import State
from shared.personal.declaring import tied
from shared.store.base import Versioned
from shared.text import Text


class Visit(Versioned, Base):
    """A visit to a unit: when, led by whom of the association, on what, and what was found (M12)."""

    __tablename__ = "research_visits"
    __table_args__ = ({"info": tied(Text("走访调研", "Research visit"), person="led_by")},)
    label = Text("走访", "visit")

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True)
    visited_on: Mapped[date] = mapped_column(index=True)
    led_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    topics: Mapped[str]
    findings: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    follow_ups: Mapped[list["FollowUp"]] = relationship(order_by="FollowUp.due_on", lazy="selectin")


class FollowUp(Versioned, Base):
    """What is to follow from a visit, whose it is to do, and until when (M12)."""

    __tablename__ = "visit_follow_ups"
    __table_args__ = ({"info": tied(Text("走访后续事项", "Follow-up of a visit"), person="owner_id")},)
    label = Text("后续事项", "follow-up")

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("research_visits.id"), index=True)
    task: Mapped[str]
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    due_on: Mapped[date] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default=State.OPEN)
    outcome: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]

"""Complaints 投诉 and the notices served of them, as they are kept.

Only the notice is for the people of a unit, the one complained about. It does not say who complains.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.base import Base
from services.membership.self_discipline.complaints import rules
from shared.identity.duties import Bond
from shared.store.base import Versioned
from shared.store.sight import OF_UNIT
from shared.text import Text


class Complaint(Versioned, Base):
    """A complaint about a unit's breach of the pact, by another unit or somebody outside (M12).

    ``terms`` is the version its kind and measure are of (X4). Who did what with it are accounts.
    """

    __tablename__ = "complaints"
    __table_args__ = (
        CheckConstraint("(complainant_unit_id IS NULL) <> (outsider IS NULL)", name="of_a_unit_or_an_outsider"),
    )
    label = rules.COMPLAINT

    complainant_unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    outsider: Mapped[str | None]
    respondent_unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True)
    kind: Mapped[str]
    statement: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    terms: Mapped[str]
    received_on: Mapped[date] = mapped_column(index=True)
    received_at: Mapped[datetime]
    received_by: Mapped[str]
    accepted_on: Mapped[date | None]
    handled_by: Mapped[str | None]
    dismissal: Mapped[str | None]
    heard_on: Mapped[date | None]
    hearing: Mapped[str | None]
    breach: Mapped[bool | None]
    measure: Mapped[str | None]
    reason: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    notice: Mapped["ComplaintNotice | None"] = relationship(lazy="selectin")

    def advance(self, next_state: rules.State) -> None:
        self.state = rules.follow(rules.State(self.state), next_state)

    @property
    def whose(self) -> Bond:
        """Who has no part in handling it (X8)."""
        return rules.whose_complaint(self.complainant_unit_id, self.respondent_unit_id)


class ComplaintNotice(Versioned, Base):
    """What the unit complained about is told of a complaint, what it answers, and what came of it (M12)."""

    __tablename__ = "complaint_notices"
    label = Text("投诉通知", "notice of a complaint")

    complaint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("complaints.id"), unique=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    kind: Mapped[str]
    allegation: Mapped[str]
    served_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    breach: Mapped[bool | None]
    measure: Mapped[str | None]
    reason: Mapped[str | None]
    decided_at: Mapped[datetime | None]

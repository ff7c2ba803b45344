"""How memberships ended, as it is kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from services.membership.leaving import rules
from shared.store.base import Identified
from shared.store.sight import OF_UNIT
from shared.text import Text


class UnitLeaving(Identified, Base):
    """The end of a membership that had begun on ``admitted_on``, null where that is not known; kept for good (M1, X7).

    ``resolution_id`` and ``resolution``, its number, are of the one that ended it; ``back_on`` is the day the unit
    became a member again, null while it has not.
    """

    __tablename__ = "unit_leavings"
    label = Text("退会记录", "end of a membership")

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    how: Mapped[str]
    admitted_on: Mapped[date | None]
    last_day: Mapped[date]
    reason: Mapped[str | None]
    resolution_id: Mapped[uuid.UUID | None]
    resolution: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    back_on: Mapped[date | None]

    @property
    def left_on(self) -> date:
        """The first day on which the unit was no member."""
        return rules.left_on(self.last_day)

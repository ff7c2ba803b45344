"""Expenditures that wait for a resolution, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.governance.base import Base
from services.governance.wanted.rules import State
from shared.store.base import Versioned
from shared.text import Text


class WantedResolution(Versioned, Base):
    """An expenditure, its ``amount`` in fen, that finance wants a resolution for (F4).

    ``resolution_id`` is the one that was adopted, ``decided_on`` the day of the last decision.
    """

    __tablename__ = "wanted_resolutions"
    label = Text("待决支出", "expenditure that waits for a resolution")

    expenditure_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    amount: Mapped[int]
    kind: Mapped[str]
    body: Mapped[str]
    state: Mapped[str]
    wanted_at: Mapped[datetime]
    resolution_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("resolutions.id"))
    decided_on: Mapped[date | None]

    def decided(self, state: State, on: date, resolution_id: uuid.UUID | None = None) -> None:
        """Stand as a decision of that day left it."""
        self.state, self.decided_on, self.resolution_id = state.value, on, resolution_id

"""What waits for a resolution, as it is kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.governance.base import Base
from services.governance.matters.rules import SubjectKind
from services.governance.wanted.rules import State
from shared.store.base import Versioned
from shared.text import Text


class WantedResolution(Versioned, Base):
    """A thing of another service that waits for a resolution of ``body``: an expenditure of finance, its ``amount`` in
    fen and its ``kind`` with it (F4), or an application of membership (M1).

    ``resolution_id`` is the one that was adopted, ``decided_on`` the day of the last decision.
    """

    __tablename__ = "wanted_resolutions"
    __table_args__ = (
        CheckConstraint("num_nonnulls(expenditure_id, application_id) = 1", name="about_one_thing"),
        CheckConstraint("(expenditure_id IS NULL) = (amount IS NULL)", name="amount_of_expenditure"),
        CheckConstraint("(expenditure_id IS NULL) = (kind IS NULL)", name="kind_of_expenditure"),
    )
    label = Text("待决事项", "thing that waits for a resolution")

    expenditure_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    application_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    amount: Mapped[int | None]
    kind: Mapped[str | None]
    body: Mapped[str]
    state: Mapped[str]
    wanted_at: Mapped[datetime]
    resolution_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("resolutions.id"))
    decided_on: Mapped[date | None]

    @property
    def about(self) -> SubjectKind:
        """What sort of thing it is."""
        return SubjectKind.EXPENDITURE if self.expenditure_id else SubjectKind.APPLICATION

    @property
    def subject_id(self) -> uuid.UUID | None:
        """The id a motion on it names."""
        return self.expenditure_id or self.application_id

    def decided(self, state: State, on: date, resolution_id: uuid.UUID | None = None) -> None:
        """Stand as a decision of that day left it."""
        self.state, self.decided_on, self.resolution_id = state.value, on, resolution_id

"""Gifts 捐赠, as they are kept; for good (X7)."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.activities.gifts import rules
from services.membership.base import Base
from shared.personal.declaring import tied
from shared.store.base import Versioned
from shared.text import Text


class Gift(Versioned, Base):
    """A gift received or given (M9); ``amount`` fen, of goods what they are worth, ``paid`` what finance paid of it.

    One received has ``means`` and a ``donor``: the unit, the person, or nobody named. One given has a recipient and
    ``requested_by``, the person whose request it is in finance.
    """

    __tablename__ = "gifts"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_above_zero"),
        {"info": tied(Text("捐赠", "Gift"), person="person_id", began="day")},
    )
    label = Text("捐赠", "gift")

    direction: Mapped[str] = mapped_column(index=True)
    amount: Mapped[int]
    goods: Mapped[str | None]
    purpose: Mapped[str]
    day: Mapped[date]
    activity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("activities.id"), index=True)
    donor: Mapped[str | None]
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    means: Mapped[str | None]
    earmarked: Mapped[bool] = mapped_column(default=False)
    recipient: Mapped[str | None]
    requested_by: Mapped[uuid.UUID | None]
    state: Mapped[str] = mapped_column(index=True)
    paid: Mapped[int | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    reversed_at: Mapped[datetime | None]
    reversed_on: Mapped[date | None]
    reversed_by: Mapped[str | None]
    reason: Mapped[str | None]

    @property
    def stands(self) -> rules.State:
        return rules.State(self.state)

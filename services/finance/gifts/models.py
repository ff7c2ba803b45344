"""Gifts 捐赠 as finance heard of them."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.finance.base import Base
from services.finance.gifts import rules
from services.finance.ledger.rules import Purpose
from shared.text import Text


class HeardGift(Base):
    """A gift under membership's id; direction and amount are None while only its reversal was heard (X7).

    One received has its ``voucher``, and ``reversal`` once it was taken back. One given is the expenditure of the same
    id, unless it was taken back before it was heard of.
    """

    __tablename__ = "gifts"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_above_zero"),)
    label = Text("捐赠", "gift")

    gift_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    direction: Mapped[str | None]
    amount: Mapped[int | None]
    account: Mapped[str | None]
    restricted: Mapped[bool] = mapped_column(default=False)
    requester_id: Mapped[uuid.UUID | None]
    day: Mapped[date | None]
    voucher: Mapped[str | None]
    reversed_on: Mapped[date | None]
    reversal: Mapped[str | None]
    heard_at: Mapped[datetime]

    @property
    def said(self) -> rules.Said | None:
        """What membership told of it; None before it did."""
        if self.direction is None or self.amount is None:
            return None
        account = Purpose(self.account) if self.account else None
        return rules.Said(rules.Direction(self.direction), self.amount, account, self.restricted, self.requester_id)

    def take(self, said: rules.Said, day: date) -> None:
        """Take over what membership tells of it."""
        self.direction, self.amount, self.account = said.direction, said.amount, said.account
        self.restricted, self.requester_id, self.day = said.restricted, said.requester, day

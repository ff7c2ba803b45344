"""Manuscript fees 稿费, an article each, and the entries that only grow."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.finance.base import Base
from services.finance.manuscript_fees import rules
from shared.personal.declaring import tied
from shared.store.base import Identified, Versioned
from shared.text import Text


class ManuscriptFee(Versioned, Base):
    """The fee for one article; author and amount are unknown while only its retraction has been heard (F14).

    ``amount`` is fen before tax, ``terms`` the version of the fee terms it was found by (X4).
    """

    __tablename__ = "manuscript_fees"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        {"info": tied(Text("稿费", "Manuscript fee"), person="author_id")},
    )
    label = Text("稿费", "manuscript fee")

    article_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    author_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    unit_id: Mapped[uuid.UUID | None]
    issue_id: Mapped[uuid.UUID | None]
    amount: Mapped[int | None]
    terms: Mapped[str | None]
    state: Mapped[str] = mapped_column(index=True)
    published_at: Mapped[datetime | None]
    retracted_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    entries: Mapped[list["Entry"]] = relationship(order_by="Entry.id", lazy="selectin")

    def as_ruled(self) -> rules.Accrual:
        """What the rules need to know of it."""
        return rules.Accrual(
            article=self.article_id,
            author=self.author_id,
            amount=self.amount,
            retracted=self.retracted_at is not None,
            entries=tuple(rules.Entry(rules.EntryKind(entry.kind), entry.amount) for entry in self.entries),
        )

    @property
    def owed(self) -> int:
        """Fen owed to the author; below zero the author owes them."""
        return self.as_ruled().owed

    @property
    def receivable(self) -> int:
        """Fen the author has to pay back."""
        return max(0, -self.owed)

    def follow(self, ruled: rules.Accrual, now: datetime) -> list["Entry"]:
        """Take over what the rules made of it; returns the entries this added."""
        self.author_id, self.amount, self.state = ruled.author, ruled.amount, ruled.state
        added = [
            Entry(kind=entry.kind, amount=entry.amount, entered_at=now) for entry in ruled.entries[len(self.entries) :]
        ]
        self.entries.extend(added)
        return added


class Entry(Identified, Base):
    """One change of what the author is owed, in fen: accruals add, payments and reversals take. Kept for good (X7)."""

    __tablename__ = "manuscript_fee_entries"
    __table_args__ = (UniqueConstraint("fee_id", "kind"),)

    fee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("manuscript_fees.id"))
    kind: Mapped[str]
    amount: Mapped[int]
    entered_at: Mapped[datetime]

"""The log of reminders 催收记录, as it is kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from shared.store.base import Versioned
from shared.store.sight import OF_UNIT
from shared.text import Text


class Reminder(Versioned, Base):
    """A reminder of one invoice, sent, made by hand or still to be made; kept for good (X7).

    ``step`` is the one of ``schedule`` it stands for, null where somebody reminded beside it. ``owed`` is what was open
    then, in fen; ``sent_to`` the masked address (X5), ``mail_id`` the mail in ``chassis.mails``.
    """

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("invoice_id", "step"),)
    label = Text("催收记录", "reminder")

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dues_invoices.id"), index=True)
    step: Mapped[str | None]
    schedule: Mapped[str | None]
    day: Mapped[date]
    owed: Mapped[int]
    means: Mapped[str | None]
    outcome: Mapped[str] = mapped_column(index=True)
    sent_to: Mapped[str | None]
    mail_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    note: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]

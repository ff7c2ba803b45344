"""What units were sent, as it is kept."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from shared.store.base import Identified
from shared.store.sight import OF_UNIT
from shared.text import Text


class Notice(Identified, Base):
    """What one unit was sent ``about`` one thing, once: the number of a slip, the year of an account. ``sent_to`` is
    the masked address (X5), ``mail_id`` the mail in ``chassis.mails``."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("unit_id", "kind", "about"),)
    label = Text("寄送记录", "notice")

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), info=OF_UNIT)
    kind: Mapped[str]
    about: Mapped[str]
    outcome: Mapped[str]
    sent_to: Mapped[str | None]
    mail_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    recorded_at: Mapped[datetime]

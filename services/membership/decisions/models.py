"""Resolutions on members, as governance told them."""

import uuid
from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from shared.store.base import Identified
from shared.text import Text


class UnitResolution(Identified, Base):
    """A resolution on the admission or the removal of a member, about the application or the unit ``subject_id`` (M1).

    Its end may be heard before its adoption: then ``number`` and ``adopted_on`` are null. ``revoked``: whether it was
    revoked, and not merely decided anew, where it ended (X7).
    """

    __tablename__ = "unit_resolutions"
    label = Text("会员事项决议", "resolution on a member")

    resolution_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    matter: Mapped[str]
    subject_id: Mapped[uuid.UUID | None]
    number: Mapped[str | None]
    adopted_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    revoked: Mapped[bool] = mapped_column(default=False)

"""Member units 会员单位 and the history of each of their fields, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from services.membership.dues.rules import Member, Standing
from shared.store.base import Identified, Versioned
from shared.store.sight import OF_UNIT
from shared.text import Text


class Unit(Versioned, Base):
    """A member unit (M1). Of those out of the founding document, code, tier and day are not known at first.

    ``place`` is the code of its prefecture in data/places.json, ``left_on`` the first day on which it is no member.
    """

    __tablename__ = "units"
    __table_args__ = {"info": OF_UNIT}
    label = Text("单位", "unit")

    name: Mapped[str]
    short_name: Mapped[str | None]
    credit_code: Mapped[str | None] = mapped_column(unique=True)
    tier: Mapped[str | None]
    basis: Mapped[str]
    place: Mapped[str | None]
    admitted_on: Mapped[date | None]
    left_on: Mapped[date | None]
    left_how: Mapped[str | None]
    recorded_at: Mapped[datetime]
    standing: Mapped[str] = mapped_column(default=Standing.GOOD, server_default=Standing.GOOD)

    def as_billed(self) -> Member:
        """What decides its dues."""
        return Member(self.id, self.tier, self.admitted_on, self.left_on)


class UnitChange(Identified, Base):
    """One field of a unit, before and after; kept for good (M1, X7)."""

    __tablename__ = "unit_changes"

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    field: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]

"""Member units 会员单位 and the history of each of their fields, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from services.membership.dues.rules import Standing
from shared.store.base import Identified, Versioned
from shared.store.sight import OF_UNIT
from shared.text import Text


class Unit(Versioned, Base):
    """A member unit (M1). Of those out of the founding document, code, tier and day are not known at first.

    ``place`` is the code of its prefecture in data/places.json, ``left_on`` the first day on which it is no member,
    ``admitted_by`` the resolution by which it is one, where governance told of it. Of a unit that came back these are
    of its present membership; the earlier ones stand in ``unit_leavings``.
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
    admitted_by: Mapped[uuid.UUID | None]
    left_on: Mapped[date | None]
    left_how: Mapped[str | None]
    recorded_at: Mapped[datetime]
    standing: Mapped[str] = mapped_column(default=Standing.GOOD, server_default=Standing.GOOD)

    # Lets the one attribute below be no column.
    __allow_unmapped__ = True
    member: bool | None = None
    """Set on a unit that is about to be shown: whether it is a member that day; never kept."""


class UnitChange(Identified, Base):
    """One field of a unit, before and after; kept for good (M1, X7). Where its representative proposed it,
    ``proposed_by`` says who, ``request_id`` in what, and ``changed_by`` is who approved it."""

    __tablename__ = "unit_changes"

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    field: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    proposed_by: Mapped[str | None]
    request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit_change_requests.id"))

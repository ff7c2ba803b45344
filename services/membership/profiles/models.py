"""The read model behind a unit's profile 单位档案, made of what other services tell."""

import uuid
from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from services.membership.profiles.rules import Fact, Kind
from shared.store.sight import OF_UNIT
from shared.text import Text


class ProfileEntry(Base):
    """One thing that another service told of a unit, under the id that it has there.

    ``reference`` is the number that people know it by, ``ended_on`` the day since when it does not hold any more.
    """

    __tablename__ = "profile_entries"
    label = Text("档案条目", "profile entry")

    fact_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(index=True, info=OF_UNIT)
    kind: Mapped[str]
    happened_on: Mapped[date]
    reference: Mapped[str | None]
    ended_on: Mapped[date | None]

    def as_ruled(self) -> Fact:
        return Fact(Kind(self.kind), self.happened_on, self.ended_on)

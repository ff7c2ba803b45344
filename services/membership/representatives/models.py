"""Who represents which unit, as it is kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from services.membership.representatives.rules import Term
from shared.personal.declaring import tied
from shared.store.base import Versioned
from shared.store.sight import OF_UNIT
from shared.text import Text


class Representative(Versioned, Base):
    """A person acts for a unit from ``first_day`` through ``last_day`` (M2); kept for good (X7). What was called off
    ends the day before it would have begun."""

    __tablename__ = "representatives"
    __table_args__ = (
        CheckConstraint("last_day >= first_day - 1", name="last_day_after_first"),
        {"info": tied(Text("单位代表", "Representation of a unit"), person="person_id")},
    )
    label = Text("代表关系", "representation")

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    named_at: Mapped[datetime]
    named_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]

    @property
    def term(self) -> Term:
        return Term(self.first_day, self.last_day)

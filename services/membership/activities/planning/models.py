"""Activities 活动, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.activities.planning import rules
from services.membership.activities.sign_ups.rules import Taken
from services.membership.base import Base
from shared.store.base import Versioned
from shared.store.sight import FOR_EVERYBODY
from shared.text import Text


class Activity(Versioned, Base):
    """An activity (M9). ``attended`` and the gifts, in fen, are what the report found."""

    __tablename__ = "activities"
    __table_args__ = (
        CheckConstraint("capacity > 0", name="capacity_above_zero"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        {"info": FOR_EVERYBODY},
    )
    label = Text("活动", "activity")

    kind: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    venue: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    audience: Mapped[str]
    capacity: Mapped[int | None]
    places_per_unit: Mapped[int | None]
    sign_up_until: Mapped[date]
    state: Mapped[str] = mapped_column(index=True)
    planned_at: Mapped[datetime]
    planned_by: Mapped[str]
    opened_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    called_off_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    report: Mapped[str | None]
    attended: Mapped[int | None]
    gifts_received: Mapped[int | None]
    gifts_given: Mapped[int | None]

    @property
    def stands(self) -> rules.State:
        return rules.State(self.state)

    @property
    def plan(self) -> rules.Plan:
        """What the rules need to know of what is planned."""
        return rules.Plan(
            title=self.title,
            venue=self.venue,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            sign_up_until=self.sign_up_until,
            capacity=self.capacity,
            places_per_unit=self.places_per_unit,
        )


class ActivityPlaces(Base):
    """How many places of an activity are taken, and how many wait. Whoever takes or frees one holds this row, so that
    they come one after the other; ``last_place`` is the last number given in the order of sign-up."""

    __tablename__ = "activity_places"
    __table_args__ = (
        CheckConstraint("registered >= 0 AND waiting >= 0", name="none_below_zero"),
        {"info": FOR_EVERYBODY},
    )
    label = Text("活动", "activity")

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"), primary_key=True)
    registered: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    last_place: Mapped[int] = mapped_column(default=0)

    @property
    def taken(self) -> Taken:
        return Taken(self.registered, self.waiting)

    def follow(self, taken: Taken) -> None:
        """Take over what the rules made of it."""
        self.registered, self.waiting = taken

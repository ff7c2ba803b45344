"""Who holds which post and who is away, as governance has told so far (M11, G11). Kept for good (X7)."""

import uuid
from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from services.membership.rights import rules
from shared.store.sight import FOR_EVERYBODY
from shared.text import Text


class _Heard:
    """Something that governance tells a beginning and an end of, in two events that may come in any order.

    ``until`` is the end told with the beginning, ``ended_on`` the one told by itself, which is the earlier of the two
    or the only one; ``since`` is None while only the end is known.
    """

    post: Mapped[str]
    person_id: Mapped[uuid.UUID] = mapped_column(index=True)
    since: Mapped[date | None]
    until: Mapped[date | None]
    ended_on: Mapped[date | None]

    @property
    def end(self) -> date | None:
        return min((day for day in (self.until, self.ended_on) if day is not None), default=None)

    def ends(self, day: date) -> None:
        """Hear that it ends on ``day``: an end is only ever moved to an earlier day."""
        self.ended_on = day if self.ended_on is None else min(self.ended_on, day)


class HeardTenure(_Heard, Base):
    """A tenure 任职. Who holds which post is no secret: governance tells it to whoever is signed in."""

    __tablename__ = "heard_tenures"
    __table_args__ = {"info": FOR_EVERYBODY}
    label = Text("任职", "tenure")

    tenure_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-10)

    def as_ruled(self) -> rules.Tenure | None:
        """What the rules need to know of it; None while its beginning has not been told."""
        return rules.Tenure(self.post, self.person_id, self.since, self.end) if self.since else None


class HeardAbsence(_Heard, Base):
    """A recorded absence 请假."""

    __tablename__ = "heard_absences"
    label = Text("请假", "absence")

    absence_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-10)

    def as_ruled(self) -> rules.Absence | None:
        """What the rules need to know of it; None while its beginning has not been told."""
        return rules.Absence(self.post, self.person_id, self.since, self.end) if self.since else None

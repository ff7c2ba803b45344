"""Honorary posts 名誉职务 and the resolutions on them, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.base import Base
from services.membership.data import honorary_posts
from services.membership.honorary_posts import rules
from services.membership.people.models import Person
from shared.api.sentences import Sentence, kept
from shared.personal.declaring import tied
from shared.store.base import Versioned
from shared.text import Text


class HonoraryResolution(Base):
    """A resolution on honorary posts, as governance told of it; all but its end is null while only that is known."""

    __tablename__ = "honorary_resolutions"
    label = Text("决议", "resolution")

    resolution_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-10)
    number: Mapped[str | None]
    body: Mapped[str | None]
    adopted_on: Mapped[date | None]
    subject_id: Mapped[uuid.UUID | None]
    ended_on: Mapped[date | None]

    def as_ruled(self) -> rules.Resolution | None:
        """What the rules need to know of it; None while it has not been told to be adopted."""
        if self.body is None or self.adopted_on is None:
            return None
        return rules.Resolution(self.resolution_id, self.body, self.adopted_on, self.subject_id, self.ended_on)


class HonoraryTenure(Versioned, Base):
    """One person in an honorary post from ``since`` up to, not including, ``until`` (M10). Kept for good (X7).

    ``resolution_id`` is null, and ``source`` the place in the document, for those that the document names.
    ``ended_how`` says what ended it: ``ending_id`` the resolution, ``resignation`` the words of a resignation.
    """

    __tablename__ = "honorary_tenures"
    __table_args__ = (
        CheckConstraint("until >= since", name="until_not_before_since"),
        {"info": tied(Text("名誉职务", "Honorary post"), person="person_id")},
    )
    label = Text("名誉职务", "honorary post")

    post: Mapped[str]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    since: Mapped[date]
    since_precision: Mapped[str]
    until: Mapped[date | None]
    resolution_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    resolution: Mapped[str | None]
    source: Mapped[Sentence | None] = mapped_column(JSONB(none_as_null=True))
    assumption: Mapped[Sentence | None] = mapped_column(JSONB(none_as_null=True))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    ended_how: Mapped[str | None]
    ending_id: Mapped[uuid.UUID | None]
    ending: Mapped[str | None]
    resignation: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    person: Mapped[Person] = relationship(lazy="selectin")

    def as_ruled(self) -> rules.Tenure:
        return rules.Tenure(self.post, self.person_id, self.since, self.until)

    @property
    def title(self) -> Sentence:
        return kept(honorary_posts()[self.post])

    @property
    def name(self) -> str:
        return self.person.name

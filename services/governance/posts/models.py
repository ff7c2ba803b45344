"""Posts 职务 and tenures 任职: who holds what on which days (G10, M11)."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from services.governance.base import Base
from services.governance.posts import rules
from services.governance.versions import Duties, duties_on
from shared.api.sentences import Sentence
from shared.personal.declaring import tied
from shared.store.base import Versioned
from shared.text import Text


class Post(Versioned, Base):
    """A post. ``body_id`` None: the association's own. ``seats`` None: as many as are appointed.

    ``unfilled`` is what the founding document says of a post it names nobody for: "vacant" or "unnamed".
    """

    __tablename__ = "posts"
    label = Text("职务", "post")

    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    body_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bodies.id"), index=True)
    position: Mapped[int]
    title: Mapped[Sentence]
    seats: Mapped[int | None]
    votes_in: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()))
    unfilled: Mapped[str | None]
    duties: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    source: Mapped[Sentence]
    assumption: Mapped[Sentence | None]
    note: Mapped[Sentence | None]
    tenures: Mapped[list["Tenure"]] = relationship(order_by="Tenure.since, Tenure.id", lazy="selectin")

    def as_ruled(self) -> rules.Post:
        """What the rules need to know of it."""
        return rules.Post(
            id=self.id,
            code=self.code,
            title=Text(self.title["zh"], self.title["en"]),
            body=self.body_id,
            seats=self.seats,
            votes_in=frozenset(self.votes_in),
            honorary=self.kind == rules.Kind.HONORARY,
        )

    def tenures_as_ruled(self) -> list[rules.Tenure]:
        """What the rules need to know of who held it, holds it and will hold it."""
        return [tenure.as_ruled() for tenure in self.tenures]

    def duties_on(self, day: date) -> Duties | None:
        """Its duties on ``day``; None before they are adopted (X9)."""
        return duties_on(day, self.duties)

    def take_up(self, tenure: "Tenure") -> None:
        """Add a tenure of this post."""
        self.tenures.append(tenure)
        self.changed_hands()

    def changed_hands(self) -> None:
        """Count the version up though only a tenure changes: events about a post tell its version."""
        flag_modified(self, "code")


class Tenure(Versioned, Base):
    """One person in one post from ``since`` up to, not including, ``until``. Kept for good (X7).

    ``decision`` and ``leaving_decision`` name what it follows from, ``source`` the document for founding data.
    ``warnings`` are the conflicts of posts that were pointed out when it was taken up (G10).
    """

    __tablename__ = "tenures"
    __table_args__ = (
        CheckConstraint("until > since", name="until_after_since"),
        {"info": tied(Text("任职", "Tenure of a post"), person="person_id")},
    )
    label = Text("任职", "tenure")

    post_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("posts.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(index=True)
    since: Mapped[date]
    since_precision: Mapped[str]
    until: Mapped[date | None]
    decision: Mapped[str | None]
    leaving_decision: Mapped[str | None]
    warnings: Mapped[list[Sentence]] = mapped_column(JSONB)
    source: Mapped[Sentence | None]
    assumption: Mapped[Sentence | None]

    def as_ruled(self) -> rules.Tenure:
        """What the rules need to know of it."""
        return rules.Tenure(self.post_id, self.person_id, self.since, self.until)


@dataclass(frozen=True)
class PostOnDay:
    """A post as it stands on one day."""

    post: Post
    day: date

    @property
    def holders(self) -> list[uuid.UUID]:
        """The people who hold it, in the order in which they took it up."""
        return [tenure.person_id for tenure in self.post.tenures if tenure.as_ruled().covers(self.day)]

    @property
    def occupancy(self) -> rules.Occupancy:
        unnamed = self.post.unfilled == rules.Occupancy.UNNAMED
        return rules.occupancy(self.post.id, self.post.tenures_as_ruled(), self.day, unnamed=unnamed)

    @property
    def duties(self) -> Duties | None:
        return self.post.duties_on(self.day)

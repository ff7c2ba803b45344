"""Articles 稿件 and their reviews, as they are kept."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.publishing.articles import rules
from services.publishing.base import Base
from shared.api.sentences import Sentence
from shared.personal.declaring import tied
from shared.store.base import Identified, Versioned
from shared.store.changes import SECRET
from shared.store.sight import OF_PARENT, OF_PERSON, OF_UNIT
from shared.text import Text


class Article(Versioned, Base):
    """An article; what it earned is recorded on it when its issue comes out (P6, X4)."""

    __tablename__ = "articles"
    __table_args__ = (
        CheckConstraint("fee >= 0", name="fee_not_negative"),
        {"info": tied(Text("稿件", "Article"), person="author_id")},
    )
    label = Text("稿件", "article")

    # An unpublished text may hold what the trade-secret check holds back (P5).
    title: Mapped[str] = mapped_column(info=SECRET)
    body: Mapped[str] = mapped_column(info=SECRET)
    column: Mapped[str]
    author_id: Mapped[uuid.UUID] = mapped_column(index=True, info=OF_PERSON)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(index=True, info=OF_UNIT)
    state: Mapped[str]
    revision: Mapped[int]
    characters: Mapped[int]
    submitted_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    retracted_at: Mapped[datetime | None]
    retraction_reason: Mapped[str | None]
    fee: Mapped[int | None]
    fee_terms: Mapped[str | None]
    fee_mode: Mapped[str | None]
    fee_rate: Mapped[int | None]
    fee_arithmetic: Mapped[Sentence | None]
    fee_warning: Mapped[Sentence | None]
    reviews: Mapped[list["Review"]] = relationship(order_by="Review.id", lazy="selectin")

    def as_ruled(self) -> rules.Article:
        """What the rules need to know of it."""
        return rules.Article(
            author=rules.Party(self.author_id, self.unit_id),
            state=rules.State(self.state),
            revision=self.revision,
            reviews=tuple(review.as_ruled() for review in self.reviews),
        )

    @property
    def missing_reviews(self) -> list[str]:
        return [kind.value for kind in self.as_ruled().missing()]


class Review(Identified, Base):
    """One verdict on one revision (P5); kept for good (X7)."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("article_id", "kind", "revision", "passed"),
        {"info": tied(Text("审稿意见", "Review of an article"), person="reviewer_id")},
    )

    article_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("articles.id"), index=True, info=OF_PARENT)
    kind: Mapped[str]
    reviewer_id: Mapped[uuid.UUID]
    reviewer_unit_id: Mapped[uuid.UUID | None]
    revision: Mapped[int]
    passed: Mapped[bool]
    note: Mapped[str]
    made_at: Mapped[datetime]

    def as_ruled(self) -> rules.Review:
        return rules.Review(
            kind=rules.Kind(self.kind),
            by=rules.Party(self.reviewer_id, self.reviewer_unit_id),
            revision=self.revision,
            passed=self.passed,
            note=self.note,
        )

"""Issues of the newsletter 会刊 and the articles placed in them."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.publishing.base import Base
from services.publishing.newsletters import rules
from shared.store.base import Identified, Versioned
from shared.text import Text


class Issue(Versioned, Base):
    """An issue; open until it has its number."""

    __tablename__ = "issues"
    __table_args__ = (UniqueConstraint("year", "kind", "serial"),)
    label = Text("会刊期次", "issue of the newsletter")

    kind: Mapped[str]
    theme: Mapped[str]
    opened_at: Mapped[datetime]
    year: Mapped[int | None]
    serial: Mapped[int | None]
    published_at: Mapped[datetime | None]
    placements: Mapped[list["Placement"]] = relationship(
        order_by="Placement.id", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def number(self) -> rules.Number | None:
        if self.year is None or self.serial is None:
            return None
        return rules.Number(self.year, rules.Kind(self.kind), self.serial)

    @property
    def number_text(self) -> str | None:
        return self.number.text.zh if self.number else None

    def as_ruled(self) -> rules.Issue:
        """What the rules need to know of it."""
        articles = tuple(placement.article_id for placement in self.placements)
        return rules.Issue(rules.Kind(self.kind), self.theme, articles, self.number)


class Placement(Identified, Base):
    """An article in an issue, in order, with the rate per hundred that the editor chose (P6); in one issue only."""

    __tablename__ = "placements"

    issue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("issues.id"), index=True)
    article_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("articles.id"), unique=True)
    rate: Mapped[int | None]

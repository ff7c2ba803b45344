"""Absences 请假 as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.governance.absences import rules
from services.governance.base import Base
from services.governance.posts.models import Post
from shared.personal.declaring import tied
from shared.store.base import Versioned
from shared.text import Text


class Absence(Versioned, Base):
    """One person away from one post from ``since`` up to, not including, ``until`` (G11). Kept for good (X7)."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("until >= since", name="until_not_before_since"),
        {"info": tied(Text("请假", "Absence"), person="person_id")},
    )
    label = Text("请假", "absence")

    post_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("posts.id"), index=True)
    person_id: Mapped[uuid.UUID]
    since: Mapped[date]
    until: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[uuid.UUID | None]
    ended_by: Mapped[uuid.UUID | None]
    post: Mapped[Post] = relationship()

    @property
    def post_code(self) -> str:
        return self.post.code

    @property
    def called_off(self) -> bool:
        return self.as_ruled().called_off

    def as_ruled(self) -> rules.Absence:
        """What the rules need to know of it."""
        return rules.Absence(self.post_id, self.person_id, self.since, self.until)

"""Terms of office 届期 as they are kept: the founding data, read only for now (G3)."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.governance.base import Base
from services.governance.terms import rules
from shared.api.sentences import Sentence
from shared.store.base import Identified
from shared.text import Text


class Term(Identified, Base):
    """The term of one or several bodies; the days lie between earliest and latest where only the year is known."""

    __tablename__ = "terms"
    label = Text("届期", "term")

    number: Mapped[int]
    name: Mapped[Sentence]
    body_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()))
    years: Mapped[int]
    extension_years_at_most: Mapped[int]
    began_precision: Mapped[str]
    began_earliest: Mapped[date]
    began_latest: Mapped[date]
    until_earliest: Mapped[date]
    until_latest: Mapped[date]
    source: Mapped[Sentence]
    clause: Mapped[Sentence]
    assumption: Mapped[Sentence | None]

    def as_ruled(self) -> rules.Term:
        """What the rules need to know of it."""
        return rules.Term(self.began_earliest, self.until_earliest, self.until_latest)


@dataclass(frozen=True)
class TermOnDay:
    """A term as it stands on one day."""

    term: Term
    day: date

    @property
    def standing(self) -> rules.Standing:
        return rules.standing(self.term.as_ruled(), self.day)

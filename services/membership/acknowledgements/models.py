"""Papers that are served on units, and how far each unit has come with each, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.acknowledgements.rules import State
from services.membership.base import Base
from shared.store.base import Identified, Versioned
from shared.store.sight import FOR_EVERYBODY, OF_UNIT
from shared.text import Text


class Paper(Identified, Base):
    """Something that units may be served with: a resolution, as governance told of it, or a document by its id.

    ``title`` is that of a document, the number of a resolution; null while only the end of that is known. ``ended_on``
    is the day from which a resolution does not stand (X7). For everybody: whoever sees what was served on their unit
    sees what it is, and no operation for a unit's people lists papers.
    """

    __tablename__ = "papers"
    __table_args__ = (UniqueConstraint("source", "subject_id"), {"info": FOR_EVERYBODY})
    label = Text("待送达文件", "paper")

    source: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    title: Mapped[str | None]
    entered_at: Mapped[datetime]
    entered_by: Mapped[str]
    ended_on: Mapped[date | None]


class Acknowledgement(Versioned, Base):
    """A paper, as served on one unit, once (M6). ``tier`` is the unit's at that time. Kept for good (X7)."""

    __tablename__ = "acknowledgements"
    __table_args__ = (UniqueConstraint("paper_id", "unit_id"),)
    label = Text("送达记录", "acknowledgement")

    paper_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("papers.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    tier: Mapped[str | None]
    state: Mapped[str]
    served_on: Mapped[date]
    served_at: Mapped[datetime]
    served_by: Mapped[str]
    read_at: Mapped[datetime | None]
    read_by: Mapped[uuid.UUID | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[uuid.UUID | None]
    remark: Mapped[str | None]
    paper: Mapped[Paper] = relationship(lazy="selectin")

    @property
    def source(self) -> str:
        return self.paper.source

    @property
    def subject_id(self) -> uuid.UUID:
        return self.paper.subject_id

    @property
    def title(self) -> str | None:
        return self.paper.title

    def read(self, by: uuid.UUID | None, at: datetime) -> None:
        """Note who read it first, and when; read again it stays as it is."""
        if self.read_at is None:
            self.state, self.read_at, self.read_by = State.READ, at, by

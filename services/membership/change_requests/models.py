"""What units ask to have changed about them, as it is kept."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from services.membership.change_requests.rules import State
from shared.store.base import Versioned
from shared.store.sight import OF_UNIT
from shared.text import Text


class UnitChangeRequest(Versioned, Base):
    """Fields of a unit with the values its people want them to have; kept for good (M1, X7).

    ``proposer_id`` is the person who asked, or the account where there is none; ``reason`` is why it was refused.
    """

    __tablename__ = "unit_change_requests"
    __table_args__ = (
        Index("uq_unit_change_requests_open", "unit_id", unique=True, postgresql_where=text(f"state = '{State.OPEN}'")),
    )
    label = Text("变更申请", "change request")

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    wanted: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(index=True)
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[str]
    proposer_id: Mapped[uuid.UUID | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    reason: Mapped[str | None]

    @property
    def values(self) -> list[dict[str, str | None]]:
        """The fields and the values wanted, as they are shown."""
        return [{"field": field, "value": value} for field, value in self.wanted.items()]

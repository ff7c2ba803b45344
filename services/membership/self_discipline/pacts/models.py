"""Versions of the pact 自律公约 and signatures, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from shared.personal.declaring import tied
from shared.store.base import Identified, Versioned
from shared.store.sight import FOR_EVERYBODY, OF_UNIT
from shared.text import Text


class Pact(Identified, Base):
    """One version of the pact, in force from a day until the next one is (M12). Kept for good (X7)."""

    __tablename__ = "pacts"
    __table_args__ = {"info": FOR_EVERYBODY}
    label = Text("自律公约", "pact")

    title: Mapped[str]
    text: Mapped[str]
    adopted_on: Mapped[date]
    effective_from: Mapped[date] = mapped_column(unique=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class PactSignature(Versioned, Base):
    """A unit's signature under a version of the pact, by a person who represents it (M12). One that was withdrawn stays
    on file (X7)."""

    __tablename__ = "pact_signatures"
    __table_args__ = (
        Index(
            "uq_pact_signatures_standing",
            "pact_id",
            "unit_id",
            unique=True,
            postgresql_where=text("withdrawn_on IS NULL"),
        ),
        {"info": tied(Text("自律公约签署", "Signature under the pact"), person="person_id")},
    )
    label = Text("公约签署", "signature")

    pact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pacts.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True, info=OF_UNIT)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    signed_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    withdrawn_on: Mapped[date | None]
    withdrawal_reason: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]

"""Applications 入会申请, every step they took and their documents, as they are kept."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.applications import rules
from services.membership.base import Base
from shared.personal.declaring import personal, tied
from shared.store.base import PLAIN, SEALED, Identified, Versioned
from shared.text import Text

_CONTACT = Text("入会申请联系人", "Contact of an application")
_NAME = personal(rules.CONTACT_CLASS, Text("联系人姓名", "Name of the contact"))
_PHONE = personal(rules.CONTACT_CLASS, Text("联系电话", "Phone of the contact"), shown="last4")


class UnitApplication(Versioned, Base):
    """An application for membership (M1); kept for good, but for its contact (X7, X11).

    ``contact_person_id`` is who the contact is among the people on file, where that is known. ``terms`` is the version
    by which a decision was asked for (X4), ``resolution_id`` the one that admitted it, ``unit_id`` the unit it became.
    """

    __tablename__ = "unit_applications"
    __table_args__ = {"info": tied(_CONTACT, person="contact_person_id", began="closed_at")}
    label = Text("入会申请", "application for membership")

    name: Mapped[str]
    short_name: Mapped[str | None]
    credit_code: Mapped[str] = mapped_column(index=True)
    tier: Mapped[str]
    place: Mapped[str | None]
    contact_name: Mapped[str | None] = mapped_column(info=_NAME)
    contact_phone: Mapped[bytes | None] = mapped_column(info=SEALED | _PHONE)
    contact_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(index=True)
    received_at: Mapped[datetime]
    terms: Mapped[str | None]
    resolution_id: Mapped[uuid.UUID | None]
    decided_on: Mapped[date | None]
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    closed_at: Mapped[datetime | None]
    steps: Mapped[list["ApplicationStep"]] = relationship(order_by="ApplicationStep.id", lazy="selectin")
    documents: Mapped[list["ApplicationDocument"]] = relationship(order_by="ApplicationDocument.id", lazy="selectin")

    # Lets the one attribute below be no column.
    __allow_unmapped__ = True
    contact_last4: str | None = None
    """Set on an application that is about to be shown: the end of the phone number; never kept."""

    @property
    def as_state(self) -> rules.State:
        return rules.State(self.state)


class ApplicationStep(Identified, Base):
    """One step of an application: how it stood from then on, by whom, and why where that was said. ``taken_by`` is a
    person, or an account without one; null for the applicant itself and for a body's decision."""

    __tablename__ = "unit_application_steps"

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit_applications.id"), index=True)
    state: Mapped[str]
    note: Mapped[str | None]
    taken_at: Mapped[datetime]
    taken_by: Mapped[uuid.UUID | None]


class ApplicationDocument(Identified, Base):
    """A document of an application, as it was sent; ``filename`` is what whoever sent it calls it."""

    __tablename__ = "unit_application_documents"
    label = Text("申请材料", "document of an application")

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit_applications.id"), index=True)
    kind: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(info=PLAIN, deferred=True)
    added_at: Mapped[datetime]
    added_by: Mapped[uuid.UUID | None]

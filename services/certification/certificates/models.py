"""Certificates 职业技能等级证书."""

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.certification.base import Base
from services.certification.catalogue.rules import QualificationNames, names
from services.certification.certificates.rules import CertificateFacts, Validity
from services.certification.data import catalogue
from shared.standards.calendar import business_date
from shared.store.base import Versioned
from shared.text import Text

if TYPE_CHECKING:
    from services.certification.candidates.models import Candidate


class Certificate(Versioned, Base):
    """A certificate with its number. There is one for a candidate at most, and it is revoked, never deleted (C7, X7).

    ``pattern`` is the version of the numbering that it was issued by (X4).
    """

    __tablename__ = "certificates"
    __table_args__ = (UniqueConstraint("site", "year", "level", "serial"),)
    label = Text("证书", "certificate")

    number: Mapped[str] = mapped_column(unique=True)
    site: Mapped[str]
    year: Mapped[int]
    level: Mapped[int]
    serial: Mapped[int]
    pattern: Mapped[str]
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("batches.id"), index=True)
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidates.id"), unique=True)
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[uuid.UUID | None]
    revocation_reason: Mapped[str | None]
    candidate: Mapped["Candidate"] = relationship(back_populates="certificate")

    @property
    def unit_id(self) -> uuid.UUID | None:
        """The unit that sent the candidate, where one did."""
        return self.candidate.unit_id

    @property
    def issued_on(self) -> date:
        return business_date(self.issued_at)

    @property
    def revoked_on(self) -> date | None:
        return business_date(self.revoked_at) if self.revoked_at else None

    @property
    def validity(self) -> Validity:
        return Validity.VALID if self.revoked_at is None else Validity.REVOKED

    @property
    def names(self) -> QualificationNames:
        """What it certifies, as the catalogue of its day of issue calls it."""
        return names(catalogue(self.issued_on), self.candidate.qualification)

    @property
    def facts(self) -> CertificateFacts:
        """What a check may tell of it."""
        called = self.names
        return CertificateFacts(
            number=self.number,
            holder=self.candidate.name,
            occupation=called.occupation.zh,
            work_type=called.work_type.zh if called.work_type else None,
            level=called.level.zh,
            issued_on=self.issued_on,
            revoked_on=self.revoked_on,
        )

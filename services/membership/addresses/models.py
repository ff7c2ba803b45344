"""Failures by address, as they are kept: under a blind index, never the address (M11, X11)."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base


class FailedAddress(Base):
    """How often signing in failed from one place since it was first counted."""

    __tablename__ = "failed_addresses"

    address_index: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    counted_since: Mapped[datetime] = mapped_column(index=True)
    last_failed_at: Mapped[datetime]

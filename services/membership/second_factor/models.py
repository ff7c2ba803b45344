"""Second factors and their recovery codes, as they are kept: the key sealed, of the codes a keyed hash (M11)."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.base import Base
from shared.store.base import SEALED, Identified
from shared.store.changes import SECRET


class SecondFactor(Identified, Base):
    """A device that shows codes. It counts once it is confirmed; removed, it stays on file without its key (X7)."""

    __tablename__ = "second_factors"
    __table_args__ = (
        Index(
            "uq_second_factors_account_id_held",
            "account_id",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    sealed_key: Mapped[bytes | None] = mapped_column(info=SEALED)
    enrolled_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None]
    """The time step of the last code that was accepted."""
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]
    recovery_codes: Mapped[list["RecoveryCode"]] = relationship(order_by="RecoveryCode.id")

    @property
    def confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def recovery_codes_left(self) -> int:
        return sum(code.used_at is None for code in self.recovery_codes)


class RecoveryCode(Identified, Base):
    """A code on paper, good for one use where the device is not at hand."""

    __tablename__ = "recovery_codes"

    factor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("second_factors.id"), index=True)
    digest: Mapped[str] = mapped_column(info=SECRET)
    used_at: Mapped[datetime | None]

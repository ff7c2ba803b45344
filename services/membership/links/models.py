"""Links to accounts, as they are kept: of the token only the hash (M11)."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from shared.store.base import Identified
from shared.store.changes import SECRET


class AccountLink(Identified, Base):
    """A link that lets whoever has it set the password of an account, once; kept for good (X7)."""

    __tablename__ = "account_links"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    purpose: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True, info=SECRET)
    given_at: Mapped[datetime]
    given_by: Mapped[str]
    expires_at: Mapped[datetime]
    redeemed_at: Mapped[datetime | None]
    burned_at: Mapped[datetime | None]
    """When another way in took its place."""

    # Lets the two attributes below be no columns.
    __allow_unmapped__ = True
    token: str | None = None
    url: str | None = None
    """Set where the link was just made, to be shown this once."""

    @property
    def spent(self) -> bool:
        return self.redeemed_at is not None or self.burned_at is not None

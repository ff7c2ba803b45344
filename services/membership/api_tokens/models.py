"""API tokens, as they are kept: only as hashes (M11)."""

import uuid
from datetime import date, datetime

from sqlalchemy import ARRAY, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from shared.store.base import Identified
from shared.store.changes import SECRET
from shared.text import Text as Label


class ApiToken(Identified, Base):
    """A token of somebody's machine; revoked or expired, it stays on file (X7)."""

    __tablename__ = "api_tokens"
    label = Label("接口令牌", "API token")

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True, info=SECRET)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    expires_on: Mapped[date]
    made_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]

    # Lets the one attribute below be no column.
    __allow_unmapped__ = True
    token: str | None = None
    """Set where it was just made, to be shown this once."""

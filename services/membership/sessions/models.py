"""Sessions, their refresh tokens and failed attempts, as they are kept. Tokens only as hashes (M11)."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.base import Base
from shared.store.base import Identified
from shared.store.changes import SECRET
from shared.text import Text


class Session(Identified, Base):
    """A sign-in and all that follows from it: the family of refresh tokens ends with it.

    ``unit_id`` is the one unit somebody chose to act for who represents several; ``network`` is where they signed in,
    "local" or "internet", if that is known. Where an API token is behind it, it is a machine's.
    """

    __tablename__ = "sessions"
    label = Text("登录", "session")

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    api_token_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("api_tokens.id"), index=True)
    network: Mapped[str | None]
    started_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]

    # Lets the one attribute below be no column.
    __allow_unmapped__ = True
    current: bool = False
    """Whether it is the session of whoever looks at it."""


class RefreshToken(Identified, Base):
    """A refresh token of a session, good for one use."""

    __tablename__ = "refresh_tokens"

    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sessions.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True, info=SECRET)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Withdrawal(Base):
    """Access tokens of an account or a session, ``whose``, that were issued up to ``moment`` hold no more.

    Kept for as long as such a token could have lasted.
    """

    __tablename__ = "withdrawals"

    whose: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    moment: Mapped[datetime] = mapped_column(index=True)


class FailedSignIns(Base):
    """How often in a row signing in under a name failed, whether an account has that name or not.

    The name is kept as a blind index only: people type passwords where the name belongs.
    """

    __tablename__ = "failed_sign_ins"

    name_index: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime] = mapped_column(index=True)

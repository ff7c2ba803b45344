"""Accounts 账号 and the roles granted to them, as they are kept. Of a password only the hash (M11)."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.accounts.rules import Secret
from services.membership.base import Base
from shared.personal.declaring import personal, tied
from shared.store.base import Identified, Versioned
from shared.text import Text


class Account(Versioned, Base):
    """What somebody signs in with. The first administrator's has no person behind it."""

    __tablename__ = "accounts"
    __table_args__ = (
        Index(
            "uq_accounts_person_id_open",
            "person_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        {"info": tied(Text("账号", "Account"), person="person_id", began="closed_at")},
    )
    label = Text("账号", "account")

    username: Mapped[str] = mapped_column(unique=True, info=personal("account", Text("用户名", "User name")))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    secret: Mapped[str]
    password_hash: Mapped[str]
    secret_expires_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closing_reason: Mapped[str | None]
    grants: Mapped[list["RoleGrant"]] = relationship(order_by="RoleGrant.id", lazy="selectin")

    # Lets the one attribute below be no column.
    __allow_unmapped__ = True
    one_time_secret: str | None = None
    """Set where a secret was just made, to be shown this once; only its hash is kept."""

    @property
    def closed(self) -> bool:
        return self.closed_at is not None

    @property
    def must_change_password(self) -> bool:
        return self.secret == Secret.ONE_TIME

    @property
    def roles(self) -> list[str]:
        """The roles it has now, whatever it may do with them yet."""
        return sorted(grant.role for grant in self.grants if grant.ended_at is None)

    def opens(self, now: datetime) -> bool:
        """Whether its password lets anybody in at ``now``."""
        return not self.closed and (self.secret_expires_at is None or now < self.secret_expires_at)


class RoleGrant(Identified, Base):
    """A role an account has or had; kept for good (X7)."""

    __tablename__ = "role_grants"
    __table_args__ = (
        Index(
            "uq_role_grants_account_id_role_open",
            "account_id",
            "role",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str]
    granted_at: Mapped[datetime]
    granted_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]

"""Accounts 账号 and the roles granted to them, as they are kept. Of a password only the hash (M11)."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.membership.accounts.rules import Secret
from services.membership.base import Base
from services.membership.grants import rules as grant_rules
from shared.personal.declaring import personal, tied
from shared.store.base import SEALED, Versioned
from shared.store.changes import SECRET
from shared.text import Text


class Account(Versioned, Base):
    """What somebody signs in with. The first administrator's has no person behind it.

    ``role_changes`` is how often it was told that what it may do changes.
    """

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
    mail_address: Mapped[bytes | None] = mapped_column(
        info=SEALED | personal("mail-address", Text("邮箱", "Mail address"), shown="mail")
    )
    password_hash: Mapped[str] = mapped_column(info=SECRET)
    secret_expires_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closing_reason: Mapped[str | None]
    role_changes: Mapped[int] = mapped_column(default=0)
    grants: Mapped[list["RoleGrant"]] = relationship(order_by="RoleGrant.id", lazy="selectin")

    # Lets the attributes below be no columns.
    __allow_unmapped__ = True
    roles: list[str] | None = None
    """The roles granted to it that hold today; set where it is shown, since they depend on the day."""
    post_roles: list[str] | None = None
    """The roles it has today by the posts its person holds, and by deputising; set likewise."""
    one_time_secret: str | None = None
    """Set where a secret was just made, to be shown this once; only its hash is kept."""

    @property
    def closed(self) -> bool:
        return self.closed_at is not None

    @property
    def must_change_password(self) -> bool:
        return self.secret == Secret.ONE_TIME

    def opens(self, now: datetime) -> bool:
        """Whether its password lets anybody in at ``now``."""
        return not self.closed and (self.secret_expires_at is None or now < self.secret_expires_at)


class RoleGrant(Versioned, Base):
    """A role an account has, had or will have, from ``since`` up to, not including, ``until``; kept for good (X7)."""

    __tablename__ = "role_grants"
    __table_args__ = (CheckConstraint("until >= since", name="until_not_before_since"),)
    label = Text("角色授予", "grant")

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    granted_at: Mapped[datetime]
    granted_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]

    def as_ruled(self) -> grant_rules.Grant:
        """What the rules need to know of it."""
        return grant_rules.Grant(self.role, self.since, self.until)

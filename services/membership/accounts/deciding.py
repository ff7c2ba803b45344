"""What stands before every decision about an account (M11, X8)."""

from sqlalchemy import func, select

from services.membership.accounts import rules
from services.membership.accounts.models import Account, RoleGrant
from shared.store.tx import Tx

ACCOUNTS = "accounts"
"""Held by whoever opens an account or takes an administrator away, one at a time: rare, and simple that way."""


def check_decidable(tx: Tx, account: Account) -> None:
    """Refuse one's own account (X8) and one that is closed (M11)."""
    rules.check_not_own(tx.principal.account == str(account.id))
    rules.check_open(account.closed)


def keep_an_administrator(tx: Tx, account: Account) -> None:
    """Refuse to take an administrator away where no other remains (M11): open, with a password of their own, and an
    administrator today without an end on record."""
    query = (
        select(func.count(Account.id.distinct()))
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            Account.id != account.id,
            Account.closed_at.is_(None),
            Account.secret == rules.Secret.OWN,
            RoleGrant.role == rules.ADMINISTRATOR,
            RoleGrant.since <= tx.today,
            RoleGrant.until.is_(None),
        )
    )
    rules.check_administrators_left(int(tx.session.scalar(query) or 0))

"""Giving a role and ending it, as it is written down (M11)."""

from services.membership.accounts.models import Account, RoleGrant
from services.membership.grants.rules import Grant
from shared.store.tx import Tx


def grant(tx: Tx, account: Account, new: Grant) -> RoleGrant:
    """Add ``new`` to an account."""
    granted = RoleGrant(
        account_id=account.id,
        role=new.role,
        since=new.since,
        until=new.until,
        granted_at=tx.now,
        granted_by=tx.principal.name,
    )
    account.grants.append(granted)
    return granted


def end(tx: Tx, granted: RoleGrant, ruled: Grant) -> None:
    """Write down that a grant ends as ``ruled``."""
    granted.until, granted.ended_at, granted.ended_by = ruled.until, tx.now, tx.principal.name

"""Burning links: where somebody's way in changes, no older link opens another (M11)."""

import uuid

from sqlalchemy import select

from services.membership.links.models import AccountLink
from shared.clock import wall_now
from shared.store.tx import Tx


def burn_links(tx: Tx, account_id: uuid.UUID) -> None:
    """Have no link to an account hold any more. The account's credentials are held, so none is made meanwhile."""
    query = select(AccountLink).filter_by(account_id=account_id, redeemed_at=None, burned_at=None)
    for link in tx.all(query):
        link.burned_at = wall_now()

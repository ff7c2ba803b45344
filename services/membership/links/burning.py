"""Burning links: where somebody's way in changes, no older link opens another (M11)."""

import uuid

from sqlalchemy import update

from services.membership.links.models import AccountLink
from shared.clock import wall_now
from shared.store.tx import Tx


def burn_links(tx: Tx, account_id: uuid.UUID) -> None:
    """Have no link to an account hold any more. The account's credentials are held, so none is made meanwhile."""
    open_ones = AccountLink.redeemed_at.is_(None), AccountLink.burned_at.is_(None)
    tx.session.execute(
        update(AccountLink).where(AccountLink.account_id == account_id, *open_ones).values(burned_at=wall_now())
    )

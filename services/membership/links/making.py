"""Making a link: the one moment at which its token is known (M11)."""

import secrets

from services.membership.accounts.models import Account
from services.membership.data import link_lifetimes
from services.membership.links import rules
from services.membership.links.burning import burn_links
from services.membership.links.models import AccountLink
from services.membership.sessions.tokens import digest
from shared.clock import wall_now
from shared.store.tx import Tx


def make_link(tx: Tx, account: Account, purpose: rules.Purpose, given_by: str) -> AccountLink:
    """A new link to an account whose credentials the caller holds, with its ``token`` and ``url``; older ones hold no
    more."""
    burn_links(tx, account.id)
    token, now = secrets.token_urlsafe(32), wall_now()
    link = AccountLink(
        account_id=account.id,
        purpose=purpose,
        digest=digest(token),
        given_at=now,
        given_by=given_by,
        expires_at=now + link_lifetimes()[purpose],
    )
    link.token, link.url = token, f"{tx.public_url}{rules.PATH}{token}"
    tx.add(link)
    tx.flush()
    return link

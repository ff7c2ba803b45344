"""Who acts, as records keep it and rules compare it with who does the next thing (X7, X8)."""

from uuid import UUID

from shared.errors import Forbidden
from shared.identity.principals import Principal
from shared.store.tx import Tx


def actor(tx: Tx) -> UUID | None:
    """The id of whoever asks: the person behind the account, the account itself where there is none; None for somebody
    who is not signed in, and for a service."""
    found = tx.principal.person or tx.principal.account
    return UUID(found) if found else None


def account_of(principal: Principal) -> UUID:
    """The account behind ``principal``. Refused for services, which have none."""
    if principal.account is None:
        raise Forbidden("须以账号办理", "An account is needed for this", code="no-account")
    return UUID(principal.account)

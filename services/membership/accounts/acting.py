"""The account that acts, for what is kept of who did what and compared with who does it next (X7, X8)."""

from uuid import UUID

from shared.errors import Forbidden
from shared.identity.principals import Principal


def account_of(principal: Principal) -> UUID:
    """The account behind ``principal``. Refused for services, which have none."""
    if principal.account is None:
        raise Forbidden("须以账号办理", "An account is needed for this", code="no-account")
    return UUID(principal.account)

"""Who does something here: the person behind the account, since separation of duties is between people (X8)."""

from uuid import UUID

from shared.errors import Forbidden
from shared.identity.principals import Principal


def person_of(principal: Principal) -> UUID:
    """The person behind ``principal``. Refused for accounts without one."""
    if principal.person is None:
        raise Forbidden("此账号未对应到人", "No person stands behind this account", code="no-person")
    return UUID(principal.person)

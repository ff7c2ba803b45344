"""Whose doing it is: the person behind an account."""

from uuid import UUID

from shared.errors import Forbidden
from shared.identity.principals import Principal


def person_of(principal: Principal) -> UUID:
    """The person behind ``principal``. Refused for accounts without one, since nobody could be told apart (X8)."""
    if principal.person is None:
        raise Forbidden("此账号未对应到人", "No person stands behind this account", code="no-person")
    return UUID(principal.person)

"""Who writes and who reviews: the signed-in person, and the unit the person acts for."""

from uuid import UUID

from services.publishing.articles.rules import Party
from shared.errors import Forbidden
from shared.identity.principals import Principal


def party_of(principal: Principal) -> Party:
    """The person behind ``principal`` and the unit represented; no unit is the secretariat.

    Refused for accounts without a person behind them, and for one who represents several units at once.
    """
    if principal.person is None:
        raise Forbidden("此账号未对应到人", "No person stands behind this account", code="no-person")
    if len(principal.units) > 1:
        raise Forbidden(
            "您代表多个单位，请以其中之一登录",
            "You represent several units: sign in for one",
            code="several-units",
        )
    unit = next(iter(principal.units), None)
    return Party(UUID(principal.person), UUID(unit) if unit else None)

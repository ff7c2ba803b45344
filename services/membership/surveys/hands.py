"""Who had a hand in something: ids of people and accounts, so that they do not audit it (X8)."""

from collections.abc import Iterable

from shared.identity.duties import Caller
from shared.identity.principals import Principal


def with_hand_of(principal: Principal, hands: Iterable[str] = ()) -> list[str]:
    """``hands`` and whoever asks."""
    return sorted({*hands, *Caller.behind(principal).selves})

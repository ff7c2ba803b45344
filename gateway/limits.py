"""How often one account or address may ask, by the operation's rate class.

Counted in this process's memory and, where a store is set (gateway.shared_counts), together with the other processes
as well. Flask-Limiter is not used because of what it costs here: ADR 0015 and 0038.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from flask import Request

from gateway.routes import Route
from shared.errors import TooMany, Unauthenticated
from shared.identity.keys import Keyring
from shared.identity.principals import authenticate
from shared.settings import Settings

if TYPE_CHECKING:
    from gateway.shared_counts import SharedCounts  # which brings the store's client along

RATES: Mapping[str, int] = {"read": 6000, "write": 3000, "sign-in": 120, "public": 600}
"""Requests a minute, where ``XIEHUI_LIMIT_<CLASS>`` does not say otherwise. A whole office signs in from one address;
what protects an account is its own lockout."""
BY_ADDRESS = frozenset({"sign-in"})
"""Classes counted by address whoever asks: here nobody is known yet, and guessing passwords must not pay."""
WINDOW = 60


class Standing(NamedTuple):
    """How the nearest bound stands with a request counted: ``limit`` requests a window, how many are left, below 0
    where this one is too many, and in how many seconds the next window begins."""

    limit: int
    left: int
    reset: int

    def check(self) -> None:
        """Raises :class:`TooMany` with the seconds to wait once the bound is used up."""
        if self.left < 0:
            wait = self.reset
            raise TooMany(f"请在 {wait} 秒后再试", f"Try again in {wait} seconds", retry_after=wait)

    def headers(self) -> list[tuple[str, str]]:
        return [
            ("RateLimit-Limit", str(self.limit)),
            ("RateLimit-Remaining", str(max(0, self.left))),
            ("RateLimit-Reset", str(self.reset)),
        ]


class Limits:
    """Counts requests. ``keyring`` tells accounts apart; without one, addresses are counted. All accounts of one
    address together may ask ``accounts`` times as often as one. ``shared`` counts for all gateways together."""

    def __init__(
        self,
        keyring: Keyring | None,
        *,
        rates: Mapping[str, int] = RATES,
        accounts: int = Settings.limit_accounts,
        shared: "SharedCounts | None" = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._keyring = keyring
        self._rates = rates
        self._accounts = accounts
        self._shared = shared
        self._now = now
        self._window = 0
        self._counts: dict[tuple[str, str], Iterator[int]] = {}

    def close(self) -> None:
        """Let go of the store that is shared, if there is one."""
        if self._shared is not None:
            self._shared.close()

    def count(self, request: Request, route: Route) -> Standing:
        """Count ``request`` and say how that stands.

        An account is counted by itself, and with all others of its address under a wider bound; whoever is not known
        is counted by address. What is over one bound still counts for the other.
        """
        name = route.rate if route.rate in self._rates else "write" if route.command else "read"
        now = self._now()
        window, reset = int(now // WINDOW), WINDOW - int(now % WINDOW)
        rate = self._rates[name]
        account = self._account(request, name)
        if account is None:
            return Standing(rate, rate - self._counted(window, name, f"address:{request.remote_addr}"), reset)
        left = rate - self._counted(window, name, account)
        wider = rate * self._accounts
        left_there = wider - self._counted(window, name, f"accounts:{request.remote_addr}")
        return Standing(rate, left, reset) if left <= left_there else Standing(wider, left_there, reset)

    def _counted(self, window: int, name: str, who: str) -> int:
        """How many there have been in this window, this one included. Each step is atomic by itself."""
        if window != self._window:
            self._window, self._counts = window, {}
        own = next(self._counts.setdefault((name, who), count(1)))
        if self._shared is None:
            return own
        # Its own count stays right while the store is away, and where the store lost what it knew.
        return max(own, self._shared.count(f"{window}:{name}:{who}") or 0)

    def _account(self, request: Request, name: str) -> str | None:
        authorization = request.headers.get("Authorization")
        if self._keyring is None or not authorization or name in BY_ADDRESS:
            return None
        try:
            return authenticate(self._keyring, authorization).name
        except Unauthenticated:
            # The service will say so; until then a made-up token must not open a count of its own.
            return None

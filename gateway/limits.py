"""How often one account or address may ask, by the operation's rate class.

Counted in this process's memory: several gateway processes allow several times as much. Flask-Limiter is not used
because of what it costs here, measured: some 300 µs a request, as much as all the rest of the gateway together, and
the memory storage beneath it starts a thread every 10 ms under load.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from itertools import count

from flask import Request

from gateway.routes import Route
from shared.errors import TooMany, Unauthenticated
from shared.identity.keys import Keyring
from shared.identity.principals import authenticate

RATES: Mapping[str, int] = {"read": 6000, "write": 3000, "sign-in": 120, "public": 600}
"""Requests a minute, where ``XIEHUI_LIMIT_<CLASS>`` does not say otherwise. A whole office signs in from one address;
what protects an account is its own lockout."""
BY_ADDRESS = frozenset({"sign-in"})
"""Classes counted by address whoever asks: here nobody is known yet, and guessing passwords must not pay."""
WINDOW = 60


class Limits:
    """Counts requests. ``keyring`` tells accounts apart; without one, addresses are counted."""

    def __init__(
        self, keyring: Keyring | None, *, rates: Mapping[str, int] = RATES, now: Callable[[], float] = time.time
    ) -> None:
        self._keyring = keyring
        self._rates = rates
        self._now = now
        self._window = 0
        self._counts: dict[tuple[str, str], Iterator[int]] = {}

    def check(self, request: Request, route: Route) -> None:
        """Count ``request``; raises :class:`TooMany` with the seconds to wait once its class is used up."""
        name = route.rate if route.rate in self._rates else "write" if route.command else "read"
        window, into = divmod(self._now(), WINDOW)
        if self._count(int(window), name, self._who(request, name)) > self._rates[name]:
            wait = max(1, round(WINDOW - into))
            raise TooMany(f"请在 {wait} 秒后再试", f"Try again in {wait} seconds", retry_after=wait)

    def _count(self, window: int, name: str, who: str) -> int:
        """How many there have been in this window, this one included. Each step is atomic by itself."""
        if window != self._window:
            self._window, self._counts = window, {}
        return next(self._counts.setdefault((name, who), count(1)))

    def _who(self, request: Request, name: str) -> str:
        authorization = request.headers.get("Authorization")
        if self._keyring is not None and authorization and name not in BY_ADDRESS:
            try:
                return authenticate(self._keyring, authorization).name
            except Unauthenticated:
                # The service will say so; until then a made-up token must not open a count of its own.
                return f"address:{request.remote_addr}"
        return f"address:{request.remote_addr}"

"""Counts that all gateway processes keep together, in Redis: any store that ``limits`` knows by such an address.

A store that is away costs a request at most :data:`PATIENCE`, and the requests after it nothing: it is asked again
every :data:`PAUSE` seconds, by one request, and each process counts by itself meanwhile.
"""

import time
from collections.abc import Callable

import structlog
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from prometheus_client import Gauge
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger()

PATIENCE = 0.25
"""Seconds that connecting, and that each answer, may take."""
PAUSE = 5.0
KEPT = 120
"""Seconds for which the store keeps a count; longer than the window it is of, whatever the clocks of the machines."""

AWAY = Gauge(
    "xiehui_limit_store_away",
    "1 while this gateway counts requests by itself although it has a store to share",
    multiprocess_mode="livemax",
)


class SharedCounts:
    """The counts in the store at ``address``. Connects with the first request, so it may be made before a fork."""

    def __init__(self, address: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._storage: Storage = storage_from_string(  # type: ignore[assignment]  # not an asynchronous one
            address,
            wrap_exceptions=True,
            key_prefix="xiehui",
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            # redis-py tries three times and waits between: longer than all of a request may take.
            retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]  # handed on to redis-py
        )
        self._now = monotonic
        self._away = False
        self._ask_at = 0.0
        AWAY.set(0)

    def count(self, key: str) -> int | None:
        """How many times ``key`` has been counted by all, this time included; None while the store is away."""
        if self._away:
            if self._now() < self._ask_at:
                return None
            # Whoever comes next finds the time moved on: one request tries, not all that are under way.
            self._ask_at = self._now() + PAUSE
        try:
            counted = self._storage.incr(key, KEPT)
        except StorageError as error:
            self._lost(error.storage_error)
            return None
        if self._away:
            self._away = False
            AWAY.set(0)
            log.info("limits are counted together again")
        return counted

    def close(self) -> None:
        """Let go of the connections to the store."""
        client = getattr(self._storage, "storage", None)
        if client is not None:
            client.close()

    def _lost(self, error: Exception) -> None:
        self._ask_at = self._now() + PAUSE
        if not self._away:
            self._away = True
            AWAY.set(1)
            log.warning("limits are counted by each gateway alone: the store is away", error=type(error).__name__)

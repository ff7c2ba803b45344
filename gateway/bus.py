"""The gateway's line to the bus: one RPC client and one observer of manifests a process.

Opened by the process's first request (or by the server's hook after fork, see gateway.serving), never by importing
the application: a server that loads it before forking would share one connection among its workers.
"""

import os
import threading
import time
from collections.abc import Mapping
from typing import Any, Protocol

from gateway.routing import RoutingTable
from shared.bus.client import RpcClient, away, bus_blocked
from shared.bus.discovery import Observer
from shared.errors import DeadlineExceeded, Unavailable
from shared.identity.keys import Keyring
from shared.settings import Settings

SETTLING = 2.0
"""Seconds in which the services of a new process's neighbourhood are sure to have said who they are."""
_NOBODY = "xiehui-nobody"
_STATES = {"service-away": "up", "bus-blocked": "blocked"}
"""What it says of the bus how a message to nobody failed."""


class Caller(Protocol):
    """What the gateway needs of :class:`~shared.bus.client.RpcClient`."""

    def call(
        self,
        service: str,
        operation: str,
        arguments: Mapping[str, Any],
        *,
        headers: Mapping[str, Any] | None = None,
        deadline: float | None = None,
    ) -> dict[str, Any]: ...

    def close(self) -> None: ...


class Bus:
    """Opens what it needs once a process. ``client`` stands in for a real one; without ``keyring`` nobody is heard."""

    def __init__(
        self, settings: Settings, table: RoutingTable, *, client: Caller | None, keyring: Keyring | None
    ) -> None:
        self._settings = settings
        self._table = table
        self._given = client
        self._keyring = keyring
        self._process: int | None = None
        self._closed = False
        self._opening = threading.Lock()
        self._client: Caller | None = None
        self._observer: Observer | None = None
        self.settled_at = 0.0

    def open(self) -> Caller:
        """The client of this process; opens it, and the observer, where that has not happened yet."""
        client = self._client
        if client is not None and self._process == os.getpid():
            return client
        with self._opening:
            if self._closed:
                raise Unavailable("系统正在停止", "The gateway is stopping", retry_after=5)
            if self._client is None or self._process != os.getpid():
                self._client = self._start()
                self._process = os.getpid()
            return self._client

    def _start(self) -> Caller:
        url = self._settings.amqp_url
        if self._keyring is not None:
            self._observer = Observer(url, self._keyring, self._table.hear)
            self._observer.start()
            self.settled_at = time.monotonic() + SETTLING
        return self._given or RpcClient(url, deadline=self._settings.rpc_deadline)

    def away(self, service: str) -> Unavailable:
        """The problem of a service that has not been heard of: its own, or the bus's where that takes nothing, since
        nobody is heard then. The bus says so only to who sends something: one message to nobody finds out."""
        return bus_blocked() if self.state() == "blocked" else away(service)

    def state(self) -> str:
        """ "up" where a message makes its way to the broker and back (one to nobody is returned at once), "blocked"
        where the broker takes none just now, else "away"."""
        try:
            self.open().call(_NOBODY, "ping", {}, deadline=2.0)
        except Unavailable as problem:
            return _STATES.get(problem.code, "away")
        except DeadlineExceeded:
            return "away"
        return "up"

    def close(self) -> None:
        """Close for good."""
        with self._opening:
            self._closed = True
            client, observer = self._client, self._observer
            self._client = self._observer = None
        if observer is not None:
            observer.stop()
        if client is not None:
            client.close()

"""Teller and listener as an operator runs them: any number of processes of each on RabbitMQ, and gunicorn in front.

street = Street(bus, postgres, folder, rooms)
first, second = street.service("teller"), street.service("teller")
street.call("echo", text="a")
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, text

from shared.bus.client import RpcClient
from shared.identity.keys import TOKENS, Keyring, make_keys
from shared.identity.principals import issue_access
from shared.store.base import new_id
from shared.store.database import make_engine
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import eventually
from shared.testing.processes import Caller, Started
from shared.testing.rabbitmq_engines import free_ports
from shared.testing.telling import make_databases

XIEHUI = (sys.executable, "-P", "-m", "shared.testing.run")
GATEWAY = ("gunicorn", "--config", "python:gateway.serving", "gateway.serving:application()")
PATIENCE = 60.0
"""Seconds that a machine with much else to do may take for what is done at once elsewhere."""


class Street:
    """Databases and keys for the processes that join the bus at the address ``bus``, or at one of their own in
    ``buses`` (service or "gateway" → address). ``rooms`` ends them."""

    def __init__(
        self,
        bus: str,
        postgres: EmbeddedPostgres,
        folder: Path,
        rooms: ExitStack,
        *,
        buses: Mapping[str, str] | None = None,
    ) -> None:
        self.bus = bus
        self._buses = buses or {}
        self._folder = folder
        self._rooms = rooms
        self._keys = folder / "keys"
        make_keys(self._keys, {"teller": [TOKENS], "listener": [], "gateway": []})
        self.issuer = Keyring.load(self._keys, "teller")
        account, person, session = (str(new_id()) for _ in range(3))
        self._token = issue_access(
            self.issuer, account=account, person=person, session=session, roles=["teller"], units=[]
        )
        self.urls = make_databases(postgres)
        self._engines = {name: make_engine(url, pool_size=4) for name, url in self.urls.items()}
        for engine in self._engines.values():
            rooms.callback(engine.dispose)
        self.client = RpcClient(bus)
        rooms.callback(self.client.close)

    def service(self, name: str) -> Started:
        """Another process of a service, ready."""
        (port,) = free_ports(1)
        variables = {
            "XIEHUI_AMQP_URL": self._buses.get(name, self.bus),
            "XIEHUI_DATABASE_URL": self.urls[name],
            "XIEHUI_HEALTH_PORT": str(port),
            "XIEHUI_POLL_EVERY": "0.2",
            "XIEHUI_ANNOUNCE_EVERY": "1",
        }
        process = self._start("run", name, program=XIEHUI, log=f"{name}-{port}.log", **variables)

        def ready() -> bool:
            assert process.process.poll() is None, process.said[-3000:]
            try:
                return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5, trust_env=False).is_success
            except httpx.TransportError:
                return False

        eventually(ready, within=PATIENCE)
        return process

    def gateway(self) -> tuple[Started, Caller]:
        """The gateway, and anybody who calls it."""
        (port,) = free_ports(1)
        variables = {
            "XIEHUI_AMQP_URL": self._buses.get("gateway", self.bus),
            "XIEHUI_STATE": str(self._folder / "state"),
            "XIEHUI_PORT": str(port),
            "WEB_CONCURRENCY": "1",
        }
        process = self._start(program=GATEWAY, log=f"gateway-{port}.log", **variables)
        caller = Caller(f"http://127.0.0.1:{port}", self.issuer)
        caller.ready("teller", within=PATIENCE)
        return process, caller

    def _start(self, *arguments: str, program: tuple[str, ...], log: str, **variables: str) -> Started:
        return self._rooms.enter_context(
            Started(
                *arguments,
                program=program,
                log=self._folder / log,
                variables={"XIEHUI_KEYS": str(self._keys), **variables},
                folder=self._folder,
            )
        )

    # --- what is said and seen --------------------------------------------------------------------------------

    def call(self, operation: str, **arguments: Any) -> Any:
        """The body of an operation's answer; the :class:`Problem` raised where the bus had none."""
        headers = {"authorization": f"Bearer {self._token}", "idempotency-key": str(new_id())}
        answer = self.client.call("teller", operation, arguments, headers=headers, deadline=PATIENCE)
        assert answer["status"] < 300, answer
        return answer["body"]

    def topic(self) -> str:
        return str(self.call("open_topic", name=f"topic {new_id()}")["id"])

    def rows(self, service: str, sql: str) -> list[Any]:
        with self._engines[service].connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    def heard(self, topic: str) -> list[str]:
        """The notes that count, in the order in which they came to count."""
        sql = f"SELECT text FROM heard_notes WHERE topic_id = '{topic}' ORDER BY id"
        return [row[0] for row in self.rows("listener", sql)]

    @contextmanager
    def held(self, service: str, table: str) -> Iterator[None]:
        """Nobody can write to the table for as long as the block lasts."""
        engine: Engine = self._engines[service]
        with engine.begin() as connection:
            connection.execute(text(f"LOCK TABLE {table} IN SHARE MODE"))
            yield

    def in_hand(self, service: str, sessions: int) -> None:
        """Wait until so many sessions of a service wait for a lock."""
        waiting = (
            "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND locktype <> 'advisory' AND datname = current_database()"
        )
        eventually(lambda: self.rows(service, waiting)[0][0] >= sessions, within=PATIENCE)

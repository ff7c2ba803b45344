"""What a run stands on: a RabbitMQ node and a PostgreSQL of its own, keys, peers' environments and a folder."""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, Self

import psycopg
from amqp.exceptions import ChannelError
from kombu import Connection
from sqlalchemy import make_url

from shared.identity.keys import TOKENS, Keyring, make_keys
from shared.identity.principals import issue_access
from shared.store.base import new_id
from shared.store.database import make_engine
from shared.store.embedded import EmbeddedPostgres
from shared.store.migrations import CHASSIS, apply
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.rabbitmq_engines import free_ports
from tests.bench.harness.environments import COMMON, PEERS, ROOT, environment
from tests.bench.harness.roles import Asked, Role, RoleFailed
from tests.bench.ours.notes import PLUGINS, ROLE

READY_SECONDS = 60.0
TOKEN_LIFETIME = timedelta(hours=2)
UNLIMITED = "100000000"
"""Requests a minute: the gateway counts each, and none is too many."""


class Place:
    """Everything is started when it is first asked for, and ended with the block. ``told`` hears of what takes time."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self.told = told
        self._rooms = ExitStack()
        self._numbers = count(1)

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="xiehui-bench-"))
        self._rooms.callback(shutil.rmtree, self.folder, ignore_errors=True)
        # As root PostgreSQL runs as another user, who must be able to enter.
        self.folder.chmod(0o711)
        return self

    def __exit__(self, *exception: object) -> None:
        self.told("…")
        self._rooms.close()

    # --- bus, database, keys --------------------------------------------------------------------------------

    @cached_property
    def _rabbitmq(self) -> PrivateRabbitMQ:
        self.told("RabbitMQ")
        return self._rooms.enter_context(PrivateRabbitMQ())

    @cached_property
    def _postgres(self) -> EmbeddedPostgres:
        self.told("PostgreSQL")
        server = EmbeddedPostgres(self.folder / "postgres", databases=())
        self._rooms.enter_context(server)
        with psycopg.connect(_plain(server.admin_url), autocommit=True) as admin:
            # The moment of each row's commit is what lag is measured by, on every side.
            admin.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        server.stop()
        server.start()
        return server

    def bus(self) -> str:
        """The address of a new virtual host."""
        url = self._rabbitmq.create_vhost(f"bench-{next(self._numbers)}")
        return url.replace("amqp://", "pyamqp://")

    def database(self, name: str) -> str:
        """The SQLAlchemy URL of a new database."""
        name = f"{name}_{next(self._numbers)}"
        self._postgres.create_database(name)
        return self._postgres.url(name)

    @cached_property
    def keys(self) -> Path:
        folder = self.folder / "keys"
        make_keys(folder, {"notes": [TOKENS], "archive": [], "gateway": []})
        return folder

    @cached_property
    def token(self) -> str:
        """An access token of somebody who may read and write notes."""
        return issue_access(
            Keyring.load(self.keys, "notes"),
            account=str(new_id()),
            person=str(new_id()),
            session=str(new_id()),
            roles=[ROLE],
            lifetime=TOKEN_LIFETIME,
        )

    # --- processes ------------------------------------------------------------------------------------------

    def peer(self, peer: str) -> Path:
        """The folder with the commands of a peer's environment."""
        return environment(peer, self.told)

    def start(self, name: str, *command: str | Path, peer: str | None = None, **variables: str) -> Role:
        """A process that serves. One of a peer runs in its folder, a command of the peer's environment."""
        return Role(name, self._command(command, peer), **self._surroundings(peer, variables))

    def ask(self, name: str, *command: str | Path, peer: str | None = None, **variables: str) -> Asked:
        """A process that does as it is told."""
        return Asked(name, self._command(command, peer), **self._surroundings(peer, variables))

    def tables(self, service: str) -> str:
        """The SQLAlchemy URL of a new database with the tables of one of our services."""
        url = self.database(service)
        engine = make_engine(url, pool_size=2)
        apply(engine, [CHASSIS])
        PLUGINS[service].models.create_all(engine)
        engine.dispose()
        return url

    def ours(self, service: str, bus: str) -> tuple[Role, str]:
        """A process of one of our services on a database of its own, which it answers the address of."""
        database, (port,) = self.tables(service), free_ports(1)
        variables = {**self.settings(bus), "XIEHUI_DATABASE_URL": database, "XIEHUI_HEALTH_PORT": str(port)}
        return self.start(service, sys.executable, "-m", "tests.bench.ours.serve", service, **variables), database

    def settings(self, bus: str) -> dict[str, str]:
        """What our processes are told in their environment."""
        return {"XIEHUI_AMQP_URL": bus, "XIEHUI_KEYS": str(self.keys), "BENCH_TOKEN": self.token}

    def gateway(self, bus: str, application: str = "gateway.serving:application()", *options: str) -> tuple[Role, int]:
        """Our gateway under gunicorn, one worker, and its port."""
        (port,) = free_ports(1)
        number = next(self._numbers)
        variables = {
            **self.settings(bus),
            "XIEHUI_PORT": str(port),
            "XIEHUI_STATE": str(self.folder / f"state-{number}"),
            "XIEHUI_LIMIT_READ": UNLIMITED,
            "XIEHUI_LIMIT_WRITE": UNLIMITED,
            "WEB_CONCURRENCY": "1",
        }
        gunicorn = Path(sys.executable).with_name("gunicorn")
        command = (gunicorn, "--config", "python:gateway.serving", *options, application)
        return self.start("gateway", *command, **variables), port

    def _command(self, command: tuple[str | Path, ...], peer: str | None) -> list[str | Path]:
        return [self.peer(peer) / command[0], *command[1:]] if peer else list(command)

    def _surroundings(self, peer: str | None, variables: Mapping[str, str]) -> dict[str, Any]:
        # Under eventlet psycopg would otherwise hold up the whole process, the peer's as well as ours.
        own = {"PYTHONPATH": str(COMMON), "PYTHONWARNINGS": "ignore", "PSYCOPG_WAIT_FUNC": "wait_selector"}
        log = self.folder / f"{next(self._numbers)}.log"
        return {"log": log, "variables": {**own, **variables}, "folder": PEERS / peer if peer else ROOT}


def consumed(bus: str, queue: str, server: Role, *, within: float = READY_SECONDS) -> None:
    """Wait until somebody consumes ``queue``; a ``server`` that ends meanwhile, or does not, fails with its output."""
    deadline = time.monotonic() + within
    with Connection(bus) as connection:
        while True:
            with suppress(ChannelError):
                if connection.channel().queue_declare(queue=queue, passive=True).consumer_count:
                    return
            if server.ended:
                raise server.failure("ended")
            if time.monotonic() > deadline:
                raise server.failure(f"does not consume {queue} within {within:.0f} s")
            time.sleep(0.1)


def answered(caller: Asked, *servers: Role, within: float = READY_SECONDS) -> Asked:
    """``caller``, once it gets answers; a server that ends meanwhile, or never answers, fails with its output."""
    deadline = time.monotonic() + within
    while True:
        try:
            caller.ask(callers=16, seconds=0.1, within=within)
            return caller
        except RoleFailed as error:
            for server in servers:
                if server.ended:
                    raise server.failure("ended") from error
            if caller.ended or time.monotonic() > deadline:
                raise RoleFailed("\n".join([str(error), *(str(s.failure("said:")) for s in servers)])) from error
        time.sleep(0.2)


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

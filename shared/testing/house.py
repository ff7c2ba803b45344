"""A house for outages: teller and listener in a process, a gateway in another, PostgreSQL and proxies their own.

Services reach the bus through one proxy, the gateway and the tests' own client through another, so that either side
can be cut off alone.
"""

import secrets
from contextlib import ExitStack
from pathlib import Path

from shared.bus.client import RpcClient
from shared.errors import Problem
from shared.identity.keys import make_keys
from shared.store.base import new_id
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import eventually
from shared.testing.counting import books_are_right
from shared.testing.echo import LISTENER, TELLER
from shared.testing.processes import Caller, Started
from shared.testing.proxy import Proxy
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.rabbitmq_engines import free_ports
from shared.testing.telling import Pair
from shared.testing.traffic import PATIENCE

HEARTBEAT = 2
DEADLINE = 4.0
"""Seconds that the gateway waits for an answer."""
PROGRAM = ("gunicorn", "--config", "python:gateway.serving", "gateway.serving:application()")


class House:
    """Everything that an outage can befall, and whoever notices."""

    def __init__(self, node: PrivateRabbitMQ, postgres: EmbeddedPostgres, folder: Path, rooms: ExitStack) -> None:
        self.node = node
        self.postgres = postgres
        self.vhost = f"outages-{secrets.token_hex(4)}"
        self.url = node.create_vhost(self.vhost)
        self.behind = rooms.enter_context(Proxy(node.port))
        """Between the services and the bus."""
        self.before = rooms.enter_context(Proxy(node.port))
        """Between the bus and those who call: the gateway and the tests' own client."""
        keys = folder / "keys"
        self.pair = rooms.enter_context(
            Pair.on(self._through(self.behind), postgres, folder, max_workers=8, announce_every=1.0)
        )
        make_keys(keys, {"gateway": []})
        self.client = RpcClient(self._through(self.before))
        rooms.callback(self.client.close)
        (port,) = free_ports(1)
        variables = {
            "XIEHUI_AMQP_URL": self._through(self.before),
            "XIEHUI_KEYS": str(keys),
            "XIEHUI_STATE": str(folder / "state"),
            "XIEHUI_PORT": str(port),
            "XIEHUI_RPC_DEADLINE": str(DEADLINE),
            "WEB_CONCURRENCY": "1",
        }
        log = folder / "gateway.log"
        self.gateway = rooms.enter_context(Started(program=PROGRAM, log=log, variables=variables, folder=folder))
        self.http = Caller(f"http://127.0.0.1:{port}", self.pair.issuer)
        self.http.ready("teller", "listener")

    def _through(self, proxy: Proxy) -> str:
        return f"{proxy.stands_for(self.url)}?heartbeat={HEARTBEAT}"

    def answers(self) -> None:
        """Wait until calls go through on either way."""
        eventually(lambda: outcome(self.client) == "answered", within=PATIENCE)
        eventually(lambda: self.http.http.post("/v1/teller/echoes", json={"text": "x"}).is_success, within=PATIENCE)

    def books_are_right(self) -> None:
        """Everything that was told and heard in this house is there once, and nothing waits in its queues."""
        books_are_right([TELLER, LISTENER], self.pair.settings["database_urls"], node=self.node, amqp_url=self.url)

    def hears(self) -> None:
        """Wait until events go through."""
        topic = self.pair.topic()
        self.pair.tell(topic, "barrier")
        eventually(lambda: self.pair.heard(topic) == ["barrier"], within=PATIENCE)


def outcome(client: RpcClient, operation: str = "echo", deadline: float = 5, **arguments: object) -> str:
    """The code of the problem, or "answered"; the command has a key, as the gateway gives one to each."""
    headers = {"idempotency-key": str(new_id())}
    try:
        answer = client.call("teller", operation, arguments or {"text": "x"}, headers=headers, deadline=deadline)
    except Problem as problem:
        return problem.code
    return str(answer["problem"]["code"]) if "problem" in answer else "answered"

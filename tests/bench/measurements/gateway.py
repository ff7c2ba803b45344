"""The gateway: an echo over HTTP with a token, sixteen kept connections, beside the same Flask app without the bus.

Ours counts the request against its limit, gives it a correlation id, a metric and a log line, and asks the service over
RabbitMQ, which checks token, permission and fields. "ours, no RPC" is the same app with a client that answers at once.
Both run in sixteen threads of gunicorn, and again in its gevent worker, the default. A bare Flask app that reads the
query and answers stands beside the latter: how it differs from ours without RPC is what all that is asked of a gateway
costs.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from shared.testing.rabbitmq_engines import free_ports
from tests.bench.harness.bursts import call
from tests.bench.harness.contest import Burst, hold
from tests.bench.harness.outcome import Outcome
from tests.bench.harness.place import Place, answered, consumed
from tests.bench.harness.roles import Asked

KEYS = ("gateway_vs_flask",)
ROUNDS = 5
SECONDS = 2.0
BURST = "16 callers"
PATH = "/v1/notes/echoes"
WORKERS = {"gevent": ("--worker-class=gevent",), "threads": ("--worker-class=gthread", "--threads=16")}
"""Name → how gunicorn is told to work so."""


def over_http(place: Place, port: int, method: str, path: str) -> Asked:
    """Callers over HTTP, who bring a token."""
    script = Path("tests/bench/peers/common/httpcaller.py")
    return place.ask(
        "http caller", sys.executable, script, str(port), method, path, f"Authorization: Bearer {place.token}"
    )


@contextmanager
def _flask(place: Place) -> Iterator[Mapping[str, Burst]]:
    with ExitStack() as rooms:
        (port,) = free_ports(1)
        options = (*WORKERS["gevent"], "--workers=1", f"--bind=127.0.0.1:{port}")
        server = rooms.enter_context(place.start("flask", "gunicorn", *options, "app:app", peer="flask"))
        caller = rooms.enter_context(over_http(place, port, "GET", PATH))
        answered(caller, server)
        yield {BURST: partial(call, server, caller, 16, SECONDS)}


@contextmanager
def _ours(place: Place, workers: str, *, rpc: bool) -> Iterator[Mapping[str, Burst]]:
    with ExitStack() as rooms:
        bus = place.bus()
        service, _ = place.ours("notes", bus)
        rooms.enter_context(service)
        consumed(bus, "rpc-notes", service)
        wsgi = "gateway.serving:application()" if rpc else "tests.bench.ours.front:application()"
        server, port = place.gateway(bus, wsgi, *WORKERS[workers])
        rooms.enter_context(server)
        caller = rooms.enter_context(over_http(place, port, "GET", PATH))
        answered(caller, server, service)
        yield {BURST: partial(call, server, caller, 16, SECONDS)}


def measure(place: Place, keys: Sequence[str], rounds: int | None = None) -> Outcome:
    openers = {
        f"ours{without}, {workers}": partial(_ours, place, workers, rpc=not without)
        for workers in WORKERS
        for without in ("", ", no RPC")
    }
    openers["bare Flask, gevent"] = partial(_flask, place)
    contest = hold(openers, [BURST], rounds=rounds or ROUNDS, told=lambda what: place.told(f"gateway · {what}"))
    outcome = Outcome()
    outcome.take("gateway", contest)

    def beside(other: str, workers: str) -> float:
        return contest.ratio(f"ours, {workers}", f"{other}, {workers}", BURST, "per_second")

    for key in keys:
        outcome.put(key, lambda: beside("ours, no RPC", "threads"))
    outcome.put("gateway_vs_flask_gevent", lambda: beside("ours, no RPC", "gevent"))
    outcome.put("gateway_vs_bare_flask_gevent", lambda: beside("bare Flask", "gevent"))
    return outcome

"""The gateway: an echo over HTTP with a token, sixteen kept connections, beside a bare Flask app that answers the same.

Both run under gunicorn with one gevent worker. Ours counts the request against its limit, gives it a correlation id, a
metric and a log line, and asks the service over RabbitMQ, which checks token, permission and fields. The bare app reads
the query and answers. "ours, no RPC" is our gateway with a client that answers at once: what the bus adds.
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
        options = ("--worker-class=gevent", "--workers=1", f"--bind=127.0.0.1:{port}")
        server = rooms.enter_context(place.start("flask", "gunicorn", *options, "app:app", peer="flask"))
        caller = rooms.enter_context(over_http(place, port, "GET", PATH))
        answered(caller, server)
        yield {BURST: partial(call, server, caller, 16, SECONDS)}


@contextmanager
def _ours(place: Place, *, rpc: bool) -> Iterator[Mapping[str, Burst]]:
    with ExitStack() as rooms:
        bus = place.bus()
        service, _ = place.ours("notes", bus)
        rooms.enter_context(service)
        consumed(bus, "rpc-notes", service)
        wsgi = "gateway.serving:application()" if rpc else "tests.bench.ours.front:application()"
        server, port = place.gateway(bus, wsgi)
        rooms.enter_context(server)
        caller = rooms.enter_context(over_http(place, port, "GET", PATH))
        answered(caller, server, service)
        yield {BURST: partial(call, server, caller, 16, SECONDS)}


def measure(place: Place, keys: Sequence[str], rounds: int | None = None) -> Outcome:
    openers = {
        "flask": partial(_flask, place),
        "ours": partial(_ours, place, rpc=True),
        "ours, no RPC": partial(_ours, place, rpc=False),
    }
    contest = hold(openers, [BURST], rounds=rounds or ROUNDS, told=lambda what: place.told(f"gateway · {what}"))
    outcome = Outcome()
    outcome.take("gateway", contest)
    for key in keys:
        outcome.put(key, lambda: contest.ratio("ours", "flask", BURST, "per_second"))
    outcome.put("gateway_vs_itself_without_rpc", lambda: contest.ratio("ours", "ours, no RPC", BURST, "per_second"))
    return outcome

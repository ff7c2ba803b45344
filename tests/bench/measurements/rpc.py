"""RPC: an echo, called by one and by sixteen callers of one process, served by one process.

Everybody sends and answers the same small JSON. Ours is an operation with a request and a response schema; each call
brings a token that is checked, and leaves its metrics and its line in the log.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path

from tests.bench.harness.bursts import call
from tests.bench.harness.contest import Burst, hold
from tests.bench.harness.outcome import Outcome
from tests.bench.harness.place import Place, answered, consumed
from tests.bench.harness.roles import Asked, Role

ROUNDS = 5
BURSTS: Mapping[str, tuple[int, float]] = {"1 caller": (1, 1.0), "16 callers": (16, 1.5)}
"""Callers, and for how many seconds they call."""
ONE, SIXTEEN = BURSTS

COMPARED: Mapping[str, tuple[str, str, str]] = {
    "rpc_16_vs_stock": ("stock", SIXTEEN, "per_second"),
    "rpc_1_vs_stock": ("stock", ONE, "per_second"),
    "rpc_16_vs_faststream": ("faststream", SIXTEEN, "per_second"),
    "rpc_1_vs_floor": ("floor", ONE, "per_second"),
    "rpc_16_vs_floor": ("floor", SIXTEEN, "per_second"),
    "rpc_cpu_vs_stock": ("stock", SIXTEEN, "cpu_us"),
}
"""Figure → with whom ours is compared, in which burst, by what."""
WITHOUT_GATE: Mapping[str, tuple[str, str, str]] = {
    "rpc_16_vs_celery": ("celery", SIXTEEN, "per_second"),
    "rpc_1_vs_celery": ("celery", ONE, "per_second"),
}
"""Shown where all of RPC is measured."""
KEYS = tuple(COMPARED)

Pair = tuple[Role, Asked]


@contextmanager
def _pair(
    place: Place, open_server: Callable[[Place, str], Role], queue: str, *command: str, peer: str
) -> Iterator[Pair]:
    """A server of ``peer`` and its caller, on a virtual host of their own."""
    with ExitStack() as rooms:
        bus = place.bus()
        server = rooms.enter_context(open_server(place, bus))
        consumed(bus, queue, server)
        caller = rooms.enter_context(place.ask(f"{peer} caller", *command, bus, peer=peer, BENCH_AMQP_URL=bus))
        yield server, answered(caller, server)


def _floor(place: Place, bus: str) -> Role:
    return place.start("kombu server", "python", "serve.py", bus, peer="kombu")


def _faststream(place: Place, bus: str) -> Role:
    return place.start("faststream server", "python", "serve.py", bus, peer="faststream")


def _stock(place: Place, bus: str) -> Role:
    return place.start("nameko server", "nameko", "run", "--broker", bus, "echo", peer="nameko")


def _celery(place: Place, bus: str) -> Role:
    worker = ("celery", "--app=echo", "worker", "--pool=threads", "--concurrency=16", "--loglevel=WARNING")
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return place.start("celery worker", *worker, *quiet, peer="celery", BENCH_AMQP_URL=bus)


@contextmanager
def _ours(place: Place) -> Iterator[Pair]:
    with ExitStack() as rooms:
        bus = place.bus()
        server, _ = place.ours("notes", bus)
        rooms.enter_context(server)
        consumed(bus, "rpc-notes", server)
        script = Path("tests/bench/ours/call.py")
        caller = rooms.enter_context(place.ask("our caller", sys.executable, script, **place.settings(bus)))
        yield server, answered(caller, server)


def _pairs(place: Place) -> dict[str, Callable[[], AbstractContextManager[Pair]]]:
    peer = partial(_pair, place)
    call_py = ("python", "call.py")
    return {
        "floor": lambda: peer(_floor, "echo", *call_py, peer="kombu"),
        "stock": lambda: peer(_stock, "rpc-echo", *call_py, peer="nameko"),
        "faststream": lambda: peer(_faststream, "echo", *call_py, peer="faststream"),
        "celery": lambda: peer(_celery, "celery", *call_py, peer="celery"),
        "ours": lambda: _ours(place),
    }


@contextmanager
def _bursts(open_pair: Callable[[], AbstractContextManager[Pair]]) -> Iterator[Mapping[str, Burst]]:
    with open_pair() as (server, caller):
        yield {name: partial(call, server, caller, *how) for name, how in BURSTS.items()}


def measure(place: Place, keys: Sequence[str], rounds: int | None = None) -> Outcome:
    """The figures ``keys``, and those without a gate where all of RPC is wanted."""
    wanted = {key: COMPARED[key] for key in keys}
    if set(keys) == set(COMPARED):
        wanted |= WITHOUT_GATE
    names = ["ours", *dict.fromkeys(other for other, _, _ in wanted.values())]
    pairs = _pairs(place)
    openers = {name: partial(_bursts, pairs[name]) for name in pairs if name in names}
    bursts = [burst for burst in BURSTS if any(burst == how[1] for how in wanted.values())]
    contest = hold(openers, bursts, rounds=rounds or ROUNDS, told=lambda what: place.told(f"RPC · {what}"))
    outcome = Outcome()
    for key, (other, burst, what) in wanted.items():
        outcome.put(key, lambda c=contest, o=other, b=burst, w=what: c.ratio("ours", o, b, w))
    outcome.take("RPC", contest)
    return outcome

"""The embedded bus: an echo and its one caller in one process, beside stock nameko on kombu's ``memory://``.

kombu's memory transport looks for messages once a second by itself; here every millisecond. Ours is woken by arrival,
and has its token, its schemas, its metrics and its log line as on RabbitMQ.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from tests.bench.harness.bursts import call
from tests.bench.harness.contest import Burst, hold
from tests.bench.harness.outcome import Outcome
from tests.bench.harness.place import Place
from tests.bench.harness.roles import Asked

KEYS = ("embedded_vs_memory",)
ROUNDS = 5
SECONDS = 1.5
BURST = "1 caller"


@contextmanager
def _one(process: Asked) -> Iterator[Mapping[str, Burst]]:
    with process:
        yield {BURST: partial(call, process, process, 1, SECONDS)}


@contextmanager
def _memory(place: Place) -> Iterator[Mapping[str, Burst]]:
    with _one(place.ask("nameko on memory://", "python", "memory.py", peer="nameko")) as bursts:
        yield bursts


@contextmanager
def _ours(place: Place) -> Iterator[Mapping[str, Burst]]:
    variables = {**place.settings("embedded://bench/"), "XIEHUI_DATABASE_URL": place.tables("notes")}
    module = ("-m", "tests.bench.ours.embedded")
    with _one(place.ask("ours, embedded", sys.executable, *module, **variables)) as bursts:
        yield bursts


def measure(place: Place, keys: Sequence[str], rounds: int | None = None) -> Outcome:
    openers = {"memory": partial(_memory, place), "ours": partial(_ours, place)}
    contest = hold(openers, [BURST], rounds=rounds or ROUNDS, told=lambda what: place.told(f"embedded · {what}"))
    outcome = Outcome()
    outcome.take("embedded", contest)
    for key in keys:
        outcome.put(key, lambda: contest.ratio("ours", "memory", BURST, "per_second"))
    return outcome

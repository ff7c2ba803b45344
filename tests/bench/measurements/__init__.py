"""What is measured, one module each."""

from collections.abc import Callable, Mapping, Sequence

from tests.bench.harness.outcome import Outcome
from tests.bench.harness.place import Place
from tests.bench.measurements import dues_aging, embedded, events, gateway, idle, rpc

Measure = Callable[[Place, Sequence[str], int | None], Outcome]

MEASUREMENTS: Mapping[tuple[str, ...], Measure] = {
    rpc.KEYS: rpc.measure,
    gateway.KEYS: gateway.measure,
    events.KEYS: events.measure,
    embedded.KEYS: embedded.measure,
    dues_aging.KEYS: dues_aging.measure,
    idle.KEYS: idle.measure,
}
"""Which figures come from which measurement."""

"""Whatever number of events waits, a process holds a bounded number of them."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from shared.store.embedded import EmbeddedPostgres
from shared.testing.backpressure import Sample, figure, growth, measure
from shared.testing.rabbitmq import PrivateRabbitMQ

EVENTS, SIZE = 5_000, 20_000
"""Together 95 MiB, more as objects."""
BOUND = 60.0
"""MiB. One batch or prefetch of such events takes some 4 MiB a time, and the allocator its share."""


@pytest.mark.rabbitmq
def test_memory_does_not_follow_what_waits(
    rabbitmq_node: PrivateRabbitMQ, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    samples = measure(rabbitmq_node, postgres, tmp_path, events=EVENTS, size=SIZE)
    assert max(sample.unsent for sample in samples) == EVENTS
    assert any(sample.unsent == 0 and sample.unheard == EVENTS for sample in samples)
    grown = growth(samples)
    assert grown.keys() == {"teller", "listener"}
    assert max(grown.values()) < BOUND, grown


def test_growth_is_what_a_process_was_at_most_larger_than_at_the_start() -> None:
    sizes = [(100.0, 80.0), (150.0, 90.0), (120.0, 85.0)]
    samples = [Sample(at, 0, 0, {"teller": a, "listener": b}) for at, (a, b) in enumerate(sizes)]
    assert growth(samples) == {"teller": 50.0, "listener": 10.0}


def test_the_figure_shows_every_sample() -> None:
    samples = [Sample(at, 10 - at, 10, {"teller": 100.0, "listener": 50.0}) for at in range(11)]
    root = ElementTree.fromstring(figure(samples))
    lines = [each.get("points", "").split() for each in root.iter("{http://www.w3.org/2000/svg}polyline")]
    assert [len(line) for line in lines] == [11, 11]
    highest = {line[0].split(",")[1] for line in lines}
    assert len(highest) == 2, "each at its own height"

"""Relay, consumer and server killed at every step between receiving and acknowledging: nothing lost, nothing twice.

The process dies by itself at the step (shared.testing.faults), is started again, and the books are counted.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.store.base import new_id
from shared.store.embedded import EmbeddedPostgres
from shared.testing.faults import FAULTS, Call, Statement
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.siege import Siege

pytestmark = [pytest.mark.rabbitmq, pytest.mark.rule(id="X6")]

HEARING = ("consumer", "retry")
"""Steps of whoever hears; the others are of whoever tells."""
REACHED = 60.0
"""Seconds within which a process at work must come by a step."""


@pytest.fixture(scope="module")
def siege(
    rabbitmq_node: PrivateRabbitMQ, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Siege]:
    with Siege(rabbitmq_node, postgres, tmp_path_factory.mktemp("steps")) as siege:
        yield siege


@pytest.mark.parametrize("step", FAULTS)
def test_killed_at_this_step_nothing_is_lost_and_nothing_counts_twice(siege: Siege, step: str) -> None:
    process = siege.processes["listener-0" if step.startswith(HEARING) else "teller-0"]
    passes = 1 + list(FAULTS).index(step) % 2
    process.arm(step, passes)
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(give_work, siege, step)
        try:
            reached = process.died(REACHED)
        finally:
            process.kill()
            process.start()
        work.result()
    assert reached, f"nothing came by {step!r}"
    siege.right()


def give_work(siege: Siege, step: str) -> None:
    """Some of everything; each command is repeated until it is answered, by whoever is there then."""
    topic = str(siege.do("open_topic", name=f"{step} {new_id()}")["id"])
    for number in range(4):
        siege.tell_once(topic, [f"fail 2 {step} {number}", "second", "third"])
        time.sleep(0.05)
    siege.do("start_counting", steps=2)
    siege.tell_once(topic, ["last"])


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Call("shared.bus.publisher:ConfirmedPublisher.renamed", "before"), AttributeError),
        (Call("shared.bus.renamed:ConfirmedPublisher.publish", "before"), ModuleNotFoundError),
    ],
)
def test_a_seam_that_was_renamed_is_an_error_at_once(fault: Call | Statement, error: type[Exception]) -> None:
    with pytest.raises(error):
        fault.lay(lambda: None)

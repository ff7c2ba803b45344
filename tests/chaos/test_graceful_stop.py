"""SIGTERM to real processes on RabbitMQ: what is in hand is finished, what is not goes to the other process.

`xiehui run` with the chassis' own two services (shared.testing.echo), and gunicorn with the gateway.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from shared.errors import Problem
from shared.testing.association import eventually
from shared.testing.processes import Started
from shared.testing.street import PATIENCE, Street

pytestmark = pytest.mark.rabbitmq

GRACE = 10.0
"""Seconds within which a process is gone that was told to stop, whatever it has in hand."""


class Stopping:
    """A process that was told to stop, while the block goes on."""

    def __init__(self, process: Started) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._ended = self._pool.submit(process.stop, within=GRACE + 20)
        self._process = process

    def begun(self) -> None:
        self._process.says("stopping")

    def ended(self) -> None:
        status, seconds = self._ended.result()
        self._pool.shutdown()
        assert (status, seconds < GRACE) == (0, True), f"{status} after {seconds:.1f} s: {self._process.said[-3000:]}"
        assert "did not stop in time" not in self._process.said


def test_commands_in_hand_are_answered_and_new_ones_go_to_the_other_process(street: Street) -> None:
    first, _ = street.service("teller"), street.service("teller")
    topics = [street.topic() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        with street.held("teller", "topics"):
            told = [pool.submit(street.call, "tell", id=topic, texts=["a"]) for topic in topics]
            # In turn they come to the one and to the other.
            street.in_hand("teller", 6)
            stopping = Stopping(first)
            stopping.begun()
            assert [street.call("echo", text=str(n))["text"] for n in range(3)] == list("012")
            assert not any(call.done() for call in told)
        assert [call.result()["told"] for call in told] == [1] * 6
        stopping.ended()
    assert street.rows("teller", "SELECT count(*) FROM chassis.outbox") == [(6,)]
    assert "bus away" not in first.said


@pytest.mark.parametrize("released", [True, False], ids=["finished", "left"])
def test_an_event_in_hand_counts_once_whether_it_can_be_finished_or_not(street: Street, released: bool) -> None:
    street.service("teller")
    first = street.service("listener")
    topic = street.topic()
    with ExitStack() as until_released:
        until_released.enter_context(street.held("listener", "heard_notes"))
        street.call("tell", id=topic, texts=["in hand", "behind it"])
        street.in_hand("listener", 1)
        stopping = Stopping(first)
        stopping.begun()
        if released:
            until_released.close()
            stopping.ended()
            street.service("listener")
        else:
            street.service("listener")
            stopping.ended()
    street.call("tell", id=topic, texts=["later"])
    eventually(lambda: street.heard(topic) == ["in hand", "behind it", "later"], within=PATIENCE)
    assert street.rows("listener", "SELECT state, count(*) FROM chassis.inbox GROUP BY state") == [("done", 3)]


def test_a_job_is_put_back_and_ended_by_the_next_process(street: Street) -> None:
    first = street.service("teller")
    job = street.call("start_counting", steps=400)["id"]
    eventually(lambda: street.call("get_job", id=job)["done"] > 5, within=PATIENCE)
    Stopping(first).ended()
    assert street.rows("teller", "SELECT state, attempts FROM chassis.jobs") == [("running", 1)]
    street.service("teller")
    eventually(lambda: street.call("get_job", id=job)["state"] == "done", within=PATIENCE)
    assert street.rows("teller", "SELECT attempts FROM chassis.jobs") == [(2,)]
    assert street.rows("teller", "SELECT count(*) FROM topics WHERE name LIKE 'counted%'") == [(1,)]


def test_a_rolling_restart_loses_no_call_and_gives_no_error(street: Street) -> None:
    processes = [street.service("teller"), street.service("teller")]
    over, told, errors = threading.Event(), [0] * 4, list[object]()

    def tell(number: int) -> None:
        topic = street.topic()
        while not over.wait(0.03) and told[number] < 20_000:
            try:
                assert street.call("tell", id=topic, texts=["a"])["told"] == told[number] + 1
            except (Problem, AssertionError) as error:
                errors.append(error)
                return
            told[number] += 1

    def moves_on() -> None:
        """Wait until every caller has been answered some more."""
        before = list(told)
        eventually(lambda: errors or all(now > was + 3 for now, was in zip(told, before, strict=True)), within=PATIENCE)
        assert errors == []

    with ThreadPoolExecutor(len(told)) as pool:
        loads = [pool.submit(tell, number) for number in range(len(told))]
        try:
            for number, process in enumerate(processes):
                moves_on()
                assert process.stop(within=GRACE + 20)[0] == 0
                moves_on()
                processes[number] = street.service("teller")
            moves_on()
        finally:
            over.set()
        for load in loads:
            load.result()
    eventually(lambda: street.rows("teller", "SELECT count(*) FROM chassis.outbox WHERE sent_at IS NULL") == [(0,)])
    assert street.rows("teller", "SELECT count(*) FROM chassis.outbox") == [(sum(told),)]


def test_the_gateway_answers_what_it_has_in_hand(street: Street) -> None:
    street.service("teller")
    gateway, caller = street.gateway()
    topic, teller = street.topic(), caller.as_("teller")
    idle = caller.as_("teller")
    assert idle.get("/v1/teller/topics")["items"]
    with ThreadPoolExecutor(1) as pool:
        with street.held("teller", "topics"):
            told = pool.submit(teller.post, f"/v1/teller/topics/{topic}/notes", {"texts": ["a"]})
            street.in_hand("teller", 1)
            stopping = Stopping(gateway)
            gateway.says("Handling signal: term")
            time.sleep(0.5)
            assert not told.done()
        assert told.result()["told"] == 1
        stopping.ended()

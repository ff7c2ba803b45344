"""RabbitMQ goes away, falls silent, closes connections and comes back: nobody waits for ever, nothing is lost."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from shared.bus.client import RpcClient
from shared.bus.connection import BusErrors, Heart, connect
from shared.errors import Problem
from shared.store.base import new_id
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import eventually
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.telling import Pair

pytestmark = pytest.mark.rabbitmq

UNSENT = "an answer could not be sent: its request will come again"


@pytest.fixture(scope="module")
def served(
    rabbitmq_node: PrivateRabbitMQ, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Teller and listener on a virtual host of their own."""
    name = f"outage-{new_id()}"
    with Pair.on(rabbitmq_node.create_vhost(name), postgres, tmp_path_factory.mktemp("outage")) as pair:
        yield pair
    rabbitmq_node.delete_vhost(name)


@pytest.fixture
def client(served: Pair) -> Iterator[RpcClient]:
    client = RpcClient(str(served.settings["amqp_url"]))
    yield client
    client.close()


@contextmanager
def broker_away(node: PrivateRabbitMQ) -> Iterator[None]:
    node.stop_app()
    try:
        yield
    finally:
        node.start_app()


def outcome(client: RpcClient, operation: str = "echo", deadline: float = 5, **arguments: Any) -> str:
    """The code of the problem, or "answered"."""
    try:
        client.call("teller", operation, arguments or {"text": "x"}, deadline=deadline)
    except Problem as problem:
        return problem.code
    return "answered"


def goes_on(client: RpcClient) -> None:
    eventually(lambda: outcome(client) == "answered", within=60)


def done(served: Pair, operation: str) -> int:
    return len(served.rows("teller", f"SELECT 1 FROM chassis.audit WHERE operation = '{operation}'"))


def test_calls_in_flight_and_later_ones_fail_at_once_while_the_broker_is_away(
    rabbitmq_node: PrivateRabbitMQ, served: Pair, client: RpcClient
) -> None:
    goes_on(client)
    with ThreadPoolExecutor(30) as pool:
        naps = [pool.submit(outcome, client, "nap", 80, seconds="1") for _ in range(5)]
        before = done(served, "echo")
        served.call("teller", "echo", text="the naps have been sent")
        eventually(lambda: done(served, "echo") > before)
        with broker_away(rabbitmq_node):
            asked = time.monotonic()
            assert {nap.result() for nap in naps} <= {"bus-away", "answered"}
            calls = [pool.submit(outcome, client, "echo", 30) for _ in range(25)]
            assert {call.result() for call in calls} == {"bus-away"}
            assert time.monotonic() - asked < 25, "nobody waits for the deadline, nor for one another"
    goes_on(client)


def test_an_answer_that_cannot_be_sent_does_not_end_the_service(
    rabbitmq_node: PrivateRabbitMQ, served: Pair, client: RpcClient
) -> None:
    topic, teller, key = served.topic(), served.person("teller"), str(new_id())
    before, unsent = done(served, "nap"), len(served.logged(event=UNSENT))
    with ThreadPoolExecutor(1) as pool:
        nap = pool.submit(outcome, client, "nap", 60, seconds="2")
        served.call("teller", "tell", as_=teller, id=topic, texts=["before"], key=key)
        with broker_away(rabbitmq_node):
            assert nap.result() == "bus-away"
            eventually(lambda: done(served, "nap") > before, within=30)
            eventually(lambda: len(served.logged(event=UNSENT)) > unsent, within=60)
    goes_on(client)
    eventually(lambda: served.heard(topic) == ["before"], within=60)
    eventually(lambda: served.call("teller", "echo", text="x", deadline=5).status == 200, within=60)
    served.tell(topic, "after")
    eventually(lambda: served.heard(topic) == ["before", "after"], within=60)


def test_events_wait_for_the_broker(rabbitmq_node: PrivateRabbitMQ, served: Pair, client: RpcClient) -> None:
    topics = [served.topic() for _ in range(3)]
    texts = [str(number) for number in range(150)]
    for topic in topics:
        served.tell(topic, *texts)
    with broker_away(rabbitmq_node):
        pass
    goes_on(client)
    for topic in topics:
        eventually(lambda: served.heard(topic) == texts, within=60)  # noqa: B023 (asked at once)


def test_connections_the_broker_closes_are_opened_again(
    rabbitmq_node: PrivateRabbitMQ, served: Pair, client: RpcClient
) -> None:
    goes_on(client)
    topic = served.topic()
    for turn in range(3):
        rabbitmq_node.eval('rabbit_networking:close_all_connections("a test")')
        goes_on(client)
        eventually(lambda: served.call("teller", "echo", text="x", deadline=5).status == 200, within=60)
        served.tell(topic, str(turn))
    eventually(lambda: served.heard(topic) == ["0", "1", "2"], within=60)


def test_a_broker_that_reads_no_more_keeps_nobody_past_the_deadline(
    rabbitmq_node: PrivateRabbitMQ, served: Pair, client: RpcClient
) -> None:
    goes_on(client)
    topic = served.topic()
    rabbitmq_node.set_memory_alarm(True)
    try:
        # The first publish blocks the connection, the others go into it until it is full.
        asked = time.monotonic()
        with ThreadPoolExecutor(6) as pool:
            calls = [pool.submit(outcome, client, "echo", 2, text="x" * 3_000_000) for _ in range(6)]
            assert {call.result() for call in calls} <= {"deadline-exceeded", "bus-away", "bus-blocked"}
        assert time.monotonic() - asked < 30
    finally:
        rabbitmq_node.set_memory_alarm(False)
    goes_on(client)
    served.tell(topic, "a")
    eventually(lambda: served.heard(topic) == ["a"], within=60)


def test_a_peer_that_falls_silent_is_noticed(rabbitmq_node: PrivateRabbitMQ, rabbitmq_url: str) -> None:
    connection = connect(rabbitmq_url, heartbeat=1)
    woken: list[str] = []

    def read() -> None:
        try:
            while True:
                connection.drain_events()
        except BusErrors as error:
            woken.append(type(error).__name__)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    heart = Heart(connection, threading.Lock())
    heart.start()
    time.sleep(3)
    assert reader.is_alive(), "as long as there are heartbeats nothing ends"
    os.kill(rabbitmq_node.pid, signal.SIGSTOP)
    try:
        reader.join(20)
        assert not reader.is_alive()
        assert woken
    finally:
        os.kill(rabbitmq_node.pid, signal.SIGCONT)
        heart.stop()


def test_a_call_to_a_silent_broker_ends_by_its_deadline(rabbitmq_node: PrivateRabbitMQ, rabbitmq_url: str) -> None:
    client = RpcClient(rabbitmq_url)
    assert outcome(client) == "service-away"
    os.kill(rabbitmq_node.pid, signal.SIGSTOP)
    try:
        # A machine with much else to do stops its threads a moment later, and until then the broker answers.
        threads = [psutil.Process(thread.id) for thread in psutil.Process(rabbitmq_node.pid).threads()]
        eventually(lambda: {thread.status() for thread in threads} == {psutil.STATUS_STOPPED})
        asked = time.monotonic()
        assert outcome(client, deadline=0.5) == "deadline-exceeded"
        assert outcome(RpcClient(rabbitmq_url), deadline=0.5) == "bus-away", "one that is not connected yet"
        assert time.monotonic() - asked < 10
    finally:
        os.kill(rabbitmq_node.pid, signal.SIGCONT)
    eventually(lambda: outcome(client) == "service-away", within=30)
    client.close()

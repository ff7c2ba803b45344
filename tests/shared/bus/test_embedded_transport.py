"""The embedded bus wakes whoever waits, keeps brokers apart, and keeps nothing of connections that closed.

What messages, routes, consumers and confirms do is in the folder beside this file.
"""

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from amqp.exceptions import RecoverableConnectionError
from kombu import Connection, Consumer, Exchange, Producer, Queue, pools
from kombu.message import Message

from shared.bus import embedded
from shared.bus.embedded.broker import broker_named
from shared.bus.embedded.channel import Channel
from shared.bus.embedded.connection import Connection as Link
from shared.bus.embedded.queues import Receipt
from shared.testing.embedded_bus import EmbeddedBus


@pytest.fixture
def bus() -> Iterator[EmbeddedBus]:
    bus = EmbeddedBus()
    yield bus
    bus.close()


def wait_for(condition: Callable[[], object], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def test_a_waiting_consumer_is_woken_by_arrival_and_costs_nothing_before(bus: EmbeddedBus) -> None:
    bus.declare()
    reader, worked, woken = bus.reader(), [], threading.Event()
    seen: list[float] = []

    def wait() -> None:
        before = time.thread_time()
        reader.connection.drain_events()
        seen.append(time.monotonic())
        worked.append(time.thread_time() - before)
        woken.set()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    time.sleep(1.0)
    sent = time.monotonic()
    bus.send("hello")
    assert woken.wait(2)
    assert seen[0] - sent < 0.25
    assert worked[0] < 0.01
    assert reader.bodies == ["hello"]


def test_draining_gives_up_in_time(bus: EmbeddedBus) -> None:
    bus.declare()
    reader = bus.reader()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        reader.connection.drain_events(timeout=0.1)
    assert 0.1 <= time.monotonic() - began < 0.6


@pytest.mark.parametrize("by", ["acknowledgement", "cancelled rival", "closed rival"])
def test_a_waiting_consumer_is_woken_by_what_becomes_free(bus: EmbeddedBus, by: str) -> None:
    bus.declare(queue_arguments={"x-single-active-consumer": by != "acknowledgement"})
    rival = bus.reader(prefetch=1)
    bus.send("a", "b")
    rival.drain()
    reader = rival if by == "acknowledgement" else bus.reader()
    thread = threading.Thread(target=reader.connection.drain_events, daemon=True)
    thread.start()
    time.sleep(0.05)
    if by == "acknowledgement":
        rival.received[0].ack()
    elif by == "cancelled rival":
        rival.consumer.cancel()
    else:
        rival.connection.release()
    thread.join(2)
    assert not thread.is_alive()
    assert reader.bodies[-1] == ("a" if by == "closed rival" else "b")


@pytest.mark.parametrize("way", ["cancel", "wake"])
def test_a_waiting_drain_returns_when_there_is_nothing_to_wait_for(bus: EmbeddedBus, way: str) -> None:
    bus.declare()
    reader = bus.reader()
    thread = threading.Thread(target=reader.connection.drain_events, daemon=True)
    thread.start()
    time.sleep(0.05)
    if way == "cancel":
        reader.consumer.cancel()
    else:
        embedded.wake(reader.connection)
    thread.join(2)
    assert not thread.is_alive()


def test_a_wake_is_not_lost_between_two_drains(bus: EmbeddedBus) -> None:
    connection = bus.connect()
    embedded.wake(connection)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=5)
    assert time.monotonic() - began < 1
    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=0.1)
    assert time.monotonic() - began >= 0.1


def test_after_the_last_cancel_the_next_drain_does_not_wait(bus: EmbeddedBus) -> None:
    """nameko cancels, then drains for a second before it sees that it shall stop."""
    bus.declare()
    first = bus.reader()
    second = Consumer(first.connection.channel(), [Queue("mail", no_declare=True)])
    second.consume()

    def seconds_of_a_drain() -> float:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            first.connection.drain_events(timeout=0.2)
        return time.monotonic() - began

    first.consumer.cancel()
    assert seconds_of_a_drain() >= 0.2
    second.cancel()
    assert seconds_of_a_drain() < 0.1
    assert seconds_of_a_drain() >= 0.2
    first.consumer.consume()
    first.consumer.cancel()
    first.consumer.consume()
    assert seconds_of_a_drain() >= 0.2


def test_waking_what_is_not_ours_does_nothing(bus: EmbeddedBus) -> None:
    embedded.wake(Connection("memory://").ensure_connection())
    embedded.wake(Connection(bus.url))


@pytest.mark.parametrize("way", ["close", "reset"])
def test_a_waiting_drain_ends_when_its_connection_does(bus: EmbeddedBus, way: str) -> None:
    bus.declare()
    reader = bus.reader()
    ended: list[BaseException] = []

    def wait() -> None:
        try:
            reader.connection.drain_events()
        except reader.connection.connection_errors as error:
            ended.append(error)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    time.sleep(0.05)
    if way == "close":
        reader.connection.release()
    else:
        embedded.reset(bus.name)
    thread.join(2)
    assert [type(error) for error in ended] == [RecoverableConnectionError]


def test_threads_lose_nothing_between_them(bus: EmbeddedBus) -> None:
    """Four publishers, three consumers that requeue now and then, one that keeps reconnecting."""
    bus.declare()
    settled: list[int] = []
    stop = threading.Event()

    def consume(lifetime: int | None) -> None:
        while not stop.is_set():
            with Connection(bus.url) as connection:
                seen = count(1)

                def on_message(message: Message, seen: Iterator[int] = seen) -> None:
                    if next(seen) % 7 == 0:
                        message.requeue()
                    else:
                        settled.append(message.decode())
                        message.ack()

                queue = Queue("mail", no_declare=True)
                with Consumer(connection.channel(), [queue], on_message=on_message, prefetch_count=5):
                    for _ in range(lifetime or 1_000_000):
                        if stop.is_set():
                            return
                        try:
                            connection.drain_events(timeout=0.05)
                        except TimeoutError:
                            continue

    def publish(first: int) -> None:
        with Connection(bus.url) as connection:
            producer = Producer(connection)
            for number in range(first, first + 250):
                producer.publish(number, routing_key="mail")

    threads = [threading.Thread(target=consume, args=(lifetime,)) for lifetime in (None, None, None, 20)]
    threads += [threading.Thread(target=publish, args=(first,)) for first in range(0, 1000, 250)]
    for thread in threads:
        thread.start()
    try:
        wait_for(lambda: len(settled) >= 1000, 20)
    finally:
        stop.set()
        for thread in threads:
            thread.join(5)
    assert sorted(settled) == list(range(1000))
    assert bus.depth() == (0, 0)


def test_brokers_of_other_names_are_other_brokers(bus: EmbeddedBus) -> None:
    other = EmbeddedBus()
    bus.declare()
    assert embedded.queue_depths(other.name) == {}
    assert embedded.queue_depths(bus.name.upper()) == {"mail": (0, 0)}


def test_after_a_reset_a_connection_finds_an_empty_broker(bus: EmbeddedBus) -> None:
    bus.declare()
    connection = bus.connect()
    producer = Producer(connection, on_return=lambda *_: None)
    producer.publish("a", routing_key="mail")
    embedded.reset(bus.name)
    assert embedded.queue_depths(bus.name) == {}
    assert not connection.connected
    producer.publish("b", routing_key="mail", retry=True, declare=[Queue("mail")])
    assert bus.depth() == (1, 0)


def test_the_scheme_needs_no_more_than_an_import() -> None:
    embedded.register()
    assert pools.get_limit() >= embedded.POOL_LIMIT
    assert Connection("embedded://x/").transport_cls == embedded.SCHEME


def test_nothing_is_left_of_connections_that_closed(bus: EmbeddedBus) -> None:
    letters = Exchange("letters", "topic")
    bus.declare(exchange=letters, routing_key="kept")
    broker = broker_named(bus.name)

    def visit(number: int) -> None:
        with Connection(bus.url) as connection:
            channel = connection.channel()
            channel.confirm_select()
            queue = Queue(f"own-{number}", letters, routing_key=f"own.{number}", exclusive=True)
            with Consumer(channel, [queue], on_message=lambda message: message.ack()):
                producer = Producer(channel)
                producer.publish("x", exchange=letters, routing_key=f"own.{number}")
                producer.publish("x", exchange=letters, routing_key="nowhere", mandatory=True)
                producer.publish("unsettled", exchange=letters, routing_key="kept")
                connection.drain_events(timeout=1)
        broker.queues["mail"].purge()

    def census() -> tuple[int, ...]:
        gc.collect()
        alive = gc.get_objects()
        return (
            len(broker.connections),
            len(broker.queues),
            len(broker.exchanges),
            len(broker.exchanges["letters"].bindings),
            len(broker.routes),
            sum(isinstance(thing, Channel) for thing in alive),
            sum(isinstance(thing, Link) for thing in alive),
        )

    visit(0)
    before = census()
    for number in range(1, 1001):
        visit(number)
    assert census() == before


def test_a_message_that_waits_does_not_hold_the_publisher_that_went_away(bus: EmbeddedBus) -> None:
    bus.declare()
    with Connection(bus.url) as connection:
        channel = connection.channel()
        channel.confirm_select()
        channel.basic_publish(channel.prepare_message("x"), routing_key="mail")
        publisher = weakref.ref(channel)
    del channel
    gc.collect()
    assert bus.depth() == (1, 0)
    assert publisher() is None


def test_settled_messages_leave_nothing_with_a_publisher_that_stays(bus: EmbeddedBus) -> None:
    bus.declare()
    connection = bus.connect()
    channel = connection.channel()
    channel.confirm_select()

    def receipts() -> int:
        gc.collect()
        return sum(isinstance(thing, Receipt) for thing in gc.get_objects())

    before = receipts()
    for _ in range(100):
        channel.basic_publish(channel.prepare_message("x"), routing_key="mail")
        channel.basic_get("mail", no_ack=True)
        connection.drain_events(timeout=0)
    assert receipts() == before


def test_routes_to_nowhere_do_not_pile_up(bus: EmbeddedBus) -> None:
    channel = bus.connect().channel()
    for number in range(10_000):
        channel.basic_publish(channel.prepare_message("x"), routing_key=f"gone-{number}")
    assert len(broker_named(bus.name).routes) < 5_000

"""Who gets a message on the embedded bus, and what goes away by itself."""

import time

import pytest
from amqp.exceptions import AccessRefused, ConsumerCancelled, PreconditionFailed, ResourceLocked
from kombu import Consumer, Queue
from kombu.message import Message

from shared.bus import embedded
from shared.testing.embedded_bus import EmbeddedBus


def test_one_consumer_gets_messages_in_order(bus: EmbeddedBus) -> None:
    bus.declare()
    bus.send(*range(100))
    assert bus.reader().drain().bodies == list(range(100))


def test_competing_consumers_take_turns(bus: EmbeddedBus) -> None:
    bus.declare()
    readers = [bus.reader() for _ in range(3)]
    bus.send(*range(9))
    assert [len(reader.drain().received) for reader in readers] == [3, 3, 3]


def test_consumers_of_one_connection_take_turns_too(bus: EmbeddedBus) -> None:
    bus.declare()
    connection = bus.connect()
    shares: tuple[list[Message], ...] = ([], [])
    for share in shares:
        Consumer(connection.channel(), [Queue("mail", no_declare=True)], on_message=share.append).consume()
    bus.send(*range(10))
    for _ in range(10):
        connection.drain_events(timeout=1)
    assert [len(share) for share in shares] == [5, 5]


def test_a_busy_queue_does_not_keep_another_of_its_connection_waiting(bus: EmbeddedBus) -> None:
    bus.declare("busy")
    bus.declare("quiet")
    bus.send(*range(50), to="busy")
    bus.send("now", to="quiet")
    reader = bus.reader("busy", "quiet")
    for _ in range(3):
        reader.connection.drain_events(timeout=1)
    assert "now" in reader.bodies


def test_prefetch_limits_what_a_consumer_holds(bus: EmbeddedBus) -> None:
    bus.declare()
    bus.send(*range(5))
    reader = bus.reader(prefetch=2).drain()
    assert reader.bodies == [0, 1]
    assert bus.depth() == (3, 2)

    reader.received[0].ack()
    assert reader.drain().bodies == [0, 1, 2]
    reader.received[2].ack(multiple=True)
    assert reader.drain().bodies == [0, 1, 2, 3, 4]
    assert bus.depth() == (0, 2)


def test_a_full_consumer_leaves_messages_to_the_others(bus: EmbeddedBus) -> None:
    bus.declare()
    full, free = bus.reader(prefetch=1), bus.reader()
    bus.send(*range(5))
    assert len(full.drain().received) == 1
    assert len(free.drain().received) == 4


def test_prefetch_may_be_shared_by_a_channel(bus: EmbeddedBus) -> None:
    bus.declare("a")
    bus.declare("b")
    bus.send("a1", "a2", to="a")
    bus.send("b1", to="b")
    connection = bus.connect()
    received: list[Message] = []
    channel = connection.channel()
    channel.basic_qos(0, 2, True)
    for name in ("a", "b"):
        channel.basic_consume(name, callback=received.append)

    for _ in range(2):
        connection.drain_events(timeout=0)
    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=0)
    received[0].ack()
    connection.drain_events(timeout=0)
    assert [message.decode() for message in received] == ["a1", "a2", "b1"]


def test_a_turn_that_finds_no_message_gives_its_room_back(bus: EmbeddedBus) -> None:
    bus.declare("a")
    bus.declare("b")
    connection = bus.connect()
    received: list[Message] = []
    channel = connection.channel()
    channel.basic_qos(0, 1, True)
    for name in ("a", "b"):
        channel.basic_consume(name, callback=received.append)
    bus.send("a1", to="a")
    bus.send("b1", to="b")
    bus.connect().channel().queue_purge("a")
    connection.drain_events(timeout=0)
    assert [message.decode() for message in received] == ["b1"]


def test_without_acknowledgement_a_message_is_settled_when_handed_over(bus: EmbeddedBus) -> None:
    bus.declare()
    reader = bus.reader(no_ack=True)
    bus.send("a", "b")
    assert bus.depth() == (2, 0)
    reader.connection.drain_events(timeout=1)
    assert bus.depth() == (1, 0)
    reader.connection.release()
    assert bus.reader().drain().bodies == ["b"]


def test_a_single_active_consumer_gets_all_until_it_goes(bus: EmbeddedBus) -> None:
    bus.declare(queue_arguments={"x-single-active-consumer": True})
    first, second, third = (bus.reader(prefetch=2) for _ in range(3))
    bus.send(*range(4))
    assert second.drain().received == third.drain().received == []
    assert first.drain().bodies == [0, 1]

    first.received[0].ack()
    first.connection.release()
    assert third.drain().received == []
    assert second.drain().bodies == [1, 2]
    assert [message.delivery_info["redelivered"] for message in second.received] == [True, False]


def test_an_exclusive_consumer_is_alone(bus: EmbeddedBus) -> None:
    bus.declare()
    first, second = bus.connect().channel(), bus.connect().channel()
    first.basic_consume("mail", consumer_tag="only", exclusive=True)
    with pytest.raises(AccessRefused):
        second.basic_consume("mail")
    first.basic_cancel("only")
    second.basic_consume("mail")
    with pytest.raises(AccessRefused):
        first.basic_consume("mail", exclusive=True)


def test_an_exclusive_queue_is_of_its_connection_and_goes_with_it(bus: EmbeddedBus) -> None:
    own = bus.connect()
    Queue("mine", exclusive=True)(own.channel()).declare()
    stranger = bus.connect().channel()
    for attempt in (
        stranger.queue_declare,
        stranger.basic_get,
        stranger.basic_consume,
        stranger.queue_delete,
    ):
        with pytest.raises(ResourceLocked):
            attempt("mine")
    bus.send("x", to="mine")
    own.release()
    assert embedded.queue_depths(bus.name) == {}


def test_an_auto_delete_queue_goes_with_its_last_consumer(bus: EmbeddedBus) -> None:
    bus.declare(auto_delete=True)
    first, second = bus.reader(), bus.reader()
    first.consumer.cancel()
    assert "mail" in embedded.queue_depths(bus.name)
    second.connection.release()
    assert embedded.queue_depths(bus.name) == {}


def test_an_unused_queue_that_expires_is_dropped_in_time(bus: EmbeddedBus) -> None:
    bus.declare("brief", expires=0.02)
    bus.declare("used", expires=0.02)
    bus.reader("used")
    time.sleep(0.04)
    bus.declare("other")
    assert set(embedded.queue_depths(bus.name)) == {"used", "other"}


def test_a_consumer_hears_that_its_queue_was_deleted(bus: EmbeddedBus) -> None:
    bus.declare()
    told: list[str] = []
    connection = bus.connect()
    channel = connection.channel()
    channel.basic_consume("mail", consumer_tag="polite", on_cancel=told.append)
    channel.basic_consume("mail", consumer_tag="plain")
    bus.connect().channel().queue_delete("mail")
    connection.drain_events(timeout=1)
    assert told == ["polite"]
    with pytest.raises(ConsumerCancelled):
        connection.drain_events(timeout=1)


def test_conditional_deletes_are_refused_while_in_use(bus: EmbeddedBus) -> None:
    bus.declare()
    channel = bus.connect().channel()
    reader = bus.reader()
    with pytest.raises(PreconditionFailed):
        channel.queue_delete("mail", if_unused=True)
    reader.consumer.cancel()
    bus.send("a")
    with pytest.raises(PreconditionFailed):
        channel.queue_delete("mail", if_empty=True)
    assert channel.queue_delete("mail") == 1
    assert channel.queue_delete("mail") == 0

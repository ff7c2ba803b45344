"""What the embedded bus tells a publisher: that a message was settled, or that it went nowhere."""

import threading
import time
from typing import Any

import pytest
from amqp.exceptions import ChannelError
from kombu import Connection, Exchange, Producer

from shared.testing.embedded_bus import EmbeddedBus

NEWS = Exchange("news", "topic", durable=True)


class Publisher:
    """A channel in confirm mode that notes which tags it heard of."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.channel = connection.channel()
        self.channel.confirm_select()
        self.heard: list[Any] = []
        self.channel.events["basic_ack"].add(lambda tag, multiple: self.heard.append((tag, multiple)))
        self.channel.events["basic_nack"].add(lambda tag, multiple: self.heard.append("nack"))
        self.channel.events["basic_return"].add(
            lambda error, exchange, key, message: self.heard.append((exchange, key, message.body))
        )
        NEWS(self.channel).declare()

    def publish(self, body: str = "x", key: str = "k", **options: Any) -> None:
        Producer(self.channel, NEWS, auto_declare=False).publish(body, routing_key=key, **options)

    def listen(self) -> list[Any]:
        """All that was heard so far, after draining what is there."""
        while True:
            try:
                self.connection.drain_events(timeout=0)
            except TimeoutError:
                return self.heard


@pytest.fixture
def publisher(bus: EmbeddedBus) -> Publisher:
    return Publisher(bus.connect())


def test_a_publish_is_confirmed_when_its_consumer_has_acknowledged(bus: EmbeddedBus, publisher: Publisher) -> None:
    bus.declare(exchange=NEWS, routing_key="k")
    reader = bus.reader()
    publisher.publish()
    publisher.publish()
    assert publisher.listen() == []
    reader.drain()
    assert publisher.listen() == []

    reader.received[1].ack()
    assert publisher.listen() == [(2, False)]
    reader.received[0].ack()
    assert publisher.listen() == [(2, False), (1, False)]


def test_every_queue_must_have_settled_it(bus: EmbeddedBus, publisher: Publisher) -> None:
    bus.declare("first", exchange=NEWS, routing_key="k")
    bus.declare("second", exchange=NEWS, routing_key="#")
    first, second = bus.reader("first"), bus.reader("second")
    publisher.publish()
    first.drain().received[0].ack()
    assert publisher.listen() == []
    second.drain().received[0].ack()
    assert publisher.listen() == [(1, False)]


def test_a_message_that_reaches_no_queue_is_confirmed_at_once(publisher: Publisher) -> None:
    publisher.publish()
    assert publisher.listen() == [(1, False)]


def test_a_returned_message_is_heard_of_before_it_is_confirmed(publisher: Publisher) -> None:
    publisher.publish("lost", mandatory=True)
    assert publisher.listen() == [("news", "k", b"lost"), (1, False)]


def test_going_back_to_the_queue_does_not_confirm(bus: EmbeddedBus, publisher: Publisher) -> None:
    bus.declare(exchange=NEWS, routing_key="k")
    publisher.publish()
    reader = bus.reader().drain()
    reader.received[0].requeue()
    reader.drain().connection.release()
    assert len(reader.received) == 2
    assert publisher.listen() == []
    bus.reader().drain().received[0].ack()
    assert publisher.listen() == [(1, False)]


@pytest.mark.parametrize("way", ["reject", "no_ack", "get", "purge", "delete", "delete unacked", "owner gone"])
def test_each_way_out_of_the_queue_confirms(bus: EmbeddedBus, publisher: Publisher, way: str) -> None:
    owner = bus.connect()
    channel = owner.channel()
    channel.queue_declare("mail", exclusive=way == "owner gone", auto_delete=False)
    channel.queue_bind("mail", exchange="news", routing_key="k")
    publisher.publish()
    assert publisher.listen() == []
    match way:
        case "reject":
            channel.basic_get("mail").reject()
        case "no_ack":
            bus.reader(no_ack=True).drain()
        case "get":
            channel.basic_get("mail", no_ack=True)
        case "purge":
            channel.queue_purge("mail")
        case "delete":
            channel.queue_delete("mail")
        case "delete unacked":
            message = channel.basic_get("mail")
            channel.queue_delete("mail")
            message.ack()
        case "owner gone":
            owner.release()
    assert publisher.listen() == [(1, False)]


def test_a_message_that_expires_where_nobody_consumes_is_confirmed_then(bus: EmbeddedBus, publisher: Publisher) -> None:
    bus.declare(exchange=NEWS, routing_key="k")
    publisher.publish("lasting")
    publisher.publish("short", expiration=0.05)
    began = time.monotonic()
    publisher.connection.drain_events(timeout=2)
    assert publisher.heard == [(2, False)]
    assert 0.05 <= time.monotonic() - began < 0.5
    assert bus.depth() == (1, 0)


def test_a_waiting_publisher_is_woken_by_the_confirm(bus: EmbeddedBus, publisher: Publisher) -> None:
    bus.declare(exchange=NEWS, routing_key="k")
    publisher.publish()
    reader = bus.reader().drain()
    thread = threading.Thread(target=publisher.connection.drain_events, daemon=True)
    thread.start()
    time.sleep(0.05)
    reader.received[0].ack()
    thread.join(2)
    assert publisher.heard == [(1, False)]


def test_only_publishes_after_confirm_select_are_counted(bus: EmbeddedBus) -> None:
    heard: list[int] = []
    connection = bus.connect()
    channel = connection.channel()
    channel.events["basic_ack"].add(lambda tag, multiple: heard.append(tag))
    for _ in range(2):
        channel.basic_publish(channel.prepare_message("x"), routing_key="nowhere")
        with pytest.raises(TimeoutError):
            connection.drain_events(timeout=0)
    channel.confirm_select()
    channel.basic_publish(channel.prepare_message("x"), routing_key="nowhere")
    connection.drain_events(timeout=0)
    assert heard == [1]


def test_the_confirm_of_a_publisher_that_went_away_is_dropped(bus: EmbeddedBus, publisher: Publisher) -> None:
    bus.declare(exchange=NEWS, routing_key="k")
    publisher.publish()
    publisher.connection.release()
    reader = bus.reader().drain()
    reader.received[0].ack()
    assert bus.depth() == (0, 0)
    assert publisher.heard == []


def test_confirm_publish_does_not_wait_for_the_consumer(bus: EmbeddedBus) -> None:
    bus.declare()
    connection = bus.connect(confirm_publish=True)
    Producer(connection).publish("x", routing_key="mail", mandatory=True)
    assert bus.depth() == (1, 0)
    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=0)


# Mandatory


def test_a_mandatory_message_that_reaches_no_queue_comes_back_when_drained(bus: EmbeddedBus) -> None:
    returned: list[Any] = []
    connection = bus.connect()
    producer = Producer(connection, on_return=lambda *what: returned.append(what))
    producer.publish({"a": 1}, routing_key="nowhere", mandatory=True, correlation_id="c-1", headers={"h": "1"})
    assert returned == []
    connection.drain_events(timeout=0)

    ((error, exchange, routing_key, message),) = returned
    assert isinstance(error, ChannelError)
    assert (error.reply_code, error.reply_text) == (312, "NO_ROUTE")
    assert (exchange, routing_key) == ("", "nowhere")
    assert message.properties["correlation_id"] == "c-1"
    assert (message.headers, message.decode()) == ({"h": "1"}, {"a": 1})


def test_a_mandatory_message_that_arrives_is_not_returned(bus: EmbeddedBus) -> None:
    bus.declare()
    connection = bus.connect()
    Producer(connection, on_return=lambda *_: pytest.fail("returned")).publish("x", routing_key="mail", mandatory=True)
    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=0)


def test_without_a_listener_the_drain_raises_once(bus: EmbeddedBus) -> None:
    connection = bus.connect()
    for _ in range(100):
        Producer(connection).publish("x", routing_key="nowhere", mandatory=True)
    with pytest.raises(ChannelError, match="NO_ROUTE"):
        connection.drain_events(timeout=0)
    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=0)


@pytest.mark.parametrize("retry", [False, True])
def test_with_confirm_publish_it_is_reported_by_the_publish(bus: EmbeddedBus, retry: bool) -> None:
    producer = Producer(bus.connect(confirm_publish=True))
    with pytest.raises(ChannelError, match="NO_ROUTE"):
        producer.publish("x", routing_key="nowhere", mandatory=True, retry=retry)


def test_with_confirm_publish_a_listener_is_called_by_the_publish(bus: EmbeddedBus) -> None:
    returned: list[str] = []
    producer = Producer(
        bus.connect(confirm_publish=True),
        on_return=lambda error, exchange, key, message: returned.append(key),
    )
    producer.publish("x", routing_key="nowhere", mandatory=True)
    assert returned == ["nowhere"]


def test_an_unroutable_message_is_kept_nowhere(bus: EmbeddedBus) -> None:
    from shared.bus import embedded

    bus.send("x", to="nowhere")
    assert embedded.queue_depths(bus.name) == {}
    bus.declare("nowhere")
    assert bus.depth("nowhere") == (0, 0)

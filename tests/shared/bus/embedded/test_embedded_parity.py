"""One suite for both buses: what services rely on is the same on the embedded bus and on RabbitMQ."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from amqp.exceptions import (
    ChannelError,
    ConsumerCancelled,
    NotFound,
    PreconditionFailed,
    ResourceLocked,
)
from kombu import Connection, Exchange, Producer, Queue
from kombu.message import Message

from shared.testing.embedded_bus import EmbeddedBus

pytest_plugins = ("shared.testing.rabbitmq",)

LETTERS = Exchange("letters", "topic", durable=True)

Connect = Callable[..., Connection]


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Opens connections to the bus of this run; they are closed after the test."""
    bus = EmbeddedBus()
    url = bus.url if request.param == "embedded" else request.getfixturevalue("rabbitmq_url")
    opened: list[Connection] = []

    def open_one(**transport_options: Any) -> Connection:
        connection = Connection(url, transport_options=transport_options)
        opened.append(connection)
        return connection.ensure_connection()

    yield open_one
    for connection in opened:
        connection.release()
    bus.close()


def declare(connection: Connection, name: str = "mail", key: str = "#", **options: Any) -> None:
    Queue(name, LETTERS, routing_key=key, **options)(connection.default_channel).declare()


def publish(connection: Connection, *bodies: Any, key: str = "k", **options: Any) -> None:
    producer = Producer(connection, LETTERS)
    for body in bodies:
        producer.publish(body, routing_key=key, **options)


def consume(connection: Connection, prefetch: int = 0, queue: str = "mail", **options: Any) -> list[Message]:
    """A list that fills with messages as the connection is drained."""
    received: list[Message] = []
    channel = connection.channel()
    channel.basic_qos(0, prefetch, False)

    def take(raw: Any) -> None:
        received.append(channel.message_to_python(raw))

    channel.basic_consume(queue, callback=take, **options)
    return received


def drain(*connections: Connection) -> None:
    for connection in connections:
        try:
            while True:
                connection.drain_events(timeout=0.3)
        except TimeoutError:
            continue


def bodies(messages: list[Message]) -> list[Any]:
    return [message.decode() for message in messages]


def test_properties_and_delivery_info(connect: Connect) -> None:
    connection = connect()
    declare(connection)
    publish(
        connection,
        {"n": "纸"},
        headers={"text": "t", "number": 1, "nested": {"list": [1, None, True]}},
        correlation_id="c-1",
        reply_to="replies",
        message_id="m-1",
        timestamp=1700000000,
        type="greeting",
        app_id="test",
        expiration=60,
        delivery_mode=1,
    )
    received = consume(connection, consumer_tag="me")
    drain(connection)
    (message,) = received
    assert message.properties == {
        "content_type": "application/json",
        "content_encoding": "utf-8",
        "application_headers": {"text": "t", "number": 1, "nested": {"list": [1, None, True]}},
        "correlation_id": "c-1",
        "reply_to": "replies",
        "message_id": "m-1",
        "timestamp": 1700000000,
        "type": "greeting",
        "app_id": "test",
        "expiration": "60000",
        "delivery_mode": 1,
        "priority": 0,
    }
    assert message.delivery_info == {
        "consumer_tag": "me",
        "delivery_tag": 1,
        "redelivered": False,
        "exchange": "letters",
        "routing_key": "k",
    }
    assert message.headers == message.properties["application_headers"]
    assert isinstance(message.body, str)
    assert message.decode() == {"n": "纸"}


def test_a_message_without_headers(connect: Connect) -> None:
    connection = connect()
    declare(connection)
    channel = connection.default_channel
    channel.basic_publish(channel.prepare_message(b"\xff\x00"), exchange="", routing_key="mail")
    received = consume(connection)
    drain(connection)
    assert (received[0].headers, received[0].properties, received[0].content_type) == ({}, {}, None)
    assert received[0].body == b"\xff\x00"


@pytest.mark.parametrize(
    ("pattern", "arrives"), [("a.#", ["a", "a.b", "a.b.c"]), ("a.*", ["a.b"]), ("#.b", ["a.b"]), ("*", ["a"])]
)
def test_topics(connect: Connect, pattern: str, arrives: list[str]) -> None:
    connection = connect()
    declare(connection, key=pattern)
    for key in ("a", "a.b", "a.b.c"):
        publish(connection, key, key=key)
    received = consume(connection)
    drain(connection)
    assert [message.delivery_info["routing_key"] for message in received] == arrives


def test_competing_consumers_take_turns(connect: Connect) -> None:
    connections = connect(), connect()
    declare(connections[0])
    shares = [consume(connection) for connection in connections]
    publish(connect(), *range(10))
    drain(*connections)
    assert [len(share) for share in shares] == [5, 5]


def test_prefetch_is_of_each_consumer(connect: Connect) -> None:
    connection = connect()
    declare(connection)
    publish(connection, *range(6))
    received = consume(connection, prefetch=2)
    drain(connection)
    assert bodies(received) == [0, 1]
    received[1].ack(multiple=True)
    drain(connection)
    assert bodies(received) == [0, 1, 2, 3]


def test_a_single_active_consumer_and_its_successor(connect: Connect) -> None:
    first, second = connect(), connect()
    declare(first, queue_arguments={"x-single-active-consumer": True})
    taken, inherited = consume(first, prefetch=2), consume(second, prefetch=2)
    publish(connect(), *range(4))
    drain(first, second)
    assert (bodies(taken), bodies(inherited)) == ([0, 1], [])
    taken[0].ack()
    drain(first)
    first.release()
    drain(second)
    assert bodies(inherited) == [1, 2]
    assert [message.delivery_info["redelivered"] for message in inherited] == [True, True]


@pytest.mark.parametrize("requeue", [True, False])
def test_a_rejected_message(connect: Connect, requeue: bool) -> None:
    connection = connect()
    declare(connection)
    publish(connection, "a", "b")
    received = consume(connection, prefetch=1)
    drain(connection)
    received[0].reject(requeue=requeue)
    drain(connection)
    assert bodies(received) == (["a", "a"] if requeue else ["a", "b"])
    assert received[1].delivery_info["redelivered"] is requeue


def test_what_was_not_settled_goes_back_in_order(connect: Connect) -> None:
    first, second = connect(), connect()
    declare(first)
    publish(first, *"abcd")
    received = consume(first, prefetch=3)
    drain(first)
    received[1].ack()
    drain(first)
    first.release()
    again = consume(second)
    drain(second)
    assert bodies(again) == ["a", "c", "d"]
    assert [message.delivery_info["redelivered"] for message in again] == [True, True, True]


def test_an_expired_message_is_not_delivered(connect: Connect) -> None:
    connection = connect()
    declare(connection)
    publish(connection, "late", expiration=0.05)
    publish(connection, "lasting", expiration=60)
    time.sleep(0.2)
    received = consume(connection)
    drain(connection)
    assert bodies(received) == ["lasting"]


def test_a_mandatory_message_that_reaches_nobody_comes_back(connect: Connect) -> None:
    returned: list[Any] = []
    connection = connect()
    LETTERS(connection.default_channel).declare()
    producer = Producer(connection, LETTERS, on_return=lambda *what: returned.append(what))
    producer.publish({"a": 1}, routing_key="nowhere", mandatory=True, correlation_id="c", headers={"h": "1"})
    drain(connection)
    ((error, exchange, routing_key, message),) = returned
    assert (type(error), error.reply_code, error.reply_text) == (ChannelError, 312, "NO_ROUTE")
    assert str(error) == "Basic.return: (312) NO_ROUTE"
    assert (exchange, routing_key, message.headers) == ("letters", "nowhere", {"h": "1"})
    assert (message.properties["correlation_id"], message.body) == ("c", '{"a": 1}')


@pytest.mark.parametrize("retry", [True, False])
def test_with_confirm_publish_the_publish_says_so_itself(connect: Connect, retry: bool) -> None:
    connection = connect(confirm_publish=True)
    with pytest.raises(ChannelError, match=r"Basic.return: \(312\) NO_ROUTE"):
        publish(connection, "a", key="nowhere", mandatory=True, retry=retry)


def test_confirms_count_publishes_from_one(connect: Connect) -> None:
    confirmed: set[int] = set()
    connection = connect()
    LETTERS(connection.default_channel).declare()
    channel = connection.channel()
    channel.basic_publish(channel.prepare_message(b"uncounted"), exchange="letters", routing_key="nowhere")
    channel.confirm_select()
    channel.events["basic_ack"].add(lambda tag, multiple: confirmed.update(range(1, tag + 1) if multiple else [tag]))
    for _ in range(3):
        channel.basic_publish(channel.prepare_message(b"x"), exchange="letters", routing_key="nowhere")
    drain(connection)
    assert confirmed == {1, 2, 3}


def test_what_is_not_there_or_differs_is_refused(connect: Connect) -> None:
    connection = connect()
    declare(connection)
    mistakes: list[tuple[Callable[[Any], object], type[Exception]]] = [
        (lambda channel: channel.queue_declare("none", passive=True), NotFound),
        (lambda channel: channel.exchange_declare("none", "topic", passive=True), NotFound),
        (lambda channel: channel.basic_consume("none"), NotFound),
        (lambda channel: channel.queue_bind("mail", exchange="none"), NotFound),
        (lambda channel: channel.queue_declare("mail", durable=False), PreconditionFailed),
        (lambda channel: channel.exchange_declare("letters", "direct", durable=True), PreconditionFailed),
    ]
    for mistake, error in mistakes:
        with pytest.raises(error):
            mistake(connection.channel())


def test_an_exclusive_queue_is_its_connection_s_own(connect: Connect) -> None:
    own, other = connect(), connect()
    Queue("mine", exclusive=True)(own.default_channel).declare()
    with pytest.raises(ResourceLocked):
        other.channel().queue_declare("mine", exclusive=True)
    own.release()
    time.sleep(0.2)
    with pytest.raises(NotFound):
        other.channel().queue_declare("mine", passive=True)


def test_an_auto_delete_queue_goes_with_its_last_consumer(connect: Connect) -> None:
    connection = connect()
    channel = connection.channel()
    channel.queue_declare("brief")
    channel.queue_declare("brief", passive=True)
    channel.basic_consume("brief", consumer_tag="only")
    channel.basic_cancel("only")
    with pytest.raises(NotFound):
        connection.channel().queue_declare("brief", passive=True)


def test_a_consumer_hears_that_its_queue_is_gone(connect: Connect) -> None:
    connection = connect()
    declare(connection)
    consume(connection)
    connect().default_channel.queue_delete("mail")
    with pytest.raises(ConsumerCancelled):
        connection.drain_events(timeout=2)


def test_getting_tells_how_many_remain(connect: Connect) -> None:
    connection = connect()
    declare(connection)
    publish(connection, "a", "b")
    time.sleep(0.1)
    queue = Queue("mail")(connection.channel())
    first = queue.get()
    assert first.delivery_info == {
        "delivery_tag": 1,
        "redelivered": False,
        "exchange": "letters",
        "routing_key": "k",
        "message_count": 1,
    }
    assert queue.get(no_ack=True).decode() == "b"
    assert queue.get() is None

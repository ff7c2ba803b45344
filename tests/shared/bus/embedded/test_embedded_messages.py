"""What a message on the embedded bus carries, and what becomes of it."""

import time

import pytest
from amqp.exceptions import FrameSyntaxError, PreconditionFailed, RecoverableConnectionError
from kombu import Exchange

from shared.testing.embedded_bus import EmbeddedBus


def test_a_message_has_the_properties_that_pyamqp_gives(bus: EmbeddedBus) -> None:
    bus.declare()
    bus.send(
        {"n": 1},
        headers={"trace": "t-1"},
        correlation_id="c-1",
        reply_to="replies",
        message_id="m-1",
        timestamp=1700000000,
        type="greeting",
        app_id="test",
        expiration=60,
        priority=3,
        delivery_mode=1,
        cluster_id=None,
        unheard_of="x",
    )
    (message,) = bus.reader().drain().received

    assert message.properties == {
        "content_type": "application/json",
        "content_encoding": "utf-8",
        "application_headers": {"trace": "t-1"},
        "delivery_mode": 1,
        "priority": 3,
        "correlation_id": "c-1",
        "reply_to": "replies",
        "expiration": "60000",
        "message_id": "m-1",
        "timestamp": 1700000000,
        "type": "greeting",
        "app_id": "test",
    }
    assert (message.content_type, message.content_encoding) == ("application/json", "utf-8")
    assert message.headers is message.properties["application_headers"]
    assert message.decode() == {"n": 1}


def test_delivery_info_says_where_from_and_whether_again(bus: EmbeddedBus) -> None:
    letters = Exchange("letters", "topic")
    bus.declare(exchange=letters, routing_key="in.#")
    bus.send("hello", to="in.box", exchange=letters)
    reader = bus.reader().drain()

    (message,) = reader.received
    assert message.delivery_info == {
        "consumer_tag": next(iter(reader.consumer._active_tags.values())),
        "delivery_tag": message.delivery_tag,
        "redelivered": False,
        "exchange": "letters",
        "routing_key": "in.box",
    }


@pytest.mark.parametrize("body", ["纸" * 1_000_000, b"\x00\xff" * 1_500_000], ids=["text", "bytes"])
def test_a_body_of_three_megabytes_passes_as_it_is(bus: EmbeddedBus, body: str | bytes) -> None:
    bus.declare()
    channel = bus.connect().channel()
    channel.basic_publish(channel.prepare_message(body), routing_key="mail")

    assert bus.reader().drain().received[0].body is body


def test_a_body_that_may_change_is_copied(bus: EmbeddedBus) -> None:
    bus.declare()
    channel, body = bus.connect().channel(), bytearray(b"before")
    channel.basic_publish(channel.prepare_message(body), routing_key="mail")
    body[:] = b"after!"

    assert bus.reader().drain().received[0].body == b"before"


def test_nobody_sees_what_others_do_to_headers(bus: EmbeddedBus) -> None:
    news = Exchange("news", "fanout")
    bus.declare("first", exchange=news)
    bus.declare("second", exchange=news)
    headers = {"nested": {"list": [1]}}
    bus.send("x", to="", exchange=news, headers=headers)
    headers["nested"]["list"].append(2)
    first = bus.reader("first").drain()
    first.received[0].headers["nested"]["list"].append(3)
    first.received[0].properties["reply_to"] = "elsewhere"
    first.received[0].requeue()

    assert first.drain().received[1].headers == {"nested": {"list": [1]}}
    (second,) = bus.reader("second").drain().received
    assert second.headers == {"nested": {"list": [1]}}
    assert "reply_to" not in second.properties


def test_a_header_that_amqp_cannot_carry_is_refused_when_published(bus: EmbeddedBus) -> None:
    bus.declare()
    with pytest.raises(FrameSyntaxError):
        bus.send("x", headers={"bad": object()})
    assert bus.depth() == (0, 0)


def test_an_expiration_that_is_no_number_is_refused_before_any_queue_has_the_message(bus: EmbeddedBus) -> None:
    bus.declare()
    channel = bus.connect().channel()
    with pytest.raises(PreconditionFailed):
        channel.basic_publish(channel.prepare_message("x", properties={"expiration": "soon"}), routing_key="mail")
    assert bus.depth() == (0, 0)


def test_a_compressed_body_is_unpacked(bus: EmbeddedBus) -> None:
    bus.declare()
    bus.send({"long": "x" * 1000}, compression="zlib")
    assert bus.reader().drain().bodies == [{"long": "x" * 1000}]


def test_a_requeued_message_is_the_next_one_out(bus: EmbeddedBus) -> None:
    bus.declare()
    bus.send("a", "b", "c")
    reader = bus.reader()
    reader.connection.drain_events(timeout=1)
    reader.received.pop().requeue()
    assert reader.drain().bodies == ["a", "b", "c"]
    assert [message.delivery_info["redelivered"] for message in reader.received] == [True, False, False]


def test_several_requeued_messages_keep_their_order(bus: EmbeddedBus) -> None:
    bus.declare()
    bus.send(*"abcd")
    reader = bus.reader(prefetch=3).drain()
    held = list(reader.received)
    reader.consumer.cancel()
    for message in (held[1], held[0], held[2]):
        message.requeue()
    assert bus.reader().drain().bodies == list("abcd")


def test_a_rejected_message_is_gone(bus: EmbeddedBus) -> None:
    bus.declare()
    bus.send("a")
    reader = bus.reader().drain()
    reader.received[0].reject()
    assert bus.depth() == (0, 0)


@pytest.mark.parametrize("way", ["channel", "connection"])
def test_what_was_not_settled_returns_when_its_channel_closes(bus: EmbeddedBus, way: str) -> None:
    bus.declare()
    bus.send(*"abcd")
    reader = bus.reader(prefetch=3).drain()
    reader.received[1].ack()
    if way == "channel":
        reader.consumer.channel.close()
    else:
        reader.connection.release()

    again = bus.reader().drain()
    assert again.bodies == ["a", "c", "d"]
    assert [message.delivery_info["redelivered"] for message in again.received] == [True, True, False]


def test_cancelling_leaves_what_was_handed_over_with_the_consumer(bus: EmbeddedBus) -> None:
    bus.declare()
    bus.send("a", "b")
    reader = bus.reader(prefetch=1).drain()
    reader.consumer.cancel()
    assert bus.reader().drain().bodies == ["b"]
    reader.received[0].ack()
    assert bus.depth() == (0, 1)


def test_acknowledging_on_a_closed_connection_says_so(bus: EmbeddedBus) -> None:
    bus.declare()
    bus.send("a")
    reader = bus.reader().drain()
    reader.connection.release()
    with pytest.raises(RecoverableConnectionError):
        reader.received[0].ack()
    assert bus.depth() == (1, 0)


def test_recovering_returns_everything_in_order(bus: EmbeddedBus) -> None:
    bus.declare()
    bus.send(*"abc")
    reader = bus.reader().drain()
    reader.consumer.recover(requeue=True)
    assert reader.drain().bodies == list("abcabc")


def test_getting_one_by_one(bus: EmbeddedBus) -> None:
    queue = bus.declare()
    bus.send("a", "b")
    bound = queue(bus.connect().channel())
    first = bound.get()
    assert first.decode() == "a"
    assert first.delivery_info["message_count"] == 1
    assert bus.depth() == (1, 1)
    first.requeue()
    assert bound.get(no_ack=True).delivery_info["redelivered"] is True
    bound.get().ack()
    assert bound.get() is None


def test_an_expired_message_is_not_delivered(bus: EmbeddedBus) -> None:
    bus.declare()
    reader = bus.reader()
    bus.send("late", expiration=0.02)
    bus.send("lasting", expiration=60)
    time.sleep(0.04)
    assert reader.drain().bodies == ["lasting"]


def test_an_expired_message_does_not_stay_in_the_queue(bus: EmbeddedBus) -> None:
    bus.declare()
    bus.send("late", "late", expiration=0.02)
    bus.send("lasting")
    time.sleep(0.04)
    assert bus.depth() == (1, 0)

"""What is packed and read by hand is to the last bit what py-amqp packs and reads."""

from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import amqp
import pytest
from amqp.exceptions import RecoverableConnectionError
from amqp.method_framing import frame_writer as frame_writer_of_amqp
from amqp.serialization import dumps
from amqp.spec import Basic
from hypothesis import given
from hypothesis import strategies as st
from kombu.transport import pyamqp

from shared.bus import connection
from shared.bus.amqp_channel import Channel, content_header, frame_writer

FRAME_MAX = 4096
SHORT = st.text(max_size=60)
HEADERS = st.dictionaries(
    SHORT, st.one_of(st.text(max_size=300), st.integers(-(2**40), 2**40), st.booleans(), st.none(), st.floats())
)
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "content_type": SHORT,
        "content_encoding": st.just("utf-8"),
        "application_headers": HEADERS,
        "delivery_mode": st.sampled_from([1, 2]),
        "priority": st.integers(0, 9),
        "correlation_id": SHORT,
        "reply_to": SHORT,
        "expiration": SHORT,
        "message_id": SHORT,
        "timestamp": st.integers(0, 2**63),
        "type": SHORT,
        "user_id": SHORT,
        "app_id": SHORT,
        "cluster_id": SHORT,
    },
)
BODIES = st.one_of(
    st.text(max_size=200), st.binary(max_size=200), st.integers(0, 3 * FRAME_MAX).map(lambda size: b"x" * size)
)


class Wire:
    """What py-amqp takes for a connection: what is written to it is kept."""

    frame_max = FRAME_MAX
    bytes_sent = 0
    confirm_publish = False
    client_properties: dict[str, Any] = {}

    def __init__(self, writer: Callable[..., Any]) -> None:
        self.sent = b""
        self.transport = SimpleNamespace(write=self._keep, having_timeout=lambda _seconds: nullcontext())
        self.frame_writer = writer(self, self.transport)

    def _keep(self, data: bytes) -> None:
        self.sent += bytes(data)


def channel_on(wire: Wire, kind: type[pyamqp.Channel]) -> Any:
    channel = kind.__new__(kind)
    channel.connection, channel.channel_id = wire, 3
    channel.is_closing, channel.auto_decode, channel._pending = False, False, {}
    channel._callbacks = {Basic.Deliver: channel._on_basic_deliver}
    channel.callbacks = {}
    return channel


def both(do: Callable[[Any], object]) -> tuple[bytes, bytes]:
    """What ours and py-amqp's own send when the same is done to them."""
    sent = []
    for kind, writer in ((Channel, frame_writer), (pyamqp.Channel, frame_writer_of_amqp)):
        wire = Wire(writer)
        do(channel_on(wire, kind))
        sent.append(wire.sent)
    return sent[0], sent[1]


@given(properties=PROPERTIES, body=BODIES, exchange=SHORT, routing_key=SHORT, mandatory=st.booleans())
def test_a_publish_is_the_same_to_the_last_bit(
    properties: dict[str, Any], body: str | bytes, exchange: str, routing_key: str, mandatory: bool
) -> None:
    def publish(channel: Any) -> None:
        message = amqp.Message(body, **properties)
        channel.basic_publish(message, exchange=exchange, routing_key=routing_key, mandatory=mandatory)

    ours, theirs = both(publish)
    assert ours == theirs


@pytest.mark.parametrize("multiple", [False, True])
def test_an_acknowledgement_is_the_same_to_the_last_bit(multiple: bool) -> None:
    ours, theirs = both(lambda channel: channel.basic_ack(2**40 + 7, multiple=multiple))
    assert ours == theirs


def test_a_heartbeat_is_the_same_to_the_last_bit() -> None:
    ours, theirs = (Wire(writer) for writer in (frame_writer, frame_writer_of_amqp))
    for wire in (ours, theirs):
        wire.frame_writer(8, 0, None, None, None)
    assert ours.sent == theirs.sent


@given(
    tag=SHORT,
    number=st.integers(0, 2**63),
    redelivered=st.booleans(),
    exchange=SHORT,
    routing_key=SHORT,
    properties=PROPERTIES,
)
def test_a_delivery_is_read_as_py_amqp_reads_it(
    tag: str, number: int, redelivered: bool, exchange: str, routing_key: str, properties: dict[str, Any]
) -> None:
    payload = b"\0\x3c\0\x3c" + dumps("sLbss", (tag, number, redelivered, exchange, routing_key))
    read = []
    for kind in (Channel, pyamqp.Channel):
        message = amqp.Message(frame_method=Basic.Deliver)
        message.inbound_header(content_header(properties, 0))
        channel = channel_on(Wire(frame_writer), kind)
        channel.callbacks[tag] = lambda message: read.append((message.delivery_info, message.properties))
        channel.dispatch_method(Basic.Deliver, payload, message)
    assert repr(read[0]) == repr(read[1])
    assert read[0][0]["delivery_tag"] == number


def test_a_channel_that_is_being_closed_hands_out_nothing() -> None:
    channel = channel_on(Wire(frame_writer), Channel)
    channel.is_closing = True
    heard: list[object] = []
    channel.callbacks["t"] = heard.append
    channel.dispatch_method(Basic.Deliver, b"\0\x3c\0\x3c" + dumps("sLbss", ("t", 1, False, "", "")), amqp.Message())
    assert heard == []


@pytest.mark.parametrize("do", ["basic_publish", "basic_ack"])
def test_without_a_connection_it_is_said(do: str) -> None:
    channel = channel_on(Wire(frame_writer), Channel)
    channel.connection = None
    with pytest.raises(RecoverableConnectionError):
        getattr(channel, do)(amqp.Message("x") if do == "basic_publish" else 1)


def test_a_write_that_takes_too_long_loses_the_connection() -> None:
    def never(*_: object) -> None:
        raise TimeoutError

    wire = Wire(frame_writer)
    wire.frame_writer = never
    with pytest.raises(RecoverableConnectionError, match="timed out"):
        channel_on(wire, Channel).basic_publish(amqp.Message("x"))


def test_every_connection_uses_it() -> None:
    made = connection.AmqpTransport.Connection("localhost:1")
    assert made.Channel is Channel
    assert made.frame_writer_cls is frame_writer

"""py-amqp's channel with a short way for what goes back and forth all the time: publish, acknowledge, deliver.

py-amqp serialises everything by one interpreter of format strings. These three are packed and read by hand here, to
the same bytes (ADR 0028); everything else goes py-amqp's way.
"""

import threading
from collections.abc import Callable, Mapping
from struct import Struct
from typing import Any

import amqp
from amqp.exceptions import RecoverableConnectionError
from amqp.serialization import dumps
from amqp.spec import Basic
from kombu.transport import pyamqp

_FRAME = Struct(">BHI")
_METHOD = Struct(">HH")
_CONTENT = Struct(">HHQH")
_LENGTH = Struct(">I")
_ACK = Struct(">QB")
_TAG = Struct(">QB")
_END = b"\xce"
_FRAME_EXTRA = 8
"""Bytes of a frame beside its payload."""


def _utf8(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _short(text: str) -> bytes:
    encoded = _utf8(text)
    return bytes((len(encoded),)) + encoded


def _table(headers: Mapping[str, Any]) -> bytes:
    """Headers whose values are all texts, as nearly all are; others are left to py-amqp."""
    items: list[bytes] = []
    for name, value in headers.items():
        if type(value) is not str:
            return dumps("F", [headers])  # type: ignore[no-any-return]
        encoded = _utf8(value)
        items += (_short(name), b"S", _LENGTH.pack(len(encoded)), encoded)
    table = b"".join(items)
    return _LENGTH.pack(len(table)) + table


def _octet(value: int) -> bytes:
    return bytes((value,))


_PROPERTIES: tuple[tuple[str, int, Callable[[Any], bytes]], ...] = (
    ("content_type", 1 << 15, _short),
    ("content_encoding", 1 << 14, _short),
    ("application_headers", 1 << 13, _table),
    ("delivery_mode", 1 << 12, _octet),
    ("priority", 1 << 11, _octet),
    ("correlation_id", 1 << 10, _short),
    ("reply_to", 1 << 9, _short),
    ("expiration", 1 << 8, _short),
    ("message_id", 1 << 7, _short),
    ("timestamp", 1 << 6, lambda value: dumps("L", [value])),
    ("type", 1 << 5, _short),
    ("user_id", 1 << 4, _short),
    ("app_id", 1 << 3, _short),
    ("cluster_id", 1 << 2, _short),
)


def content_header(properties: Mapping[str, Any], size: int) -> bytes:
    """The payload of a content header frame: of a message with ``properties`` and a body of ``size`` bytes."""
    flags, parts = 0, []
    for name, flag, encode in _PROPERTIES:
        value = properties.get(name)
        if value is not None:
            flags |= flag
            parts.append(encode(value))
    return _CONTENT.pack(Basic.CLASS_ID, 0, size, flags) + b"".join(parts)


def frame_writer(connection: Any, transport: Any) -> Callable[..., None]:
    """What py-amqp calls to send a method, with the content that goes with it, or a heartbeat: in one write, one at a
    time."""
    writing = threading.Lock()

    def write_frame(kind: int, channel: int, method: tuple[int, int], args: Any, content: Any) -> None:
        payload = _METHOD.pack(*method) + (args.encode() if isinstance(args, str) else args) if kind == 1 else b""
        pieces = [_FRAME.pack(kind, channel, len(payload)), payload, _END]
        if content:
            body = content.body
            if isinstance(body, str):
                body = body.encode(content.properties.setdefault("content_encoding", "utf-8"))
            header = content_header(content.properties, len(body))
            pieces += (_FRAME.pack(2, channel, len(header)), header, _END)
            most = connection.frame_max - _FRAME_EXTRA
            for start in range(0, len(body), most):
                part = body[start : start + most]
                pieces += (_FRAME.pack(3, channel, len(part)), part, _END)
        with writing:
            transport.write(b"".join(pieces))
        connection.bytes_sent += 1

    return write_frame


class Channel(pyamqp.Channel):
    """kombu's channel, quicker at what it does most."""

    def basic_publish(
        self,
        message: amqp.Message,
        exchange: str = "",
        routing_key: str = "",
        mandatory: bool = False,
        immediate: bool = False,
        timeout: float | None = None,
    ) -> None:
        """Publish, without waiting for a confirm. A write that takes longer than ``timeout`` loses the connection."""
        connection = self._alive()
        args = b"\0\0" + _short(exchange) + _short(routing_key) + _octet(mandatory | immediate << 1)
        try:
            with connection.transport.having_timeout(timeout):
                connection.frame_writer(1, self.channel_id, Basic.Publish, args, message)
        except TimeoutError:
            raise RecoverableConnectionError("basic_publish: timed out") from None

    def basic_ack(self, delivery_tag: int, multiple: bool = False) -> None:
        self._alive().frame_writer(1, self.channel_id, Basic.Ack, _ACK.pack(delivery_tag, multiple), None)

    def dispatch_method(self, method_sig: tuple[int, int], payload: bytes, content: Any) -> None:
        if method_sig != Basic.Deliver or self.is_closing:
            super().dispatch_method(method_sig, payload, content)
            return
        consumer_tag, at = _text(payload, 4)
        delivery_tag, redelivered = _TAG.unpack_from(payload, at)
        exchange, at = _text(payload, at + _TAG.size)
        routing_key, _ = _text(payload, at)
        self._on_basic_deliver(consumer_tag, delivery_tag, bool(redelivered), exchange, routing_key, content)

    def _alive(self) -> Any:
        if self.connection is None:
            raise RecoverableConnectionError("the connection is closed")
        return self.connection


def _text(payload: bytes, at: int) -> tuple[str, int]:
    """The short text at ``at``, and where it ends."""
    start = at + 1
    end = start + payload[at]
    return payload[start:end].decode(errors="surrogatepass"), end

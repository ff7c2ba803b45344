"""What travels: one sealed copy a publish, a fresh copy a delivery.

Publisher, queues and consumers must not see one another's dictionaries change, as they could not over a wire.
So the envelope is copied once when it is published and never touched again, and each delivery copies its
properties anew. Bodies are str or bytes, which cannot change, and are shared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import NoneType
from typing import Any

import amqp
from amqp.exceptions import FrameSyntaxError, PreconditionFailed
from kombu.message import Message as KombuMessage

PROPERTIES = tuple(name for name, _ in amqp.Message.PROPERTIES)
_HEADERS = "application_headers"
_SCALARS = (str, bytes, bool, int, float, NoneType, Decimal, datetime)
_EXACT_SCALARS = frozenset(_SCALARS)


class Message(KombuMessage):
    """A received message with the properties that kombu's pyamqp transport gives it.

    ``properties`` holds content_type, content_encoding, application_headers (the same dictionary as
    ``headers``), correlation_id, reply_to, delivery_mode, priority, expiration, message_id, timestamp, type
    and app_id, each only where the publisher set it.
    """

    def __init__(
        self,
        body: str | bytes,
        properties: dict[str, Any],
        delivery_info: dict[str, Any],
        *,
        channel: Any = None,
    ) -> None:
        super().__init__(
            body=body,
            channel=channel,
            delivery_tag=delivery_info.get("delivery_tag"),
            content_type=properties.get("content_type"),
            content_encoding=properties.get("content_encoding"),
            delivery_info=delivery_info,
            properties=properties,
            headers=properties.get(_HEADERS),
        )


@dataclass(slots=True)
class Envelope:
    """A published message and its address. Nobody changes it once it is sealed."""

    body: str | bytes
    properties: Mapping[str, Any]
    exchange: str
    routing_key: str
    lifetime: float | None
    """Seconds after which nobody wants it any more, from ``expiration``; None: for ever."""

    @classmethod
    def seal(cls, message: Any, exchange: str, routing_key: str) -> "Envelope":
        """Copy what the publisher handed over, an amqp.Message or its like.

        :raises FrameSyntaxError: a header holds something that AMQP cannot carry.
        :raises PreconditionFailed: ``expiration`` is not a number of milliseconds.
        :raises TypeError: the body is neither text nor bytes.
        """
        given = message.properties
        properties = {name: given[name] for name in PROPERTIES if given.get(name) is not None}
        if _HEADERS in properties:
            properties[_HEADERS] = _copied(properties[_HEADERS])
        lifetime = _seconds(properties.get("expiration"))
        return cls(_immutable(message.body), properties, exchange, routing_key, lifetime)

    def open(self, delivery_info: dict[str, Any], channel: Any = None) -> Message:
        """A message of the receiver's own."""
        properties = dict(self.properties)
        if _HEADERS in properties:
            properties[_HEADERS] = _copied(properties[_HEADERS])
        return Message(self.body, properties, delivery_info, channel=channel)


def _seconds(expiration: str | None) -> float | None:
    if expiration is None:
        return None
    try:
        return int(expiration) / 1000
    except ValueError as error:
        raise PreconditionFailed(f"PRECONDITION_FAILED - invalid expiration '{expiration}'") from error


def _immutable(body: Any) -> str | bytes:
    if isinstance(body, str | bytes):
        return body
    if isinstance(body, bytearray | memoryview):
        return bytes(body)
    raise TypeError(f"a message body is text or bytes, not {type(body).__name__}")


def _copied(value: Any) -> Any:
    if type(value) in _EXACT_SCALARS:
        return value
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(item) for item in value]
    if isinstance(value, _SCALARS):
        return value
    raise FrameSyntaxError(f"a header cannot carry {type(value).__name__}: {value!r}")

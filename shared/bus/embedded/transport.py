"""The face that kombu knows: ``embedded://<broker-name>/``."""

from typing import Any

import amqp
from amqp.exceptions import RecoverableConnectionError
from kombu.transport import base

from shared.bus.embedded.broker import broker_named
from shared.bus.embedded.channel import Channel
from shared.bus.embedded.connection import Connection


class Transport(base.Transport):
    """Connects a kombu.Connection to a broker of this process.

    The errors are classed as pyamqp classes them. Without the recoverable ones kombu takes every channel
    error for recoverable, retries it and hides a NO_ROUTE inside OperationalError, so that nameko never
    raises UnknownService.
    """

    driver_type = "embedded"
    driver_name = "embedded"

    connection_errors = amqp.Connection.connection_errors
    channel_errors = amqp.Connection.channel_errors
    recoverable_connection_errors = amqp.Connection.recoverable_connection_errors
    recoverable_channel_errors = amqp.Connection.recoverable_channel_errors

    implements = base.Transport.implements.extend(
        asynchronous=False,
        heartbeats=False,
        exchange_type=frozenset({"direct", "topic", "fanout"}),
    )

    def driver_version(self) -> str:
        return "1"

    def establish_connection(self) -> Connection:
        return Connection(broker_named(self.client.hostname or "localhost"), self.client)

    def close_connection(self, connection: Connection) -> None:
        connection.close()

    def verify_connection(self, connection: Connection | None) -> bool:
        return connection is not None and connection.connected

    def create_channel(self, connection: Connection | None) -> Channel:
        return _open(connection).channel()

    def close_channel(self, channel: Channel) -> None:
        channel.close()

    def drain_events(self, connection: Connection | None, timeout: float | None = None, **_: Any) -> None:
        _open(connection).drain_events(timeout)


def _open(connection: Connection | None) -> Connection:
    if connection is None:
        raise RecoverableConnectionError("connection already closed")
    return connection

"""The bus inside one process: ``embedded://<broker-name>/``, for evaluation, development and one machine.

A kombu transport that behaves as RabbitMQ behind pyamqp does, so that the same service classes run on either:
direct, topic, fanout and default exchanges, prefetch, competing consumers in turn, single active consumers,
exclusive and auto-delete queues, expiration, mandatory with returns, redelivery and publisher confirms. A
consumer sleeps until a message arrives. What differs: nothing is written to disk, and a publish on a channel
in confirm mode is confirmed only when every queue is done with the message (see ``publishing``), so that an
outbox keeps what a kill would lose.

Importing this module registers the scheme. Brokers come into being when somebody connects and are told apart
by name. They work between greenlets or between threads, not between threads where eventlet has patched them,
and monkey-patching must come before the first connection. A connection must be closed by whoever opened it:
the broker holds its consumers, and their messages, until then.
"""

from kombu import Connection, pools
from kombu.transport import TRANSPORT_ALIASES

from shared.bus.embedded import connection as _connection
from shared.bus.embedded.broker import queue_depths, reset
from shared.bus.embedded.transport import Transport

__all__ = ["POOL_LIMIT", "SCHEME", "Transport", "queue_depths", "register", "reset", "wake"]

SCHEME = "embedded"

#: Connections kombu may pool per address. All services of the process share an address, and kombu's 10 would
#: make their publishers queue.
POOL_LIMIT = 200


def register() -> None:
    """Make kombu know the scheme, and widen its pools. Importing the module did it; twice does no harm."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:{Transport.__name__}"
    limit = pools.get_limit()
    if 0 < limit < POOL_LIMIT:
        pools.set_limit(POOL_LIMIT)


def wake(connection: Connection) -> None:
    """Call off the ``drain_events`` that waits on a connection, or else the next that would have to wait.

    For a consumer loop that has to look up at once, to stop for instance. The drain ends as if its time were
    up or, where it has no end, returns. Does nothing to a connection that is not open, or is on another
    transport.
    """
    link = connection._connection
    if isinstance(link, _connection.Connection):
        link.wake()


register()

"""Connections to the bus: RabbitMQ, or the embedded one of this process. Everybody connects through here.

No nameko and no eventlet: the gateway uses this too.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from amqp.exceptions import ConnectionForced
from kombu import Connection
from kombu.transport import pyamqp

from shared import green
from shared.bus.amqp_channel import Channel, frame_writer
from shared.bus.amqp_transport import BufferedTransport, GatheringTransport

HEARTBEAT = 10
"""Seconds; ``?heartbeat=`` in an address says otherwise. A peer that is silent for twice as long counts as gone."""
SILENCE = 10.0
"""Seconds that one read or write may take, where nothing else bounds it: nobody waits for a dead peer for ever, neither
in the middle of a publish nor for the broker's consent to a goodbye."""
EMBEDDED = "embedded://"
LARGEST_MESSAGE = 16 * 1024 * 1024
"""Bytes. RabbitMQ 4 closes the channel of whoever publishes more, unless it is told otherwise."""


class _AmqpConnection(pyamqp.Connection):
    Channel = Channel
    blocked = False
    """Whether the broker takes nothing just now, being short of memory or disk. It says so after the first publish."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, frame_writer=frame_writer, **kwargs)

    def connect(self, callback: Callable[[], Any] | None = None) -> Any:
        connected = super().connect(callback)
        # The broker was told that we listen for "blocked". Were py-amqp to believe it too, it would read the socket
        # before every publish: slow, and a second reader beside the thread that waits for replies.
        self.client_properties.get("capabilities", {}).pop("connection.blocked", None)
        self.transport.sock.settimeout(SILENCE)
        return connected

    def Transport(self, host: str, connect_timeout: float | None, ssl: Any = False, *args: Any, **kwargs: Any) -> Any:
        if ssl:
            return super().Transport(host, connect_timeout, ssl, *args, **kwargs)
        read_timeout, write_timeout = (*args, None, None)[:2]
        transport = BufferedTransport if green.turns() is None else GatheringTransport
        return transport(host, connect_timeout, read_timeout=read_timeout, write_timeout=write_timeout, **kwargs)

    def blocking_read(self, timeout: float | None = None) -> Any:
        """What was read already needs no timeout."""
        transport = self.transport
        if isinstance(transport, BufferedTransport):
            while (frame := transport.next_frame()) is not None:
                if whole := self.on_inbound_frame(frame):
                    return whole
        return super().blocking_read(timeout)

    def heartbeat_tick(self, rate: int = 2) -> None:
        try:
            super().heartbeat_tick(rate)
        except ConnectionForced:
            # No goodbye to a peer that is silent: it would be waited for.
            _shut(self)
            raise

    def _on_blocked(self) -> None:
        self.blocked = True

    def _on_unblocked(self) -> None:
        self.blocked = False


class AmqpTransport(pyamqp.Transport):
    """kombu's AMQP transport, which never waits for ever and writes without reading first."""

    Connection = _AmqpConnection


def unopened(url: str, *, heartbeat: float = HEARTBEAT, patience: float = 5.0) -> Connection:
    """A connection to the bus at ``url``, not yet open."""
    if url.startswith(EMBEDDED):
        import shared.bus.embedded

        shared.bus.embedded.register()
        return Connection(url)
    return Connection(url, transport=AmqpTransport, heartbeat=heartbeat, connect_timeout=patience)


def connect(url: str, *, heartbeat: float = HEARTBEAT, patience: float = 5.0) -> Connection:
    """An open connection to the bus at ``url``; one of :data:`BusErrors` where it does not answer in ``patience``
    seconds. It is tried once: kombu, left to itself, sleeps for two seconds and tries again."""
    connection = unopened(url, heartbeat=heartbeat, patience=patience)
    return connection.ensure_connection(max_retries=0, reraise_as_library_errors=False)


BusErrors: tuple[type[BaseException], ...] = (
    *pyamqp.Transport.connection_errors,
    *pyamqp.Transport.channel_errors,
    OSError,
    EOFError,  # eventlet's, for a socket that was closed
    AttributeError,  # py-amqp's way of saying that the connection went away under a call
)


def blocked(connection: Connection) -> bool:
    """Whether the broker has said that it takes nothing over ``connection`` just now."""
    return bool(getattr(getattr(connection, "_connection", None), "blocked", False))


class Heart:
    """Keeps an idle connection alive and ends one whose peer went silent, so that a blocked reader wakes."""

    def __init__(self, connection: Connection, lock: threading.Lock) -> None:
        self._connection = connection
        self._lock = lock
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        if getattr(self._connection, "heartbeat", 0):
            self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def _beat(self) -> None:
        while not self._stopped.wait(self._connection.heartbeat / 4):
            try:
                with self._lock:
                    self._connection.heartbeat_check()
            except BusErrors:
                sever(self._connection)
                return


def rouse(connection: Connection | None) -> None:
    """Have whoever drains an embedded connection look up at once. On RabbitMQ they do so by themselves."""
    if connection is not None and connection.transport_cls == EMBEDDED.removesuffix("://"):
        import shared.bus.embedded

        shared.bus.embedded.wake(connection)


def sever(connection: Connection) -> bool:
    """End a connection at once from any thread: whoever reads or writes it wakes with an error. Whether it has a
    socket to do that with.

    The socket is not closed here. Under eventlet a thread that waits on a socket which another one closes is never
    woken, and takes for its own what the next one to get the same number reads. Whoever reads closes.
    """
    return _shut(getattr(connection, "_connection", None))


def _shut(raw: Any) -> bool:
    import socket

    sock = getattr(getattr(raw, "_transport", None), "sock", None)
    if sock is None:
        return False
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    return True

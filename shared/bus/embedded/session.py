"""What the parts of a channel share: its connection, the broker's lock and its listeners."""

from collections import defaultdict
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from amqp.exceptions import RecoverableConnectionError
from kombu.transport import base

from shared.bus.embedded.queues import Queue

if TYPE_CHECKING:
    from shared.bus.embedded.connection import Connection


class Session(base.StdChannel):
    """An open channel, until ``connection`` is None."""

    def __init__(self, connection: "Connection", channel_id: int) -> None:
        self.connection: Connection | None = connection
        self.channel_id = channel_id
        self.events: defaultdict[str, set[Callable[..., object]]] = defaultdict(set)
        self._lock: Lock = connection.broker.lock

    @property
    def is_open(self) -> bool:
        return self.connection is not None

    def _open(self) -> "Connection":
        """The connection, with the lock held.

        :raises RecoverableConnectionError: the channel is closed.
        """
        if self.connection is None:
            raise RecoverableConnectionError("connection already closed")
        return self.connection

    def _queue(self, name: str, method: tuple[int, int]) -> Queue:
        connection = self._open()
        return connection.broker.queue(name, connection, method)

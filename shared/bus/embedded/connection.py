"""A connection: where events wait for the client to drain them, and where the client waits for events.

Waiting is on a ``threading.Condition``, so it costs nothing while nothing happens, under threads and under
eventlet alike: monkey-patching makes the condition green, provided it came before the first connection.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from time import monotonic
from typing import Any

from amqp.exceptions import RecoverableConnectionError

from shared.bus.embedded.broker import Broker
from shared.bus.embedded.channel import Channel
from shared.bus.embedded.queues import Consumer, Entry, Queue

Event = Callable[[], object]

# After so many events without a wait, others are let in: under eventlet a busy consumer would starve the hub.
_BURST = 64


class Connection:
    """What kombu calls ``channel.connection``. One thread (or greenlet) at a time drains it.

    ``client`` is the kombu.Connection that it serves.
    """

    def __init__(self, broker: Broker, client: Any) -> None:
        self.broker = broker
        self.client = client
        self.channels: dict[int, Channel] = {}
        self._channel_ids = count(1)
        self._arrived = threading.Condition(broker.lock)
        self._due: deque[Consumer | Event] = deque()
        self._perishing: list[tuple[float, int, Queue]] = []
        self._perishing_order = count()
        self._waiting = 0
        self._consumers = 0
        self._called_off = False
        self._closed = False
        self._streak = 0
        with broker.lock:
            broker.connections.add(self)

    @property
    def connected(self) -> bool:
        return not self._closed

    def channel(self) -> Channel:
        with self.broker.lock:
            self.check_open()
            channel = Channel(self, next(self._channel_ids))
            self.channels[channel.channel_id] = channel
            return channel

    def drain_events(self, timeout: float | None = None) -> None:
        """Wait for one event (message, confirm, return, cancelled consumer) and let its callbacks run.

        The wait is called off by ``wake``, and when the last consumer of the connection is cancelled: then it
        ends as if its time were up or, where it has no end, returns.

        :param timeout: seconds; None waits for ever, 0 does not wait.
        :raises TimeoutError: (socket.timeout) nothing came in time, or the wait was called off.
        :raises RecoverableConnectionError: the connection is closed, or was while waiting.
        """
        deadline = None if timeout is None else monotonic() + timeout
        if self._streak >= _BURST:
            self._streak = 0
            time.sleep(0)
        with self._arrived:
            event = self._next_event()
            while event is None:
                if self._called_off:
                    self._called_off = False
                    if deadline is None:
                        return
                    raise TimeoutError("called off")
                self._wait(deadline)
                event = self._next_event()
        self._streak += 1
        event()

    def wake(self) -> None:
        """Call off the wait of ``drain_events``, or of the next one that would have to wait."""
        with self._arrived:
            self._call_off()

    def close(self) -> None:
        """Close all channels, delete the queues that are this connection's own, and wake who drains."""
        with self.broker.lock:
            self.hang_up()

    # From here on: with the broker's lock held.

    def hang_up(self) -> None:
        if self._closed:
            return
        self._closed = True
        for channel in tuple(self.channels.values()):
            channel.hang_up()
        for queue in [queue for queue in self.broker.queues.values() if queue.owner is self]:
            self.broker.drop(queue)
        self.broker.connections.discard(self)
        self._due.clear()
        self._perishing.clear()
        self.client = None
        self._rouse()

    def check_open(self) -> None:
        if self._closed:
            raise RecoverableConnectionError("connection already closed")

    def post(self, event: Event) -> None:
        """Something for the client to hear when it drains."""
        if not self._closed:
            self._due.append(event)
            self._rouse()

    def give_turn(self, consumer: Consumer) -> None:
        """A consumer may take a message. It stands in ``_due`` once, however many turns it has."""
        consumer.turns += 1
        if consumer.turns == 1:
            self._due.append(consumer)
            self._rouse()

    def enlist(self) -> None:
        """One more consumer: there is something to wait for."""
        self._consumers += 1
        self._called_off = False

    def withdraw(self, consumer: Consumer) -> None:
        """One consumer less, about to lose its turns. After the last nothing is left to wait for."""
        self._consumers -= 1
        if consumer.turns:
            self._due.remove(consumer)
        if not self._consumers:
            self._call_off()

    def watch(self, entry: Entry) -> None:
        """Notice when a message for whose confirm this connection waits expires where nobody consumes."""
        if entry.expires_at is not None:
            heappush(self._perishing, (entry.expires_at, next(self._perishing_order), entry.queue))

    def _rouse(self) -> None:
        if self._waiting:
            self._arrived.notify_all()

    def _next_event(self) -> Event | None:
        self.check_open()
        while self._perishing and self._perishing[0][0] <= monotonic():
            heappop(self._perishing)[2].drop_expired()
        while self._due:
            due = self._due.popleft()
            if not isinstance(due, Consumer):
                self._called_off = False
                return due
            entry = due.queue.take_turn(due)
            if due.turns:
                self._due.append(due)
            if entry is not None:
                self._called_off = False
                return due.channel.delivery(due, entry)
            due.channel.has_room_again()
        return None

    def _call_off(self) -> None:
        self._called_off = True
        self._rouse()

    def _wait(self, deadline: float | None) -> None:
        now = monotonic()
        if deadline is not None and deadline <= now:
            raise TimeoutError("timed out")
        moments = [deadline] if deadline is not None else []
        if self._perishing:
            moments.append(self._perishing[0][0])
        self._streak = 0
        self._waiting += 1
        try:
            self._arrived.wait(min(moments) - now if moments else None)
        finally:
            self._waiting -= 1

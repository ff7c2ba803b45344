"""Publishing with confirms, in batches: sent in order, counted only when the broker has said so."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kombu import Connection

from shared.bus.connection import BusErrors, blocked, connect
from shared.errors import Unavailable

LOOK_UP_EVERY = 0.2
GRACE = 0.5
"""Seconds that confirms still have when the process is about to end."""


@dataclass(frozen=True)
class Outgoing:
    """A message on its way to an exchange."""

    exchange: str
    routing_key: str
    body: str
    message_id: str
    headers: Mapping[str, Any] = field(default_factory=dict)


class ConfirmedPublisher:
    """Publishes batches over a connection of its own. It belongs to one thread; only :meth:`give_up` is for others.

    ``prepare`` is done on each new connection, once the exchanges are there and before anything is published.
    """

    def __init__(
        self,
        url: str,
        exchanges: Sequence[str],
        *,
        patience: float = 10.0,
        prepare: Callable[[Connection], None] = lambda _connection: None,
    ) -> None:
        self._url = url
        self._exchanges = exchanges
        self._patience = patience
        self._prepare = prepare
        self._connection: Connection | None = None
        self._channel: Any = None
        self._published = 0
        self._outstanding: dict[int, None] = {}
        self._refused: set[int] = set()
        self._latest = float("inf")

    def publish(self, messages: Sequence[Outgoing]) -> int:
        """Publish in order and return how many from the start the broker has confirmed.

        Waits as long as confirms keep coming, at most ``patience`` seconds for the next. A bus that is away, or that
        takes nothing just now, is :class:`Unavailable`; nothing is then known to be confirmed.
        """
        try:
            self._look_whether_blocked()
            channel = self._open()
            first = self._published + 1
            for message in messages:
                prepared = channel.prepare_message(
                    message.body,
                    content_type="application/json",
                    content_encoding="utf-8",
                    headers=dict(message.headers),
                    properties={"delivery_mode": 2, "message_id": message.message_id},
                )
                self._published += 1
                self._outstanding[self._published] = None
                channel.basic_publish(prepared, exchange=message.exchange, routing_key=message.routing_key)
            return self._confirmed(first, self._published)
        except BusErrors as error:
            self.close()
            raise Unavailable("消息总线暂不可用", "The message bus is away", code="bus-away") from error

    def _look_whether_blocked(self) -> None:
        """A broker that takes nothing is waited for on the connection there is: on another it would take nothing
        either, and once it reads again it would take every batch that was sent to it meanwhile."""
        if self._connection is not None and blocked(self._connection):
            self.beat()
        if self._connection is not None and blocked(self._connection):
            raise Unavailable("消息总线暂停收件", "The message bus takes nothing just now", code="bus-blocked")
        if self._outstanding or self._refused:
            # Left from when it was blocked. Late confirms of that batch must not count for this one.
            self.close()

    def _open(self) -> Any:
        if self._channel is not None:
            return self._channel
        self._connection = connect(self._url)
        channel = self._connection.channel()
        for exchange in self._exchanges:
            channel.exchange_declare(exchange=exchange, type="topic", durable=True, auto_delete=False)
        self._prepare(self._connection)
        channel.confirm_select()
        channel.events["basic_ack"].add(self._acked)
        channel.events["basic_nack"].add(self._nacked)
        self._published = 0
        self._channel = channel
        return channel

    def _acked(self, tag: int, multiple: bool) -> None:
        for settled in self._up_to(tag) if multiple else [tag]:
            self._outstanding.pop(settled, None)

    def _nacked(self, tag: int, multiple: bool, *_: Any) -> None:
        for settled in self._up_to(tag) if multiple else [tag]:
            if settled in self._outstanding:
                del self._outstanding[settled]
                self._refused.add(settled)

    def _up_to(self, tag: int) -> list[int]:
        return [open_tag for open_tag in self._outstanding if open_tag <= tag]

    def _confirmed(self, first: int, last: int) -> int:
        assert self._connection is not None
        waiting, deadline = len(self._outstanding), time.monotonic() + self._patience
        while self._outstanding:
            if len(self._outstanding) < waiting:
                waiting, deadline = len(self._outstanding), time.monotonic() + self._patience
            left = min(deadline, self._latest) - time.monotonic()
            if left <= 0:
                break
            try:
                self._connection.drain_events(timeout=min(left, LOOK_UP_EVERY))
            except TimeoutError:
                continue
        confirmed = min([*self._outstanding, *self._refused], default=last + 1) - first
        if (self._outstanding or self._refused) and not blocked(self._connection):
            # Late confirms of this batch must not count for the next one.
            self.close()
        return confirmed

    def give_up(self) -> None:
        """Have :meth:`publish` return soon, whatever is confirmed by then. Any thread may ask for it, once for all."""
        self._latest = time.monotonic() + GRACE

    def beat(self) -> None:
        """Keep an idle connection alive. One that is gone is dropped; the next batch opens another."""
        if self._connection is None or not self._connection.heartbeat:
            return
        try:
            self._connection.drain_events(timeout=0.001)
        except TimeoutError:
            pass
        except BusErrors:
            self.close()
            return
        try:
            self._connection.heartbeat_check()
        except BusErrors:
            self.close()

    def close(self) -> None:
        """Drop the connection; the next batch opens another."""
        connection, self._connection, self._channel = self._connection, None, None
        self._outstanding.clear()
        self._refused.clear()
        if connection is not None:
            try:
                connection.release()
            except BusErrors:
                return

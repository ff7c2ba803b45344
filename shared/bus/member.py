"""Who takes part in what all say to all: a thread that hears one fanout exchange and may speak on another."""

import threading
import time
from typing import Any

import structlog
from kombu import Connection

from shared.bus.connection import BusErrors, connect, rouse
from shared.bus.declaring import have_exchange

log = structlog.get_logger()

LOOK_UP_EVERY = 0.5


class Member:
    """A thread with a connection of its own that hears one fanout exchange and may speak on another, ``says``.

    ``sleeps``: seconds until it ticks where it hears nothing and need not keep its connection alive.
    """

    sleeps: float | None = None

    def __init__(self, url: str, name: str, hears: str, *, says: str | None = None) -> None:
        self._url = url
        self._hears = hears
        self._says = says
        self._stopping = False
        self._channel: Any = None
        self._connection: Connection | None = None
        self.connected = False
        """Whether it is on the bus just now."""
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        self._stopping = True
        rouse(self._connection)

    def stop(self, timeout: float = 3.0) -> None:
        self.ask_to_stop()
        self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stopping:
            try:
                with connect(self._url) as connection:
                    self._attend(connection)
            except BusErrors as error:
                self.connected = False
                if not self._stopping:
                    log.warning("a member waits for the bus", member=self._thread.name, error=str(error)[:200])
                    time.sleep(0.5)
            except Exception:
                # A process that nobody hears of, or that hears of nobody, is as good as dead.
                self.connected = False
                log.exception("a member failed", member=self._thread.name)
                time.sleep(0.5)

    def _attend(self, connection: Connection) -> None:
        self._connection = connection
        for exchange in filter(None, (self._hears, self._says)):
            have_exchange(connection, exchange, "fanout")
        channel = self._channel = connection.channel()
        queue = channel.queue_declare(queue="", exclusive=True, auto_delete=True).queue
        channel.queue_bind(queue=queue, exchange=self._hears, routing_key="")
        channel.basic_consume(queue=queue, no_ack=True, callback=self._message, consumer_tag=queue)
        self.joined()
        self.connected = True
        while not self._stopping:
            try:
                connection.drain_events(timeout=LOOK_UP_EVERY if connection.heartbeat else self.sleeps)
            except TimeoutError:
                if connection.heartbeat:
                    connection.heartbeat_check()
            self.tick()
        self.connected = False
        self.leaving()

    def _message(self, raw: Any) -> None:
        body = self._channel.message_to_python(raw).body
        self.heard(body if isinstance(body, str) else bytes(body).decode(errors="replace"))

    def say(self, body: str) -> None:
        message = self._channel.prepare_message(
            body, content_type="text/plain", content_encoding="utf-8", properties={"delivery_mode": 1}
        )
        self._channel.basic_publish(message, exchange=self._says, routing_key="")

    def joined(self) -> None: ...

    def heard(self, body: str) -> None: ...

    def tick(self) -> None: ...

    def leaving(self) -> None: ...

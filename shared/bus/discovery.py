"""How services make themselves known: each announces a signed manifest, at start, regularly and when asked.

A manifest is JSON: ``service``, ``version``, ``instance``, ``label``, ``operations``, ``events``, ``state`` ("up", or
"leaving" when the process stops in order). It is signed by the service's key, so a stranger on the bus cannot add
operations to the gateway.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import structlog
from kombu import Connection

from shared.bus.connection import BusErrors, connect, rouse
from shared.bus.declaring import have_exchange
from shared.errors import Unauthenticated
from shared.identity.keys import Keyring

log = structlog.get_logger()

MANIFESTS = "xiehui.manifests"
QUESTIONS = "xiehui.questions"
KIND = "manifest"
LOOK_UP_EVERY = 0.5

Manifest = Mapping[str, Any]


class _Member:
    """A thread with a connection of its own that hears one fanout exchange and may speak on another.

    ``sleeps``: seconds until it ticks where it hears nothing and need not keep its connection alive.
    """

    sleeps: float | None = None

    def __init__(self, url: str, name: str, hears: str) -> None:
        self._url = url
        self._hears = hears
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
                    log.warning("discovery waits for the bus", error=str(error)[:200])
                    time.sleep(0.5)
            except Exception:
                # A process that nobody hears of, or that hears of nobody, is as good as dead.
                self.connected = False
                log.exception("discovery failed")
                time.sleep(0.5)

    def _attend(self, connection: Connection) -> None:
        self._connection = connection
        for exchange in (MANIFESTS, QUESTIONS):
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

    def say(self, exchange: str, body: str) -> None:
        message = self._channel.prepare_message(
            body, content_type="text/plain", content_encoding="utf-8", properties={"delivery_mode": 1}
        )
        self._channel.basic_publish(message, exchange=exchange, routing_key="")

    def joined(self) -> None: ...

    def heard(self, body: str) -> None: ...

    def tick(self) -> None: ...

    def leaving(self) -> None: ...


class Announcer(_Member):
    """Announces one service instance's manifest."""

    def __init__(self, url: str, keyring: Keyring, manifest: Manifest, *, every: float) -> None:
        super().__init__(url, f"{keyring.service}-announcer", QUESTIONS)
        self._keyring = keyring
        self._manifest = manifest
        self._every = self.sleeps = every
        self._last = 0.0

    def joined(self) -> None:
        self._announce("up")

    def heard(self, body: str) -> None:
        self._announce("up")

    def tick(self) -> None:
        if time.monotonic() - self._last >= self._every:
            self._announce("up")

    def leaving(self) -> None:
        self._announce("leaving")

    def _announce(self, state: str) -> None:
        self._last = time.monotonic()
        self.say(MANIFESTS, self._keyring.sign(KIND, {**self._manifest, "state": state, "every": self._every}))


class Observer(_Member):
    """Hears manifests, and hands on those that are signed by the very service they speak of."""

    def __init__(self, url: str, keyring: Keyring, told: Callable[[Manifest], None]) -> None:
        super().__init__(url, "manifests", MANIFESTS)
        self._keyring = keyring
        self._told = told

    def joined(self) -> None:
        self.say(QUESTIONS, orjson.dumps({"who": "is there"}).decode())

    def heard(self, body: str) -> None:
        try:
            manifest, signer = self._keyring.verify(KIND, body)
        except Unauthenticated:
            log.warning("a manifest that does not hold was ignored")
            return
        if manifest.get("service") != signer.service:
            log.warning("a manifest in another's name was ignored", signer=signer.service)
            return
        self._told(manifest)

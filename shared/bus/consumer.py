"""Hears a service's events: one queue for all of them, one process at a time, settled before they are acknowledged.

What has arrived is settled together, what arrives alone at once. The queue is a quorum queue with a single active
consumer: events arrive in the order they were published, and another process of the service takes over when this one
goes. What the broker itself gives up (``x-delivery-limit``) arrives on
a second queue and is kept as dead like everything else.
"""

import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence, Sized
from contextlib import AbstractContextManager
from hashlib import sha256
from typing import Any

import orjson
import structlog
from kombu import Connection, Consumer, Exchange, Queue, binding
from kombu.message import Message

from shared.bus.connection import BusErrors, connect, rouse
from shared.bus.declaring import declare
from shared.bus.events import CE, dead_queue, exchange_name, fit_id, inbox_queue
from shared.bus.inbox import Delivery, Inbox, storable
from shared.bus.pulse import Pulse
from shared.runtime import StoreAway

log = structlog.get_logger()

PREFETCH = 200
"""Events that may be in hand, of any size. Lowering it can cost the order of what the broker gives out again after two
consumers in a row have died: what the second of them had not yet been given comes first then."""
BATCH = 100
SPELL = 0.25
"""Seconds that a batch should take at most: for so long it holds what its handlers lock."""
DELIVERY_LIMIT = 1000
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
LOOK_UP_EVERY = 0.5
HEARTBEAT = 2.0
"""Seconds. RabbitMQ takes a consumer for gone after two to three of them, and the next process takes over."""


class Undecodable(Exception):
    """A message that is no event."""


def queues_of(service: str, subscriptions: Iterable[tuple[str, str]]) -> tuple[Queue, Queue]:
    """The service's inbox queue, bound to what it subscribes to, and the queue of what the broker gave up.

    That comes over an exchange of the service's own, of the queue's name: over one that services share, any of them
    could put into another's queue what the broker never gave up, and bind a queue to what it gave up for another.
    """
    dead = Queue(
        dead_queue(service),
        Exchange(dead_queue(service), type="direct", durable=True),
        routing_key=service,
        durable=True,
        queue_arguments={"x-queue-type": "quorum"},
    )
    bindings = [
        binding(Exchange(exchange_name(source), type="topic", durable=True), routing_key=type)
        for source, type in sorted(subscriptions)
    ]
    inbox = Queue(
        inbox_queue(service),
        bindings=bindings,
        durable=True,
        queue_arguments={
            "x-queue-type": "quorum",
            "x-single-active-consumer": True,
            "x-dead-letter-exchange": dead_queue(service),
            "x-dead-letter-routing-key": service,
            "x-delivery-limit": DELIVERY_LIMIT,
        },
    )
    return inbox, dead


def read(message: Message, exchange: str) -> Delivery:
    """The event in ``message``, which came over ``exchange``; :class:`Undecodable` for what is none.

    Bodies are JSON objects in UTF-8. An event counts only when it comes over its source's own exchange, since only
    the source may write there; anybody could put a message into a queue.
    """
    headers = _headers(message)
    attributes = {name: headers.get(CE + name) for name in ("id", "source", "type", "subject")}
    missing = [name for name, value in attributes.items() if not _usable(value)]
    if missing:
        raise Undecodable(f"without CloudEvents attributes: {', '.join(missing)}")
    source = str(attributes["source"])
    if exchange != exchange_name(source):
        raise Undecodable(f"an event of {source} that did not come over its exchange")
    body = _bytes(message)
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Undecodable("the body is not JSON in UTF-8") from error
    if not isinstance(data, dict):
        raise Undecodable("the body is not a JSON object")
    return Delivery(
        event_id=str(attributes["id"]),
        source=source,
        type=str(attributes["type"]),
        aggregate=f"{source}/{attributes['subject']}",
        body=body,
        headers=headers,
    )


def raw(message: Message, exchange: str) -> Delivery:
    """What arrived, as it arrived. Its id is made of what it holds: the same bytes again are the same, and no broken
    copy stands for the event whose id it bears."""
    body = _bytes(message)
    type = fit_id(str((message.delivery_info or {}).get("routing_key"))) or "unknown"
    identity = sha256(b"\n".join((exchange.encode(errors="replace"), type.encode(), body))).hexdigest()
    return Delivery(
        event_id=f"raw-{identity}",
        source=fit_id(exchange.removesuffix(".events")) or "unknown",
        type=type,
        aggregate=f"raw/{identity}",
        body=body,
        headers=_headers(message),
    )


def _bytes(message: Message) -> bytes:
    return message.body.encode(errors="replace") if isinstance(message.body, str) else bytes(message.body)


def _headers(message: Message) -> dict[str, str | int]:
    """The plain headers, in characters that the database can keep."""
    plain = (message.headers or {}).items()
    return {
        storable(str(key)): storable(value) if isinstance(value, str) else value
        for key, value in plain
        if isinstance(value, str | int)
    }


def _usable(attribute: str | int | None) -> bool:
    """Whether an attribute can serve as a key: text, as it came."""
    return isinstance(attribute, str) and attribute != "" and fit_id(attribute) == attribute


class EventConsumer:
    """A thread that hears and settles events until it is stopped."""

    def __init__(self, url: str, service: str, subscriptions: Iterable[tuple[str, str]], inbox: Inbox) -> None:
        self._url = url
        self._service = service
        self._subscriptions = frozenset(subscriptions)
        self._inbox = inbox
        self._stopping = False
        self._connection: Connection | None = None
        self._pause = SHORTEST_PAUSE
        self.ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"{service}-events", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Ask it to end after what it has in hand."""
        self._stopping = True
        rouse(self._connection)

    def stop(self, timeout: float = 8.0) -> None:
        """Ask it to end, and wait for that."""
        self.ask_to_stop()
        self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stopping:
            try:
                with connect(self._url, heartbeat=HEARTBEAT) as connection, Pulse(connection) as pulse:
                    self._listen(connection, pulse.lock)
            except StoreAway as problem:
                log.warning("events wait", why=problem.code, service=self._service)
                self._rest()
                # Each redelivery counts against the broker's limit: hear again only when it can be settled.
                while not self._stopping and not self._inbox.reachable():
                    self._rest()
            except BusErrors as error:
                if not self._stopping:
                    log.warning("bus away", service=self._service, error=str(error)[:200])
                self._rest()
            except Exception:
                log.exception("hearing events failed", service=self._service)
                self._rest()

    def _rest(self) -> None:
        """Pause, twice as long each time until an event is settled again."""
        self.ready.clear()
        end = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        while not self._stopping and time.monotonic() < end:
            time.sleep(0.05)

    def _listen(self, connection: Connection, writing: AbstractContextManager[Any]) -> None:
        self._connection = connection
        inbox, dead = queues_of(self._service, self._subscriptions)
        for queue in (inbox, dead):
            declare(queue, connection)
        channel = connection.channel()
        # Only what a delivery's callback notes down: a connection that is given up still hands out what was under way,
        # and that must not be settled before what it came after.
        arrived: deque[tuple[Message, bool]] = deque()
        consumers = [
            Consumer(
                channel,
                [queue],
                on_message=lambda message, given_up=given_up: arrived.append((message, given_up)),
                prefetch_count=PREFETCH,
                auto_declare=False,
            )
            for queue, given_up in ((inbox, False), (dead, True))
        ]
        for consumer in consumers:
            consumer.consume()
        self.ready.set()
        # Nobody knows yet what they cost, and perhaps they are what the process before died of.
        size = 1
        while not self._stopping:
            self._gather(connection, arrived, size)
            if connection.heartbeat:
                with writing:
                    connection.heartbeat_check()
            if arrived and not self._stopping:
                batch = [arrived.popleft() for _ in range(min(size, len(arrived)))]
                began = time.monotonic()
                last = self._settle(batch)
                with writing:
                    last.ack(multiple=True)
                size = _paced(len(batch), time.monotonic() - began)
                self._pause = SHORTEST_PAUSE

    def _gather(self, connection: Connection, arrived: Sized, size: int) -> None:
        """Wait for a message, unless there are some, and take what else has come by then."""
        patience = LOOK_UP_EVERY if connection.heartbeat else None
        try:
            while len(arrived) < size and not self._stopping:
                connection.drain_events(timeout=0 if arrived else patience)
        except TimeoutError:
            return

    def _settle(self, batch: Sequence[tuple[Message, bool]]) -> Message:
        """Settle them; returns the last, with which all are to be acknowledged. When the store is away the connection
        is given up with everything on it, so the broker keeps the events, in order, until the store is back."""
        deliveries = []
        for message, given_up in batch:
            if given_up:
                self._inbox.bury(_buried(message), f"the broker gave up after {DELIVERY_LIMIT} deliveries")
                continue
            exchange = str((message.delivery_info or {}).get("exchange") or "")
            try:
                delivery = read(message, exchange)
            except Undecodable as reason:
                self._inbox.bury(raw(message, exchange), str(reason))
                continue
            if (delivery.source, delivery.type) in self._subscriptions:
                deliveries.append(delivery)
            else:
                log.info("event of no concern", type=delivery.type, service=self._service)
        self._inbox.take(deliveries)
        return batch[-1][0]


def _buried(message: Message) -> Delivery:
    """What the broker gave up, as the event it was where it was one, so that it can be redriven."""
    exchange = str((message.headers or {}).get("x-first-death-exchange") or "")
    try:
        return read(message, exchange)
    except Undecodable:
        return raw(message, exchange)


def _paced(events: int, seconds: float) -> int:
    """How many events fit into one :data:`SPELL`, as the last ones went."""
    return max(1, min(BATCH, int(events * SPELL / max(seconds, 0.001))))

"""A bus of the test's own, in memory, and a reader of its queues.

bus = EmbeddedBus()
bus.declare("mail")
bus.send("hello", to="mail")
assert bus.reader("mail").drain().bodies == ["hello"]
bus.close()
"""

from itertools import count
from typing import Any

from kombu import Connection, Consumer, Producer, Queue
from kombu.message import Message

from shared.bus import embedded

_numbers = count(1)


class EmbeddedBus:
    """A broker nobody else uses. ``close`` ends the connections made here and forgets the broker."""

    def __init__(self) -> None:
        self.name = f"test-{next(_numbers)}"
        self.url = f"{embedded.SCHEME}://{self.name}/"
        self._opened: list[Connection] = []

    def connect(self, **transport_options: Any) -> Connection:
        """An open connection."""
        connection = Connection(self.url, transport_options=transport_options)
        self._opened.append(connection)
        return connection.ensure_connection()

    def declare(self, name: str = "mail", **options: Any) -> Queue:
        """Declare a queue, with its exchange and binding where given (see kombu.Queue)."""
        queue = Queue(name, **options)
        queue(self.connect().default_channel).declare()
        return queue

    def send(self, *bodies: Any, to: str = "mail", **options: Any) -> None:
        """Publish each body with this routing key (see kombu.Producer.publish)."""
        producer = Producer(self.connect())
        for body in bodies:
            producer.publish(body, routing_key=to, **options)

    def reader(self, *queues: str, prefetch: int = 0, no_ack: bool = False) -> "Reader":
        return Reader(self.connect(), queues or ("mail",), prefetch=prefetch, no_ack=no_ack)

    def depth(self, name: str = "mail") -> tuple[int, int]:
        """Messages that wait, messages handed over and not settled."""
        return embedded.queue_depths(self.name)[name]

    def close(self) -> None:
        for connection in self._opened:
            connection.release()
        embedded.reset(self.name)


class Reader:
    """A consumer on a connection of its own that keeps what it receives, unsettled."""

    def __init__(self, connection: Connection, queues: tuple[str, ...], *, prefetch: int, no_ack: bool) -> None:
        self.connection = connection
        self.received: list[Message] = []
        self.consumer = Consumer(
            connection.channel(),
            [Queue(name, no_declare=True) for name in queues],
            on_message=self.received.append,
            prefetch_count=prefetch,
            no_ack=no_ack,
        )
        self.consumer.consume()

    @property
    def bodies(self) -> list[Any]:
        return [message.decode() for message in self.received]

    def drain(self) -> "Reader":
        """Take everything that is there for it."""
        while True:
            try:
                self.connection.drain_events(timeout=0)
            except TimeoutError:
                return self

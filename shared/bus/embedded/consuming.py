"""The part of a channel that receives messages and settles them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from amqp.exceptions import ConsumerCancelled

from shared.bus.embedded.broker import refuse
from shared.bus.embedded.envelope import Envelope, Message
from shared.bus.embedded.queues import Consumer, Entry, Queue
from shared.bus.embedded.session import Session

if TYPE_CHECKING:
    from shared.bus.embedded.connection import Connection

_CONSUME, _CANCEL, _GET, _ACK, _REJECT = (60, 20), (60, 30), (60, 70), (60, 80), (60, 90)


@dataclass(slots=True)
class _Delivery:
    """A message that was handed over and waits to be settled; no consumer where ``basic_get`` took it."""

    entry: Entry
    consumer: Consumer | None


class Consuming(Session):
    """Consumers, deliveries and acknowledgements."""

    def __init__(self, connection: "Connection", channel_id: int) -> None:
        super().__init__(connection, channel_id)
        self.no_ack_consumers: set[str] = set()
        self._consumers: dict[str, Consumer] = {}
        self._deliveries: dict[int, _Delivery] = {}
        self._delivery_tags = count(1)
        self._prefetch = 0
        self._shared_prefetch = 0

    def message_to_python(self, raw_message: Message) -> Message:
        """kombu asks for this; what consumers are handed is its message already."""
        return raw_message

    def basic_qos(self, prefetch_size: int = 0, prefetch_count: int = 0, a_global: bool = False) -> None:
        """Limit unsettled messages as RabbitMQ does: of each later consumer, or (global) of the channel."""
        with self._lock:
            self._open()
            if a_global:
                self._shared_prefetch = prefetch_count
                self._hand_out(())
            else:
                self._prefetch = prefetch_count

    def basic_consume(
        self,
        queue: str = "",
        consumer_tag: str = "",
        no_local: bool = False,
        no_ack: bool = False,
        exclusive: bool = False,
        nowait: bool = False,
        callback: Callable[[Message], object] | None = None,
        arguments: dict[str, Any] | None = None,
        on_cancel: Callable[[str], object] | None = None,
    ) -> str:
        """Have messages handed to ``callback`` while the connection is drained; the consumer's tag.

        :raises NotAllowed: the tag is in use on this channel.
        :raises AccessRefused: the queue is consumed exclusively, or shall be and has consumers.
        """
        with self._lock:
            connection, source = self._open(), self._queue(queue, _CONSUME)
            tag = consumer_tag or f"ctag-{uuid4().hex}"
            if tag in self._consumers:
                refuse(530, f"NOT_ALLOWED - attempt to reuse consumer tag '{tag}'", _CONSUME)
            if source.consumers and (exclusive or source.consumers[0].exclusive):
                refuse(403, f"ACCESS_REFUSED - queue '{queue}' in exclusive use", _CONSUME)
            consumer = Consumer(
                tag,
                source,
                self,
                callback,
                on_cancel,
                no_ack=bool(no_ack),
                exclusive=bool(exclusive),
                prefetch=self._prefetch,
            )
            connection.enlist()
            self._consumers[tag] = consumer
            if no_ack:
                self.no_ack_consumers.add(tag)
            source.join(consumer)
            return tag

    def basic_cancel(self, consumer_tag: str, nowait: bool = False) -> None:
        """Stop a consumer. What it has and has not settled stays with the channel."""
        with self._lock:
            connection = self._open()
            consumer = self._consumers.get(consumer_tag)
            if consumer is not None:
                self._part(connection, consumer)
                self._release(connection, [consumer.queue])

    def basic_get(self, queue: str = "", no_ack: bool = False) -> Message | None:
        with self._lock:
            source = self._queue(queue, _GET)
            entry = source.take(no_ack=bool(no_ack))
            if entry is None:
                return None
            tag = next(self._delivery_tags)
            if not no_ack:
                self._deliveries[tag] = _Delivery(entry, None)
            info = {**self._delivery_info(tag, entry), "message_count": len(source.ready)}
        return entry.envelope.open(info, self)

    def basic_ack(self, delivery_tag: int, multiple: bool = False) -> None:
        """Settle one delivery, or all up to it (all there are, where the tag is 0).

        :raises PreconditionFailed: no such delivery waits to be settled.
        """
        with self._lock:
            deliveries = self._take_back(delivery_tag, multiple, _ACK)
            for delivery in deliveries:
                delivery.entry.queue.settle(delivery.entry)
            self._hand_out(deliveries)

    def basic_reject(self, delivery_tag: int, requeue: bool) -> None:
        """Drop a delivery for good, or return it to the front of its queue."""
        with self._lock:
            deliveries = self._take_back(delivery_tag, False, _REJECT)
            for delivery in deliveries:
                if requeue:
                    delivery.entry.queue.put_back(delivery.entry)
                else:
                    delivery.entry.queue.settle(delivery.entry)
            self._hand_out(deliveries)

    def basic_recover(self, requeue: bool = True) -> None:
        """Return everything that is not settled to its queues."""
        with self._lock:
            self._open()
            if self._deliveries:
                deliveries = self._take_back(0, True, _REJECT)
                for delivery in reversed(deliveries):
                    delivery.entry.queue.put_back(delivery.entry)
                self._hand_out(deliveries)

    # From here on: called by the broker and its parts, with the lock held.

    def has_room(self) -> bool:
        if not self._shared_prefetch:
            return True
        promised = sum(consumer.turns for consumer in self._consumers.values() if not consumer.no_ack)
        return promised + len(self._deliveries) < self._shared_prefetch

    def has_room_again(self) -> None:
        """A turn was given up without a message."""
        self._hand_out(())

    def give_turn(self, consumer: Consumer) -> None:
        if self.connection is not None:
            self.connection.give_turn(consumer)

    def delivery(self, consumer: Consumer, entry: Entry) -> Callable[[], None]:
        """Take note that a message goes to a consumer; what the draining thread calls without the lock."""
        tag = next(self._delivery_tags)
        if not consumer.no_ack:
            self._deliveries[tag] = _Delivery(entry, consumer)
        info = {"consumer_tag": consumer.tag, **self._delivery_info(tag, entry)}
        return partial(self._deliver, consumer, entry.envelope, info)

    def lose(self, consumer: Consumer) -> None:
        """The queue of a consumer was deleted under it."""
        if self.connection is not None:
            self._part(self.connection, consumer)
            self.connection.post(partial(self._cancelled, consumer))

    def _stop_consuming(self, connection: "Connection") -> None:
        """Cancel the consumers and return what is not settled, last one first, so that each goes in front."""
        queues = [consumer.queue for consumer in self._consumers.values()]
        for consumer in tuple(self._consumers.values()):
            self._part(connection, consumer)
        for delivery in reversed(self._deliveries.values()):
            delivery.entry.queue.put_back(delivery.entry)
            queues.append(delivery.entry.queue)
        self._deliveries.clear()
        self._release(connection, queues)

    def _part(self, connection: "Connection", consumer: Consumer) -> None:
        connection.withdraw(consumer)
        consumer.queue.leave(consumer)
        self._consumers.pop(consumer.tag, None)
        self.no_ack_consumers.discard(consumer.tag)

    def _release(self, connection: "Connection", queues: Iterable[Queue]) -> None:
        """Consumers have left these queues, or messages come back to them: drop them or serve who remains."""
        for queue in dict.fromkeys(queues):
            if queue.deleted:
                continue
            if queue.auto_delete and queue.abandoned():
                connection.broker.drop(queue)
            else:
                queue.hand_out()

    def _take_back(self, tag: int, multiple: bool, method: tuple[int, int]) -> list[_Delivery]:
        self._open()
        tags = [due for due in self._deliveries if due <= tag or not tag] if multiple else [tag]
        if not multiple and tag not in self._deliveries:
            refuse(406, f"PRECONDITION_FAILED - unknown delivery tag {tag}", method)
        deliveries = [self._deliveries.pop(due) for due in tags]
        for delivery in deliveries:
            if delivery.consumer is not None:
                delivery.consumer.unacked -= 1
        return deliveries

    def _hand_out(self, deliveries: Iterable[_Delivery]) -> None:
        """There is room for others, in the queues of these deliveries and in what the channel shares."""
        queues = [delivery.entry.queue for delivery in deliveries]
        if self._shared_prefetch:
            queues += [consumer.queue for consumer in self._consumers.values()]
        for queue in dict.fromkeys(queues):
            queue.hand_out()

    @staticmethod
    def _delivery_info(tag: int, entry: Entry) -> dict[str, Any]:
        return {
            "delivery_tag": tag,
            "redelivered": entry.redelivered,
            "exchange": entry.envelope.exchange,
            "routing_key": entry.envelope.routing_key,
        }

    # From here on: called by the draining thread, without the lock.

    def _deliver(self, consumer: Consumer, envelope: Envelope, info: dict[str, Any]) -> None:
        if consumer.callback is not None:
            consumer.callback(envelope.open(info, self))

    def _cancelled(self, consumer: Consumer) -> None:
        if consumer.on_cancel is None:
            raise ConsumerCancelled(consumer.tag, _CANCEL)
        consumer.on_cancel(consumer.tag)

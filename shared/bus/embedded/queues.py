"""A queue, the messages in it, and whose turn it is to take one.

Messages wait in one line. A consumer is given the right to take one (a turn) rather than the message itself,
so what nobody has taken yet is never stranded with a consumer that is slow or gone, an expired message is
noticed when it would be handed over, and one that is put back is the next to go out.

Everything here is called with the broker's lock held.
"""

from collections import deque
from collections.abc import Callable
from itertools import takewhile
from time import monotonic
from typing import TYPE_CHECKING, Any

from shared.bus.embedded.envelope import Envelope, Message

if TYPE_CHECKING:
    from shared.bus.embedded.connection import Connection
    from shared.bus.embedded.consuming import Consuming


class Receipt:
    """What a publisher waits for: the queues that still hold its message."""

    __slots__ = ("_open", "_when_settled")

    def __init__(self, queues: int, when_settled: Callable[[], None]) -> None:
        self._open = queues
        self._when_settled: Callable[[], None] | None = when_settled

    def settle_one(self) -> None:
        self._open -= 1
        if not self._open and self._when_settled is not None:
            self._when_settled()

    def forget(self) -> None:
        """The publisher has gone: nobody wants to know."""
        self._when_settled = None


class Entry:
    """One message in one queue. ``position`` is its place in the line, kept when it is put back."""

    __slots__ = ("envelope", "expires_at", "position", "queue", "receipt", "redelivered")

    def __init__(self, queue: "Queue", position: int, envelope: Envelope, receipt: Receipt | None) -> None:
        self.queue = queue
        self.position = position
        self.envelope = envelope
        self.receipt = receipt
        self.redelivered = False
        self.expires_at = None if envelope.lifetime is None else monotonic() + envelope.lifetime

    def expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= monotonic()

    def settle(self) -> None:
        """This queue is done with the message. Settling twice changes nothing."""
        receipt, self.receipt = self.receipt, None
        if receipt is not None:
            receipt.settle_one()


class Consumer:
    """One subscription of one channel to one queue."""

    __slots__ = (
        "callback",
        "channel",
        "exclusive",
        "no_ack",
        "on_cancel",
        "prefetch",
        "queue",
        "tag",
        "turns",
        "unacked",
    )

    def __init__(
        self,
        tag: str,
        queue: "Queue",
        channel: "Consuming",
        callback: Callable[[Message], object] | None,
        on_cancel: Callable[[str], object] | None,
        *,
        no_ack: bool,
        exclusive: bool,
        prefetch: int,
    ) -> None:
        self.tag = tag
        self.queue = queue
        self.channel = channel
        self.callback = callback
        self.on_cancel = on_cancel
        self.no_ack = no_ack
        self.exclusive = exclusive
        self.prefetch = prefetch
        self.turns = 0
        self.unacked = 0

    def has_room(self) -> bool:
        """Whether it may be given one more turn without exceeding a prefetch limit."""
        if self.no_ack:
            return True
        if self.prefetch and self.turns + self.unacked >= self.prefetch:
            return False
        return self.channel.has_room()


class Queue:
    """Messages in order, and the consumers that take them in turn.

    ``arguments`` that count: ``x-single-active-consumer`` (all messages to the consumer that came first, the
    next one takes over when it goes) and ``x-expires`` (milliseconds without a consumer after which the
    queue may be deleted). The others are kept for comparison and have no effect.
    """

    def __init__(
        self,
        name: str,
        *,
        durable: bool = False,
        auto_delete: bool = False,
        owner: "Connection | None" = None,
        arguments: dict[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.durable = durable
        self.auto_delete = auto_delete
        self.owner = owner
        self.arguments = dict(arguments or {})
        self.single_active = bool(self.arguments.get("x-single-active-consumer"))
        self.ready: deque[Entry] = deque()
        self.unacked: dict[int, Entry] = {}
        self.consumers: deque[Consumer] = deque()
        self.bound_to: set[tuple[str, str]] = set()
        self.deleted = False
        self._consumed = False
        self._turns = 0
        self._next_position = 0
        self._expires_after = self.arguments.get("x-expires")
        self._idle_since = monotonic()

    def depth(self) -> tuple[int, int]:
        """Messages that wait, and messages that a consumer has and has not settled."""
        self.drop_expired()
        return len(self.ready), len(self.unacked)

    def offer(self, envelope: Envelope, receipt: Receipt | None = None) -> Entry:
        """Put a message at the end of the line."""
        while self.ready and self.ready[0].expired():
            self.ready.popleft().settle()
        entry = Entry(self, self._next_position, envelope, receipt)
        self._next_position += 1
        self.ready.append(entry)
        self.hand_out()
        return entry

    def hand_out(self) -> None:
        """Give turns while there are more messages than turns, and a consumer with room."""
        while self._turns < len(self.ready):
            consumer = self._whose_turn()
            if consumer is None:
                return
            self._turns += 1
            consumer.channel.give_turn(consumer)

    def take_turn(self, consumer: Consumer) -> Entry | None:
        """Use up a turn: the message at the front, or None when others were quicker or it expired.

        A message taken without acknowledgement is settled by being taken.
        """
        consumer.turns -= 1
        self._turns -= 1
        entry = self.take(no_ack=consumer.no_ack)
        if entry is not None and not consumer.no_ack:
            consumer.unacked += 1
        return entry

    def take(self, *, no_ack: bool) -> Entry | None:
        """The first message that has not expired."""
        self._idle_since = monotonic()
        while self.ready:
            entry = self.ready.popleft()
            if entry.expired():
                entry.settle()
            elif no_ack:
                entry.settle()
                return entry
            else:
                self.unacked[entry.position] = entry
                return entry
        return None

    def settle(self, entry: Entry) -> None:
        """The consumer is done with the message."""
        self.unacked.pop(entry.position, None)
        entry.settle()

    def put_back(self, entry: Entry) -> None:
        """Return a message to its place at the front. Who gets it next is told that it was out before."""
        self.unacked.pop(entry.position, None)
        if self.deleted:
            return
        entry.redelivered = True
        earlier = takewhile(lambda other: other.position < entry.position, self.ready)
        self.ready.insert(sum(1 for _ in earlier), entry)

    def join(self, consumer: Consumer) -> None:
        self._consumed = True
        self.consumers.append(consumer)
        self.hand_out()

    def leave(self, consumer: Consumer) -> None:
        """Take a consumer out of the rotation, with the turns it has not used."""
        self.consumers.remove(consumer)
        self._turns -= consumer.turns
        consumer.turns = 0
        self._idle_since = monotonic()

    def purge(self) -> int:
        """Settle all that wait; how many."""
        entries = list(self.ready)
        self.ready.clear()
        for entry in entries:
            entry.settle()
        return len(entries)

    def drop_expired(self) -> None:
        expired = {entry.position: entry for entry in self.ready if entry.expired()}
        if expired:
            self.ready = deque(entry for entry in self.ready if entry.position not in expired)
            for entry in expired.values():
                entry.settle()

    def discard(self) -> None:
        """The queue is deleted: everything in it is settled, what consumers still hold too."""
        self.deleted = True
        self.purge()
        for entry in self.unacked.values():
            entry.settle()
        self.unacked.clear()

    def abandoned(self) -> bool:
        """Whether its last consumer has gone; one that never had a consumer still waits for the first."""
        return self._consumed and not self.consumers

    def touch(self) -> None:
        """Somebody declared the queue: its time without use begins anew."""
        self._idle_since = monotonic()

    def outlived(self) -> bool:
        """Whether it has been without a consumer for longer than ``x-expires`` allows."""
        if self._expires_after is None or self.consumers:
            return False
        return monotonic() - self._idle_since > float(self._expires_after) / 1000

    def _whose_turn(self) -> Consumer | None:
        if self.single_active:
            first = self.consumers[0] if self.consumers else None
            return first if first is not None and first.has_room() else None
        for _ in range(len(self.consumers)):
            consumer = self.consumers[0]
            self.consumers.rotate(-1)
            if consumer.has_room():
                return consumer
        return None

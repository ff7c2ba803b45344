"""Exchanges: which queues a message reaches."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from shared.bus.embedded.queues import Queue

KINDS = frozenset({"direct", "topic", "fanout"})


def topic_matches(pattern: str, routing_key: str) -> bool:
    """Whether a topic pattern covers a routing key: ``*`` is one word, ``#`` none or more.

    kombu's virtual exchanges want at least one word for ``#``; RabbitMQ does not, and this follows it.
    """
    words = routing_key.split(".") if routing_key else []
    reached = {0}
    for part in pattern.split(".") if pattern else []:
        if part == "#":
            reached = set(range(min(reached), len(words) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(words) and part in ("*", words[at])}
        if not reached:
            return False
    return len(words) in reached


@dataclass(slots=True, eq=False)
class Exchange:
    """A named exchange with its bindings, in the order in which they were made."""

    name: str
    kind: str
    durable: bool = True
    auto_delete: bool = False
    arguments: dict[str, Any] = field(default_factory=dict)
    bindings: dict[tuple[str, Queue], None] = field(default_factory=dict)

    def bind(self, queue: Queue, key: str) -> None:
        self.bindings[key, queue] = None
        queue.bound_to.add((self.name, key))

    def unbind(self, queue: Queue, key: str) -> None:
        """Take the binding away; one that is not there is already gone, as RabbitMQ sees it."""
        self.bindings.pop((key, queue), None)
        queue.bound_to.discard((self.name, key))

    def reached_by(self, routing_key: str) -> Iterator[Queue]:
        """Queues that a message with this key reaches; one may come twice."""
        for key, queue in self.bindings:
            if self._covers(key, routing_key):
                yield queue

    def _covers(self, key: str, routing_key: str) -> bool:
        if self.kind == "topic":
            return topic_matches(key, routing_key)
        return self.kind == "fanout" or key == routing_key

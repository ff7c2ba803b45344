"""A broker in memory: exchanges, queues and the connections to it, under one lock.

There is one broker a name and process, made when it is first spoken of and kept until it is reset.
Everything here except ``broker_named``, ``reset`` and ``queue_depths`` is called with the broker's lock held,
and nothing calls back into user code while it is.
"""

import threading
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import uuid4

from amqp.exceptions import ChannelError, error_for_code

from shared.bus.embedded.queues import Queue
from shared.bus.embedded.routing import KINDS, Exchange

if TYPE_CHECKING:
    from shared.bus.embedded.connection import Connection

_ROUTES_KEPT = 4096

_DECLARE_EXCHANGE, _DELETE_EXCHANGE = (40, 10), (40, 20)
_DECLARE_QUEUE, _BIND_QUEUE, _DELETE_QUEUE = (50, 10), (50, 20), (50, 40)
_PUBLISH = (60, 40)


def refuse(code: int, text: str, method: tuple[int, int]) -> NoReturn:
    """Raise the exception that py-amqp raises for this AMQP reply code."""
    raise error_for_code(code, text, method, ChannelError)


class Broker:
    """Routes messages to queues and keeps who is connected."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lock = threading.Lock()
        self.connections: set[Connection] = set()
        self.queues: dict[str, Queue] = {}
        self.exchanges = {f"amq.{kind}": Exchange(f"amq.{kind}", kind) for kind in KINDS}
        self.routes: dict[tuple[str, str], tuple[Queue, ...]] = {}

    def route(self, exchange: str, routing_key: str) -> tuple[Queue, ...]:
        """Queues that a message reaches, each once, in the order of binding.

        :raises NotFound: there is no such exchange.
        """
        address = (exchange, routing_key)
        found = self.routes.get(address)
        if found is None:
            if not exchange:
                queue = self.queues.get(routing_key)
                found = () if queue is None else (queue,)
            else:
                found = tuple(dict.fromkeys(self._exchange(exchange, _PUBLISH).reached_by(routing_key)))
            if len(self.routes) >= _ROUTES_KEPT:
                self.routes.clear()
            self.routes[address] = found
        return found

    def declare_exchange(
        self,
        name: str,
        kind: str,
        *,
        passive: bool,
        durable: bool,
        auto_delete: bool,
        arguments: dict[str, Any],
    ) -> None:
        """Make an exchange, or see that the one there is the same.

        :raises NotFound: passive, and there is none.
        :raises PreconditionFailed: there is one that differs.
        :raises InvalidCommand: a kind that this broker does not have.
        """
        if passive:
            self._exchange(name, _DECLARE_EXCHANGE)
            return
        if kind not in KINDS:
            refuse(503, f"COMMAND_INVALID - unknown exchange type '{kind}'", _DECLARE_EXCHANGE)
        there = self.exchanges.get(name)
        if there is None:
            self.exchanges[name] = Exchange(name, kind, durable, auto_delete, arguments)
            self.routes.clear()
        elif (there.kind, there.durable, there.auto_delete, there.arguments) != (
            kind,
            durable,
            auto_delete,
            arguments,
        ):
            refuse(406, f"PRECONDITION_FAILED - inequivalent exchange '{name}'", _DECLARE_EXCHANGE)

    def delete_exchange(self, name: str, *, if_unused: bool) -> None:
        """Remove an exchange and its bindings.

        :raises PreconditionFailed: ``if_unused``, and queues are bound to it.
        """
        exchange = self.exchanges.get(name)
        if exchange is None:
            return
        if if_unused and exchange.bindings:
            refuse(406, f"PRECONDITION_FAILED - exchange '{name}' in use", _DELETE_EXCHANGE)
        for key, queue in tuple(exchange.bindings):
            exchange.unbind(queue, key)
        del self.exchanges[name]
        self.routes.clear()

    def declare_queue(
        self,
        name: str,
        connection: "Connection",
        *,
        passive: bool,
        durable: bool,
        exclusive: bool,
        auto_delete: bool,
        arguments: dict[str, Any],
    ) -> Queue:
        """Make a queue, or see that the one there is the same.

        :raises NotFound: passive, and there is none.
        :raises ResourceLocked: it is another connection's own.
        :raises PreconditionFailed: there is one that differs.
        """
        self._drop_outlived()
        name = name or f"amq.gen-{uuid4().hex}"
        if passive or name in self.queues:
            queue = self.queue(name, connection, _DECLARE_QUEUE)
            if not passive and (
                queue.durable,
                queue.owner is not None,
                queue.auto_delete,
                queue.arguments,
            ) != (durable, exclusive, auto_delete, arguments):
                refuse(406, f"PRECONDITION_FAILED - inequivalent queue '{name}'", _DECLARE_QUEUE)
            queue.touch()
            return queue
        queue = self.queues[name] = Queue(
            name,
            durable=durable,
            auto_delete=auto_delete,
            owner=connection if exclusive else None,
            arguments=arguments,
        )
        self.routes.clear()
        return queue

    def queue(self, name: str, connection: "Connection", method: tuple[int, int]) -> Queue:
        """The queue of this name, for use by this connection.

        :raises NotFound: there is none.
        :raises ResourceLocked: it is another connection's own.
        """
        queue = self.queues.get(name)
        if queue is None:
            refuse(404, f"NOT_FOUND - no queue '{name}' in broker '{self.name}'", method)
        if queue.owner not in (None, connection):
            refuse(405, f"RESOURCE_LOCKED - queue '{name}' belongs to another connection", method)
        return queue

    def delete_queue(
        self, name: str, connection: "Connection", *, if_unused: bool = False, if_empty: bool = False
    ) -> int:
        """Remove a queue with its messages, and tell its consumers; how many messages it held.

        :raises PreconditionFailed: ``if_unused`` with consumers, ``if_empty`` with messages.
        """
        if name not in self.queues:
            return 0
        queue = self.queue(name, connection, _DELETE_QUEUE)
        if if_unused and queue.consumers:
            refuse(406, f"PRECONDITION_FAILED - queue '{name}' in use", _DELETE_QUEUE)
        if if_empty and queue.ready:
            refuse(406, f"PRECONDITION_FAILED - queue '{name}' not empty", _DELETE_QUEUE)
        held = len(queue.ready)
        self.drop(queue)
        return held

    def bind(self, queue: str, connection: "Connection", exchange: str, key: str) -> None:
        """
        :raises NotFound: no such queue or exchange.
        :raises AccessRefused: every queue is bound to the default exchange by its name, and only so.
        """
        target = self.queue(queue, connection, _BIND_QUEUE)
        if not exchange:
            refuse(403, "ACCESS_REFUSED - operation not permitted on the default exchange", _BIND_QUEUE)
        self._exchange(exchange, _BIND_QUEUE).bind(target, key)
        self.routes.clear()

    def unbind(self, queue: str, exchange: str, key: str) -> None:
        target, source = self.queues.get(queue), self.exchanges.get(exchange)
        if target is not None and source is not None:
            source.unbind(target, key)
            self._drop_unbound(source)
            self.routes.clear()

    def drop(self, queue: Queue) -> None:
        """Delete a queue: settle what it holds, unbind it, cancel its consumers."""
        del self.queues[queue.name]
        self.routes.clear()
        for name, key in tuple(queue.bound_to):
            exchange = self.exchanges[name]
            exchange.unbind(queue, key)
            self._drop_unbound(exchange)
        queue.discard()
        for consumer in tuple(queue.consumers):
            consumer.channel.lose(consumer)

    def disconnect_all(self) -> None:
        for connection in tuple(self.connections):
            connection.hang_up()

    def _exchange(self, name: str, method: tuple[int, int]) -> Exchange:
        exchange = self.exchanges.get(name)
        if exchange is None:
            refuse(404, f"NOT_FOUND - no exchange '{name}' in broker '{self.name}'", method)
        return exchange

    def _drop_unbound(self, exchange: Exchange) -> None:
        if exchange.auto_delete and not exchange.bindings:
            self.exchanges.pop(exchange.name, None)

    def _drop_outlived(self) -> None:
        for queue in [queue for queue in self.queues.values() if queue.outlived()]:
            self.drop(queue)


_brokers: dict[str, Broker] = {}


def broker_named(name: str) -> Broker:
    """The broker of this name, made now if there is none. Names are host names: case does not count."""
    key = name.lower()
    return _brokers.get(key) or _brokers.setdefault(key, Broker(key))


def reset(broker_name: str) -> None:
    """Forget a broker: close its connections and drop all that it holds, without confirming any of it.

    Who still has a connection finds it closed and, by kombu's usual means, connects to a new, empty broker.
    """
    broker = _brokers.pop(broker_name.lower(), None)
    if broker is not None:
        with broker.lock:
            broker.disconnect_all()


def queue_depths(broker_name: str) -> dict[str, tuple[int, int]]:
    """Queue name → (messages that wait, messages handed to a consumer and not yet settled).

    A broker that nobody has spoken of has no queues, and asking does not make it.
    """
    broker = _brokers.get(broker_name.lower())
    if broker is None:
        return {}
    with broker.lock:
        return {name: queue.depth() for name, queue in broker.queues.items()}

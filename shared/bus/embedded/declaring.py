"""The part of a channel that makes, binds and removes queues and exchanges. The defaults are py-amqp's."""

from typing import Any

from amqp.protocol import queue_declare_ok_t
from kombu.transport import base

from shared.bus.embedded.session import Session

_PURGE = (50, 30)


class Declaring(Session):
    """Declarations. What they refuse, and how, is the broker's to say."""

    def exchange_declare(
        self,
        exchange: str,
        type: str = "direct",
        passive: bool = False,
        durable: bool = False,
        auto_delete: bool = True,
        nowait: bool = False,
        arguments: dict[str, Any] | None = None,
    ) -> None:
        with self._lock:
            self._open().broker.declare_exchange(
                exchange,
                type,
                passive=bool(passive),
                durable=bool(durable),
                auto_delete=bool(auto_delete),
                arguments=dict(arguments or {}),
            )

    def exchange_delete(self, exchange: str, if_unused: bool = False, nowait: bool = False) -> None:
        with self._lock:
            self._open().broker.delete_exchange(exchange, if_unused=bool(if_unused))

    def queue_declare(
        self,
        queue: str = "",
        passive: bool = False,
        durable: bool = False,
        exclusive: bool = False,
        auto_delete: bool = True,
        nowait: bool = False,
        arguments: dict[str, Any] | None = None,
    ) -> queue_declare_ok_t:
        """Name, messages that wait, consumers. Without a name the broker gives one."""
        with self._lock:
            connection = self._open()
            declared = connection.broker.declare_queue(
                queue,
                connection,
                passive=bool(passive),
                durable=bool(durable),
                exclusive=bool(exclusive),
                auto_delete=bool(auto_delete),
                arguments=dict(arguments or {}),
            )
            return queue_declare_ok_t(declared.name, declared.depth()[0], len(declared.consumers))

    def queue_delete(
        self, queue: str = "", if_unused: bool = False, if_empty: bool = False, nowait: bool = False
    ) -> int:
        with self._lock:
            connection = self._open()
            return connection.broker.delete_queue(queue, connection, if_unused=bool(if_unused), if_empty=bool(if_empty))

    def queue_purge(self, queue: str = "", nowait: bool = False) -> int:
        with self._lock:
            return self._queue(queue, _PURGE).purge()

    def queue_bind(
        self,
        queue: str,
        exchange: str = "",
        routing_key: str = "",
        nowait: bool = False,
        arguments: dict[str, Any] | None = None,
    ) -> None:
        with self._lock:
            connection = self._open()
            connection.broker.bind(queue, connection, exchange, routing_key)

    def queue_unbind(
        self,
        queue: str,
        exchange: str,
        routing_key: str = "",
        nowait: bool = False,
        arguments: dict[str, Any] | None = None,
    ) -> None:
        with self._lock:
            self._open().broker.unbind(queue, exchange, routing_key)

    def prepare_queue_arguments(self, arguments: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        prepared: dict[str, Any] = base.to_rabbitmq_queue_arguments(arguments, **kwargs)
        return prepared

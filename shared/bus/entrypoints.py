"""nameko's entry points, as this chassis uses them.

The RPC path is nameko's own: queue ``rpc-<service>``, exchange ``nameko-rpc``, acknowledged after the answer. Three
things are added. A request that cannot be read is answered instead of vanishing; nothing that arrives, and no answer
that cannot be sent, ends the service (nameko takes an error on this path for a reason to stop for good); and stopping
is prompt.
"""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import structlog
from kombu.exceptions import KombuError
from nameko.extensions import register_entrypoint
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer, get_rpc_exchange

from shared.bus.connection import BusErrors
from shared.errors import Malformed

log = structlog.get_logger()

LOOK_UP_EVERY = 0.2
"""Seconds after which a consumer that hears nothing looks whether it shall stop."""

JSON = "application/json"


class OperationQueueConsumer(QueueConsumer):
    """nameko's consumer, quicker to stop and with an answer to requests it cannot read."""

    def consume(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        yield from super().consume(*args, **{"safety_interval": LOOK_UP_EVERY, **kwargs})

    def on_decode_error(self, message: Any, error: Exception) -> None:
        self.refuse(message, str(error)[:200])

    def refuse(self, message: Any, why: str) -> None:
        """Answer a request that no operation can be given, if it says where to."""
        log.warning("a request that cannot be read", why=why)
        problem = Malformed("请求无法解读", f"The request cannot be read: {why}")
        reply_to = message.properties.get("reply_to")
        try:
            if reply_to:
                answer = {"result": {"status": problem.status, "problem": problem.as_dict("zh")}, "error": None}
                reply = message.channel.prepare_message(
                    orjson.dumps(answer).decode(),
                    content_type=JSON,
                    content_encoding="utf-8",
                    properties={"correlation_id": message.properties.get("correlation_id"), "delivery_mode": 1},
                )
                exchange = get_rpc_exchange(self.container.config).name
                message.channel.basic_publish(reply, exchange=exchange, routing_key=reply_to)
            message.ack()
        except BusErrors as lost:
            log.warning("bus away", error=str(lost)[:200])


class OperationConsumer(RpcConsumer):
    queue_consumer = OperationQueueConsumer()

    def handle_message(self, body: Any, message: Any) -> None:
        wrong = _wrong_with(body, message)
        if wrong is None:
            super().handle_message(body, message)
        else:
            self.queue_consumer.refuse(message, wrong)

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        try:
            result, exc_info = super().handle_result(message, result, exc_info)
        except (*BusErrors, KombuError) as error:
            # What was asked has been done. Left unacknowledged it would be done again for a caller that is gone.
            log.warning("an answer could not be sent", error=str(error)[:200])
            try:
                self.queue_consumer.ack_message(message)
            except BusErrors:
                log.warning("a request will come again: it could not be acknowledged")
        return result, exc_info


def _wrong_with(body: Any, message: Any) -> str | None:
    """Why ``message`` is no request in nameko's form; None where it is one."""
    if message.content_type != JSON:
        return "not application/json"
    if not isinstance(body, dict) or not isinstance(body.get("kwargs"), dict) or body.get("args") != []:
        return "not {args: [], kwargs: {…}}"
    if not message.properties.get("reply_to"):
        return "without an address for the answer"
    return None


class OperationEntrypoint(Rpc):
    """Serves an operation over RPC. What the operation is, its method's ``operation`` attribute says."""

    rpc_consumer = OperationConsumer()


def register(function: Callable[..., Any], entrypoint: Any) -> Callable[..., Any]:
    """Put ``entrypoint`` on a service's method, as nameko's decorators do."""
    register_entrypoint(function, entrypoint)
    return function

"""nameko's entry points, as this chassis uses them.

On the wire the RPC path is nameko's own: queue ``rpc-<service>``, exchange ``nameko-rpc``, acknowledged after the
answer. What differs is how a request passes through:

* Its answer goes back transient, without confirms, on the channel it came on and before its acknowledgement. The broker
  takes the two in this order, so where the answer is lost the request was not acknowledged and comes again.
* Nothing that arrives, and no answer that cannot be sent, ends the service (nameko takes an error on this path for a
  reason to stop for good). A request that cannot be read is answered instead of vanishing.
* A request goes from the consumer straight to a worker where one is free.
* The queue outlives its last consumer by the setting ``absence`` only: a short restart finds the requests that waited,
  and a call to a service that is away for longer is known at once to reach nobody.
* Stopping is prompt, and finishes and answers what is in hand.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import orjson
import structlog
from amqp.exceptions import PreconditionFailed
from kombu import Queue
from nameko.exceptions import ContainerBeingKilled, MethodNotFound, UnserializableValueError, serialize
from nameko.extensions import register_entrypoint
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer

from shared.bus.client import EXCHANGE
from shared.bus.connection import LARGEST_MESSAGE, BusErrors, unopened
from shared.bus.declaring import declare
from shared.errors import Broken, Malformed, Problem

log = structlog.get_logger()

LOOK_UP_EVERY = 0.2
"""Seconds after which a consumer that hears nothing looks whether it shall stop."""

ABSENCE_KEY = "ABSENCE"
"""Where nameko's configuration holds for how many seconds requests wait for a service that has no process any more."""

JSON = "application/json"
NAMEKO = "nameko."
"""What nameko's own clients put before the names of their headers."""


class OperationQueueConsumer(QueueConsumer):
    """nameko's consumer: quick to stop, and it stays until what it has handed out is settled."""

    def __init__(self) -> None:
        super().__init__()
        self._in_hand = 0

    @property
    def connection(self) -> Any:
        return unopened(self.amqp_uri)

    def consume(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        yield from super().consume(*args, **{"safety_interval": LOOK_UP_EVERY, **kwargs})

    def get_consumers(self, consumer_cls: Callable[..., Any], channel: Any) -> Iterable[Any]:
        """Consumers that hand over messages as they came: kombu's decoding is slower than what we need of it."""
        for provider in self._providers:
            have(provider.queue, channel.connection)
            take = partial(self.hand_over, provider)
            consumer = consumer_cls(queues=[provider.queue], on_message=take, auto_declare=False)
            consumer.qos(prefetch_count=self.prefetch_count)
            self._consumers[provider] = consumer
        return list(self._consumers.values())

    def on_iteration(self) -> None:
        self._cancel_consumers_if_requested()
        # The workers' answers go out on this connection.
        if not self._consumers and not self._in_hand:
            self.should_stop = True

    def hand_over(self, provider: "OperationConsumer", message: Any) -> None:
        self._in_hand += 1
        take = partial(provider.take, message)
        if self.container.has_room():
            take()
        else:
            self.container.spawn_managed_thread(take, identifier="a request that waits for a worker")

    def on_decode_error(self, message: Any, error: Exception) -> None:
        self._in_hand += 1
        self.refuse(message, str(error)[:200])

    def refuse(self, message: Any, why: str) -> None:
        """Answer a request that no operation can be given, if it says where to."""
        log.warning("a request that cannot be read", why=why)
        self.answer(message, problem_body(Malformed("请求无法解读", f"The request cannot be read: {why}")))

    def answer(self, message: Any, body: bytes) -> None:
        """Send the answer to a request, then acknowledge it. With the connection gone, the request comes again."""
        properties = message.properties
        reply_to = properties.get("reply_to")
        channel = message.channel
        try:
            if reply_to:
                reply = channel.prepare_message(
                    body,
                    content_type=JSON,
                    content_encoding="utf-8",
                    properties={"correlation_id": properties.get("correlation_id"), "delivery_mode": 1},
                )
                channel.basic_publish(reply, exchange=EXCHANGE, routing_key=reply_to)
            message.ack()
        except BusErrors as lost:
            log.warning("an answer could not be sent: its request will come again", error=str(lost)[:200])
        finally:
            self._in_hand -= 1

    def give_back(self, message: Any) -> None:
        """Let another process have a request."""
        try:
            self.requeue_message(message)
        except BusErrors as lost:
            log.warning("bus away", error=str(lost)[:200])
        finally:
            self._in_hand -= 1


def have(queue: Queue, connection: Any) -> None:
    """Declare a queue. One that is there and differs, from another version or setting, is used as it is."""
    try:
        declare(queue, connection)
    except PreconditionFailed as differs:
        log.warning(
            "a queue is used as it is: delete it to have it made anew", queue=queue.name, why=str(differs)[:200]
        )


class OperationConsumer(RpcConsumer):
    """Finds the operation that a request is for, and gives back its answer."""

    queue_consumer = OperationQueueConsumer()

    def __init__(self) -> None:
        super().__init__()
        self._by_routing_key: dict[str, OperationEntrypoint] = {}

    def setup(self) -> None:
        super().setup()
        self.queue.expires = self.container.config[ABSENCE_KEY]

    def register_provider(self, provider: "OperationEntrypoint") -> None:
        super().register_provider(provider)
        self._by_routing_key[f"{self.container.service_name}.{provider.method_name}"] = provider

    def take(self, message: Any) -> None:
        """Have a request carried out, or say why not."""
        try:
            arguments = read(message)
        except ValueError as wrong:
            self.queue_consumer.refuse(message, str(wrong)[:200])
            return
        routing_key = message.delivery_info["routing_key"]
        provider = self._by_routing_key.get(routing_key)
        if provider is None:
            error = serialize(MethodNotFound(routing_key.rpartition(".")[2]))
            self.queue_consumer.answer(message, orjson.dumps({"result": None, "error": error}))
            return
        provider.take(arguments, message)

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        try:
            error = None if exc_info is None else serialize(exc_info[1])
            body = orjson.dumps({"result": result, "error": error})
        except TypeError:
            exc_info = sys.exc_info()
            body = orjson.dumps({"result": None, "error": serialize(UnserializableValueError(result))})
            result = None
        if len(body) > LARGEST_MESSAGE:
            # The broker would close the channel, and the request would come again, for ever.
            log.error("an answer is larger than the bus takes", size=len(body))
            body = problem_body(
                Broken("答复过大，无法送达", "The answer is too large to send", code="answer-too-large")
            )
        self.queue_consumer.answer(message, body)
        return result, exc_info


def read(message: Any) -> dict[str, Any]:
    """The arguments in a request in nameko's form, ``{"args": [], "kwargs": {…}}``; ValueError where it is none."""
    if message.content_type != JSON:
        raise ValueError("not application/json")
    if not message.properties.get("reply_to"):
        raise ValueError("without an address for the answer")
    body = orjson.loads(message.body)
    if not isinstance(body, dict) or not isinstance(body.get("kwargs"), dict) or body.get("args") != []:
        raise ValueError("not {args: [], kwargs: {…}}")
    arguments: dict[str, Any] = body["kwargs"]
    return arguments


def problem_body(problem: Problem) -> bytes:
    return orjson.dumps({"result": {"status": problem.status, "problem": problem.as_dict("zh")}, "error": None})


class OperationEntrypoint(Rpc):
    """Serves an operation over RPC. What the operation is, its method's ``operation`` attribute says."""

    rpc_consumer = OperationConsumer()

    def take(self, arguments: dict[str, Any], message: Any) -> None:
        """Start a worker on a request. nameko's check of the arguments is left to the operation's schema."""
        headers = {str(name).removeprefix(NAMEKO): value for name, value in message.headers.items()}
        headers["redelivered"] = message.delivery_info["redelivered"]
        settle = partial(self.handle_result, message)
        try:
            self.container.spawn_worker(self, (), arguments, context_data=headers, handle_result=settle)
        except ContainerBeingKilled:
            self.rpc_consumer.queue_consumer.give_back(message)


def register(function: Callable[..., Any], entrypoint: Any) -> Callable[..., Any]:
    """Put ``entrypoint`` on a service's method, as nameko's decorators do."""
    register_entrypoint(function, entrypoint)
    return function

"""The RPC client: one connection a process, any number of threads, every call answered or failed by its deadline.

It speaks nameko's RPC protocol (exchange ``nameko-rpc``, routing key ``<service>.<operation>``) without nameko. One
thread reads replies and hands each to the caller waiting for it; an unknown service comes back as unroutable and is
known at once; a lost connection fails the calls in flight with a clear problem and is opened again by the next call.
"""

import itertools
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson
import structlog
from kombu import Connection

from shared import clock
from shared.bus.connection import LARGEST_MESSAGE, BusErrors, Heart, blocked, connect, sever
from shared.bus.declaring import have_exchange
from shared.errors import Broken, DeadlineExceeded, Malformed, NotFound, Problem, TooLarge, Unavailable

log = structlog.get_logger()

EXCHANGE = "nameko-rpc"
CONNECT_SECONDS = 5.0


def away(service: str) -> Unavailable:
    """The problem that says ``service`` is not there just now."""
    return Unavailable(
        f"服务 {service} 暂不可用，请稍后再试",
        f"The service {service} is away: try again shortly",
        code="service-away",
        retry_after=5,
    )


def _bus_away() -> Unavailable:
    return Unavailable(
        "消息总线暂不可用，请稍后再试",
        "The message bus is away: try again shortly",
        code="bus-away",
        retry_after=2,
    )


def bus_blocked() -> Unavailable:
    """The problem that says that the broker is there and takes nothing."""
    return Unavailable(
        "消息总线暂停收件（内存或磁盘不足），请稍后再试",
        "The message bus takes nothing just now (it is short of memory or disk): try again shortly",
        code="bus-blocked",
        retry_after=5,
    )


def _failure(service: str, operation: str, error: Mapping[str, Any]) -> Problem:
    """The problem behind an error of nameko's own; operations answer theirs as problems."""
    kind = error.get("exc_type")
    if kind == "MethodNotFound":
        return NotFound(
            f"服务 {service} 没有 {operation} 这项操作",
            f"The service {service} has no operation {operation}",
            code="unknown-operation",
        )
    if kind in ("IncorrectSignature", "MalformedRequest"):
        return Malformed("请求参数的形式有误", "The arguments of the request have the wrong form")
    log.error("rpc failed", service=service, operation=operation, error=str(error)[:500])
    return Broken("系统内部错误", f"{service} could not carry out {operation}")


class _Call:
    """A call in flight: a lock, which whoever has its outcome opens. A Future would make a condition and two locks of
    each call, which are dear where gevent stands in for threads."""

    __slots__ = ("_open", "_outcome", "service")

    def __init__(self, service: str) -> None:
        self.service = service
        self._outcome: bytes | str | Problem | None = None
        self._open = threading.Lock()
        self._open.acquire()

    def settle(self, outcome: bytes | str | Problem) -> None:
        """Wake the caller with the reply or with what it failed with. Once only: whoever takes the call out of those
        in flight."""
        self._outcome = outcome
        self._open.release()

    def wait(self, seconds: float) -> bytes | str:
        """The reply. Raises TimeoutError after ``seconds``, and what the call failed with."""
        if not self._open.acquire(timeout=max(0.0, seconds)):
            raise TimeoutError
        if isinstance(self._outcome, Problem):
            raise self._outcome
        assert self._outcome is not None
        return self._outcome


class _Line:
    """One open connection: its reply queue, its reader and the calls in flight on it."""

    def __init__(self, url: str, patience: float) -> None:
        self.connection: Connection = connect(url, patience=patience)
        self.lock = threading.Lock()
        self._pending: dict[str, _Call] = {}
        self._ids = map(str, itertools.count(1))
        self.lost = False
        # Whose it is, so that the broker can let nobody else have a queue of this name, or bind one to this address.
        self.reply_to = f"{self.connection.userid or 'anybody'}-{uuid.uuid4()}"
        try:
            self.channel: Any = self._listen()
        except BusErrors:
            self.connection.release()
            raise
        self._heart = Heart(self.connection, self.lock)
        self._reader = threading.Thread(target=self._read, name="rpc-replies", daemon=True)
        self._reader.start()
        self._heart.start()

    def _listen(self) -> Any:
        have_exchange(self.connection, EXCHANGE, "topic")
        channel = self.connection.channel()
        queue = f"rpc.reply-{self.reply_to}"
        channel.queue_declare(queue=queue, durable=False, exclusive=True, auto_delete=True)
        channel.queue_bind(queue=queue, exchange=EXCHANGE, routing_key=self.reply_to)
        channel.basic_consume(queue=queue, no_ack=True, callback=self._reply, consumer_tag=queue)
        channel.events["basic_return"].add(self._returned)
        return channel

    def send(
        self, service: str, operation: str, body: bytes, headers: Mapping[str, Any], seconds: float
    ) -> tuple[str, _Call]:
        """Send a call; its id, and the call to wait for. The broker drops it when its time is over."""
        call_id = next(self._ids)  # no other line hears what comes to this one's address
        call = self._pending[call_id] = _Call(service)
        message = self.channel.prepare_message(
            body,
            content_type="application/json",
            content_encoding="utf-8",
            headers=dict(headers),
            properties={
                "reply_to": self.reply_to,
                "correlation_id": call_id,
                "delivery_mode": 1,
                "expiration": str(max(1, int(seconds * 1000))),
            },
        )
        try:
            self._publish(message, f"{service}.{operation}", time.monotonic() + seconds)
        except BaseException:
            self.forget(call_id)
            raise
        if self.lost:
            self._fail_all()
        return call_id, call

    def _publish(self, message: Any, routing_key: str, end: float) -> None:
        """One at a time. Where the peer does not take the message until ``end``, half of it has gone out and the line
        is lost: one of BusErrors."""
        if not self.lock.acquire(timeout=max(0.0, end - time.monotonic())):
            raise _bus_away()
        try:
            left = max(0.001, end - time.monotonic())
            self.channel.basic_publish(
                message, exchange=EXCHANGE, routing_key=routing_key, mandatory=True, timeout=left
            )
        finally:
            self.lock.release()

    @property
    def blocked(self) -> bool:
        """Whether the broker takes nothing over this line just now."""
        return blocked(self.connection)

    def forget(self, call_id: str) -> None:
        self._pending.pop(call_id, None)

    def _read(self) -> None:
        try:
            while not self.lost:
                with suppress(TimeoutError):
                    self.connection.drain_events()
        except BusErrors as error:
            if not self.lost:
                log.warning("rpc connection lost", error=str(error)[:200])
        finally:
            self.lost = True
            self._heart.stop()
            self._fail_all()
            self._release()

    def _fail_all(self) -> None:
        for call_id in list(self._pending):
            call = self._pending.pop(call_id, None)
            if call is not None:
                call.settle(_bus_away())

    def _reply(self, message: Any) -> None:
        call = self._taken(message)
        if call is not None:
            call.settle(message.body)

    def _returned(self, _error: Any, _exchange: str, _routing_key: str, message: Any) -> None:
        call = self._taken(message)
        if call is not None:
            call.settle(away(call.service))

    def _taken(self, message: Any) -> _Call | None:
        """The call that ``message`` is about, no longer in flight; None where it was given up."""
        return self._pending.pop(str(message.properties.get("correlation_id")), None)

    def close(self) -> None:
        """End it from any thread: calls in flight fail, and the reader, which waits on the socket, lets go of it."""
        self.lost = True
        self._heart.stop()
        if not sever(self.connection):
            self._release()

    def _release(self) -> None:
        with self.lock, suppress(*BusErrors):
            self.connection.release()


class RpcClient:
    """Calls operations of services. Thread-safe; open it after forking, not before."""

    def __init__(self, url: str, *, deadline: float = 15.0) -> None:
        self._url = url
        self._deadline = deadline
        self._line: _Line | None = None
        self._opening = threading.Lock()
        self._failed_at = float("-inf")

    def call(
        self,
        service: str,
        operation: str,
        arguments: Mapping[str, Any],
        *,
        headers: Mapping[str, Any] | None = None,
        deadline: float | None = None,
    ) -> dict[str, Any]:
        """The answer of an operation, as its service gave it (see shared.api.execution).

        ``deadline`` is in seconds from now. Raises :class:`Unavailable` when the bus or the service is away and
        :class:`DeadlineExceeded` when no answer came in time; whether the command was carried out is then unknown, and
        repeating it with the same idempotency key is safe.
        """
        seconds = self._deadline if deadline is None else deadline
        end = time.monotonic() + seconds
        try:
            body = orjson.dumps({"args": [], "kwargs": dict(arguments)})
        except TypeError as error:
            raise Malformed("请求内容无法编码", "The request cannot be encoded") from error
        if len(body) > LARGEST_MESSAGE:
            # The broker would close the channel, and with it every call in flight.
            size = LARGEST_MESSAGE // 1024 // 1024
            raise TooLarge(
                f"请求超过总线所能传送的 {size} MiB", f"The request is over the {size} MiB that the bus takes"
            )
        stamped = {key: value for key, value in (headers or {}).items() if value is not None}
        stamped["deadline"] = str(clock.wall_now().timestamp() + seconds)
        line = self._open(seconds)
        if line.blocked:
            raise bus_blocked()
        try:
            call_id, call = line.send(service, operation, body, stamped, seconds)
        except BusErrors as error:
            line.close()
            raise _bus_away() from error
        try:
            reply = orjson.loads(call.wait(end - time.monotonic()))
        except TimeoutError as error:
            line.forget(call_id)
            if line.blocked:
                raise bus_blocked() from error
            raise DeadlineExceeded(
                f"服务 {service} 未在时限内答复", f"The service {service} did not answer in time"
            ) from error
        if reply.get("error"):
            raise _failure(service, operation, reply["error"])
        answer: dict[str, Any] = reply["result"]
        return answer

    @property
    def blocked(self) -> bool:
        """Whether the broker takes nothing just now, as far as this client knows."""
        line = self._line
        return line is not None and not line.lost and line.blocked

    def _open(self, seconds: float) -> _Line:
        """The open line, or a new one. One caller tries, the others that wait meanwhile share its luck."""
        line = self._line
        if line is not None and not line.lost:
            return line
        came = time.monotonic()
        if not self._opening.acquire(timeout=max(0.0, seconds)):
            raise _bus_away()
        try:
            if self._line is None or self._line.lost:
                if self._failed_at >= came:
                    raise _bus_away()
                self._line = _Line(self._url, min(max(0.1, seconds), CONNECT_SECONDS))
            return self._line
        except BusErrors as error:
            self._failed_at = time.monotonic()
            raise _bus_away() from error
        finally:
            self._opening.release()

    def close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()

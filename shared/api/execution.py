"""What stands around every operation: who asks, may they, is it well formed, has it been done, commit, answer.

The answer of an operation on the bus is a dictionary: ``{"status", "body", "etag"}`` when it went well,
``{"status", "problem"}`` when it did not, ``{"status", "file"}`` for a download. Errors never leave as exceptions, so
a caller written in anything can read them.
"""

import functools
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog
from marshmallow import ValidationError
from prometheus_client import Counter, Histogram

from shared.api.answers import render
from shared.api.call import Call
from shared.api.commands import carry_out, note_export
from shared.api.deadlocks import through_deadlocks
from shared.api.messages import read
from shared.api.operations import Operation
from shared.api.paging import PageRequest
from shared.errors import Broken, Invalid, Problem
from shared.identity.principals import authenticate, authorise
from shared.observe.metrics import OPERATIONS, SECONDS
from shared.runtime import Runtime
from shared.store.tx import Origin
from shared.text import Text, negotiate

log = structlog.get_logger()


def execute(
    runtime: Runtime,
    operation: Operation,
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    headers: Mapping[str, Any],
) -> dict[str, Any]:
    """Run one operation and answer."""
    call = Call.of(headers)
    started = time.perf_counter()
    with structlog.contextvars.bound_contextvars(
        correlation_id=call.correlation_id, service=runtime.name, operation=operation.name
    ):
        try:
            answer = _attempt(runtime, operation, function, arguments, call)
        except Problem as problem:
            answer = call.refused(problem)
        except Exception:
            log.exception("operation broke")
            answer = call.refused(_broken(call))
        seconds = time.perf_counter() - started
        answered, took = _measures(runtime.name, operation.name, answer["status"])
        answered.inc()
        took.observe(seconds)
        log.info("operation", status=answer["status"], ms=round(seconds * 1000, 1))
    return answer


@functools.cache
def _measures(service: str, operation: str, status: int) -> tuple[Counter, Histogram]:
    """What an answer is counted and timed with: looking both up anew each time costs more than counting."""
    return OPERATIONS.labels(service, operation, str(status)), SECONDS.labels(service, operation)


def _attempt(
    runtime: Runtime,
    operation: Operation,
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    call: Call,
) -> dict[str, Any]:
    call.check_deadline()
    principal = authenticate(runtime.keyring, call.authorization, runtime.withdrawals)
    reach = authorise(principal, operation.permission, runtime.plugin.grants)
    loaded = load(operation, arguments)
    origin = Origin(
        principal,
        call.correlation_id,
        if_match=call.if_match,
        wants_version=operation.if_match,
        address=call.address,
        reach=reach,
        apart=operation.apart,
        language=negotiate(call.language),
    )

    def ask() -> dict[str, Any]:
        with runtime.begin(origin) as tx:
            answer = render(operation, function(tx, **loaded))
            if operation.exports:
                note_export(tx, runtime, operation, arguments, call)
            return answer

    if operation.command:
        return carry_out(runtime, operation, partial(function, **loaded), origin, arguments, call)
    return through_deadlocks(ask)


def load(operation: Operation, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as the operation's method takes them; every field that is wrong is named."""
    try:
        loaded: dict[str, Any] = operation.schema.load(dict(arguments))
    except ValidationError as error:
        raise Invalid(
            "填写有误，请按各栏提示更正", "Some fields are wrong; see each", errors=_flat(error.messages)
        ) from error
    if operation.kind == "list":
        loaded["page"] = PageRequest(loaded.pop("limit"), loaded.pop("cursor"), loaded.pop("sort"))
    return loaded


def _flat(messages: Any, prefix: str = "") -> dict[str, list[Text | str]]:
    """marshmallow's nested messages as "field.sub" → messages."""
    if isinstance(messages, Mapping):
        flat: dict[str, list[Text | str]] = {}
        for key, value in messages.items():
            name = str(key) if not prefix else f"{prefix}.{key}"
            flat.update(_flat(value, name if key != "_schema" else prefix or "_schema"))
        return flat
    return {prefix: [read(str(each)) for each in (messages if isinstance(messages, list) else [messages])]}


def _broken(call: Call) -> Broken:
    return Broken(
        f"系统内部错误，请将编号 {call.correlation_id} 告知管理员",
        f"Something broke on our side; tell the administrator {call.correlation_id}",
    )

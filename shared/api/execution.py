"""What stands around every operation: who asks, may they, is it well formed, has it been done, commit, answer.

The answer of an operation on the bus is a dictionary: ``{"status", "body", "etag"}`` when it went well,
``{"status", "problem"}`` when it did not, ``{"status", "file"}`` for a download. Errors never leave as exceptions, so
a caller written in anything can read them.
"""

import base64
import functools
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

import orjson
import structlog
from marshmallow import ValidationError
from prometheus_client import Counter, Histogram
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from shared import clock
from shared.api.messages import read
from shared.api.operations import Download, Operation
from shared.api.paging import Page, PageRequest
from shared.bus.events import ID_LENGTH, fit_id
from shared.errors import (
    AnswerNotKept,
    Broken,
    DeadlineExceeded,
    IdempotencyConflict,
    Invalid,
    Malformed,
    Problem,
    StaleVersion,
    Unavailable,
)
from shared.identity.principals import authenticate, authorise
from shared.observe.metrics import OPERATIONS, SECONDS
from shared.runtime import Runtime
from shared.store.database import lost_race
from shared.store.tables import Audit, Idempotency
from shared.store.tx import Origin, Tx
from shared.text import Text, negotiate

log = structlog.get_logger()

ATTEMPTS = 5
"""How often a command is begun that loses one deadlock after another."""


@dataclass(frozen=True)
class Call:
    """What came with a request beside its arguments, in headers of the message."""

    authorization: str | None = None
    language: str | None = None
    correlation_id: str = ""
    idempotency_key: str | None = None
    if_match: str | None = None
    deadline: str | None = None

    @classmethod
    def of(cls, headers: Mapping[str, Any]) -> "Call":
        sent = {name: str(value) for name, value in headers.items() if value is not None}
        return cls(
            authorization=sent.get("authorization"),
            language=sent.get("accept-language"),
            correlation_id=fit_id(sent.get("correlation-id", "")) or str(uuid.uuid4()),
            idempotency_key=sent.get("idempotency-key"),
            if_match=sent.get("if-match"),
            deadline=sent.get("deadline"),
        )

    def check_deadline(self) -> None:
        """Refuse what nobody waits for any more."""
        if self.deadline is None:
            return
        try:
            seconds_left = float(self.deadline) - clock.wall_now().timestamp()
        except ValueError:
            seconds_left = nan
        if not isfinite(seconds_left):
            raise Malformed("时限无法解读", "The deadline is no time")
        if seconds_left <= 0:
            raise DeadlineExceeded("请求已过时限，未予办理", "The deadline had passed: nothing was done")


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
            answer = _problem(problem, call)
        except Exception:
            log.exception("operation broke")
            answer = _problem(_broken(call), call)
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
    principal = authenticate(runtime.keyring, call.authorization)
    authorise(principal, operation.permission, runtime.plugin.grants)
    loaded = load(operation, arguments)
    origin = Origin(principal, call.correlation_id, if_match=call.if_match, wants_version=operation.if_match)

    def once() -> dict[str, Any]:
        with runtime.begin(origin) as tx:
            if not operation.command:
                return render(operation, function(tx, **loaded))
            digest = tx.vault.blind(canonical(operation, arguments))
            claim = _claim(tx, operation, call.idempotency_key, digest)
            if claim is not None and claim.answer is not None:
                return dict(claim.answer)
            result = function(tx, **loaded)
            tx.add(_audit(tx, operation, arguments, digest))
            tx.wakes.add("seal")
            tx.flush()
            # A problem that is raised undoes everything (X6). One that is returned is the answer to a command
            # whose effect stays: a sign-in that failed is counted.
            answer = _problem(result, call) if isinstance(result, Problem) else render(operation, result)
            if claim is not None and not operation.secret:
                claim.answer = answer
            return answer

    try:
        return _through_deadlocks(once)
    except StaleDataError as error:
        raise StaleVersion(
            "内容已被他人修改，请刷新后再办", "Somebody changed this meanwhile: read it again"
        ) from error


def _through_deadlocks(attempt: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What ``attempt`` gives. PostgreSQL undoes one of two transactions that wait for one another: that one is made
    again."""
    for _ in range(ATTEMPTS):
        try:
            return attempt()
        except DBAPIError as error:
            if not lost_race(error):
                raise
    raise Unavailable(
        "多个请求互相等待，本次未予办理，请再试一次",
        "Requests waited for one another and this one was not carried out: try it again",
        code="database-busy",
        retry_after=1,
    )


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


def canonical(operation: Operation, arguments: Mapping[str, Any]) -> str:
    """What was asked, as one text: equal requests give equal texts. It is only ever kept as a keyed digest."""
    return orjson.dumps([operation.name, dict(arguments)], option=orjson.OPT_SORT_KEYS, default=str).decode()


def _claim(tx: Tx, operation: Operation, key: str | None, digest: str) -> Idempotency | None:
    """Claim ``key`` for this command. Whoever holds it is waited for; then the row has their answer."""
    if not key:
        return None
    if len(key) > ID_LENGTH or not key.isprintable():
        raise Malformed(f"幂等键至多 {ID_LENGTH} 字，且不得含控制字符", f"At most {ID_LENGTH} printable characters")
    identity = {"principal": tx.principal.name, "key": key}
    claim = insert(Idempotency).values(
        **identity, operation=operation.name, digest=digest, answer=None, created_at=clock.wall_now()
    )
    taken = tx.session.scalars(claim.on_conflict_do_nothing().returning(Idempotency)).first()
    if taken is not None:
        return taken
    row = tx.need(Idempotency, **identity)
    if row.digest != digest:
        raise IdempotencyConflict("此幂等键已用于另一请求", "This idempotency key was used for another request")
    if row.answer is None:
        raise AnswerNotKept(
            "此前已办理；答复含有秘密，未予保存，如仍需要请换新的幂等键",
            "This was done before. Its answer held a secret and was not kept: ask anew, under a new key",
        )
    return row


def _audit(tx: Tx, operation: Operation, arguments: Mapping[str, Any], digest: str) -> Audit:
    target = "/".join(str(arguments.get(parameter)) for parameter in operation.parameters)
    return Audit(
        at=tx.now,
        principal=tx.principal.name,
        operation=operation.name,
        target=target or None,
        digest=digest,
        correlation_id=tx.origin.correlation_id,
    )


def render(operation: Operation, result: Any) -> dict[str, Any]:
    """The answer as it goes over the bus."""
    if isinstance(result, Download):
        file = {
            "filename": result.filename,
            "content_type": operation.media_type,
            "content": base64.b64encode(result.content).decode(),
        }
        return {"status": operation.status, "file": file}
    if operation.answer is None:
        return {"status": 204, "body": None}
    if isinstance(result, Page):
        items = [operation.answer.dump(item) for item in result.items]
        return {"status": operation.status, "body": {"items": items, "next": result.next}}
    answer = {"status": operation.status, "body": operation.answer.dump(result)}
    version = getattr(result, "version", None)
    return answer if version is None else {**answer, "etag": f'"{version}"'}


def _broken(call: Call) -> Broken:
    return Broken(
        f"系统内部错误，请将编号 {call.correlation_id} 告知管理员",
        f"Something broke on our side; tell the administrator {call.correlation_id}",
    )


def _problem(problem: Problem, call: Call) -> dict[str, Any]:
    document = problem.as_dict(negotiate(call.language))
    document["correlation_id"] = call.correlation_id
    return {"status": problem.status, "problem": document}

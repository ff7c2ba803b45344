"""Carries out commands: wholly or not at all, written down, and once for their key (ADR 0010)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy.orm.exc import StaleDataError

from shared.api.answers import render
from shared.api.call import Call
from shared.api.deadlocks import through_deadlocks
from shared.api.operations import Operation
from shared.bus.events import ID_LENGTH
from shared.errors import AnswerNotKept, IdempotencyConflict, Malformed, Problem, StaleVersion
from shared.identity.reach import Reach
from shared.runtime import Runtime, StoreAway
from shared.store.tables import Idempotency
from shared.store.traces import Command
from shared.store.tx import Origin, Tx


def carry_out(
    runtime: Runtime,
    operation: Operation,
    function: Callable[[Tx], Any],
    origin: Origin,
    arguments: Mapping[str, Any],
    call: Call,
) -> dict[str, Any]:
    """Carry out a command, once for its key: whoever comes with it again gets the answer of the first.

    That another was first is only found out when the key is written, at the end. So whatever a repetition fails with,
    the key is looked for before it counts; and before anything where the bus says that it delivered this before, since
    a process that lost its answer may have done long work for it, and would lose it again.
    """
    key = _checked(call.idempotency_key)
    digest = runtime.vault.blind(canonical(operation, arguments))
    if call.redelivered and key and (answer := _answer_before(runtime, origin, operation, key, digest)) is not None:
        return answer

    def once() -> dict[str, Any]:
        with runtime.begin(origin, noting=True) as tx:
            result = function(tx)
            tx.check_kept_apart()
            tx.flush()
            # A problem that is raised undoes everything (X6). One that is returned is the answer to a command
            # whose effect stays: a sign-in that failed is counted.
            answer = call.refused(result) if isinstance(result, Problem) else render(operation, result)
            tx.carried_out(_command(tx, operation, arguments, call, digest, key, None if operation.secret else answer))
            return answer

    try:
        return through_deadlocks(once)
    except StoreAway:
        raise
    except Exception as error:
        if key is not None and (answer := _answer_before(runtime, origin, operation, key, digest)) is not None:
            return answer
        if isinstance(error, StaleDataError):
            raise StaleVersion(
                "内容已被他人修改，请刷新后再办", "Somebody changed this meanwhile: read it again"
            ) from error
        raise


def note_export(tx: Tx, runtime: Runtime, operation: Operation, arguments: Mapping[str, Any], call: Call) -> None:
    """Write down who was handed out personal data, and of what (X12). There is no key: each time is one of its own."""
    digest = runtime.vault.blind(canonical(operation, arguments))
    tx.carried_out(_command(tx, operation, arguments, call, digest, None, None))


def _command(
    tx: Tx,
    operation: Operation,
    arguments: Mapping[str, Any],
    call: Call,
    digest: str,
    key: str | None,
    answer: Mapping[str, Any] | None,
) -> Command:
    return Command(
        at=tx.now,
        principal=tx.principal.name,
        operation=operation.name,
        target=tx.concerns or _target(operation, arguments),
        digest=digest,
        correlation_id=call.correlation_id,
        address=tx.origin.address,
        key=key,
        answer=answer,
    )


def _checked(key: str | None) -> str | None:
    """The caller's idempotency key, if there is one that can be kept."""
    if key and (len(key) > ID_LENGTH or not key.isprintable()):
        raise Malformed(f"幂等键至多 {ID_LENGTH} 字，且不得含控制字符", f"At most {ID_LENGTH} printable characters")
    return key or None


def _answer_before(
    runtime: Runtime, origin: Origin, operation: Operation, key: str, digest: str
) -> dict[str, Any] | None:
    """What was answered when this command came for the first time; None where it has never been carried out."""
    # Keys are the chassis' own, and this one is the caller's.
    with runtime.begin(replace(origin, reach=Reach.ALL)) as tx:
        row = tx.find(Idempotency, principal=tx.principal.name, key=key)
    if row is None:
        return None
    if (row.operation, row.digest) != (operation.name, digest):
        raise IdempotencyConflict("此幂等键已用于另一请求", "This idempotency key was used for another request")
    if row.answer is None:
        raise AnswerNotKept(
            "此前已办理；答复含有秘密，未予保存，如仍需要请换新的幂等键",
            "This was done before. Its answer held a secret and was not kept: ask anew, under a new key",
        )
    return row.answer


def _target(operation: Operation, arguments: Mapping[str, Any]) -> str | None:
    """What a command is about: the parameters in its path."""
    return "/".join(str(arguments.get(parameter)) for parameter in operation.parameters) or None


def canonical(operation: Operation, arguments: Mapping[str, Any]) -> str:
    """What was asked, as one text: equal requests give equal texts. It is only ever kept as a keyed digest."""
    return orjson.dumps([operation.name, dict(arguments)], option=orjson.OPT_SORT_KEYS, default=str).decode()

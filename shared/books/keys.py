"""Commands: who did what is written down for good, and a key's command happened once."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.api.operations import operations_of
from shared.books.declared import Fault, Faults
from shared.plugins import Plugin
from shared.store.audit import verify
from shared.store.tables import Audit, Idempotency
from shared.text import Text


def check_audit(session: Session) -> Faults:
    """The chain of seals holds, and every row has its seal."""
    verdict = verify(session.connection())
    for number in verdict.broken:
        yield Fault(f"chassis.audit seal {number}", Text("已被改动", "Changed, or of another chain"))
    for number in verdict.missing:
        yield Fault(f"chassis.audit seal {number}", Text("缺失", "Gone"))
    if verdict.unsealed:
        yield Fault("chassis.audit", Text(f"{verdict.unsealed} 条未封存", f"{verdict.unsealed} rows without a seal"))


def check_keys(session: Session, plugin: Plugin) -> Faults:
    """Each idempotency key is there once, has its answer, and stands for one command in the audit trail.

    The gateway gives a key to every command that has none, so each command has one that remembers it.
    """
    operations = operations_of(plugin.service).values()
    secret = {operation.name for operation in operations if operation.secret}
    # What is only handed out is written down each time, and takes no key.
    exports = [operation.name for operation in operations if operation.exports and not operation.command]
    keys: Counter[tuple[str, str]] = Counter()
    commands: Counter[tuple[str, str, str]] = Counter()
    columns = Idempotency.principal, Idempotency.key, Idempotency.operation, Idempotency.digest
    answered = Idempotency.answer.is_not(None).label("answered")
    for row in session.execute(select(*columns, answered).order_by(Idempotency.created_at)):
        where = f"chassis.idempotency {row.key}"
        keys[row.principal, row.key] += 1
        if keys[row.principal, row.key] == 2:
            yield Fault(where, Text("同一键出现两次", "The key is there twice"))
        if not row.answered and row.operation not in secret:
            yield Fault(where, Text(f"{row.operation} 没有答复", f"{row.operation} has no answer"))
        commands[row.principal, row.operation, row.digest] += 1
    recorded = (
        select(Audit.principal, Audit.operation, Audit.digest, func.count().label("times"))
        .where(Audit.operation.not_in(exports))
        .group_by(Audit.principal, Audit.operation, Audit.digest)
    )
    done = {(row.principal, row.operation, row.digest): row.times for row in session.execute(recorded)}
    for command in sorted(commands.keys() | done.keys()):
        principal, operation, digest = command
        times, wanted = done.get(command, 0), commands[command]
        if times != wanted:
            yield Fault(
                f"chassis.audit {operation} {digest[:12]}",
                Text(f"{wanted} 个键，办理 {times} 次", f"{wanted} keys, done {times} times by {principal}"),
            )

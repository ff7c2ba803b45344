"""Events: told once, sent, heard by everybody who listens, once, and settled."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import marshmallow as ma
import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.books.declared import Fault, Faults
from shared.books.look import AT_ONCE
from shared.bus.events import CE, EventSchema
from shared.bus.inbox import FOR, reader_of
from shared.plugins import Plugin
from shared.store.tables import Inbox, Job, Mail, Outbox
from shared.text import Text

SETTLED = frozenset({"done", "dropped"})
"""States of an inbox row that nobody has to look at: handled, or given up by a person."""
RAW = "raw-"
"""What the ids of messages begin with that were no events, see :func:`shared.bus.consumer.raw`."""


def check_outbox(session: Session, plugin: Plugin) -> Faults:
    """Each event is there once, fits its contract, and has been confirmed by the bus."""
    contracts = {schema.type(): schema() for schema in plugin.events}
    seen: set[object] = set()
    rows = session.execute(select(Outbox.__table__).order_by(Outbox.position), execution_options={"yield_per": AT_ONCE})
    for row in rows:
        where = f"chassis.outbox {row.event_id}"
        if row.event_id in seen:
            yield Fault(where, Text("同一事件编号出现两次", "Two rows have this event's id"))
        seen.add(row.event_id)
        if row.sent_at is None:
            yield Fault(where, Text("尚未送达总线", "The bus has not confirmed it"))
        stated = {"id": str(row.event_id), "source": plugin.name, "type": row.type, "subject": row.subject}
        if any(row.headers.get(CE + name) != value for name, value in stated.items()):
            yield Fault(where, Text("信封与记录不一致", "Its envelope says something else than its row"))
        wrong = _wrong_with(row.body, contracts.get(row.type))
        if wrong:
            yield Fault(where, Text(f"内容不合约定：{wrong}", f"Its body does not fit its contract: {wrong}"))


def _wrong_with(body: str, contract: EventSchema | None) -> str | None:
    """Why a body is none of this contract; without one (an event no longer told) it need only be an object."""
    try:
        data = orjson.loads(body)
        if contract is not None:
            contract.load(data)
    except orjson.JSONDecodeError:
        return "JSON"
    except ma.ValidationError as error:
        return ", ".join(sorted(map(str, error.messages_dict)))
    return None if isinstance(data, dict) else "JSON {…}"


def check_inbox(session: Session) -> Faults:
    """Nothing waits for another attempt, and nothing waits for a person."""
    rows = session.execute(
        select(Inbox.event_id, Inbox.source, Inbox.type, Inbox.state, Inbox.attempts)
        .where(Inbox.state.not_in(SETTLED))
        .order_by(Inbox.seq)
    )
    for row in rows:
        where = f"chassis.inbox {row.event_id}"
        if row.state in ("parked", "dead"):
            waits = Text("待重试", "waits for another attempt")
            dead = Text("死信", "dead: redrive or drop it")
            state = dead if row.state == "dead" else waits
            yield Fault(where, Text(f"{row.source} {row.type} {state.zh}", f"{row.source} {row.type}: {state.en}"))
        else:
            yield Fault(where, Text(f"状态不明：{row.state}", f"In a state that there is none of: {row.state}"))


def check_jobs(session: Session) -> Faults:
    """No long work is open."""
    for row in session.execute(select(Job.id, Job.kind, Job.state).where(Job.state.not_in(("done", "failed")))):
        yield Fault(f"chassis.jobs {row.id}", Text(f"任务 {row.kind} 未完成", f"{row.kind} is {row.state}"))


def check_mails(session: Session) -> Faults:
    """No mail waits, and none was given up: those wait for a person."""
    open_mails = select(Mail.id, Mail.kind, Mail.state, Mail.attempts, Mail.error).where(Mail.state != "sent")
    for row in session.execute(open_mails.order_by(Mail.id)):
        tried = Text(f"已试 {row.attempts} 次（{row.error}）", f"{row.attempts} attempts ({row.error})")
        yield Fault(
            f"chassis.mails {row.id}",
            Text(f"{row.kind} 邮件未发出，{tried.zh}", f"{row.kind} is {row.state}: {tried.en}"),
        )


@dataclass(frozen=True)
class _Message:
    """What both ends keep of an event."""

    type: str
    aggregate: str


class _Sent(NamedTuple):
    message: _Message
    sent: bool


def check_heard(
    listener: str, readers: Mapping[str, frozenset[tuple[str, str]]], sessions: Mapping[str, Session]
) -> Faults:
    """Each event that was sent and is subscribed to was heard exactly once, as it was told, by the service's features
    and by each read model that it feeds; and nothing was heard that nobody told."""
    inboxes: dict[str, dict[str, dict[str, _Message]]] = {reader: {} for reader in readers}
    times: Counter[str] = Counter()
    rows = sessions[listener].execute(
        select(Inbox.event_id, Inbox.source, Inbox.type, Inbox.aggregate).order_by(Inbox.seq),
        execution_options={"yield_per": AT_ONCE},
    )
    for row in rows:
        times[row.event_id] += 1
        if not row.event_id.startswith(RAW):
            reader, id = reader_of(row.event_id)
            message = _Message(row.type, row.aggregate.removeprefix(f"{reader}{FOR}"))
            inboxes.setdefault(reader, {}).setdefault(row.source, {})[id] = message
    for id, count in times.items():
        if count > 1:
            yield Fault(f"chassis.inbox {id}", Text(f"记了 {count} 次", f"Remembered {count} times"))
    for reader, inbox in inboxes.items():
        subscriptions = readers.get(reader, frozenset())
        sources = {source for source, _ in subscriptions}
        for source in sorted((sources | inbox.keys()) & sessions.keys()):
            types = frozenset(type for told_by, type in subscriptions if told_by == source)
            yield from _compare(source, types, dict(_outbox(sessions[source], source)), inbox.get(source, {}))
        for source in sorted(inbox.keys() - sources - sessions.keys()):
            for id in inbox[source]:
                yield Fault(
                    f"chassis.inbox {id}", Text(f"没有听取 {source} 的事件", f"Nothing of {source} is heard here")
                )


def _outbox(session: Session, source: str) -> Iterator[tuple[str, _Sent]]:
    rows = session.execute(
        select(Outbox.event_id, Outbox.type, Outbox.subject, Outbox.sent_at).order_by(Outbox.position),
        execution_options={"yield_per": AT_ONCE},
    )
    for row in rows:
        yield str(row.event_id), _Sent(_Message(row.type, f"{source}/{row.subject}"), row.sent_at is not None)


def _compare(source: str, types: frozenset[str], told: Mapping[str, _Sent], heard: Mapping[str, _Message]) -> Faults:
    for id, (message, sent) in told.items():
        if sent and message.type in types and id not in heard:
            yield Fault(
                f"chassis.inbox {id}",
                Text(f"{source} 已发出 {message.type}，此处未收到", f"{source} sent {message.type}; it was not heard"),
            )
    for id, message in heard.items():
        if id not in told:
            what = Text(f"{source} 没有发过此事件", f"{source} has not told this event")
        elif told[id].message != message:
            what = Text(f"与 {source} 所发不一致", f"Not what {source} told: {told[id].message.type}")
        else:
            continue
        yield Fault(f"chassis.inbox {id}", what)

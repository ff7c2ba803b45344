"""What every service offers those who look after it: jobs, events told, events that could not be handled, and the
audit trail."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from shared import clock
from shared.api import fields as f
from shared.api.auditing import AuditTrail
from shared.api.jobs import JobOut
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.errors import NotFound, Refused
from shared.identity.principals import SIGNED_IN
from shared.store.tables import Inbox, Job, Outbox
from shared.store.tx import Tx
from shared.text import Text

PERMISSION = "administration.messages"
"""The permission to see and move messages, the same in every service; a plugin grants it to its operators' role."""

DEAD_STATES = {
    "parked": Text("待重试", "Waiting for its next attempt"),
    "dead": Text("死信", "Dead"),
    "dropped": Text("已放弃", "Dropped"),
    "done": Text("已处理", "Done"),
}


class EventOut(f.Schema):
    """An event this service told."""

    id = f.UUID("事件编号", "Event id", attribute="event_id")
    type = f.String("类型", "Type")
    subject = f.String("主体", "Subject")
    created_at = f.Moment("发生时间", "Happened at")
    sent_at = f.Moment("送达总线时间", "Confirmed by the bus at", allow_none=True)


class EventQuery(f.Schema):
    subject = f.String("主体", "Subject", load_default=None, allow_none=True)
    type = f.String("类型", "Type", load_default=None, allow_none=True)


class DeadLetterOut(f.Schema):
    """An event that could not be handled, and what stood in the way."""

    id = f.String("事件编号", "Event id", attribute="event_id")
    source = f.String("来源", "Source")
    type = f.String("类型", "Type")
    aggregate = f.String("主体", "Subject")
    state = f.Choice("状态", "State", DEAD_STATES)
    attempts = f.Integer("已试次数", "Attempts")
    error = f.String("原因", "Reason", allow_none=True)
    received_at = f.Moment("收到时间", "Received at")
    next_attempt_at = f.Moment("下次重试", "Next attempt at", allow_none=True)


class DeadLetterQuery(f.Schema):
    state = f.Choice("状态", "State", DEAD_STATES, load_default="dead")


class DeadLetterId(f.Schema):
    event_id = f.String("事件编号", "Event id", required=True)


def redrive(tx: Tx, event_id: str) -> Inbox:
    """Give a dead event its attempts again, from now."""
    row = tx.lock(Inbox, event_id)
    if row.state not in ("dead", "parked"):
        raise Refused("X7", "此事件不在待处理之列", "This event is not waiting to be handled", code="not-dead")
    if row.body is None:
        raise Refused("X7", "此事件内容未留存", "The body of this event was not kept", code="no-body")
    row.state, row.attempts, row.next_attempt_at = "parked", 0, clock.wall_now()
    tx.wakes.add("retry")
    return row


def drop(tx: Tx, event_id: str) -> Inbox:
    """Give a dead event up for good; what waits behind it goes on."""
    row = tx.lock(Inbox, event_id)
    if row.state not in ("dead", "parked"):
        raise Refused("X7", "此事件不在待处理之列", "This event is not waiting to be handled", code="not-dead")
    row.state, row.settled_at, row.next_attempt_at = "dropped", clock.wall_now(), None
    tx.wakes.add("retry")
    return row


class Administration(AuditTrail):
    """Operations that every service has."""

    @operation(
        "GET /jobs/{id}",
        permission=SIGNED_IN,
        response=JobOut,
        label=("查看任务进度", "See a job"),
        kind="detail",
    )
    def get_job(self, tx: Tx, id: uuid.UUID) -> Job:
        """How far long work is, to whoever started it and to operators."""
        job = tx.get(Job, id)
        if job.principal != tx.principal.name and not tx.may(PERMISSION):
            raise NotFound("没有这个任务", "There is no such job")
        return job

    @operation(
        "GET /events",
        permission=PERMISSION,
        request=EventQuery,
        response=EventOut,
        label=("已发生的事件", "Events told"),
        kind="list",
    )
    def list_events(self, tx: Tx, page: PageRequest, subject: str | None, type: str | None) -> Page:
        """The events this service told, newest first; by ``subject`` ("article/<id>") or ``type``."""
        query = select(Outbox)
        if subject:
            query = query.where(Outbox.subject == subject)
        if type:
            query = query.where(Outbox.type == type)
        return tx.page(query, page, key=Outbox.position, sorts={"created": Outbox.created_at}, default="-created")

    @operation(
        "POST /events/{id}/redelivery",
        permission=PERMISSION,
        response=EventOut,
        label=("重新投递事件", "Deliver an event again"),
        kind="action",
    )
    def redeliver_event(self, tx: Tx, id: uuid.UUID) -> Outbox:
        """Tells an event once more, under the same id: whoever counted it does not count it twice."""
        event = tx.need(Outbox, event_id=id)
        event.sent_at = None
        tx.wakes.add("relay")
        return event

    @operation(
        "GET /dead-letters",
        permission=PERMISSION,
        request=DeadLetterQuery,
        response=DeadLetterOut,
        label=("未能处理的事件", "Events that could not be handled"),
        kind="list",
    )
    def list_dead_letters(self, tx: Tx, page: PageRequest, state: str) -> Page:
        """Events heard but not handled, oldest first."""
        query = select(Inbox).where(Inbox.state == state)
        return tx.page(query, page, key=Inbox.seq, sorts={"received": Inbox.received_at}, default="received")

    @operation(
        "POST /dead-letters/{event_id}/redrive",
        permission=PERMISSION,
        request=DeadLetterId,
        response=DeadLetterOut,
        label=("重新处理", "Try again"),
        kind="action",
    )
    def redrive_dead_letter(self, tx: Tx, event_id: str) -> Inbox:
        """Gives a dead event its attempts again."""
        return redrive(tx, event_id)

    @operation(
        "POST /dead-letters/{event_id}/drop",
        permission=PERMISSION,
        request=DeadLetterId,
        response=DeadLetterOut,
        label=("放弃", "Give up"),
        kind="action",
    )
    def drop_dead_letter(self, tx: Tx, event_id: str) -> Inbox:
        """Gives a dead event up; it stays listed as dropped (X7)."""
        return drop(tx, event_id)


def unsent(tx: Tx) -> int:
    """How many events the bus has not confirmed yet."""
    return int(tx.session.scalar(select(func.count()).select_from(Outbox).where(Outbox.sent_at.is_(None))) or 0)


def resend(tx: Tx, *, since: datetime, type: str | None = None) -> int:
    """Tell everything that happened since ``since`` again; how many events that is. Listeners that counted them
    already let them pass."""
    query: Any = update(Outbox).where(Outbox.created_at >= since)
    if type:
        query = query.where(Outbox.type == type)
    tx.wakes.add("relay")
    return len(tx.session.execute(query.values(sent_at=None).returning(Outbox.position)).all())

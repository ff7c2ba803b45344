"""The chassis' own tables, in the schema ``chassis`` of every service's database.

``outbox`` what happened and must be told; ``inbox`` what was heard, and what could not be handled yet;
``audit`` who did what, ``seals`` where its chain ends; ``idempotency`` answers already given; ``jobs`` long work;
``counters`` numbers without gaps; ``consents`` who let what be kept; ``subjects`` whose rows are under which index;
``mails`` what is to be sent by mail.
"""

import json
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Identity, Index, MetaData, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.store.base import NAMING, SEALED, Columns, new_id

SCHEMA = "chassis"


class ChassisBase(Columns, DeclarativeBase):
    metadata = MetaData(schema=SCHEMA, naming_convention=NAMING)


class Outbox(ChassisBase):
    """An event, written in the transaction of the change it tells of; kept after sending, for replay."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_unsent", "position", postgresql_where=text("sent_at IS NULL")),
        Index("ix_outbox_subject", "subject"),
    )

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=new_id)
    type: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    headers: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Inbox(ChassisBase):
    """An event heard from the bus. ``state``: done, parked (waits for its next attempt), dead, dropped.

    The body of what was handled is not kept: its publisher has it. ``seq`` is the order of arrival.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_open", "aggregate", "seq", postgresql_where=text("state IN ('parked', 'dead')")),
        Index("ix_inbox_due", "next_attempt_at", postgresql_where=text("state = 'parked'")),
    )

    event_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(Identity(always=True))
    source: Mapped[str]
    type: Mapped[str]
    aggregate: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    body: Mapped[bytes | None]
    headers: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    received_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class Audit(ChassisBase):
    """Who did what, when, and from where; ``changes`` is what it changed, as :mod:`shared.store.changes` writes it.

    Rows are chained by hash after commit (``seal_no``, ``seal``), by one sealer a service. The chain holds ``details``,
    the digest of address and changes, and not the two themselves (X11).
    """

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_unsealed", "id", postgresql_where=text("seal_no IS NULL")),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    principal: Mapped[str]
    operation: Mapped[str]
    target: Mapped[str | None]
    digest: Mapped[str]
    correlation_id: Mapped[str]
    address: Mapped[str | None]
    changes: Mapped[str | None]
    details: Mapped[str | None]
    seal_no: Mapped[int | None] = mapped_column(unique=True)
    seal: Mapped[str | None]

    @property
    def sealed(self) -> bool:
        return self.seal_no is not None

    @property
    def changed(self) -> list[dict[str, Any]]:
        """The rows that it changed, and what of them."""
        return list(self._changes["rows"])

    @property
    def more_changed(self) -> int:
        """How many rows it changed beyond those."""
        return int(self._changes["more"])

    @property
    def _changes(self) -> dict[str, Any]:
        changes: dict[str, Any] = json.loads(self.changes) if self.changes else {"rows": [], "more": 0}
        return changes


class Seal(ChassisBase):
    """The last number and seal given in a chain, so that its end cannot be cut off unseen. There is one: "audit"."""

    __tablename__ = "seals"

    chain: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]
    seal: Mapped[str]


class Idempotency(ChassisBase):
    """A command's key and the answer it got; the same key with another request is a conflict."""

    __tablename__ = "idempotency"

    principal: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    operation: Mapped[str]
    digest: Mapped[str]
    answer: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class Job(ChassisBase):
    """Long work. ``state``: waiting, running, done, failed. ``done`` of ``total`` is how far it is."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_open", "created_at", postgresql_where=text("state IN ('waiting','running')")),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    principal: Mapped[str]
    input: Mapped[dict[str, Any]]
    content: Mapped[bytes | None]
    state: Mapped[str]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    result: Mapped[dict[str, Any] | None]
    problem: Mapped[dict[str, Any] | None]
    attempts: Mapped[int] = mapped_column(default=0)
    correlation_id: Mapped[str]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Counter(ChassisBase):
    """The last number given in a series. Its row lock makes the series gapless: take it last, commit at once."""

    __tablename__ = "counters"

    series: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class Consent(ChassisBase):
    """Whose data the row ``subject_id`` is consented to a class of them being kept, by the version ``terms`` of its
    purpose; never deleted, but withdrawn (X7, X10)."""

    __tablename__ = "consents"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    data_class: Mapped[str]
    terms: Mapped[str]
    given_at: Mapped[datetime]
    recorded_by: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]


class Subject(ChassisBase):
    """That rows under a blind index belong to a person whom another service knows by that id (X5)."""

    __tablename__ = "subjects"

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    index: Mapped[str] = mapped_column(primary_key=True)


class Mail(ChassisBase):
    """A letter, written in the transaction of its cause. ``state``: queued, sent, parked (given up, for a person).

    Its id is its Message-ID. ``recipient`` and ``content`` are taken out at ``erase_at``, ``keep_days`` after it was
    sent or given up; ``error`` is why the last attempt failed, without addresses. All moments are wall time.
    """

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_due", "next_attempt_at", postgresql_where=text("state = 'queued'")),
        Index("ix_mails_kept", "erase_at", postgresql_where=text("content IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    recipient: Mapped[bytes | None] = mapped_column(info=SEALED)
    content: Mapped[bytes | None] = mapped_column(info=SEALED)
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    queued_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    keep_days: Mapped[int]
    settled_at: Mapped[datetime | None]
    erase_at: Mapped[datetime | None]

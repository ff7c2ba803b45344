"""The outbox: what happened, written in the transaction of the change, told afterwards by the relay."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from shared.bus.events import Envelope, Event
from shared.standards.calendar import BUSINESS_ZONE
from shared.store.base import new_id


class Told(NamedTuple):
    """What a row of the outbox is made of."""

    event_id: uuid.UUID
    type: str
    subject: str
    body: str
    headers: Mapping[str, Any]
    created_at: datetime


def record(event: Event, *, source: str, now: datetime, correlation_id: str, causation_id: str | None) -> Told:
    """``event``, as published by ``source``."""
    event_id = new_id()
    envelope = Envelope(
        id=str(event_id),
        source=source,
        type=event.type,
        time=now.astimezone(BUSINESS_ZONE).isoformat(),
        subject=event.subject,
        body=orjson.dumps(event.data, option=orjson.OPT_SORT_KEYS).decode(),
        extensions={
            "aggregateversion": event.aggregate_version,
            "correlationid": correlation_id,
            "causationid": causation_id,
        },
    )
    return Told(
        event_id=event_id,
        type=event.type,
        subject=event.subject,
        body=envelope.body,
        headers=envelope.headers(),
        created_at=now,
    )

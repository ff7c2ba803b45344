"""The outbox: what happened, written in the transaction of the change, told afterwards by the relay."""

from datetime import datetime

import orjson

from shared.bus.events import Envelope, Event
from shared.standards.calendar import BUSINESS_ZONE
from shared.store.base import new_id
from shared.store.tables import Outbox


def record(event: Event, *, source: str, now: datetime, correlation_id: str, causation_id: str | None) -> Outbox:
    """The outbox row of ``event``, as published by ``source``."""
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
    return Outbox(
        event_id=event_id,
        type=event.type,
        subject=event.subject,
        body=envelope.body,
        headers=envelope.headers(),
        created_at=now,
        sent_at=None,
    )

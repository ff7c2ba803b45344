"""What a check may look at: its service's database, what the service told, and what it was told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import marshmallow as ma
import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.books.declared import Fault
from shared.bus.events import EventSchema
from shared.bus.inbox import reader_of
from shared.plugins import Plugin
from shared.store.tables import Inbox, Outbox
from shared.text import Text

AT_ONCE = 5000
"""Rows that are read from the server at once."""


@dataclass(frozen=True)
class Told:
    """An event from an outbox, its ``position`` there. ``data`` is as its schema loads it, ``at`` the business time it
    happened at."""

    id: str
    position: int
    subject: str
    at: datetime
    data: Mapping[str, Any]


class Look:
    """One service's books at one moment. Sessions are of one snapshot each and read only."""

    def __init__(self, plugin: Plugin, sessions: Mapping[str, Session]) -> None:
        self.plugin = plugin
        self.session = sessions[plugin.name]
        self._sessions = sessions
        self.unreadable: list[Fault] = []
        """Events that should be there and could not be read as what they are."""

    def told(self, schema: type[EventSchema]) -> list[Told]:
        """The events of this type that the service itself told or will tell, in order."""
        return list(self._events(self.plugin.name, schema.type(), schema()))

    def heard(self, source: str, type: str, schema: type[ma.Schema], *, read_model: str = "") -> list[Told]:
        """The events of this type whose effect must be there, in the features or in that read model: those sent or
        counted, in the order they were told.

        Not those that still wait here, or were dropped by a person; nor any of a service that is not looked at.
        """
        if source not in self._sessions:
            return []
        mine = select(Inbox.event_id, Inbox.state).where(Inbox.source == source, Inbox.type == type)
        found = ((*reader_of(row.event_id), row.state) for row in self.session.execute(mine))
        states = {id: state for reader, id, state in found if reader == read_model}
        return list(self._events(source, type, schema(), states))

    def _events(
        self, source: str, type: str, schema: ma.Schema, states: Mapping[str, str] | None = None
    ) -> Iterator[Told]:
        columns = Outbox.event_id, Outbox.position, Outbox.subject, Outbox.created_at, Outbox.body, Outbox.sent_at
        query = select(*columns)
        query = query.where(Outbox.type == type).order_by(Outbox.position)
        for row in self._sessions[source].execute(query, execution_options={"yield_per": AT_ONCE}):
            id = str(row.event_id)
            if states is not None and states.get(id, "done" if row.sent_at else "unsent") != "done":
                continue
            try:
                data = schema.load(orjson.loads(row.body), unknown=ma.EXCLUDE)
            except (orjson.JSONDecodeError, ma.ValidationError):
                unreadable = Text(f"{type} 无法解读", f"Cannot be read as {type}")
                self.unreadable.append(Fault(f"{source} chassis.outbox {id}", unreadable))
                continue
            yield Told(id, row.position, row.subject, row.created_at, data)


def about(told: Told) -> str:
    """The id in the subject of an event: "article/<id>" → "<id>"."""
    return told.subject.partition("/")[2]

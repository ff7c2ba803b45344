"""What a command changed, row by row: before and after, for the audit trail. Read off the session at each flush, so no
method has to say it, and none can forget.

Secrets and personal data never get into it (X5): a column that holds one says so, and only that it changed is told.
What is changed by a bare UPDATE statement is not seen; those are for the chassis' own tables and for what is forgotten.
"""

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import LargeBinary, event, inspect
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.base import NEVER_SET, NO_VALUE

from shared.store.tables import ChassisBase

SECRET: dict[str, Any] = {"secret": True}
"""``mapped_column(info=SECRET)``: never shown, not even as a hash."""
MASK = "***"
LONGEST = 200
"""Characters of one value that are kept; of a longer text its beginning and its length."""
MOST = 200
"""Rows that one command's record names; of more than that it only says how many there were."""

_NOTED = "changes"
_REMEMBERED = "remembered"
_UNKNOWN = (NO_VALUE, NEVER_SET)
"""What SQLAlchemy remembers of a value that was set before it was read."""


Values = dict[str, object]


class Changes:
    """Gathers what happens in one session. A row that is sent several times is told of once: as it was before the first
    and is after the last."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], tuple[Values | None, Values | None]] = {}
        self._more = 0

    def follow(self, session: Session) -> None:
        """Note what ``session`` sends to the database from now on."""
        session.info[_NOTED] = self

    def text(self) -> str | None:
        """All of it as JSON: ``{"rows": [{"table", "id", "before", "after"}, …], "more": n}``; None where there is
        nothing. ``before`` is null where a row is new, ``after`` where it is gone; else both hold what differs."""
        if not self._rows:
            return None
        rows = [
            {"table": table, "id": key, "before": before, "after": after}
            for (table, key), (before, after) in self._rows.items()
        ]
        return orjson.dumps({"rows": rows, "more": self._more}, default=str).decode()

    def note(self, session: Session) -> None:
        """Note what ``session`` has just sent."""
        for thing in _ours(session.new):
            self._keep(thing, None, _values(thing))
        for thing in _ours(session.dirty):
            before, after = _difference(thing)
            if before:
                self._keep(thing, before, after)
        for thing in _ours(session.deleted):
            self._keep(thing, _values(thing), None)

    def _keep(self, thing: Any, before: Values | None, after: Values | None) -> None:
        mapper = inspect(thing).mapper
        row = str(mapper.local_table.name), "/".join(map(str, mapper.primary_key_from_instance(thing)))
        if row in self._rows:
            first, last = self._rows[row]
            before = first if first is None or before is None else {**before, **first}
            after = after if last is None or after is None else {**last, **after}
        elif len(self._rows) >= MOST:
            self._more += 1
            return
        self._rows[row] = before, after


def remember(thing: Any, name: str) -> None:
    """Keep what an attribute is now: SQLAlchemy forgets it where the attribute is only flagged as changed."""
    state = instance_state(thing)
    state.info.setdefault(_REMEMBERED, {})[name] = state.dict.get(name)


@event.listens_for(Session, "after_flush")
def _flushed(session: Session, context: Any) -> None:
    # The values that the database or a default has filled in are there, and what was before is still known.
    noted: Changes | None = session.info.get(_NOTED)
    if noted is not None:
        noted.note(session)


def _ours(things: Any) -> Iterator[Any]:
    return (thing for thing in things if not isinstance(thing, ChassisBase))


@functools.cache
def _columns(mapper: Mapper[Any]) -> Mapping[str, bool]:
    """The attributes that are columns and tell something, and whether each is masked."""
    known = {}
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        if attribute.key == "version" or column.primary_key:
            continue
        known[attribute.key] = isinstance(column.type, LargeBinary) or not column.info.keys().isdisjoint(
            ("secret", "personal")
        )
    return known


def _values(thing: Any) -> Values:
    """What a row holds, but for what is empty."""
    state = instance_state(thing)
    return {
        name: _shown(value, masked)
        for name, masked in _columns(state.mapper).items()
        if (value := state.dict.get(name)) is not None
    }


def _difference(thing: Any) -> tuple[Values, Values]:
    """What was another value before this flush, before and after."""
    state = instance_state(thing)
    columns = _columns(state.mapper)
    before: Values = {}
    after: Values = {}
    for name, was in state.committed_state.items():
        masked = columns.get(name)
        now = state.dict.get(name)
        if was in _UNKNOWN:
            was = state.info.get(_REMEMBERED, {}).pop(name, None)
        if masked is None or was == now:
            continue
        before[name] = _shown(was, masked)
        after[name] = _shown(now, masked)
    return before, after


def _shown(value: object, masked: bool) -> object:
    """``value`` as it may be told; an empty one is empty, masked or not."""
    if value is None:
        return None
    if masked:
        return MASK
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}… ({len(value)})"
    return value

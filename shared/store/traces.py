"""What a transaction leaves in the chassis' own tables beside what it is about: the events it tells of and, where it
carries out a command, who did what, and the command's key with the answer that was given.

All of it is written by one statement when the transaction closes. That is a round trip instead of four, and whatever
its rows hold up is held up no longer than the commit takes.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from shared import clock
from shared.store.audit import details_of
from shared.store.changes import Changes
from shared.store.narrowed import own_connection
from shared.store.outbox import Told

# Identities are given in the order of the rows that come in, so events keep the order they were told in.
_TELL = """\
INSERT INTO chassis.outbox (event_id, type, subject, body, headers, created_at)
SELECT event_id, type, subject, body, headers, created_at
FROM ROWS FROM (
  json_to_recordset(%(told)s)
  AS (event_id uuid, type text, subject text, body text, headers jsonb, created_at timestamptz)
) WITH ORDINALITY AS told (event_id, type, subject, body, headers, created_at, place)
ORDER BY place"""

_CLOSE = f"""\
WITH told AS ({_TELL}),
audited AS (
  INSERT INTO chassis.audit (at, principal, operation, target, digest, correlation_id, address, changes, details)
  VALUES (
    %(at)s, %(principal)s, %(operation)s, %(target)s, %(digest)s, %(correlation_id)s,
    %(address)s, %(changes)s, %(details)s
  )
)
INSERT INTO chassis.idempotency (principal, key, operation, digest, answer, created_at)
SELECT %(principal)s, %(key)s, %(operation)s, %(digest)s, %(answer)s::jsonb, %(now)s
WHERE %(key)s::text IS NOT NULL
ON CONFLICT DO NOTHING
RETURNING key"""


class KeyUsed(Exception):
    """A command's idempotency key stands for one that has been carried out: this one must leave nothing behind."""


@dataclass(frozen=True)
class Command:
    """A command that was carried out. ``answer`` is None where it is not kept; without ``key`` it can be repeated."""

    at: datetime
    principal: str
    operation: str
    target: str | None
    digest: str
    correlation_id: str
    address: str | None
    key: str | None
    answer: Mapping[str, Any] | None


class Traces:
    """Gathers them while a transaction goes on. ``wakes`` names what to wake once it is committed: "relay", "retry",
    "jobs", "seal", "mails", "withdrawals"."""

    def __init__(self) -> None:
        self.wakes: set[str] = set()
        self.changes = Changes()
        self._told: list[Told] = []

    def tell(self, told: Told) -> None:
        """Have an event told once this is committed."""
        self._told.append(told)
        self.wakes.add("relay")

    @contextmanager
    def apart(self) -> Iterator[None]:
        """For a part of the transaction that is undone by itself where it fails: then it tells of nothing."""
        before = len(self._told)
        try:
            yield
        except BaseException:
            del self._told[before:]
            raise

    def write(self, session: Session) -> None:
        """Write what is not written yet."""
        if self._told:
            own_connection(session).exec_driver_sql(_TELL, {"told": self._rows()})

    def write_of(self, session: Session, command: Command) -> None:
        """The same, and that ``command`` was carried out; :class:`KeyUsed` where another with its key has been.

        Where another is still at it, its end is waited for.
        """
        answer = None if command.answer is None else orjson.dumps(command.answer).decode()
        changes = self.changes.text()
        values = {
            **vars(command),
            "told": self._rows(),
            "changes": changes,
            "details": details_of(command.address, changes),
            "answer": answer,
            "now": clock.wall_now(),
        }
        first = own_connection(session).exec_driver_sql(_CLOSE, values).first()
        self.wakes.add("seal")
        if command.key is not None and first is None:
            raise KeyUsed

    def _rows(self) -> str:
        told, self._told = self._told, []
        return orjson.dumps([each._asdict() for each in told]).decode()

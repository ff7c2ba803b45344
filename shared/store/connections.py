"""Connections to PostgreSQL: how they wait in a green process, and how a lost one is noticed before it is used."""

import os
import time
from typing import Any, TypeVar

from psycopg import Connection, OperationalError
from psycopg.abc import PQGen
from psycopg.waiting import Ready, Wait
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from shared import green

T = TypeVar("T")

# While a connection is made psycopg waits in its own way: this one is green where the process is.
os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_selector")

FRESH = 1.0
"""Seconds for which a connection that was used, and whose server has not said anything since, is taken for alive."""
_USED = "xiehui.used"


class GreenConnection(Connection[Any]):
    """Waits for an answer in the hub itself. psycopg's own way makes a selector each time, a tenth of what a command
    costs its service."""

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            wanted = next(gen)
            while wanted == Wait.R:
                green.wait_to_read(self.pgconn.socket)
                wanted = gen.send(Ready.R)
        except StopIteration as answer:
            result: T = answer.value
            return result
        return super().wait(_resumed(gen, wanted), interval)


def _resumed(gen: PQGen[T], wanted: Wait) -> PQGen[T]:
    """``gen``, which has already been asked what it waits for."""
    try:
        while True:
            wanted = gen.send((yield wanted))
    except StopIteration as answer:
        result: T = answer.value
        return result


def tend(engine: Engine) -> None:
    """Have the connections of ``engine`` wait as their process needs it, and looked at before they are used.

    Asking a server whether it is there costs as much as asking it for a row. One that has closed a connection, or
    wants to say why it will, has written to it; so one that was just used is only asked where there is something to
    read.
    """
    if green.patched():
        event.listen(
            engine, "do_connect", lambda _dialect, _record, args, options: GreenConnection.connect(*args, **options)
        )
    event.listen(engine, "checkin", _note)
    event.listen(engine, "checkout", _look)


def _note(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_USED] = time.monotonic()


def _look(connection: Connection[Any], record: ConnectionPoolEntry, _proxy: Any) -> None:
    used = record.info.get(_USED)
    if used is None:
        return  # made just now
    try:
        if time.monotonic() - used > FRESH or green.has_to_read(connection.fileno()):
            connection.autocommit = True
            connection.execute("")
            connection.autocommit = False
    except OperationalError as lost:
        raise InvalidatePoolError from lost

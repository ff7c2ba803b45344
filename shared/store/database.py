"""A service's database: its engine, and locks that make one process at a time do a thing."""

import hashlib
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from shared.store.connections import tend

IDLE_LIMIT = 8.0
"""Seconds for which a service's transaction may ask nothing of its database. Then the server ends it, so that what a
frozen process or a dead host had locked is free for the others."""
STILL_HERE_EVERY = 2.0

ONE_MOMENT: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Execution options of a connection whose transaction sees the database at one moment and changes nothing."""


def make_engine(url: str, *, pool_size: int, idle_limit: float = 0) -> Engine:
    """An engine that notices a lost connection before using it and waits at most 5 s for a free one.

    ``idle_limit``: seconds after which the server ends a transaction that asks nothing; 0 is never.
    """
    limits = f"-c idle_in_transaction_session_timeout={int(idle_limit * 1000)} -c client_connection_check_interval=2000"
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=4,
        pool_timeout=5,
        hide_parameters=True,  # they may be personal data, and errors are logged (X5)
        connect_args={
            "connect_timeout": 5,
            # Says in pg_stat_activity which process a session, and what it locks, belongs to.
            "application_name": f"xiehui {os.getpid()} {socket.gethostname()}"[:63],
            "options": limits,
            # A database whose host died is noticed within some 8 s as well.
            "keepalives_idle": 4,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "tcp_user_timeout": 8000,
        },
    )
    tend(engine)
    return engine


def is_away(error: BaseException) -> bool:
    """Whether ``error`` says that the database cannot be reached, rather than that it refused something."""
    if isinstance(error, PoolTimeout | InterfaceError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) in (
        None,  # never connected
        "57P01",  # admin_shutdown
        "57P02",  # crash_shutdown
        "57P03",  # cannot_connect_now
        "53300",  # too_many_connections
        "08000",
        "08003",
        "08006",
    )


def lost_race(error: BaseException) -> bool:
    """Whether ``error`` says that others wanted the same rows at the same time: the same again may well succeed."""
    if isinstance(error, StaleDataError):
        return True
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in (
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
    )


@contextmanager
def kept_alive(connection: Connection) -> Iterator[None]:
    """For a transaction that holds a lock while the work goes on elsewhere: it asks something now and then, so that it
    outlasts :data:`IDLE_LIMIT` exactly as long as this process is not frozen."""
    ended, plain = threading.Event(), connection.connection.driver_connection

    def speak() -> None:
        while not ended.wait(STILL_HERE_EVERY):
            try:
                plain.execute("SELECT 1")  # type: ignore[union-attr]
            except psycopg.Error:
                return  # whoever uses the connection next will see

    thread = threading.Thread(target=speak, name="still here", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def lock_key(name: str) -> int:
    """A stable 63-bit key for an advisory lock."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1


def try_lock(connection: Connection, name: str) -> bool:
    """Take the advisory lock ``name`` until the end of the transaction, unless somebody else holds it."""
    return bool(connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": lock_key(name)}))


@contextmanager
def locked(engine: Engine, name: str) -> Iterator[Connection | None]:
    """A connection without a transaction whose session holds the advisory lock ``name``; None where another does.

    A session that asks nothing for :data:`IDLE_LIMIT` is ended, and one that comes to grief is closed, so that the
    lock is free for the others.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        values = {"key": lock_key(name), "limit": f"{IDLE_LIMIT * 1000:.0f}"}
        if not connection.scalar(_LOCK, values):
            yield None
            return
        try:
            yield connection
            connection.execute(_UNLOCK, values)
        except BaseException:
            connection.invalidate()
            raise


_LOCK = text("SELECT CASE WHEN pg_try_advisory_lock(:key) THEN set_config('idle_session_timeout', :limit, false) END")
_UNLOCK = text("SELECT pg_advisory_unlock(:key), set_config('idle_session_timeout', '0', false)")

"""A service's database: its engine, and locks that make one process at a time do a thing."""

import hashlib
import os

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

# psycopg's default wait blocks eventlet's hub; this one waits through select, which is green when patched.
os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_selector")


def make_engine(url: str, *, pool_size: int) -> Engine:
    """An engine that notices a lost connection before using it and waits at most 5 s for a free one."""
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=4,
        pool_timeout=5,
        pool_pre_ping=True,
        hide_parameters=True,  # they may be personal data, and errors are logged (X5)
        connect_args={"connect_timeout": 5, "application_name": "xiehui"},
    )


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


def lock_key(name: str) -> int:
    """A stable 63-bit key for an advisory lock."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1


def try_lock(connection: Connection, name: str) -> bool:
    """Take the advisory lock ``name`` until the end of the transaction, unless somebody else holds it."""
    return bool(connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": lock_key(name)}))

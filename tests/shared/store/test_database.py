"""Sessions: whose they are, and how long one that is silent keeps what it has locked."""

import os
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.store import connections
from shared.store import database as store
from shared.store.database import is_away, kept_alive, locked, lost_race, make_engine, try_lock


def test_a_session_says_whose_it_is(database: str) -> None:
    with make_engine(database, pool_size=1).connect() as connection:
        said = connection.scalar(text("SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()"))
    assert str(said).startswith(f"xiehui {os.getpid()} ")


def test_a_transaction_that_asks_nothing_is_ended_and_its_lock_is_free(database: str) -> None:
    frozen, other = (make_engine(database, pool_size=1, idle_limit=0.5) for _ in range(2))
    with frozen.connect() as connection:
        assert try_lock(connection, "work")
        with other.begin() as second:
            assert not try_lock(second, "work")
            # A lock that is waited for is had as soon as the other session is ended.
            second.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": store.lock_key("work")})
        with pytest.raises(DBAPIError) as ended:
            connection.execute(text("SELECT 1"))
        assert is_away(ended.value)
        assert not lost_race(ended.value)


def test_one_that_works_elsewhere_meanwhile_keeps_its_lock(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "STILL_HERE_EVERY", 0.2)
    engine, other = (make_engine(database, pool_size=1, idle_limit=2) for _ in range(2))
    with engine.begin() as connection:
        assert try_lock(connection, "work")
        with kept_alive(connection):
            time.sleep(3)
        with other.begin() as second:
            assert not try_lock(second, "work")
        assert connection.scalar(text("SELECT 1")) == 1


def test_a_session_without_a_limit_may_be_silent(database: str) -> None:
    with make_engine(database, pool_size=1).begin() as connection:
        connection.execute(text("SELECT 1"))
        time.sleep(1)
        assert connection.scalar(text("SELECT 1")) == 1


# --- a lock of a session ------------------------------------------------------------------------------------


def test_one_at_a_time_has_a_sessions_lock_and_leaves_it_free(database: str) -> None:
    engine, other = (make_engine(database, pool_size=1) for _ in range(2))
    for _ in range(2):
        with locked(engine, "work") as mine, locked(other, "work") as theirs:
            assert (mine is None, theirs is None) == (False, True)
        with locked(other, "work") as theirs:
            assert theirs is not None


def test_a_session_that_came_to_grief_leaves_its_lock_free(database: str) -> None:
    engine, other = (make_engine(database, pool_size=1) for _ in range(2))
    with pytest.raises(RuntimeError), locked(engine, "work"):
        raise RuntimeError("the bus is away")
    with other.connect() as connection:
        # Had as soon as the server has seen that the other session is over.
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": store.lock_key("work")})


def test_a_session_that_is_silent_loses_its_lock_but_not_once_it_gave_it_back(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "IDLE_LIMIT", 0.5)
    engine, other = (make_engine(database, pool_size=1) for _ in range(2))
    with locked(engine, "work"):
        pass
    time.sleep(1)
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW idle_session_timeout")) == "0", "its connection may wait in the pool"

    def freeze() -> None:
        with locked(engine, "work") as frozen:
            assert frozen is not None
            time.sleep(1)
            with locked(other, "work") as theirs:
                assert theirs is not None
            frozen.execute(text("SELECT 1"))

    with pytest.raises(DBAPIError):
        freeze()


# --- connections that were lost -----------------------------------------------------------------------------


def end_sessions(database: str) -> None:
    """End every other session in the database, as a server that is stopped does."""
    ended = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with make_engine(database, pool_size=1).connect() as admin:
        assert admin.execute(text(ended)).all()


@pytest.mark.parametrize("fresh", [10.0, 0.0])
def test_a_connection_that_the_server_ended_is_not_used(
    database: str, monkeypatch: pytest.MonkeyPatch, fresh: float
) -> None:
    monkeypatch.setattr(connections, "FRESH", fresh)
    engine = make_engine(database, pool_size=3)
    with engine.connect() as one, engine.connect() as two:
        assert one.scalar(text("SELECT 1")) == two.scalar(text("SELECT 1")) == 1
    end_sessions(database)
    for _ in range(3):
        with engine.begin() as connection:
            assert connection.scalar(text("SELECT 1")) == 1


def test_a_connection_that_was_just_used_is_not_asked_again(database: str) -> None:
    engine = make_engine(database, pool_size=1)
    with engine.connect() as connection:
        session = connection.scalar(text("SELECT pg_backend_pid()"))
    asked = text("SELECT query FROM pg_stat_activity WHERE pid = :session")
    with make_engine(database, pool_size=1).connect() as admin:
        before = admin.scalar(asked, {"session": session})
        with engine.connect():
            assert admin.scalar(asked, {"session": session}) == before

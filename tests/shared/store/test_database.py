"""Sessions: whose they are, and how long one that is silent keeps what it has locked."""

import os
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.store import database as store
from shared.store.database import is_away, kept_alive, lost_race, make_engine, try_lock


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

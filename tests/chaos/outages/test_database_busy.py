"""PostgreSQL is there and cannot serve everybody: too few connections, and transactions that wait for one another."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from shared.store.base import new_id
from shared.testing.association import eventually
from shared.testing.house import House
from shared.testing.traffic import AGAIN, PATIENCE, over_bus

pytestmark = pytest.mark.rabbitmq

CALLERS = 40
ROUNDS = 8


def address(house: House, service: str) -> str:
    url = make_url(house.pair.settings["database_urls"][service])
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def connections_limited(house: House, service: str, most: int) -> Iterator[None]:
    """The service's role gets ``most`` connections; those it has are ended first."""
    admin_url = make_url(house.postgres.admin_url).set(drivername="postgresql")
    role = str(make_url(house.pair.settings["database_urls"][service]).username)
    house.pair.database(service).dispose()
    with psycopg.connect(admin_url.render_as_string(hide_password=False), autocommit=True) as admin:
        limit = sql.SQL("ALTER ROLE {} CONNECTION LIMIT {}")
        admin.execute(limit.format(sql.Identifier(role), sql.Literal(most)))
        try:
            admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s", [role])
            yield
        finally:
            admin.execute(limit.format(sql.Identifier(role), sql.Literal(-1)))


def test_more_callers_than_connections_wait_or_are_told_and_all_are_served_in_the_end(house: House) -> None:
    pair = house.pair
    send = over_bus(pair, house.client, deadline=10)
    commands = [(pair.topic(), str(new_id())) for _ in range(CALLERS)]
    with ThreadPoolExecutor(CALLERS) as pool, connections_limited(house, "teller", 3):
        first = list(pool.map(lambda command: send(command[0], "a", command[1]), commands))
        assert {status for status, _ in first} <= {200, *AGAIN}, first

        def again(command: tuple[str, str]) -> Any:
            return eventually(lambda: (told := send(command[0], "a", command[1]))[0] == 200 and told, within=PATIENCE)

        assert set(pool.map(again, commands)) == {(200, "")}
    for topic, _ in commands:
        eventually(lambda: pair.heard(topic) == ["a"], within=PATIENCE)  # noqa: B023 (asked at once)
        assert len(pair.told(topic)) == 1


def waits(house: House, service: str, relation: str) -> bool:
    """Whether somebody waits for a lock, having written ``relation``."""
    return bool(
        house.pair.rows(
            service,
            "SELECT 1 FROM pg_locks AS held JOIN pg_locks AS wanted USING (pid)"
            f" WHERE NOT wanted.granted AND held.relation = '{relation}'::regclass AND held.mode = 'RowExclusiveLock'",
        )
    )


def deadlocked(
    house: House, service: str, relation: str, hold: str, begin: Callable[[], list[Any]], cross: str
) -> bool:
    """Make a deadlock with what ``begin`` starts: we ``hold`` what it will want, and then (``cross``, with the
    parameters that ``begin`` gave) want what it has. Whether it, and not we, was chosen to give way."""
    with psycopg.connect(address(house, service)) as other:
        other.execute(hold)
        parameters = begin()
        eventually(lambda: waits(house, service, relation), within=PATIENCE, every=0.01)
        try:
            other.execute(cross, parameters)
        except psycopg.errors.DeadlockDetected:
            return False
        finally:
            other.rollback()
        return True


def test_a_command_that_lost_a_deadlock_is_done_again_and_answered(house: House) -> None:
    pair, teller = house.pair, house.pair.person("teller")
    for _ in range(ROUNDS):
        topic, key = pair.topic(), str(new_id())
        calls: list[Future[Any]] = []
        with ThreadPoolExecutor(1) as pool:

            def tell() -> list[str]:
                arguments = {"id": topic, "texts": ["a"], "key": key}  # noqa: B023 (called at once)
                calls.append(pool.submit(pair.call, "teller", "tell", as_=teller, **arguments))  # noqa: B023
                return []

            lost = deadlocked(
                house,
                "teller",
                "topics",
                "INSERT INTO chassis.idempotency (principal, key, operation, digest, created_at)"
                f" VALUES ('account:{teller.account}', '{key}', 'tell', '', now())",
                tell,
                f"SELECT 1 FROM topics WHERE id = '{topic}' FOR UPDATE",
            )
            assert calls[0].result().status == 200, calls[0].result().problem
        eventually(lambda: pair.heard(topic) == ["a"], within=PATIENCE)  # noqa: B023 (asked at once)
        assert len(pair.told(topic)) == 1
        if lost:
            return
    pytest.fail("the other side gave way each time")


def test_an_event_that_lost_a_deadlock_is_handled_again_at_no_cost(house: House) -> None:
    pair = house.pair
    for _ in range(ROUNDS):
        topic = pair.topic()

        def told() -> list[str]:
            pair.tell(topic, "a")  # noqa: B023 (called at once)
            return [str(pair.told(topic)[0]["event_id"])]  # noqa: B023

        lost = deadlocked(
            house,
            "listener",
            "chassis.inbox",
            "LOCK TABLE heard_notes IN SHARE MODE",
            told,
            "INSERT INTO chassis.inbox (event_id, source, type, aggregate, state, attempts, received_at)"
            " VALUES (%s, '', '', '', 'done', 0, now())",
        )
        eventually(lambda: pair.heard(topic) == ["a"], within=PATIENCE)  # noqa: B023 (asked at once)
        assert [(row["state"], row["attempts"]) for row in pair.inbox(topic)] == [("done", 0)]
        if lost:
            return
    pytest.fail("the other side gave way each time")

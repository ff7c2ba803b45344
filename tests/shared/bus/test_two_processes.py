"""Two processes of each service on RabbitMQ share the work, do none of it twice, and stand in for each other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.store.audit import verify
from shared.store.base import new_id
from shared.store.database import ONE_MOMENT
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import eventually
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.telling import Pair

pytestmark = pytest.mark.rabbitmq


@pytest.fixture(scope="module")
def one(
    rabbitmq_node: PrivateRabbitMQ, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """The process that started first: the broker gives it the events while it lives."""
    name = f"two-{new_id()}"
    with Pair.on(rabbitmq_node.create_vhost(name), postgres, tmp_path_factory.mktemp("two")) as pair:
        yield pair
    rabbitmq_node.delete_vhost(name)


@pytest.fixture(scope="module")
def other(one: Pair) -> Iterator[Pair]:
    """The second process, on the same bus and databases."""
    second = one.another()
    second.start()
    yield second
    second.kill()


def numbered(count: int) -> list[str]:
    return [str(number) for number in range(count)]


def hears(pair: Pair, topic: str, texts: list[str]) -> None:
    eventually(lambda: pair.heard(topic) == texts, within=60)


def test_events_are_told_once_and_heard_once(one: Pair, other: Pair) -> None:
    topics = [one.topic() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for topic in topics:
            for number in range(10):
                pool.submit((one, other)[number % 2].tell, topic, *numbered(5))
    for topic in topics:
        hears(one, topic, numbered(5) * 10)
        assert one.positions(topic) == list(range(1, 51))
    assert one.logged(service="listener", event="event", outcome="duplicate") == []


def test_a_failed_event_is_tried_again_by_one_of_them(one: Pair, other: Pair) -> None:
    topics = [one.topic() for _ in range(10)]
    for topic in topics:
        other.tell(topic, f"fail 1 {topic}", "after")
    for topic in topics:
        hears(one, topic, [f"fail 1 {topic}", "after"])
        # Each process counts failures for itself, so that one event may fail once in either; and one that fails among
        # others is first tried again alone.
        assert one.inbox(topic)[0]["attempts"] in (0, 1, 2)


def test_one_chain_seals_what_both_have_done(one: Pair, other: Pair) -> None:
    for pair in (one, other) * 5:
        pair.topic()
    unsealed = "SELECT 1 FROM chassis.audit WHERE seal IS NULL"
    eventually(lambda: not one.rows("teller", unsealed))
    with one.database("teller").connect().execution_options(**ONE_MOMENT) as connection:
        verdict = verify(connection)
    assert verdict.holds
    assert verdict.sealed >= 10


def test_the_other_takes_over_from_one_that_is_killed(one: Pair, other: Pair) -> None:
    topic, teller = one.topic(), one.person("teller")
    jobs = [str(other.call("teller", "start_counting", as_=teller, steps=20)["id"]) for _ in range(4)]
    other.tell(topic, *numbered(250))
    eventually(lambda: len(other.heard(topic)) >= 20, within=30, every=0.01)
    one.kill()
    assert other.heard(topic) == numbered(250)[: len(other.heard(topic))]
    hears(other, topic, numbered(250))
    other.tell(topic, "still")
    hears(other, topic, [*numbered(250), "still"])

    def ended() -> list[Any]:
        rows = other.rows("teller", "SELECT id::text, state FROM chassis.jobs")
        return [row["state"] for row in rows if row["id"] in jobs]

    eventually(lambda: ended() == ["done"] * 4, within=60)
    assert len(other.rows("teller", "SELECT 1 FROM topics WHERE name LIKE 'counted 20 %%'")) == 4

    one.start()
    other.kill()
    one.tell(topic, "and back")
    hears(one, topic, [*numbered(250), "still", "and back"])
    other.start()

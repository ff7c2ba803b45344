"""Events that come twice at once, in the wrong order, long after they were told, or before their handler can bear them.

On both buses; what each counts for is there once.
"""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from shared.store.database import lock_key
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import eventually
from shared.testing.telling import Pair

PATIENCE = 40.0
DELAYS = [0.1, 0.1, 0.2, 0.2]


@pytest.fixture(scope="module", params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def pair(
    request: pytest.FixtureRequest, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    url = "embedded://out-of-step/"
    if request.param == "rabbitmq":
        url = request.getfixturevalue("rabbitmq_node").create_vhost(f"out-of-step-{secrets.token_hex(4)}")
    with Pair.on(url, postgres, tmp_path_factory.mktemp(request.param), retry_delays=DELAYS) as pair:
        yield pair


@contextmanager
def untold(pair: Pair) -> Iterator[None]:
    """What is committed stays untold meanwhile."""
    with pair.database("teller").begin() as relay:
        relay.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("relay")})
        yield


def deliver(pair: Pair, told: dict[str, Any]) -> None:
    """Have the bus deliver an event that stands in the outbox, beside what the relay does."""
    pair.put_event(told["body"].encode(), told["headers"])


def hears(pair: Pair, topic: str, *texts: str) -> None:
    eventually(lambda: pair.heard(topic) == list(texts), within=PATIENCE)


def test_a_handler_that_fails_three_times_and_then_works(pair: Pair) -> None:
    stuck, free = pair.topic(), pair.topic()
    failing = f"fail 3 {stuck}"
    pair.tell(stuck, "before", failing, "after")
    pair.tell(free, "a", "b")
    hears(pair, free, "a", "b")
    hears(pair, stuck, "before", failing, "after")
    assert pair.states(stuck) == ["done"] * 3
    # The first failure may be that of the events that arrived together, after which each is tried alone.
    assert [row["attempts"] for row in pair.inbox(stuck)] in ([0, 2, 0], [0, 3, 0])


def test_a_poison_message_among_good_ones_is_dead_alone_and_holds_up_its_own(pair: Pair) -> None:
    topics = [pair.topic() for _ in range(4)]
    poison = f"poison {topics[0]}"
    for number in range(10):
        for topic in topics:
            pair.tell(topic, poison if number == 5 and topic == topics[0] else str(number))
    for topic in topics[1:]:
        hears(pair, topic, *map(str, range(10)))
    eventually(lambda: "dead" in pair.states(topics[0]), within=PATIENCE)
    assert pair.heard(topics[0]) == [str(number) for number in range(5)]
    assert pair.states(topics[0]) == ["done"] * 5 + ["dead"] + ["parked"] * 4
    pair.heal(poison)
    dead = next(row["event_id"] for row in pair.inbox(topics[0]) if row["state"] == "dead")
    order = pair.call("listener", "redrive_dead_letter", as_=pair.person("operator"), event_id=dead)
    assert order.status == 200
    hears(pair, topics[0], *map(str, range(5)), poison, *map(str, range(6, 10)))


def test_an_event_that_comes_many_times_at_once_counts_once(pair: Pair) -> None:
    topic = pair.topic()
    with untold(pair):
        pair.tell(topic, "a")
        (told,) = pair.told(topic)
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda _: deliver(pair, told), range(6)))
    eventually(lambda: pair.told(topic)[0]["sent_at"], within=PATIENCE)
    pair.settled()
    assert pair.heard(topic) == ["a"]
    assert pair.states(topic) == ["done"]


def test_events_in_the_wrong_order_count_once_each(pair: Pair) -> None:
    topic = pair.topic()
    with untold(pair):
        pair.tell(topic, "a", "b", "c")
        told = pair.told(topic)
        for event in (told[2], told[0]):
            deliver(pair, event)
        hears(pair, topic, "c", "a")
    hears(pair, topic, "c", "a", "b")
    pair.settled()
    assert pair.states(topic) == ["done"] * 3


def test_an_event_of_a_year_ago_counts_as_of_today(pair: Pair) -> None:
    topic = pair.topic()
    with untold(pair):
        pair.tell(topic, "a")
        with pair.database("teller").begin() as outbox:
            outbox.execute(
                text(
                    "UPDATE chassis.outbox SET created_at = created_at - interval '1 year', headers = headers ||"
                    " jsonb_build_object('cloudEvents_time', '2019-01-01T09:00:00+08:00') WHERE subject = :subject"
                ),
                {"subject": f"topic/{topic}"},
            )
        pair.tell(topic, "b")
    hears(pair, topic, "a", "b")

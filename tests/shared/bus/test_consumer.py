"""The consumer of events, on both buses: what it cannot settle stays with the broker, in order."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from shared.bus import embedded
from shared.bus.connection import EMBEDDED, connect
from shared.bus.consumer import BATCH, DELIVERY_LIMIT, PREFETCH, EventConsumer, queues_of
from shared.bus.events import dead_queue, inbox_queue
from shared.bus.inbox import Delivery, Inbox
from shared.runtime import StoreAway
from shared.store.base import new_id
from shared.testing.association import eventually
from shared.testing.embedded_bus import EmbeddedBus
from shared.testing.telling import envelope_of

HEARD = [("teller", "topic.told.v1")]
TOPIC = str(new_id())


class Store(Inbox):
    """Takes down what it is given; fails as it is told to."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.buried: list[tuple[Delivery, str]] = []
        self.fails: list[Exception] = []
        self.answers: Callable[[], bool] = lambda: True
        self.asked = threading.Event()
        self.holds = threading.Event()
        self.holds.set()

    def take(self, deliveries: Sequence[Delivery]) -> list[str]:
        self.asked.set()
        assert self.holds.wait(60)
        if self.fails:
            raise self.fails.pop(0)
        self.taken.extend(delivery.event_id for delivery in deliveries)
        return ["done"] * len(deliveries)

    def bury(self, delivery: Delivery, reason: str) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.buried.append((delivery, reason))

    def reachable(self) -> bool:
        return self.answers()


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "rabbitmq":
        yield request.getfixturevalue("rabbitmq_url")
        return
    bus = EmbeddedBus()
    yield bus.url
    embedded.reset(bus.name)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def consume(url: str, store: Store) -> Iterator[Callable[[], EventConsumer]]:
    made: list[EventConsumer] = []

    def consume(*, stays_ready: bool = True) -> EventConsumer:
        consumer = EventConsumer(url, "listener", HEARD, store)
        made.append(consumer)
        consumer.start()
        assert not stays_ready or consumer.ready.wait(30)
        return consumer

    yield consume
    for consumer in made:
        consumer.stop()


def put(url: str, *event_ids: str, body: bytes | None = None, **headers: Any) -> None:
    """Put events on the bus. RabbitMQ has them safely when this returns: a quorum queue may lose what its publisher has
    not waited for, where that one hangs up at once. (The embedded bus has them at once.)"""
    outstanding = set(range(1, len(event_ids) + 1))

    def confirmed(tag: int, multiple: bool) -> None:
        outstanding.difference_update(range(1, tag + 1) if multiple else [tag])

    with connect(url) as connection:
        channel = connection.channel()
        channel.events["basic_ack"].add(confirmed)
        channel.confirm_select()
        for event_id in event_ids:
            usual, attributes = envelope_of(TOPIC, "x", 1, event_id)
            message = channel.prepare_message(
                usual if body is None else body,
                content_type="application/json",
                content_encoding="utf-8",
                headers={**attributes, **headers},
                properties={"delivery_mode": 2},
            )
            channel.basic_publish(message, exchange="teller.events", routing_key="topic.told.v1")
        while outstanding and not url.startswith(EMBEDDED):
            connection.drain_events(timeout=60)


def declare(url: str) -> None:
    """The listener's queues, as they stand when it has run before."""
    with connect(url) as connection:
        for queue in queues_of("listener", HEARD):
            queue(connection.channel()).declare()


def away() -> StoreAway:
    return StoreAway("不在", "Away")


IDS = [f"event-{number}" for number in range(5)]


def test_events_arrive_in_order(url: str, store: Store, consume: Callable[[], EventConsumer]) -> None:
    consume()
    put(url, *IDS)
    eventually(lambda: store.taken == IDS, within=20)


def test_what_the_store_cannot_take_waits_for_it_and_keeps_its_order(
    url: str, store: Store, consume: Callable[..., EventConsumer]
) -> None:
    """More than a batch of them: what is still under way when the connection is given up is not settled either, or it
    would come before what the store could not take."""
    many = [f"event-{number}" for number in range(PREFETCH + BATCH)]
    back = threading.Event()
    store.fails, store.answers = [away()], back.is_set
    declare(url)
    put(url, *many)
    consume(stays_ready=False)  # it may be over before anybody looks
    eventually(lambda: not store.fails, within=60)
    assert store.taken == [], "it asks the store, and tries no event before the store answers"
    back.set()
    eventually(lambda: len(store.taken) >= len(many), within=60)
    assert store.taken == many


def test_a_failure_of_its_own_costs_no_event(url: str, store: Store, consume: Callable[[], EventConsumer]) -> None:
    store.fails = [RuntimeError("a bug"), RuntimeError("again")]
    consume()
    put(url, *IDS)
    eventually(lambda: store.taken == IDS, within=20)


def test_a_store_that_is_away_and_answers_all_the_same_makes_no_storm(
    url: str, store: Store, consume: Callable[[], EventConsumer]
) -> None:
    store.fails = [away() for _ in range(4)]
    began = time.monotonic()
    consume()
    put(url, "event")
    eventually(lambda: store.taken == ["event"], within=30)
    assert time.monotonic() - began > 0.1 + 0.2 + 0.4 + 0.8


def test_what_it_has_not_settled_when_it_stops_is_heard_by_the_next(
    url: str, store: Store, consume: Callable[[], EventConsumer]
) -> None:
    store.holds.clear()
    first = consume()
    put(url, *IDS)
    assert store.asked.wait(60)
    put(url, "later")
    first.ask_to_stop()
    store.holds.set()
    first.stop(60)
    assert store.taken
    assert store.taken == IDS[: len(store.taken)], "it finishes what it has in hand and begins nothing new"
    before = list(store.taken)
    consume()
    eventually(lambda: store.taken == [*before, *IDS[len(before) :], "later"], within=60)


def test_what_has_arrived_is_taken_together(url: str, store: Store, consume: Callable[[], EventConsumer]) -> None:
    many, sizes, take = [f"event-{number}" for number in range(BATCH)], [], store.take
    store.take = lambda deliveries: sizes.append(len(deliveries)) or take(deliveries)  # type: ignore[method-assign]
    store.holds.clear()
    consume()
    put(url, "alone")
    assert store.asked.wait(60)
    put(url, *many)
    store.holds.set()
    eventually(lambda: store.taken == ["alone", *many], within=60)
    assert sizes[0] == 1, "one alone is not kept waiting for others"
    assert len(sizes) < len(many) / 2


def test_it_begins_with_one_so_that_a_short_life_gets_something_done(
    url: str, store: Store, consume: Callable[[], EventConsumer]
) -> None:
    """A process that is killed again and again before its first batch is done would never get anywhere."""
    many, sizes, take = [f"event-{number}" for number in range(BATCH)], [], store.take
    store.take = lambda deliveries: sizes.append(len(deliveries)) or take(deliveries)  # type: ignore[method-assign]
    declare(url)
    put(url, *many)
    consume()
    eventually(lambda: store.taken == many, within=60)
    assert sizes[0] == 1


def test_one_at_a_time_hears(url: str, store: Store, consume: Callable[[], EventConsumer]) -> None:
    first, _ = consume(), consume()
    store.holds.clear()
    put(url, *IDS)
    time.sleep(0.3)
    store.holds.set()
    eventually(lambda: store.taken == IDS, within=20)
    first.stop()
    put(url, "after")
    eventually(lambda: store.taken == [*IDS, "after"], within=20)


def test_what_is_no_event_is_buried_when_the_store_can(
    url: str, store: Store, consume: Callable[[], EventConsumer]
) -> None:
    store.fails = [away()]
    consume()
    put(url, "event-0", body=b"\xff")
    put(url, "event-1")
    eventually(lambda: store.taken == ["event-1"], within=20)
    ((delivery, reason),) = store.buried
    assert (delivery.body, reason) == (b"\xff", "the body is not JSON in UTF-8")
    assert delivery.event_id.startswith("raw-")


def test_what_the_broker_gave_up_is_buried_as_the_event_it_is(
    url: str, store: Store, consume: Callable[[], EventConsumer]
) -> None:
    consume()
    with connect(url) as connection:
        channel = connection.channel()
        body, headers = envelope_of(TOPIC, "x", 1, "given-up")
        for sent in ({**headers, "x-first-death-exchange": "teller.events"}, headers):
            message = channel.prepare_message(body, content_type="application/json", headers=sent)
            channel.basic_publish(message, exchange=dead_queue("listener"), routing_key="listener")
    eventually(lambda: len(store.buried) == 2, within=20)
    (event, reason), (unknown, _) = store.buried
    assert (event.event_id, event.source, event.aggregate) == ("given-up", "teller", f"teller/topic/{TOPIC}")
    assert str(DELIVERY_LIMIT) in reason
    assert unknown.event_id.startswith("raw-"), "what came over no known exchange is not believed"


@pytest.mark.rabbitmq
def test_rabbitmq_says_where_a_dead_letter_came_from(rabbitmq_url: str, store: Store) -> None:
    """The real thing: an event rejected for good lands in the queue of the dead, with the header we read."""
    consumer = EventConsumer(rabbitmq_url, "listener", HEARD, store)
    with connect(rabbitmq_url) as connection:
        channel = connection.channel()
        for queue in queues_of("listener", HEARD):
            queue(channel).declare()
        rejected: list[Any] = []
        channel.basic_consume(queue=inbox_queue("listener"), callback=rejected.append)
        put(rabbitmq_url, "given-up")
        while not rejected:
            connection.drain_events(timeout=20)
        channel.basic_reject(rejected[0].delivery_tag, requeue=False)
        dead = eventually(lambda: channel.basic_get(dead_queue("listener")), within=20)
        consumer._settle([(channel.message_to_python(dead), True)])
    assert store.buried[0][0].event_id == "given-up"
    assert store.buried[0][0].aggregate == f"teller/topic/{TOPIC}"

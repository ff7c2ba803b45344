"""Publishing with confirms: what counts as sent is what was confirmed from the start without a gap."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kombu import Connection

from shared.bus import connection as bus_connection
from shared.bus import publisher as publishing
from shared.bus.publisher import ConfirmedPublisher, Outgoing
from shared.errors import Unavailable
from shared.testing.association import eventually
from shared.testing.embedded_bus import EmbeddedBus

Confirm = tuple[str, int, bool]
"""What a broker says: "ack" or "nack", of which publish, and whether of all before it too."""


class Broker:
    """Says what it is told to say, one thing a drain, and keeps what it was sent."""

    heartbeat = 0

    def __init__(self, says: list[Confirm] | None = None) -> None:
        self.says = says or []
        self.sent: list[str] = []
        self.opened = 0
        self.released = 0
        self.events: dict[str, set[Callable[..., None]]] = {}

    def channel(self) -> "Broker":
        self.opened += 1
        self.events = {"basic_ack": set(), "basic_nack": set()}
        return self

    def exchange_declare(self, **_: Any) -> None: ...

    def confirm_select(self) -> None: ...

    def prepare_message(self, body: str, **_: Any) -> str:
        return body

    def basic_publish(self, body: str, **_: Any) -> None:
        self.sent.append(body)

    def drain_events(self, timeout: float) -> None:
        if not self.says:
            raise TimeoutError
        kind, tag, multiple = self.says.pop(0)
        for listener in self.events[f"basic_{kind}"]:
            listener(tag, multiple)

    def release(self) -> None:
        self.released += 1


def outgoing(*bodies: str) -> list[Outgoing]:
    return [Outgoing("e", "k", body, body) for body in bodies]


def publisher_on(broker: Broker, monkeypatch: pytest.MonkeyPatch, patience: float = 0.01) -> ConfirmedPublisher:
    monkeypatch.setattr(publishing, "connect", lambda _url: broker)
    return ConfirmedPublisher("any", ["e"], patience=patience)


@pytest.mark.parametrize(
    ("says", "confirmed"),
    [
        ([("ack", 3, True)], 3),
        ([("ack", 1, False), ("ack", 2, False), ("ack", 3, False)], 3),
        ([("ack", 3, False), ("ack", 1, False), ("ack", 2, False)], 3),
        ([("ack", 2, True)], 2),
        ([("ack", 2, False), ("ack", 3, False)], 0),
        ([("ack", 1, False), ("ack", 3, False)], 1),
        ([("ack", 1, False), ("nack", 2, False), ("ack", 3, False)], 1),
        ([("nack", 3, True)], 0),
        ([("ack", 2, True), ("nack", 3, False)], 2),
        ([("ack", 3, True), ("nack", 2, False)], 3),
        ([], 0),
    ],
)
def test_only_an_unbroken_start_counts(monkeypatch: pytest.MonkeyPatch, says: list[Confirm], confirmed: int) -> None:
    broker = Broker(says)
    assert publisher_on(broker, monkeypatch).publish(outgoing("a", "b", "c")) == confirmed
    assert broker.sent == ["a", "b", "c"]
    assert broker.released == (0 if confirmed == 3 else 1), "a late confirm must not count for the next batch"


@given(st.data())
def test_nothing_unconfirmed_ever_counts(data: st.DataObject) -> None:
    """Whatever the broker says in whatever order, every message counted had been acknowledged."""
    size = data.draw(st.integers(1, 8))
    says = data.draw(
        st.lists(st.tuples(st.sampled_from(["ack", "nack"]), st.integers(1, size), st.booleans()), max_size=12)
    )
    settled: dict[int, str] = {}
    for kind, tag, multiple in says:
        for covered in range(1, tag + 1) if multiple else [tag]:
            settled.setdefault(covered, kind)
    first_gap = next((tag for tag in range(1, size + 1) if settled.get(tag) != "ack"), size + 1)
    with pytest.MonkeyPatch.context() as monkeypatch:
        broker = Broker(list(says))
        publisher = publisher_on(broker, monkeypatch)
        assert publisher.publish(outgoing(*map(str, range(size)))) == first_gap - 1


def test_the_next_batch_counts_from_its_own_start(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Broker([("ack", 2, True)])
    publisher = publisher_on(broker, monkeypatch)
    assert publisher.publish(outgoing("a", "b")) == 2
    broker.says = [("ack", 4, True)]
    assert publisher.publish(outgoing("c", "d", "e")) == 2
    broker.says = [("ack", 1, False)]
    assert publisher.publish(outgoing("e")) == 1, "on a new connection, whose publishes count from one"
    assert broker.opened == 2


def test_a_bus_that_is_away_is_said_so_and_tried_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Broker([("ack", 1, False)])
    publisher = publisher_on(broker, monkeypatch)
    monkeypatch.setattr(broker, "basic_publish", _refuse)
    with pytest.raises(Unavailable):
        publisher.publish(outgoing("a"))
    monkeypatch.undo()
    publisher = publisher_on(broker, monkeypatch)
    assert publisher.publish(outgoing("a")) == 1


def _refuse(*_: Any, **__: Any) -> None:
    raise ConnectionResetError("gone")


def test_a_publisher_that_gives_up_says_what_is_confirmed_by_then() -> None:
    bus = EmbeddedBus()
    channel = bus.connect().channel()
    channel.exchange_declare(exchange="e", type="topic", durable=True, auto_delete=False)
    channel.queue_declare(queue="q", durable=True, auto_delete=False)
    channel.queue_bind(queue="q", exchange="e", routing_key="k")
    publisher = ConfirmedPublisher(bus.url, ["e"], patience=60)
    counted: list[int] = []
    thread = threading.Thread(target=lambda: counted.append(publisher.publish(outgoing("a", "b"))), daemon=True)
    thread.start()
    first = eventually(lambda: channel.basic_get("q"))
    first.ack()
    publisher.give_up()
    thread.join(10)
    assert counted == [1]
    bus.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch, rabbitmq_url: str) -> Iterator[ConfirmedPublisher]:
    """A publisher whose connection the broker ends after two seconds without a sign of life."""
    monkeypatch.setattr(publishing, "connect", lambda url: bus_connection.connect(url, heartbeat=1))
    publisher = ConfirmedPublisher(rabbitmq_url, ["e"])
    assert publisher.publish(outgoing("a")) == 1
    yield publisher
    publisher.close()


@pytest.mark.rabbitmq
def test_an_idle_publisher_keeps_its_connection(hasty: ConfirmedPublisher) -> None:
    before: Connection | None = hasty._connection
    for _ in range(30):
        time.sleep(0.15)
        hasty.beat()
    assert hasty._connection is before
    assert hasty.publish(outgoing("b")) == 1
    assert hasty._connection is before


@pytest.mark.rabbitmq
def test_a_publisher_whose_connection_was_closed_drops_it_and_opens_another(hasty: ConfirmedPublisher) -> None:
    def dropped() -> bool:
        hasty.beat()
        return hasty._connection is None

    # Without a beat for this long the broker has closed it.
    time.sleep(4)
    eventually(dropped)
    assert hasty.publish(outgoing("b")) == 1

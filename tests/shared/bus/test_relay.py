"""The relay: unsent events in the order of the outbox, marked only when confirmed, by one process at a time."""

import threading
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import shared.testing.echo as echo
from shared.bus.publisher import ConfirmedPublisher, Outgoing
from shared.bus.relay import BATCH, Relay
from shared.clock import wall_now
from shared.errors import Unavailable
from shared.identity.principals import ANONYMOUS
from shared.runtime import Runtime
from shared.store.base import new_id
from shared.store.tables import Outbox
from shared.store.tx import Origin


class Bus(ConfirmedPublisher):
    """Takes down what it is given; confirms all of it, or as many as it is told."""

    def __init__(self) -> None:
        super().__init__("none", [])
        self.told: list[str] = []
        self.batches: list[int] = []
        self.then: Callable[[], None] = lambda: None
        self.confirms: int | None = None
        self.away = False
        self.waits = threading.Event()
        self.waits.set()
        self.asked = threading.Event()

    def publish(self, messages: Sequence[Outgoing]) -> int:
        self.asked.set()
        assert self.waits.wait(30)
        if self.away:
            raise Unavailable("消息总线暂不可用", "The message bus is away", code="bus-away")
        self.told.extend(message.body for message in messages)
        self.batches.append(len(messages))
        self.then()
        return len(messages) if self.confirms is None else self.confirms


@pytest.fixture
def teller(make_runtime: Callable[..., Runtime]) -> Runtime:
    return make_runtime(echo.TELLER)


def row(body: str) -> Outbox:
    return Outbox(event_id=new_id(), type="t", subject="s", body=body, headers={}, created_at=wall_now(), sent_at=None)


def put(teller: Runtime, *bodies: str) -> None:
    for body in bodies:
        with teller.begin(Origin(ANONYMOUS, "c")) as tx:
            tx.add(row(body))


def unsent(teller: Runtime) -> list[str]:
    with teller.engine.connect() as connection:
        rows = connection.execute(text("SELECT body FROM chassis.outbox WHERE sent_at IS NULL ORDER BY position"))
        return list(rows.scalars())


def test_what_is_confirmed_is_marked_and_not_told_again(teller: Runtime) -> None:
    bus = Bus()
    put(teller, "a", "b")
    assert Relay(teller, bus).work() is False
    assert Relay(teller, bus).work() is False
    assert (bus.told, unsent(teller)) == (["a", "b"], [])


def test_from_the_first_unconfirmed_on_all_is_told_again(teller: Runtime) -> None:
    bus = Bus()
    put(teller, "a", "b", "c")
    bus.confirms = 1
    assert Relay(teller, bus).work() == teller.settings.poll_every
    assert unsent(teller) == ["b", "c"]
    bus.confirms = 0
    assert Relay(teller, bus).work() == teller.settings.poll_every, "the loop pauses instead of running hot"
    bus.confirms = None
    Relay(teller, bus).work()
    assert bus.told == ["a", "b", "c", "b", "c", "b", "c"]
    assert unsent(teller) == []


def test_a_bus_that_is_away_leaves_everything_unsent(teller: Runtime) -> None:
    bus = Bus()
    put(teller, "a")
    bus.away = True
    with pytest.raises(Unavailable):
        Relay(teller, bus).work()
    assert unsent(teller) == ["a"]


def test_one_that_commits_late_is_told_late_and_not_forgotten(teller: Runtime) -> None:
    """Identities are given in another order than transactions commit."""
    bus, relay = Bus(), None
    with Session(teller.engine) as slow, slow.begin():
        slow.add(row("first by identity"))
        slow.flush()
        put(teller, "second by identity")
        relay = Relay(teller, bus)
        relay.work()
        assert bus.told == ["second by identity"]
    relay.work()
    assert bus.told == ["second by identity", "first by identity"]


def test_a_long_outbox_goes_out_in_batches_and_in_order(teller: Runtime) -> None:
    bus, bodies = Bus(), [str(number) for number in range(BATCH + 5)]
    with Session(teller.engine) as session, session.begin():
        for body in bodies:
            session.add(row(body))
            session.flush()
    assert Relay(teller, bus).work() is False
    assert (bus.told, bus.batches) == (bodies, [BATCH, 5])


def test_told_to_stop_it_leaves_the_rest(teller: Runtime) -> None:
    bus, bodies = Bus(), [str(number) for number in range(BATCH + 5)]
    put(teller, *bodies)
    relay = Relay(teller, bus)
    bus.then = relay.give_up
    relay.work()
    assert unsent(teller) == bodies[BATCH:]


def test_one_relay_at_a_time(teller: Runtime) -> None:
    busy, idle = Bus(), Bus()
    put(teller, "a")
    busy.waits.clear()
    thread = threading.Thread(target=Relay(teller, busy).work, daemon=True)
    thread.start()
    assert busy.asked.wait(30)
    assert Relay(teller, idle).work() == teller.settings.poll_every, "it looks again, whatever wakes it"
    assert idle.told == []
    busy.waits.set()
    thread.join(30)
    assert (busy.told, unsent(teller)) == (["a"], [])

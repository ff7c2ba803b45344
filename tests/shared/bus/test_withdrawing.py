"""Withdrawn tokens are told to every process: at once, to who comes later, again and again, and by nobody else."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shared.bus import embedded, withdrawing
from shared.bus.connection import connect
from shared.bus.withdrawing import WITHDRAWALS, QuestionsHearer, WithdrawalsHearer, WithdrawalsTeller
from shared.clock import wall_now
from shared.identity.keys import TOKENS, Keyring, make_keys
from shared.identity.withdrawals import Withdrawals, stated
from shared.loops import Loop
from shared.testing.association import eventually
from shared.testing.embedded_bus import EmbeddedBus

NEVER = 600.0


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "rabbitmq":
        yield request.getfixturevalue("rabbitmq_url")
        return
    bus = EmbeddedBus()
    yield bus.url
    embedded.reset(bus.name)


class Bus:
    """Processes that hear, and one that tells what is in ``withdrawn``."""

    def __init__(self, url: str, keys: Path, rooms: ExitStack) -> None:
        self.url, self._keys, self._rooms = url, keys, rooms
        self.withdrawn: dict[str, datetime] = {}
        self.wake = threading.Event()

    def keyring(self, service: str) -> Keyring:
        return Keyring.load(self._keys, service)

    def hears(self, service: str = "finance") -> Withdrawals:
        withdrawals = Withdrawals()
        hearer = WithdrawalsHearer(self.url, self.keyring(service), withdrawals)
        hearer.start()
        self._rooms.callback(hearer.stop)
        eventually(lambda: hearer.connected, within=20)
        return withdrawals

    def tells(self, every: float = NEVER) -> None:
        def look() -> Mapping[str, datetime]:
            return dict(self.withdrawn)

        teller = WithdrawalsTeller(self.url, self.keyring("membership"), Withdrawals(), look)
        loop = Loop("withdrawals", teller.work, interval=every, wake=self.wake)
        asked = QuestionsHearer(self.url, "membership", self.wake)
        asked.start()
        loop.start()
        self._rooms.callback(teller.close)
        for thread in (asked, loop):
            self._rooms.callback(thread.stop)
        eventually(lambda: asked.connected, within=20)

    def withdraw(self, whose: str) -> None:
        self.withdrawn[whose] = wall_now()
        self.wake.set()

    def say(self, statement: str) -> None:
        with connect(self.url) as connection:
            channel = connection.channel()
            message = channel.prepare_message(statement, content_type="text/plain", content_encoding="utf-8")
            channel.basic_publish(message, exchange=WITHDRAWALS, routing_key="")


@pytest.fixture
def bus(url: str, tmp_path: Path) -> Iterator[Bus]:
    make_keys(tmp_path, {"membership": [TOKENS], "finance": []})
    with ExitStack() as rooms:
        yield Bus(url, tmp_path, rooms)


def covered(withdrawals: Withdrawals, whose: str) -> Callable[[], bool]:
    issued = (wall_now() - timedelta(seconds=5)).timestamp()
    return lambda: withdrawals.cover(whose, "-", issued)


def test_all_hear_at_once(bus: Bus) -> None:
    one, other = bus.hears(), bus.hears("membership")
    bus.tells()
    bus.withdraw("a")
    for each in (one, other):
        eventually(covered(each, "a"), within=5)
        assert not covered(each, "b")()


def test_who_comes_later_asks(bus: Bus) -> None:
    bus.tells()
    bus.withdraw("a")
    late = bus.hears()
    eventually(covered(late, "a"), within=5)


def test_it_is_said_again_and_again(bus: Bus) -> None:
    bus.tells(every=0.2)
    heard = bus.hears()
    bus.withdrawn["a"] = wall_now()
    eventually(covered(heard, "a"), within=5)


def test_of_very_many_all_are_told(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withdrawing, "AT_ONCE", 7)
    many = [str(number) for number in range(30)]
    bus.withdrawn = dict.fromkeys(many, wall_now())
    heard = bus.hears()
    bus.tells()
    for whose in many:
        eventually(covered(heard, whose), within=5)


def test_nobody_withdraws_who_signs_nobody_in_and_what_is_older_takes_nothing_back(bus: Bus) -> None:
    heard = bus.hears()
    bus.tells()
    bus.withdraw("a")
    eventually(covered(heard, "a"), within=5)
    now = wall_now().timestamp()
    bus.say(stated(bus.keyring("finance"), {"forged": now}))
    bus.say("gibberish")
    bus.say(stated(bus.keyring("membership"), {"a": now - 600}))
    bus.say(stated(bus.keyring("membership"), {"last": now}))
    eventually(covered(heard, "last"), within=5)
    assert covered(heard, "a")()
    assert not covered(heard, "forged")()

"""Services make themselves known, at start, when asked and when they leave; nobody does it in another's name."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.bus import embedded
from shared.bus.connection import connect
from shared.bus.discovery import KIND, MANIFESTS, QUESTIONS, Announcer, Manifest, Observer
from shared.identity.keys import Keyring, make_keys
from shared.testing.association import eventually
from shared.testing.embedded_bus import EmbeddedBus


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "rabbitmq":
        yield request.getfixturevalue("rabbitmq_url")
        return
    bus = EmbeddedBus()
    yield bus.url
    embedded.reset(bus.name)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    make_keys(tmp_path, {"teller": [], "listener": [], "gateway": []})
    return tmp_path


@pytest.fixture
def told() -> list[Manifest]:
    return []


@pytest.fixture
def observer(url: str, keys: Path, told: list[Manifest]) -> Iterator[Observer]:
    observer = Observer(url, Keyring.load(keys, "gateway"), told.append)
    observer.start()
    yield observer
    observer.stop()


@pytest.fixture
def announce(url: str, keys: Path) -> Iterator[Any]:
    made: list[Announcer] = []

    def announce(service: str, every: float = 600.0, **manifest: Any) -> Announcer:
        announcer = Announcer(
            url, Keyring.load(keys, service), {"service": service, "instance": service, **manifest}, every=every
        )
        made.append(announcer)
        announcer.start()
        return announcer

    yield announce
    for announcer in made:
        announcer.stop()


def states(told: list[Manifest], service: str) -> list[str]:
    return [manifest["state"] for manifest in told if manifest["service"] == service]


def say(url: str, exchange: str, body: str) -> None:
    with connect(url) as connection:
        channel = connection.channel()
        message = channel.prepare_message(body, content_type="text/plain", content_encoding="utf-8")
        channel.basic_publish(message, exchange=exchange, routing_key="")


def test_who_comes_later_asks_who_is_there(announce: Any, url: str, keys: Path) -> None:
    announce("teller")
    first: list[Manifest] = []
    one = Observer(url, Keyring.load(keys, "gateway"), first.append)
    one.start()
    eventually(lambda: states(first, "teller"), within=20)
    late: list[Manifest] = []
    other = Observer(url, Keyring.load(keys, "gateway"), late.append)
    other.start()
    eventually(lambda: states(late, "teller"), within=20)
    assert set(states(late, "teller")) == {"up"}
    one.stop()
    other.stop()


def test_who_leaves_says_so(announce: Any, observer: Observer, told: list[Manifest]) -> None:
    announcer = announce("teller", every=0.2)
    eventually(lambda: states(told, "teller"), within=20)
    announcer.stop()
    eventually(lambda: states(told, "teller")[-1:] == ["leaving"], within=20)


def test_it_is_said_again_and_again(announce: Any, observer: Observer, told: list[Manifest]) -> None:
    announce("teller", every=0.2, operations=["x"])
    eventually(lambda: len(states(told, "teller")) >= 4, within=20)
    assert told[0]["operations"] == ["x"]
    assert told[0]["every"] == 0.2


def test_nobody_speaks_in_anothers_name(
    announce: Any, observer: Observer, told: list[Manifest], url: str, keys: Path, tmp_path: Path
) -> None:
    announce("teller", every=0.2)
    eventually(lambda: states(told, "teller"), within=20)
    make_keys(tmp_path / "strangers", {"evil": []})
    listener = Keyring.load(keys, "listener")
    for forged in (
        listener.sign(KIND, {"service": "teller", "state": "forged"}),
        Keyring.load(tmp_path / "strangers", "evil").sign(KIND, {"service": "evil", "state": "forged"}),
        listener.sign("access", {"service": "listener", "state": "forged"}),
        listener.sign(KIND, {"state": "forged"}),
        "gibberish",
        "",
    ):
        say(url, MANIFESTS, forged)
    say(url, MANIFESTS, listener.sign(KIND, {"service": "listener", "state": "true"}))
    eventually(lambda: states(told, "listener"), within=20)
    assert "forged" not in [manifest["state"] for manifest in told]
    assert observer._thread.is_alive()


def test_a_listener_that_breaks_over_one_manifest_hears_the_next(announce: Any, url: str, keys: Path) -> None:
    heard: list[str] = []

    def told(manifest: Manifest) -> None:
        if len(heard) < 2:
            heard.append("broken")
            raise KeyError("a bug")
        heard.append(manifest["service"])

    observer = Observer(url, Keyring.load(keys, "gateway"), told)
    observer.start()
    announce("teller", every=0.2)
    eventually(lambda: "teller" in heard, within=20)
    observer.stop()


def test_a_question_may_hold_anything(announce: Any, observer: Observer, told: list[Manifest], url: str) -> None:
    announce("teller")
    eventually(lambda: states(told, "teller"), within=20)
    before = len(told)
    say(url, QUESTIONS, "\x00 no JSON")
    eventually(lambda: len(told) > before, within=20)

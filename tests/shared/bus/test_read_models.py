"""A read model hears for itself: apart from the features that hear the same, and again whenever it is made anew."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

import shared.testing.echo as echo
from shared.bus.inbox import Delivery, Inbox
from shared.bus.listening import on_event, readers_of
from shared.bus.read_models import fed_by, forget
from shared.identity.principals import ANONYMOUS
from shared.plugins import Plugin, plugins
from shared.runtime import Runtime
from shared.store.base import new_id
from shared.store.tx import Origin, Tx
from shared.testing.telling import envelope_of
from shared.text import Text

KEY = ("teller", "topic.told.v1")
MODEL = "notes-shown"
TOPIC = str(new_id())


class Hearing:
    """Two features and a read model that hear the same event; each raises while it is told to."""

    @on_event(*KEY, echo.NoteHeard)
    def count(self, tx: Tx, topic_id: uuid.UUID, text: str, position: int) -> None: ...

    @on_event(*KEY, echo.NoteHeard)
    def count_too(self, tx: Tx, topic_id: uuid.UUID, text: str, position: int) -> None: ...

    @on_event(*KEY, echo.NoteHeard, read_model=MODEL)
    def show(self, tx: Tx, topic_id: uuid.UUID, text: str, position: int) -> None: ...


PLUGIN = Plugin(
    name="listener",
    label=Text("听", "Listener"),
    package="shared.testing",
    service=Hearing,
    models=echo.ListenerBase.metadata,
    read_models={MODEL: [echo.HeardNote]},
)


class Rooms:
    """What each of the three has counted; the read model's rows are kept in ``heard_notes``."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        object.__setattr__(runtime.settings, "retry_delays", (0.0, 0.0))
        self.counted: list[tuple[str, str]] = []
        self.raises: set[str] = set()
        names = {"count": self._counts("count"), "count_too": self._counts("count_too"), "show": self._show}
        self.inbox = Inbox(runtime, [(getattr(Hearing, name).subscription, handler) for name, handler in names.items()])

    def _counts(self, name: str) -> Callable[..., None]:
        def handler(tx: Tx, topic_id: uuid.UUID, text: str, position: int) -> None:
            if name in self.raises:
                raise RuntimeError(name)
            self.counted.append((name, text))

        return handler

    def _show(self, tx: Tx, topic_id: uuid.UUID, text: str, position: int) -> None:
        if "show" in self.raises:
            raise RuntimeError("show")
        tx.add(echo.HeardNote(topic_id=topic_id, text=text, position=position))

    def take(self, *deliveries: Delivery) -> list[str]:
        return self.inbox.take(deliveries)

    def rows(self, query: str) -> list[Any]:
        with self.runtime.engine.connect() as connection:
            return list(connection.execute(text(query)).scalars())

    @property
    def shown(self) -> list[str]:
        return self.rows("SELECT text FROM heard_notes ORDER BY position")

    @property
    def states(self) -> list[str]:
        return self.rows("SELECT state FROM chassis.inbox ORDER BY event_id")

    def forget(self) -> int:
        with self.runtime.begin(Origin(ANONYMOUS, "c")) as tx:
            return forget(tx, PLUGIN, MODEL)


@pytest.fixture
def rooms(make_runtime: Callable[..., Runtime]) -> Rooms:
    return Rooms(make_runtime(echo.LISTENER))


def note(words: str, position: int = 1) -> Delivery:
    body, headers = envelope_of(TOPIC, words, position, "")
    return Delivery(headers["cloudEvents_id"], *KEY, f"teller/topic/{TOPIC}", body, headers)


def test_features_share_an_event_and_a_read_model_hears_it_apart(rooms: Rooms) -> None:
    event = note("a")
    assert rooms.take(event) == ["done", "done"]
    assert rooms.take(event) == ["duplicate", "duplicate"]
    assert rooms.counted == [("count", "a"), ("count_too", "a")]
    assert rooms.shown == ["a"]


def test_where_one_feature_fails_none_counts_and_the_read_model_goes_on(rooms: Rooms) -> None:
    rooms.raises.add("count_too")
    assert sorted(rooms.take(note("a"))) == ["done", "parked"]
    assert rooms.shown == ["a"]
    rooms.counted.clear()
    rooms.raises.clear()
    assert rooms.inbox.retry()
    assert rooms.counted == [("count", "a"), ("count_too", "a")]
    assert set(rooms.states) == {"done"}


def test_where_the_read_model_fails_it_alone_is_tried_again(rooms: Rooms) -> None:
    rooms.raises.add("show")
    rooms.take(note("a", 1), note("b", 2))
    rooms.counted = sorted(set(rooms.counted))
    assert rooms.counted == [("count", "a"), ("count", "b"), ("count_too", "a"), ("count_too", "b")]
    assert rooms.shown == []
    rooms.raises.clear()
    while rooms.inbox.retry():
        pass
    assert rooms.shown == ["a", "b"]
    assert len(rooms.counted) == 4, "nobody counted anything again"


def test_made_anew_it_comes_out_the_same_and_nobody_counts_twice(rooms: Rooms) -> None:
    events = [note(words, place) for place, words in enumerate("abcd")]
    rooms.take(*events)
    assert rooms.forget() == 4
    assert rooms.shown == []
    counted = list(rooms.counted)
    outcomes = rooms.take(*reversed(events))
    assert sorted(outcomes) == ["done"] * 4 + ["duplicate"] * 4
    assert rooms.shown == list("abcd")
    assert rooms.counted == counted


def test_what_the_broker_gave_up_is_dead_for_each_reader(rooms: Rooms) -> None:
    rooms.inbox.bury(note("a"), "given up")
    assert rooms.states == ["dead", "dead"]


def test_what_each_reader_hears() -> None:
    assert readers_of(Hearing) == {"": frozenset({KEY}), MODEL: frozenset({KEY})}
    assert fed_by(PLUGIN, MODEL) == {"teller": ["topic.told.v1"]}
    with pytest.raises(LookupError, match="no read model 'others'"):
        fed_by(PLUGIN, "others")


@pytest.mark.parametrize("service", sorted(plugins()))
def test_every_read_model_is_declared_with_its_tables(service: str) -> None:
    plugin = plugins()[service]
    assert set(readers_of(plugin.service)) - {""} == set(plugin.read_models)
    for name, models in plugin.read_models.items():
        assert ":" not in name
        assert {model.__table__.key for model in models} <= set(plugin.models.tables)  # type: ignore[attr-defined]

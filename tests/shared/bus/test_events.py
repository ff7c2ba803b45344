"""An event in words: what the publisher declares, what goes on the wire, what a listener lets pass."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.api import fields as f
from shared.bus.events import EventSchema, Heard, dead_queue, exchange_name, fit_id, inbox_queue
from shared.bus.listening import on_event, subscriptions_of
from shared.store.outbox import record
from shared.text import Text

ID = uuid.uuid4()
NOW = datetime(2020, 12, 31, 16, 30, tzinfo=UTC)


class ThingMade(EventSchema):
    event = "thing.made"
    label = Text("已制成", "Made")

    thing_id = f.UUID("物", "Thing", attribute="id")
    name = f.String("名", "Name")
    owner = f.String("主", "Owner", attribute="maker.name", allow_none=True)
    fee = f.Money("费", "Fee")


@dataclass
class Thing:
    id: uuid.UUID = ID
    version: int = 3
    name: str = "甲"
    fee: int = 15000
    secret: str = "never told"
    maker: Any = field(default_factory=lambda: SimpleNamespace(name="乙"))


# --- what is told -------------------------------------------------------------------------------------------


def test_an_event_tells_what_it_declares_and_nothing_else() -> None:
    told = ThingMade.of(Thing()).told()
    assert (told.type, told.subject, told.aggregate_version) == ("thing.made.v1", f"thing/{ID}", 3)
    assert told.data == {"thing_id": str(ID), "name": "甲", "owner": "乙", "fee": "150.00"}


def test_what_the_thing_does_not_know_is_given() -> None:
    assert ThingMade.of(Thing(), name="丙", owner=None).told().data["name"] == "丙"
    assert ThingMade.of(Thing(), owner=None).told().data["owner"] is None


def test_an_event_is_put_into_words_late() -> None:
    thing = Thing()
    occurrence = ThingMade.of(thing)
    thing.name, thing.version = "later", 4
    told = occurrence.told()
    assert (told.data["name"], told.aggregate_version) == ("later", 4)


def test_what_is_missing_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(AttributeError, match=r"ThingMade\.owner"):
        ThingMade.of(SimpleNamespace(id=ID, name="甲", fee=1)).told()


def test_a_thing_without_a_version_has_none() -> None:
    thing = SimpleNamespace(id=ID, name="甲", fee=1, maker=SimpleNamespace(name="乙"))
    assert ThingMade.of(thing).told().aggregate_version is None


@pytest.mark.parametrize(
    "name", ["made", "Thing.made", "thing.", ".made", "thing.made.v1", "thing made", "thing.made "]
)
def test_a_name_reads_aggregate_and_what_happened(name: str) -> None:
    with pytest.raises(TypeError, match="must read like"):
        type("Wrong", (EventSchema,), {"event": name})


def test_a_breaking_change_is_another_type() -> None:
    class ThingMadeAnew(EventSchema):
        event = "thing.made"
        major = 2
        label = Text("已制成", "Made")

    assert ThingMadeAnew.type() == "thing.made.v2"


# --- on the wire --------------------------------------------------------------------------------------------


def test_the_outbox_row_holds_the_envelope() -> None:
    told = ThingMade.of(Thing()).told()
    row = record(told, source="things", now=NOW, correlation_id="c", causation_id="e")
    assert row.headers == {
        "cloudEvents_specversion": "1.0",
        "cloudEvents_id": str(row.event_id),
        "cloudEvents_source": "things",
        "cloudEvents_type": "thing.made.v1",
        "cloudEvents_time": "2021-01-01T00:30:00+08:00",
        "cloudEvents_subject": f"thing/{ID}",
        "cloudEvents_datacontenttype": "application/json",
        "cloudEvents_aggregateversion": 3,
        "cloudEvents_correlationid": "c",
        "cloudEvents_causationid": "e",
    }
    assert json.loads(row.body) == told.data
    assert (row.type, row.subject, row.created_at) == ("thing.made.v1", f"thing/{ID}", NOW)


def test_what_caused_nothing_and_has_no_version_is_left_out() -> None:
    thing = SimpleNamespace(id=ID, name="甲", fee=1, maker=SimpleNamespace(name="乙"))
    row = record(ThingMade.of(thing).told(), source="things", now=NOW, correlation_id="c", causation_id=None)
    assert not {"cloudEvents_causationid", "cloudEvents_aggregateversion"} & set(row.headers)


def test_two_events_of_one_moment_have_ids_of_their_own_in_order() -> None:
    told = ThingMade.of(Thing()).told()
    ids = [record(told, source="s", now=NOW, correlation_id="c", causation_id=None).event_id for _ in range(100)]
    assert len(set(ids)) == 100
    assert ids == sorted(ids)
    assert {number.version for number in ids} == {7}


def test_names_on_the_bus() -> None:
    assert exchange_name("finance") == "finance.events"
    assert inbox_queue("finance") == "finance.inbox"
    assert dead_queue("finance") == "finance.inbox.dead"


@given(st.text(max_size=300))
def test_an_id_from_outside_is_made_fit(sent: str) -> None:
    fit = fit_id(sent)
    assert fit.isprintable()
    assert len(fit) <= 200
    orjson.dumps(fit)
    assert fit_id(fit) == fit


# --- what is heard ------------------------------------------------------------------------------------------


class ThingHeard(Heard):
    thing_id = f.UUID("物", "Thing", required=True)


def test_a_listener_lets_pass_what_it_does_not_name() -> None:
    assert ThingHeard().load({"thing_id": str(ID), "new": {"field": 1}}) == {"thing_id": ID}


def test_subscriptions_are_found_by_source_and_type() -> None:
    class Service:
        @on_event("things", "thing.made.v1", ThingHeard)
        def hear(self, tx: Any, thing_id: uuid.UUID) -> None: ...

        @on_event("others", "thing.made.v1", ThingHeard)
        def overhear(self, tx: Any, thing_id: uuid.UUID) -> None: ...

    found = subscriptions_of(Service)
    assert {key: [each.method for each in several] for key, several in found.items()} == {
        ("things", "thing.made.v1"): ["hear"],
        ("others", "thing.made.v1"): ["overhear"],
    }


def test_several_features_hear_one_event_in_the_order_of_their_methods() -> None:
    class Service:
        @on_event("things", "thing.made.v1", ThingHeard)
        def note(self, tx: Any, thing_id: uuid.UUID) -> None: ...

        @on_event("things", "thing.made.v1", ThingHeard)
        def count(self, tx: Any, thing_id: uuid.UUID) -> None: ...

    (several,) = subscriptions_of(Service).values()
    assert [each.method for each in several] == ["count", "note"]

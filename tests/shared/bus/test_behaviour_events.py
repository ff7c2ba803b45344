"""What listeners can rely on, on both buses: every event counts, once, in the order of its aggregate."""

import time
from typing import Any

import pytest

from shared.store.base import new_id
from shared.testing.association import eventually
from shared.testing.telling import RETRY_DELAYS, Pair, envelope_of

ATTEMPTS = 1 + len(RETRY_DELAYS)


def dead(pair: Pair, topic: str) -> dict[str, Any]:
    """The dead letter about a topic, once there is one."""

    def look() -> dict[str, Any] | None:
        return next((row for row in pair.inbox(topic) if row["state"] == "dead"), None)

    found: dict[str, Any] = eventually(look, within=30)
    return found


def listed(pair: Pair, event_id: str, state: str = "dead") -> dict[str, Any]:
    """What an operator is shown of a dead letter."""
    letters = pair.call("listener", "list_dead_letters", as_=pair.person("operator"), state=state, limit=200)
    return next(letter for letter in letters["items"] if letter["id"] == event_id)


def order(pair: Pair, operation: str, event_id: str) -> None:
    """Have an operator redrive or drop a dead letter."""
    answer = pair.call("listener", f"{operation}_dead_letter", as_=pair.person("operator"), event_id=event_id)
    assert answer.status == 200, answer.problem


def hears(pair: Pair, topic: str, *texts: str) -> None:
    """The topic's notes come to count, these and in this order."""
    eventually(lambda: pair.heard(topic) == list(texts), within=30)


def rows_of(pair: Pair, event_id: str) -> list[dict[str, Any]]:
    return pair.rows("listener", f"SELECT * FROM chassis.inbox WHERE event_id = '{event_id}'")


# --- once, in order -----------------------------------------------------------------------------------------


def test_each_event_is_heard_once_and_in_order(pair: Pair) -> None:
    topics = [pair.topic() for _ in range(3)]
    for batch in range(4):
        for topic in topics:
            pair.tell(topic, *(f"{batch}.{number}" for number in range(5)))
    for topic in topics:
        hears(pair, topic, *(f"{batch}.{number}" for batch in range(4) for number in range(5)))
        assert pair.positions(topic) == list(range(1, 21))
        assert pair.states(topic) == ["done"] * 20
        eventually(lambda: all(row["sent_at"] for row in pair.told(topic)))  # noqa: B023 (asked at once)


def test_an_event_of_three_megabytes_is_heard(pair: Pair) -> None:
    topic = pair.topic()
    pair.tell(topic, "大" * 1_000_000)
    hears(pair, topic, "大" * 1000)


def test_an_event_told_again_counts_once(pair: Pair) -> None:
    topic = pair.topic()
    pair.tell(topic, "a", "b")
    hears(pair, topic, "a", "b")
    eventually(lambda: all(row["sent_at"] for row in pair.told(topic)))
    event = pair.told(topic)[0]["event_id"]
    again = pair.call("teller", "redeliver_event", as_=pair.person("operator"), id=event)
    assert again.status == 200
    pair.tell(topic, "c")
    pair.settled()
    assert pair.heard(topic) == ["a", "b", "c"]
    assert pair.told(topic)[0]["sent_at"] is not None


def test_the_same_event_on_the_bus_twice_counts_once(pair: Pair) -> None:
    topic, event_id = pair.topic(), str(new_id())
    body, headers = envelope_of(topic, "once", 1, event_id)
    for _ in range(3):
        pair.put_event(body, headers)
    pair.settled()
    assert pair.heard(topic) == ["once"]
    assert len(rows_of(pair, event_id)) == 1


def test_an_id_follows_a_request_to_the_last_handler(pair: Pair) -> None:
    topic, correlation = pair.topic(), f"trace-{time.time_ns()}"
    pair.tell(topic, "a", headers={"correlation-id": correlation})
    hears(pair, topic, "a")
    eventually(lambda: pair.logged(service="listener", event="event", correlation_id=correlation))
    assert pair.logged(service="teller", operation="tell", correlation_id=correlation)


def test_a_hostile_correlation_id_stops_no_events(pair: Pair) -> None:
    topic = pair.topic()
    pair.tell(topic, "a", headers={"correlation-id": "\x00\n" + "x" * 50_000})
    pair.tell(topic, "b", headers={"correlation-id": "\ud800"})
    hears(pair, topic, "a", "b")


# --- failures -----------------------------------------------------------------------------------------------


def test_a_handler_that_fails_twice_is_tried_again_and_later_ones_wait_their_turn(pair: Pair) -> None:
    topic = pair.topic()
    failing = f"fail 2 {topic}"
    pair.tell(topic, "before", failing, "after", "last")
    hears(pair, topic, "before", failing, "after", "last")
    row = pair.inbox(topic)[1]
    # It may have failed once among others, which undoes them all and spends no attempt, before it failed alone.
    assert row["attempts"] in (1, 2)
    assert row["error"] is None
    assert row["body"] is None, "what was handled keeps no body"
    assert pair.states(topic) == ["done"] * 4


def test_others_pass_while_one_waits(pair: Pair) -> None:
    stuck, free = pair.topic(), pair.topic()
    pair.tell(stuck, f"poison {stuck}", "behind")
    pair.tell(free, "a", "b")
    hears(pair, free, "a", "b")
    assert pair.heard(stuck) == []
    dead(pair, stuck)
    pair.tell(free, "c")
    hears(pair, free, "a", "b", "c")
    assert pair.heard(stuck) == []


def test_a_hopeless_event_dies_is_healed_redriven_and_all_come_in_order(pair: Pair) -> None:
    topic = pair.topic()
    first, second = f"poison 1 {topic}", f"poison 2 {topic}"
    pair.tell(topic, "a", first, "b", second, "c")
    letter = dead(pair, topic)
    shown = listed(pair, letter["event_id"])
    assert (shown["attempts"], shown["error"]) == (ATTEMPTS, "RuntimeError: poison")
    pair.settled()
    assert pair.heard(topic) == ["a"]
    assert pair.states(topic) == ["done", "dead", "parked", "parked", "parked"]

    pair.heal(first)
    order(pair, "redrive", letter["event_id"])
    hears(pair, topic, "a", first, "b")
    letter = dead(pair, topic)
    assert letter["attempts"] == ATTEMPTS

    pair.heal(second)
    order(pair, "redrive", letter["event_id"])
    hears(pair, topic, "a", first, "b", second, "c")
    assert pair.states(topic) == ["done"] * 5


def test_dropping_an_event_releases_those_behind(pair: Pair) -> None:
    topic = pair.topic()
    pair.tell(topic, "a", f"poison {topic}", "b", "c")
    letter = dead(pair, topic)
    order(pair, "drop", letter["event_id"])
    hears(pair, topic, "a", "b", "c")
    assert listed(pair, letter["event_id"], "dropped")["state"] == "dropped"
    again = pair.call("listener", "redrive_dead_letter", as_=pair.person("operator"), event_id=letter["event_id"])
    assert again.problem is not None
    assert again.problem["code"] == "not-dead"


def test_only_operators_see_and_move_dead_letters(pair: Pair) -> None:
    for operation, arguments in (("list_dead_letters", {}), ("drop_dead_letter", {"event_id": "x"})):
        assert pair.call("listener", operation, **arguments).status == 401
        assert pair.call("listener", operation, as_=pair.person("teller"), **arguments).status == 403


# --- what is no event ---------------------------------------------------------------------------------------


def buried(pair: Pair, body: bytes) -> dict[str, Any]:
    """The inbox row that keeps these bytes."""
    pair.settled()
    rows = pair.rows("listener", f"SELECT * FROM chassis.inbox WHERE body = '\\x{body.hex()}'::bytea")
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize("garbage", [b"\xff\xfe\x00 no JSON", b"[1]", b'"text"', b"", b'{"a": NaN}', b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_kept_raw_and_dead(pair: Pair, garbage: bytes) -> None:
    body = garbage + (b"" if garbage.startswith(b"{") else str(time.time_ns()).encode())
    headers = envelope_of(pair.topic(), "x", 1)[1]
    pair.put_event(body, headers)
    row = buried(pair, body)
    assert (row["state"], row["attempts"]) == ("dead", 0)
    assert "JSON" in row["error"]
    assert (row["source"], row["type"]) == ("teller", "topic.told.v1")


def test_a_broken_copy_does_not_stand_for_the_event(pair: Pair) -> None:
    topic, event_id = pair.topic(), str(new_id())
    body, headers = envelope_of(topic, "whole", 1, event_id)
    pair.put_event(body[:-5], headers)
    pair.put_event(body, headers)
    hears(pair, topic, "whole")
    assert buried(pair, body[:-5])["state"] == "dead"


@pytest.mark.parametrize("missing", ["id", "source", "type", "subject"])
def test_a_message_without_the_attributes_of_an_event_is_kept_dead(pair: Pair, missing: str) -> None:
    topic = pair.topic()
    body, headers = envelope_of(topic, "x", 1)
    del headers[f"cloudEvents_{missing}"]
    pair.put_event(body, headers)
    row = buried(pair, body)
    assert row["state"] == "dead"
    assert missing in row["error"]
    assert pair.heard(topic) == []


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("id", "nul \x00 inside"),
        ("id", "x" * 50_000),
        ("subject", "topic/\x00"),
        ("subject", "x" * 50_000),
        ("correlationid", "\x00"),
        ("extra", "\x00"),
        ("type", 5),
        ("id", 5),
        ("time", {"a": ["b"]}),
    ],
)
def test_hostile_attributes_stop_nobody(pair: Pair, attribute: str, value: Any) -> None:
    body, headers = envelope_of(pair.topic(), "x", 1)
    pair.put_event(body, {**headers, f"cloudEvents_{attribute}": value})
    pair.settled()


def test_an_event_that_lacks_what_its_handler_reads_ends_dead(pair: Pair) -> None:
    topic = pair.topic()
    _, headers = envelope_of(topic, "x", 1)
    pair.put_event(b'{"topic_id": "no id", "unknown": true}', headers)
    letter = dead(pair, topic)
    assert letter["error"].startswith("ValidationError")
    assert letter["body"] == b'{"topic_id": "no id", "unknown": true}'


def test_an_event_of_another_major_version_is_let_pass(pair: Pair) -> None:
    topic = pair.topic()
    body, headers = envelope_of(topic, "x", 1)
    pair.publish("teller.events", "topic.told.v2", body, headers={**headers, "cloudEvents_type": "topic.told.v2"})
    pair.settled()
    assert pair.heard(topic) == []
    assert pair.inbox(topic) == []


def test_an_event_put_past_its_exchange_does_not_count(pair: Pair) -> None:
    """Whoever may use the bus may write to a queue through the default exchange; only teller may write its own."""
    topic = pair.topic()
    body, headers = envelope_of(topic, "forged", 1)
    pair.publish("", "listener.inbox", body, headers=headers)
    assert buried(pair, body)["state"] == "dead"
    assert pair.heard(topic) == []

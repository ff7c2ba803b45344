"""The inbox: what becomes of a delivery, and of a parked one when its time comes."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

import shared.testing.echo as echo
from shared.api.administration import drop, redrive
from shared.bus.inbox import Delivery, Inbox, describe
from shared.bus.listening import Subscription
from shared.clock import wall_now
from shared.errors import Refused, Unavailable
from shared.identity.principals import ANONYMOUS
from shared.runtime import Runtime, StoreAway
from shared.store.base import new_id
from shared.store.tables import Inbox as Row
from shared.store.tx import Origin, Tx
from shared.testing.association import eventually
from shared.testing.telling import envelope_of

KEY = ("teller", "topic.told.v1")


@dataclass
class Listener:
    """A handler that writes notes down, and raises what it is told to raise."""

    runtime: Runtime
    raises: dict[str, BaseException] = field(default_factory=dict)
    enters: dict[str, threading.Barrier] = field(default_factory=dict)
    writes_the_impossible: set[str] = field(default_factory=set)
    origins: list[Origin] = field(default_factory=list)

    def inbox(self, *, delays: tuple[float, ...] = (0.0, 0.0)) -> Inbox:
        object.__setattr__(self.runtime.settings, "retry_delays", delays)
        return Inbox(self.runtime, [(Subscription(*KEY, echo.NoteHeard, "hear"), self._hear)])

    def _hear(self, tx: Tx, topic_id: uuid.UUID, text: str, position: int) -> None:
        self.origins.append(tx.origin)
        impossible: Any = None  # where a number must be
        tx.add(
            echo.HeardNote(
                topic_id=topic_id, text=text, position=impossible if text in self.writes_the_impossible else position
            )
        )
        if text in self.writes_the_impossible:
            return
        tx.flush()
        if text in self.enters:
            self.enters[text].wait(30)
        if text in self.raises:
            raise self.raises[text]

    @property
    def heard(self) -> list[str]:
        return [row["text"] for row in self._rows("SELECT text FROM heard_notes ORDER BY id")]

    @property
    def states(self) -> list[str]:
        return [row["state"] for row in self.rows]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self._rows("SELECT * FROM chassis.inbox ORDER BY seq")

    def _rows(self, query: str) -> list[dict[str, Any]]:
        with self.runtime.engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(query)).mappings()]

    def administer(self, act: Callable[[Tx, str], Any], event_id: str) -> None:
        with self.runtime.begin(Origin(ANONYMOUS, "c")) as tx:
            act(tx, event_id)


@pytest.fixture
def listener(make_runtime: Callable[..., Runtime]) -> Listener:
    return Listener(make_runtime(echo.LISTENER))


def delivery(topic: str, note: str, event_id: str = "") -> Delivery:
    body, headers = envelope_of(topic, note, 1, event_id)
    return Delivery(headers["cloudEvents_id"], "teller", "topic.told.v1", f"teller/topic/{topic}", body, headers)


def take(inbox: Inbox, event: Delivery) -> str:
    return inbox.take([event])[0]


ONE, OTHER = str(new_id()), str(new_id())


def test_an_event_counts_once(listener: Listener) -> None:
    inbox, event = listener.inbox(), delivery(ONE, "a")
    assert [take(inbox, event), take(inbox, event)] == ["done", "duplicate"]
    assert listener.heard == ["a"]


def test_the_effect_of_a_failed_attempt_is_undone_and_the_event_kept(listener: Listener) -> None:
    inbox, event = listener.inbox(delays=(600.0,)), delivery(ONE, "a")
    listener.raises["a"] = RuntimeError("not yet")
    before = wall_now()
    assert take(inbox, event) == "parked"
    assert listener.heard == []
    (row,) = listener.rows
    assert (row["state"], row["attempts"], row["error"]) == ("parked", 1, "RuntimeError: not yet")
    assert (row["body"], row["headers"]) == (event.body, event.headers)
    assert before < row["next_attempt_at"] - timedelta(seconds=600) < wall_now()
    assert inbox.retry() is False, "not before its time"


def test_without_delays_a_failed_event_is_dead_at_once(listener: Listener) -> None:
    listener.raises["a"] = RuntimeError("no")
    assert take(listener.inbox(delays=()), delivery(ONE, "a")) == "parked"
    assert listener.states == ["dead"]


def test_each_delay_gives_one_more_attempt(listener: Listener) -> None:
    inbox = listener.inbox(delays=(0.0, 0.0, 0.0))
    listener.raises["a"] = RuntimeError("no")
    take(inbox, delivery(ONE, "a"))
    seen = []
    while inbox.retry():
        seen.append((listener.rows[0]["attempts"], listener.rows[0]["state"]))
    assert seen == [(2, "parked"), (3, "parked"), (4, "dead")]
    assert listener.rows[0]["next_attempt_at"] is None


def test_what_comes_later_of_the_same_aggregate_waits_and_others_pass(listener: Listener) -> None:
    inbox = listener.inbox(delays=(600.0,))
    listener.raises["a"] = RuntimeError("no")
    outcomes = [take(inbox, delivery(ONE, note)) for note in "abc"] + [take(inbox, delivery(OTHER, "x"))]
    assert outcomes == ["parked", "waiting", "waiting", "done"]
    assert inbox.retry() is False, "those behind are due, and wait"
    listener.raises.clear()
    listener.administer(redrive, listener.rows[0]["event_id"])
    while inbox.retry():
        pass
    assert listener.heard == ["x", "a", "b", "c"]


def test_one_that_waits_and_then_fails_itself_stops_those_behind_it(listener: Listener) -> None:
    inbox = listener.inbox(delays=(0.0,))
    listener.raises.update(a=RuntimeError("no"), b=RuntimeError("no"))
    for note in "abc":
        take(inbox, delivery(ONE, note))
    listener.raises.pop("a")
    while inbox.retry():
        pass
    assert listener.heard == ["a"]
    assert listener.states == ["done", "dead", "parked"]
    listener.administer(drop, listener.rows[1]["event_id"])
    while inbox.retry():
        pass
    assert listener.heard == ["a", "c"]


def backlog(listener: Listener, notes: str) -> Inbox:
    """An inbox where all but the first of ``notes`` wait behind it."""
    inbox = listener.inbox(delays=(0.0,))
    listener.raises[notes[0]] = RuntimeError("no")
    assert [take(inbox, delivery(ONE, note)) for note in notes] == ["parked", *["waiting"] * (len(notes) - 1)]
    del listener.raises[notes[0]]
    return inbox


def test_those_that_waited_are_handled_together_once_their_turn_has_come(listener: Listener) -> None:
    inbox = backlog(listener, "abcdef")
    assert inbox.retry() is True
    assert listener.heard == ["a"]
    assert inbox.retry() is True
    assert listener.heard == list("abcdef")
    assert inbox.retry() is False
    assert set(listener.states) == {"done"}


@pytest.mark.parametrize("spoilt", "bcdef")
def test_of_those_that_waited_one_that_fails_spends_its_own_attempts_only(listener: Listener, spoilt: str) -> None:
    inbox = backlog(listener, "abcdef")
    listener.raises[spoilt] = RuntimeError("no")
    while inbox.retry():
        pass
    before, place = "abcdef"[: "abcdef".index(spoilt)], "abcdef".index(spoilt)
    assert listener.heard == list(before)
    assert listener.states == ["done"] * place + ["dead"] + ["parked"] * (5 - place)
    assert [row["attempts"] for row in listener.rows[1:]] == [2 if note == spoilt else 0 for note in "bcdef"]


def test_one_that_fails_only_in_the_database_spoils_nothing_for_those_that_waited(listener: Listener) -> None:
    inbox = backlog(listener, "abcd")
    listener.writes_the_impossible.add("c")
    while inbox.retry():
        pass
    assert (listener.heard, listener.states) == (["a", "b"], ["done", "done", "dead", "parked"])


def test_a_redriven_event_gets_all_its_attempts_again(listener: Listener) -> None:
    inbox = listener.inbox(delays=(0.0,))
    listener.raises["a"] = RuntimeError("no")
    take(inbox, delivery(ONE, "a"))
    while inbox.retry():
        pass
    listener.administer(redrive, listener.rows[0]["event_id"])
    assert (listener.rows[0]["state"], listener.rows[0]["attempts"]) == ("parked", 0)
    while inbox.retry():
        pass
    assert (listener.rows[0]["state"], listener.rows[0]["attempts"]) == ("dead", 2)


@pytest.mark.parametrize("act", [redrive, drop])
def test_what_is_done_is_neither_redriven_nor_dropped(listener: Listener, act: Callable[[Tx, str], Any]) -> None:
    event = delivery(ONE, "a")
    take(listener.inbox(), event)
    with pytest.raises(Refused):
        listener.administer(act, event.event_id)


def test_a_parked_event_that_arrives_again_is_a_duplicate(listener: Listener) -> None:
    inbox, event = listener.inbox(delays=(600.0,)), delivery(ONE, "a")
    listener.raises["a"] = RuntimeError("no")
    assert [take(inbox, event), take(inbox, event)] == ["parked", "duplicate"]
    assert listener.rows[0]["attempts"] == 1


def test_the_loop_sleeps_until_the_next_is_due(listener: Listener) -> None:
    inbox = listener.inbox(delays=(600.0,))
    assert inbox.work() == 0, "nothing is parked: until it is woken"
    listener.raises["a"] = RuntimeError("no")
    listener.runtime.signals.retry.clear()
    take(inbox, delivery(ONE, "a"))
    assert listener.runtime.signals.retry.is_set()
    take(inbox, delivery(ONE, "b"))
    assert 500 < inbox.work() <= 600, "what waits behind it is not due before it"
    listener.raises.clear()
    listener.runtime.signals.retry.clear()
    listener.administer(redrive, listener.rows[0]["event_id"])
    assert listener.runtime.signals.retry.is_set()
    assert [inbox.work(), inbox.work()] == [True, 0]


# --- several at once ----------------------------------------------------------------------------------------


def test_what_arrived_together_is_settled_in_one_transaction(listener: Listener) -> None:
    events = [delivery(topic, note) for topic, note in ((ONE, "a"), (OTHER, "x"), (ONE, "b"))]
    assert listener.inbox().take(events) == ["done"] * 3
    assert listener.heard == ["a", "x", "b"]
    assert [row["event_id"] for row in listener.rows] == [event.event_id for event in events]
    assert len({row["xmin"] for row in listener._rows("SELECT xmin::text FROM chassis.inbox")}) == 1


def test_one_that_fails_among_others_is_parked_alone(listener: Listener) -> None:
    listener.raises["b"] = RuntimeError("no")
    events = [delivery(str(new_id()), note) for note in "abc"]
    assert listener.inbox(delays=(600.0,)).take(events) == ["done", "parked", "done"]
    assert listener.heard == ["a", "c"]
    assert listener.states == ["done", "parked", "done"]


def test_what_fails_only_in_the_database_is_found_among_others_too(listener: Listener) -> None:
    """A constraint may speak as late as at the end of the batch."""
    listener.writes_the_impossible.add("b")
    events = [delivery(str(new_id()), note) for note in "abc"]
    assert listener.inbox(delays=(600.0,)).take(events) == ["done", "parked", "done"]
    assert listener.heard == ["a", "c"]


def test_those_behind_a_parked_one_wait_and_the_others_of_the_batch_pass(listener: Listener) -> None:
    inbox = listener.inbox(delays=(600.0,))
    listener.raises["a"] = RuntimeError("no")
    take(inbox, delivery(ONE, "a"))
    events = [delivery(ONE, "b"), delivery(OTHER, "x"), delivery(ONE, "c")]
    assert inbox.take(events) == ["waiting", "done", "waiting"]
    assert [(row["state"], row["body"]) for row in listener.rows[1:]] == [
        ("parked", events[0].body),
        ("done", None),
        ("parked", events[2].body),
    ]
    listener.raises.clear()
    listener.administer(redrive, listener.rows[0]["event_id"])
    while inbox.retry():
        pass
    assert listener.heard == ["x", "a", "b", "c"]


def test_of_one_aggregate_those_behind_a_failure_in_the_same_batch_wait(listener: Listener) -> None:
    listener.raises["b"] = RuntimeError("no")
    outcomes = listener.inbox(delays=(600.0,)).take([delivery(ONE, note) for note in "abc"])
    assert outcomes == ["done", "parked", "waiting"]


def test_an_event_twice_in_a_batch_counts_once(listener: Listener) -> None:
    first, second = delivery(ONE, "a"), delivery(ONE, "b")
    assert listener.inbox().take([first, first, second]) == ["done", "duplicate", "done"]
    assert listener.inbox().take([second, delivery(ONE, "c")]) == ["duplicate", "done"]
    assert listener.heard == ["a", "b", "c"]


def test_each_of_a_batch_is_handled_on_behalf_of_its_own_sender(listener: Listener) -> None:
    events = [delivery(ONE, "a"), delivery(OTHER, "b")]
    listener.inbox().take(events)
    assert [(origin.principal.service, origin.causation_id) for origin in listener.origins] == [
        ("teller", events[0].event_id),
        ("teller", events[1].event_id),
    ]


# --- races --------------------------------------------------------------------------------------------------


def test_the_same_event_at_once_counts_once(listener: Listener) -> None:
    """The broker may give an event to the next consumer while the last one still works on it."""
    inbox, event = listener.inbox(), delivery(ONE, "a")
    listener.enters["a"] = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(take, inbox, event)
        eventually(lambda: listener.enters["a"].n_waiting == 1)
        second = pool.submit(take, inbox, event)
        waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        eventually(lambda: listener._rows(waiting))
        listener.enters["a"].wait(30)
        assert {first.result(), second.result()} == {"done", "duplicate"}
    assert listener.heard == ["a"]


def test_a_failure_does_not_undo_what_another_made_of_the_event_meanwhile(listener: Listener) -> None:
    """Between the rollback of a failed attempt and parking it, somebody else may have handled the event."""
    event, inbox = delivery(ONE, "a"), listener.inbox()
    park, listener.raises["a"] = inbox._park, RuntimeError("no")

    def overtaken(late: Delivery, error: Exception) -> Any:
        listener.raises.clear()
        assert take(listener.inbox(), event) == "done"
        return park(late, error)

    inbox._park = overtaken  # type: ignore[method-assign]
    take(inbox, event)
    assert listener.heard == ["a"]
    assert listener.states == ["done"]


@pytest.mark.parametrize("together", [True, False])
def test_a_deadlock_costs_no_attempt(listener: Listener, together: bool) -> None:
    """Two listeners want the same rows in another order: one gives way, and does it again."""
    inbox, met = listener.inbox(), threading.Barrier(2)
    times = Counter[str]()

    def grasp(tx: Tx, topic_id: uuid.UUID, text: str, position: int) -> None:
        times[text] += 1
        for step, name in enumerate({"a": "pq", "b": "qp"}.get(text, "")):
            tx.hold(name)
            if step == 0 and times[text] == 1:
                met.wait(60)
        tx.add(echo.HeardNote(topic_id=topic_id, text=text, position=position))

    listener._hear = grasp  # type: ignore[method-assign]
    inbox = listener.inbox()
    batches = [[delivery(ONE, "a")], [delivery(OTHER, "b")]]
    if together:
        batches = [[*batch, delivery(str(new_id()), "z")] for batch in batches]
    with ThreadPoolExecutor(2) as pool:
        outcomes = [taking.result(60) for taking in [pool.submit(inbox.take, batch) for batch in batches]]
    assert {each for outcome in outcomes for each in outcome} == {"done"}
    assert set(listener.states) == {"done"}
    assert times["a"] + times["b"] == 3


def test_two_retries_at_once_try_different_events(listener: Listener) -> None:
    inbox = listener.inbox(delays=(0.0, 0.0))
    for topic, note in ((ONE, "a"), (ONE, "b"), (OTHER, "x")):
        listener.raises[note] = RuntimeError("no")
        take(inbox, delivery(topic, note))
    listener.raises.clear()
    listener.enters["a"] = listener.enters["x"] = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        assert [retry.result(30) for retry in [pool.submit(inbox.retry) for _ in range(2)]] == [True, True]
    assert sorted(listener.heard) == ["a", "x"], "both met, and nobody took b before a was done"
    assert inbox.retry() is True
    assert listener.heard[-1] == "b"


def test_a_retry_passes_by_what_another_has_in_hand(listener: Listener) -> None:
    inbox = listener.inbox(delays=(0.0, 600.0))
    listener.raises["a"] = RuntimeError("no")
    take(inbox, delivery(ONE, "a"))
    with listener.runtime.engine.begin() as other:
        other.execute(update(Row).values(attempts=2, next_attempt_at=wall_now() + timedelta(seconds=600)))
        assert inbox.retry() is False, "it neither waits nor tries it as well"
    assert inbox.retry() is False, "and not before its new time"
    assert (listener.rows[0]["state"], listener.rows[0]["attempts"]) == ("parked", 2)


# --- absences -----------------------------------------------------------------------------------------------


def away(listener: Listener) -> None:
    """The handler's connection breaks under it."""
    with listener.runtime.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def test_a_connection_that_breaks_costs_no_attempt(listener: Listener) -> None:
    inbox, event = listener.inbox(), delivery(ONE, "a")
    barrier = listener.enters["a"] = threading.Barrier(2)
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(take, inbox, event)
        eventually(lambda: barrier.n_waiting == 1)
        away(listener)
        barrier.wait(30)
        with pytest.raises(StoreAway):
            taking.result()
    assert (listener.heard, listener.rows) == ([], [])
    listener.enters.clear()
    assert take(inbox, event) == "done"


def test_a_connection_that_breaks_during_a_retry_costs_no_attempt(listener: Listener) -> None:
    inbox = listener.inbox()
    listener.raises["a"] = RuntimeError("no")
    take(inbox, delivery(ONE, "a"))
    listener.raises.clear()
    barrier = listener.enters["a"] = threading.Barrier(2)
    with ThreadPoolExecutor(1) as pool:
        retrying = pool.submit(inbox.retry)
        eventually(lambda: barrier.n_waiting == 1)
        away(listener)
        barrier.wait(30)
        with pytest.raises(StoreAway):
            retrying.result()
    listener.enters.clear()
    assert listener.rows[0]["attempts"] == 1
    assert inbox.retry() is True
    assert listener.heard == ["a"]


def test_another_service_that_is_away_is_a_failure_like_any_other(listener: Listener) -> None:
    """Else its event would come again and again, at once, and hold up every other."""
    inbox = listener.inbox(delays=(0.0, 0.0))
    listener.raises["a"] = Unavailable("服务暂不可用", "The service is away", code="service-away")
    assert take(inbox, delivery(ONE, "a")) == "parked"
    assert inbox.retry() is True
    assert listener.rows[0]["attempts"] == 2


# --- what is kept -------------------------------------------------------------------------------------------


def test_what_is_buried_can_be_listed_and_blocks_nobody(listener: Listener) -> None:
    inbox = listener.inbox()
    inbox.bury(Delivery("raw-1", "teller", "topic.told.v1", "raw/1", b"\xff", {}), "no JSON")
    assert take(inbox, delivery(ONE, "a")) == "done"
    assert (listener.rows[0]["state"], listener.rows[0]["body"], listener.rows[0]["error"]) == (
        "dead",
        b"\xff",
        "no JSON",
    )


def test_what_is_buried_and_redriven_dies_again_where_nobody_can_read_it(listener: Listener) -> None:
    inbox = listener.inbox(delays=(0.0,))
    inbox.bury(Delivery("raw-1", "nobody", "unknown", "raw/1", b"\xff", {}), "no JSON")
    listener.administer(redrive, "raw-1")
    while inbox.retry():
        pass
    assert listener.states == ["dead"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError(), "RuntimeError: "),
        (ValueError("one\ntwo 110101199003074477"), "ValueError: one"),
        (ValueError("nul \0 half \ud800"), "ValueError: nul \ufffd half ?"),
        (ValueError("x" * 1000), "ValueError: " + "x" * 488),
    ],
)
def test_an_error_is_described_in_one_line_that_can_be_kept(error: Exception, said: str) -> None:
    assert describe(error) == said


def test_an_error_with_a_text_that_cannot_be_kept_is_kept(listener: Listener) -> None:
    listener.raises["a"] = ValueError("nul \0 half \ud800")
    assert take(listener.inbox(), delivery(ONE, "a")) == "parked"
    assert listener.states == ["parked"]

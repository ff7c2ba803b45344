"""What survives, on both buses: a killed process, a database that goes away, a stop in the middle of work."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from shared.running import PATIENCE
from shared.store.base import new_id
from shared.store.database import lock_key
from shared.testing.association import Person, eventually
from shared.testing.telling import Pair

STEPS = 60


@contextmanager
def relay_held(pair: Pair) -> Iterator[None]:
    """The relay has its turn taken away: what is committed stays untold."""
    with pair.database("teller").connect() as connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("relay")})
        yield


def numbered(count: int) -> list[str]:
    return [str(number) for number in range(count)]


def hears(pair: Pair, topic: str, texts: list[str]) -> None:
    eventually(lambda: pair.heard(topic) == texts, within=60)


def job_row(pair: Pair, job: str) -> dict[str, Any]:
    return pair.rows("teller", f"SELECT * FROM chassis.jobs WHERE id = '{job}'")[0]


# --- a killed process ---------------------------------------------------------------------------------------


@dataclass
class Interrupted:
    """What there was to do when the process was killed, and what had been seen of it."""

    untold: str
    parked: str
    poison: str
    job: str
    job_before: Mapping[str, Any]
    teller: Person
    answered: Mapping[str, int]
    """Topic → commands that were answered, each of which told three notes."""
    unanswered: Mapping[str, str]
    """Topic → the idempotency key of the command that was not answered."""


@pytest.fixture(scope="module")
def killed(pair: Pair) -> Interrupted:
    """A kill in the middle of everything, and a new start."""
    teller, untold, parked = pair.person("teller"), pair.topic(), pair.topic()
    poison = f"poison {parked}"
    pair.tell(parked, "a", poison, "b")
    eventually(lambda: pair.states(parked) == ["done", "dead", "parked"], within=30)
    answered = {pair.topic(): 0 for _ in range(8)}
    unanswered: dict[str, str] = {}

    def tell_on(topic: str) -> None:
        while topic not in unanswered:
            key = str(new_id())
            try:
                pair.call("teller", "tell", as_=teller, id=topic, texts=["a", "b", "c"], key=key)
            except (AssertionError, OSError):
                unanswered[topic] = key
            else:
                answered[topic] += 1

    with relay_held(pair):
        pair.tell(untold, *numbered(300))
        job = str(pair.call("teller", "start_counting", as_=teller, steps=STEPS)["id"])
        eventually(lambda: job_row(pair, job)["done"] > 5, within=30)
        with ThreadPoolExecutor(8) as pool:
            for topic in answered:
                pool.submit(tell_on, topic)
            eventually(lambda: min(answered.values()) >= 2, within=60, every=0.01)
            pair.kill()
        assert [row["sent_at"] for row in pair.told(untold)] == [None] * 300
        job_before = job_row(pair, job)
    pair.start()
    return Interrupted(untold, parked, poison, job, job_before, teller, answered, unanswered)


def test_what_was_committed_and_not_told_is_told_after_a_kill(pair: Pair, killed: Interrupted) -> None:
    hears(pair, killed.untold, numbered(300))
    assert pair.states(killed.untold) == ["done"] * 300


def test_a_parked_event_and_those_behind_it_survive_a_kill(pair: Pair, killed: Interrupted) -> None:
    pair.tell(killed.parked, "c")
    pair.settled()
    assert pair.heard(killed.parked) == ["a"]
    pair.heal(killed.poison)
    letter = next(row["event_id"] for row in pair.inbox(killed.parked) if row["state"] == "dead")
    operator = pair.person("operator")
    assert pair.call("listener", "redrive_dead_letter", as_=operator, event_id=letter).status == 200
    hears(pair, killed.parked, ["a", killed.poison, "b", "c"])


def test_a_job_cut_short_by_a_kill_is_taken_up_again_and_counts_once(pair: Pair, killed: Interrupted) -> None:
    assert (killed.job_before["state"], killed.job_before["attempts"]) == ("running", 1)
    eventually(lambda: job_row(pair, killed.job)["state"] == "done", within=60)
    assert job_row(pair, killed.job)["attempts"] == 2
    assert job_row(pair, killed.job)["result"] == {"counted": STEPS}
    counted = pair.rows("teller", f"SELECT told FROM topics WHERE name LIKE 'counted {STEPS} %%'")
    assert counted == [{"told": STEPS}]


def test_a_command_cut_short_by_a_kill_and_given_again_counts_once(pair: Pair, killed: Interrupted) -> None:
    assert set(killed.unanswered) == set(killed.answered)
    for topic, key in killed.unanswered.items():
        before = len(pair.told(topic))
        assert before in (3 * killed.answered[topic], 3 * killed.answered[topic] + 3)
        again = pair.call("teller", "tell", as_=killed.teller, id=topic, texts=["a", "b", "c"], key=key)
        assert again.status == 200
        assert len(pair.told(topic)) == 3 * killed.answered[topic] + 3
        hears(pair, topic, ["a", "b", "c"] * (killed.answered[topic] + 1))


def test_events_on_their_way_at_a_kill_count_once_and_in_order(pair: Pair) -> None:
    topic, texts = pair.topic(), numbered(250)
    pair.tell(topic, *texts)
    eventually(lambda: len(pair.heard(topic)) >= 20, within=30, every=0.01)
    pair.kill()
    assert pair.heard(topic) == texts[: len(pair.heard(topic))]
    pair.start()
    hears(pair, topic, texts)
    eventually(lambda: all(row["sent_at"] for row in pair.told(topic)), within=30)


# --- a database that goes away ------------------------------------------------------------------------------


def test_a_listener_without_its_database_loses_no_event_and_spends_no_attempt(pair: Pair) -> None:
    topic = pair.topic()
    pair.tell(topic, "before")
    hears(pair, topic, ["before"])
    waited = len(pair.logged(event="events wait"))
    with pair.database_away("listener"):
        pair.tell(topic, "a", "b")
        eventually(lambda: len(pair.logged(event="events wait")) > waited, within=30)
        away = pair.call("listener", "heal", text="x")
        assert away.problem is not None
        assert (away.status, away.problem["code"]) == (503, "database-away")
        pair.tell(topic, "c")
    hears(pair, topic, ["before", "a", "b", "c"])
    assert [(row["state"], row["attempts"]) for row in pair.inbox(topic)] == [("done", 0)] * 4


def test_a_teller_whose_database_comes_back_tells_what_it_had_committed(pair: Pair) -> None:
    topic = pair.topic()
    with relay_held(pair):
        pair.tell(topic, "a", "b")
    with pair.database_away("teller"):
        assert pair.call("teller", "get_topic", id=topic).status == 503
    hears(pair, topic, ["a", "b"])


def test_a_parked_event_spends_no_attempt_while_the_database_is_away(pair: Pair) -> None:
    topic = pair.topic()
    # Among others an event is tried twice before it is parked.
    failing = f"fail 2 {topic}"
    pair.tell(topic, failing)
    (parked,) = eventually(lambda: pair.inbox(topic), within=30)
    with pair.database_away("listener"):
        waited = len(pair.logged(event="loop waits", loop="listener retry"))
        eventually(lambda: len(pair.logged(event="loop waits", loop="listener retry")) > waited, within=30)
    hears(pair, topic, [failing])
    failed = pair.logged(event="event failed and is parked", event_id=parked["event_id"])
    failed += pair.logged(event="event failed again", event_id=parked["event_id"])
    assert [row["attempts"] for row in pair.inbox(topic)] == [len(failed)]
    assert failed


# --- a stop in order ----------------------------------------------------------------------------------------


def test_a_stop_in_the_middle_of_everything_is_quick_and_loses_nothing(pair: Pair) -> None:
    topic, stuck, key = pair.topic(), pair.topic(), f"nap {new_id()}"
    pair.tell(stuck, f"poison {stuck}")
    job = str(pair.call("teller", "start_counting", as_=pair.person("teller"), steps=300)["id"])
    with ThreadPoolExecutor(1) as pool:
        pair.tell(topic, *numbered(250))
        eventually(lambda: job_row(pair, job)["done"] > 3, within=30)
        nap = pool.submit(pair.call, "teller", "nap", seconds="0.5", key=key)
        napping = (
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'idle in transaction' AND query LIKE '%%pg_advisory_xact_lock%%'"
        )
        eventually(lambda: pair.rows("teller", napping), within=30, every=0.01)
        took = pair.stop()
        nap.exception()
    left = job_row(pair, job)
    pair.start()
    assert took < PATIENCE, "nobody had to lose patience"
    hears(pair, topic, numbered(250))
    assert (left["state"], left["attempts"]) == ("running", 1)
    finished = pair.rows("teller", f"SELECT answer->>'status' AS status FROM chassis.idempotency WHERE key = '{key}'")
    assert finished == [{"status": "200"}], "a command in hand is finished"


def test_a_stop_while_a_database_is_away_is_quick(pair: Pair) -> None:
    with pair.database_away("listener"):
        waited = len(pair.logged(event="loop waits", loop="listener retry"))
        eventually(lambda: len(pair.logged(event="loop waits", loop="listener retry")) >= waited + 3, within=30)
        took = pair.stop()
    pair.start()
    assert took < PATIENCE, "nobody had to lose patience"

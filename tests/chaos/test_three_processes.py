"""Three processes of each service on RabbitMQ: whatever is done by one at a time goes on when that one is gone.

The promise is :data:`PROMISE`. What it is made of is checked by arithmetic, and that it comes about by doing it, with
the patience that a busy machine needs: killed, the process and its connections are gone; frozen, it is still connected
and holds what it has locked.
"""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session

from shared.bus.consumer import HEARTBEAT
from shared.clock import wall_now
from shared.settings import Settings
from shared.store.base import new_id
from shared.store.database import IDLE_LIMIT, STILL_HERE_EVERY, lock_key
from shared.store.embedded import EmbeddedPostgres
from shared.store.tables import Outbox
from shared.testing.association import eventually
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.telling import Pair, envelope_of

pytestmark = pytest.mark.rabbitmq

PROMISE = 10.0
"""Seconds after which another process has taken over."""
PATIENCE = 60.0
FATES = ["killed", "frozen"]


def test_the_promise_adds_up() -> None:
    assert 3 * HEARTBEAT + 2 <= PROMISE, "RabbitMQ looks every interval, and gives a consumer up at the third"
    assert IDLE_LIMIT + Settings.poll_every <= PROMISE, "then a lock is free, and the next look takes it"
    assert STILL_HERE_EVERY * 3 < IDLE_LIMIT, "a process that is merely slow keeps its locks"


@pytest.fixture(scope="module")
def three(
    rabbitmq_node: PrivateRabbitMQ, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Pair]]:
    name = f"three-{new_id()}"
    with Pair.on(rabbitmq_node.create_vhost(name), postgres, tmp_path_factory.mktemp("three")) as first:
        pairs = [first, first.another(), first.another()]
        try:
            for number, pair in enumerate(pairs[1:]):
                pair.log = first.log.with_name(f"log-{number}.jsonl")
                pair.start()
            yield pairs
        finally:
            for pair in pairs[1:]:
                pair.kill()
    rabbitmq_node.delete_vhost(name)


@contextmanager
def befallen(victim: Pair, fate: str) -> Iterator[None]:
    """The victim is killed, or frozen, for as long as the block lasts; afterwards it is there again."""
    pid = victim.pid
    if fate == "killed":
        victim.kill()
        yield
        victim.start()
        return
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def holder(three: list[Pair], service: str, lock: str) -> Pair | None:
    """Who holds an advisory lock of a service just now."""
    key = lock_key(lock)
    held = (
        "SELECT split_part(application_name, ' ', 2)::int AS pid FROM pg_locks JOIN pg_stat_activity USING (pid)"
        f" WHERE granted AND locktype = 'advisory' AND classid = {key >> 32} AND objid = {key & 0xFFFFFFFF}"
        " AND datname = current_database()"
    )
    pids = [row["pid"] for row in three[0].rows(service, held)]
    return next((pair for pair in three if pair.pid in pids), None)


def numbered(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last)]


def tell(three: list[Pair], topic: str, texts: list[str]) -> None:
    """As if a command had told them: no process is asked, since a frozen one might be the one to answer."""
    with Session(three[0].database("teller")) as session, session.begin():
        for text in texts:
            body, headers = envelope_of(topic, text, int(text) + 1)
            told = {"type": "topic.told.v1", "subject": f"topic/{topic}", "body": body.decode(), "headers": headers}
            session.add(Outbox(event_id=headers["cloudEvents_id"], created_at=wall_now(), sent_at=None, **told))
            session.flush()


def hears(three: list[Pair], topic: str, texts: list[str]) -> None:
    eventually(lambda: len(three[0].heard(topic)) >= len(texts), within=PATIENCE)
    assert three[0].heard(topic) == texts, "each once, in order"


def heard_by(three: list[Pair], topic: str) -> Pair:
    """Who settled the last event of a topic."""
    event = three[0].inbox(topic)[-1]["event_id"]

    def found() -> Pair | None:
        return next((pair for pair in three if pair.logged(event="event", event_id=event)), None)

    pair = eventually(found, within=PATIENCE)
    assert isinstance(pair, Pair)
    return pair


@pytest.mark.parametrize("fate", FATES)
def test_another_hears_events_when_the_one_that_did_is_gone(three: list[Pair], fate: str) -> None:
    topic = str(new_id())
    tell(three, topic, numbered(0, 20))
    hears(three, topic, numbered(0, 20))
    victim = heard_by(three, topic)
    with befallen(victim, fate):
        tell(three, topic, numbered(20, 60))
        hears(three, topic, numbered(0, 60))
        assert heard_by(three, topic) is not victim
    tell(three, topic, numbered(60, 70))
    hears(three, topic, numbered(0, 70))


@pytest.mark.parametrize("fate", FATES)
def test_another_tells_when_the_one_that_did_is_gone(
    three: list[Pair], fate: str, rabbitmq_node: PrivateRabbitMQ
) -> None:
    topic = str(new_id())
    rabbitmq_node.set_memory_alarm(True)  # the broker confirms nothing: whoever tells is in the middle of it
    try:
        tell(three, topic, numbered(0, 30))
        victim = eventually(lambda: holder(three, "teller", "relay"), within=PATIENCE)
        assert isinstance(victim, Pair)
        with befallen(victim, fate):
            rabbitmq_node.set_memory_alarm(False)
            hears(three, topic, numbered(0, 30))
    finally:
        rabbitmq_node.set_memory_alarm(False)
    unsent = "SELECT 1 FROM chassis.outbox WHERE sent_at IS NULL"
    eventually(lambda: not three[0].rows("teller", unsent), within=PATIENCE)
    assert three[0].heard(topic) == numbered(0, 30)


@pytest.mark.parametrize("fate", FATES)
def test_another_takes_a_job_up_and_it_counts_once(three: list[Pair], fate: str) -> None:
    teller, steps = three[0].person("teller"), 250 + FATES.index(fate)
    job = eventually(lambda: three[0].call("teller", "start_counting", as_=teller, steps=steps), within=PATIENCE)["id"]
    victim = eventually(lambda: holder(three, "teller", f"job {job}"), within=PATIENCE)
    assert isinstance(victim, Pair)

    def state() -> str:
        (row,) = three[0].rows("teller", f"SELECT state FROM chassis.jobs WHERE id = '{job}'")
        return str(row["state"])

    with befallen(victim, fate):
        eventually(lambda: state() == "done", within=PATIENCE)
        before = len(victim.log.read_text())
    if fate == "frozen":  # it finds out what became of its lock, and says so
        eventually(lambda: "job" in victim.log.read_text()[before:], within=PATIENCE)
    assert len(three[0].rows("teller", f"SELECT 1 FROM topics WHERE name LIKE 'counted {steps} %%'")) == 1


def test_one_after_the_other_is_killed_and_each_event_counts_once(three: list[Pair]) -> None:
    topics = [str(new_id()) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for turn, pair in enumerate(three[1:]):
            told = [pool.submit(tell, three, topic, numbered(turn * 100, turn * 100 + 100)) for topic in topics]
            pair.kill()
            for each in told:
                each.result()
            pair.start()
    for topic in topics:
        hears(three, topic, numbered(0, 200))

"""A long day on either bus: notes are told, told again, fail, are poisoned and healed, databases go and processes die.

In the evening every event has counted exactly once and in order. The day is random; a failure shows its seed, and
DAY_SEED in the environment lives that day again.
"""

import os
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from shared.testing.association import eventually
from shared.testing.telling import Pair, envelope_of

ACTS = 40
TOPICS = 5


class Day:
    def __init__(self, pair: Pair, seed: int) -> None:
        self.pair = pair
        self.random = random.Random(seed)
        self.topics = {pair.topic(): list[str]() for _ in range(TOPICS)}
        self.poison: set[str] = set()

    def tell(self) -> None:
        topic = self.random.choice(list(self.topics))
        texts = []
        for _ in range(self.random.randint(1, 6)):
            text = f"{topic} {len(self.topics[topic]) + len(texts)}"
            mood = self.random.choices(["", "fail 1 ", "fail 2 ", "poison "], [20, 2, 1, 1])[0]
            texts.append(mood + text)
            if mood == "poison ":
                self.poison.add(mood + text)
        self.pair.tell(topic, *texts)
        self.topics[topic].extend(texts)

    def tell_again(self) -> None:
        told = self.pair.told(self.random.choice(list(self.topics)))
        if told:
            event = self.random.choice(told)["event_id"]
            answer = self.pair.call(
                "teller", "redeliver_event", as_=self.pair.person("operator"), id=event, deadline=60
            )
            assert answer.status == 200

    def copy(self) -> None:
        """The broker delivers something a second time."""
        topic = self.random.choice(list(self.topics))
        told = [row for row in self.pair.told(topic) if row["sent_at"]]
        if told:
            row = self.random.choice(told)
            self.pair.put_event(row["body"].encode(), row["headers"])

    def put_garbage(self) -> None:
        self.pair.put_event(b"\xff", envelope_of(self.random.choice(list(self.topics)), "x", 1)[1])

    def heal_one(self) -> None:
        if self.poison:
            self.pair.heal(self.random.choice(sorted(self.poison)))

    def redrive(self) -> None:
        for topic in self.topics:
            for row in self.pair.inbox(topic):
                if row["state"] == "dead":
                    answer = self.pair.call(
                        "listener",
                        "redrive_dead_letter",
                        as_=self.pair.person("operator"),
                        event_id=row["event_id"],
                        deadline=60,
                    )
                    assert answer.status == 200

    def lose_the_database(self) -> None:
        with self.pair.database_away(self.random.choice(["listener", "teller"])):
            time.sleep(self.random.uniform(0, 0.3))

    def die(self) -> None:
        self.pair.kill()
        self.pair.start()

    def end(self) -> None:
        """Heal everything; then everything counts, once and in order."""
        for text in sorted(self.poison):
            self.pair.heal(text)
        eventually(self.all_is_heard, within=90, every=0.5)

    def all_is_heard(self) -> bool:
        self.redrive()
        for topic, texts in self.topics.items():
            heard = self.pair.heard(topic)
            assert heard == texts[: len(heard)]
            assert len(heard) == len(texts), f"{topic}: {len(heard)} of {len(texts)}"
        return True


@pytest.fixture
def seed() -> int:
    seed = int(os.environ.get("DAY_SEED") or random.SystemRandom().randrange(10**6))
    print(f"DAY_SEED={seed}")
    return seed


def test_every_event_of_a_long_day_counts_once_and_in_order(pair: Pair, seed: int) -> None:
    day = Day(pair, seed)
    acts: list[Callable[[], Any]] = [
        *[day.tell] * 24,
        *[day.tell_again] * 4,
        *[day.copy] * 4,
        day.put_garbage,
        *[day.heal_one] * 2,
        *[day.redrive] * 2,
        day.lose_the_database,
    ]
    plan = [day.random.choice(acts) for _ in range(ACTS)]
    for when in day.random.sample(range(ACTS), 2):
        plan[when] = day.die
    for act in plan:
        act()
    day.end()
    for topic, texts in day.topics.items():
        assert [row["state"] for row in pair.inbox(topic)] == ["done"] * len(texts)
        assert all(row["sent_at"] for row in pair.told(topic))

"""Clients that go on telling notes whatever happens, each about a topic of its own, and what must come of it.

with Traffic(pair, over_bus(pair, client), clients=4) as traffic:
    node.restart()
traffic.settles()

A client does what one should: a command that got no answer, a 503 or a 504 is sent again under its idempotency key,
until it is answered. Whatever befell the parts meanwhile, each note then counts once and in order.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx

from shared.bus.client import RpcClient
from shared.errors import Problem
from shared.store.base import new_id
from shared.testing.association import eventually
from shared.testing.processes import Caller
from shared.testing.telling import Pair

PATIENCE = 60.0
"""Seconds within which everything must have come to rest once nothing is away any more."""
AGAIN = frozenset({503, 504})

Told = tuple[int, str]
"""Status, and the code of the problem or "" where it went well."""
Send = Callable[[str, str, str], Told]
"""Tell the topic a text under an idempotency key."""


def over_bus(pair: Pair, client: RpcClient, deadline: float = 3.0) -> Send:
    """Commands given through ``client``, in this process."""
    headers = pair.person("teller").headers

    def send(topic: str, text: str, key: str) -> Told:
        arguments = {"id": topic, "texts": [text]}
        try:
            answer = client.call(
                "teller", "tell", arguments, headers={**headers, "idempotency-key": key}, deadline=deadline
            )
        except Problem as problem:
            return problem.status, problem.code
        return int(answer["status"]), str(answer.get("problem", {}).get("code", ""))

    return send


def over_http(caller: Caller) -> Send:
    """Commands given to a gateway."""

    def send(topic: str, text: str, key: str) -> Told:
        try:
            answer = caller.http.post(
                f"/v1/teller/topics/{topic}/notes", json={"texts": [text]}, headers={"Idempotency-Key": key}
            )
        except httpx.TransportError as error:
            return 503, type(error).__name__
        if answer.status_code in AGAIN:
            assert answer.headers["content-type"] == "application/problem+json", answer.text
        return answer.status_code, "" if answer.is_success else str(answer.json()["code"])

    return send


class Traffic:
    """``clients`` threads that tell; ``pause`` seconds between two notes, ``notes`` each at most."""

    def __init__(self, pair: Pair, send: Send, *, clients: int = 4, pause: float = 0.02, notes: int = 400) -> None:
        self._pair = pair
        self._send = send
        self._pause = pause
        self._notes = notes
        self._stop = threading.Event()
        self.told: dict[str, list[str]] = {pair.topic(): [] for _ in range(clients)}
        """Topic → texts that were answered as told, in order."""
        self.answers: Counter[Told] = Counter()
        self.unexpected: list[Any] = []
        self.longest = 0.0
        """Seconds that the slowest answer took."""
        self._threads = [threading.Thread(target=self._go_on, args=[topic], daemon=True) for topic in self.told]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        self.flows()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def flows(self) -> None:
        """Wait until every client has been answered another time."""
        before = {topic: len(texts) for topic, texts in self.told.items()}
        eventually(lambda: self._moved(before), within=PATIENCE)

    def count(self, status: int, code: str | None = None) -> int:
        """How many answers had this status (and code) so far."""
        found = self.answers.copy().items()
        return sum(times for told, times in found if told[0] == status and code in (None, told[1]))

    def told_so(self, status: int, code: str) -> bool:
        """That somebody was answered so; the failure shows what else was answered."""
        assert self.count(status, code), dict(self.answers)
        return True

    def settles(self) -> None:
        """Every note that was answered as told counts once and in order, nothing else does, and nothing waits."""
        assert not any(thread.is_alive() for thread in self._threads), "a client hangs"
        assert self.unexpected == []
        for topic, texts in self.told.items():
            eventually(lambda: self._pair.heard(topic) == texts, within=PATIENCE)  # noqa: B023 (asked at once)
        for topic, texts in self.told.items():
            inbox = self._pair.inbox(topic)
            assert [row["state"] for row in inbox] == ["done"] * len(texts), inbox
            assert [row["attempts"] for row in inbox] == [0] * len(texts), "what is away costs no attempt"
            assert len(self._pair.told(topic)) == len(texts)
            eventually(lambda: all(row["sent_at"] for row in self._pair.told(topic)), within=PATIENCE)  # noqa: B023

    def _moved(self, before: dict[str, int]) -> bool:
        assert self.unexpected == []
        return all(len(self.told[topic]) > count for topic, count in before.items())

    def _go_on(self, topic: str) -> None:
        try:
            for number in range(self._notes):
                if self._stop.is_set() or not self._tell(topic, str(number)):
                    return
                self._stop.wait(self._pause)
        except Exception as error:
            self.unexpected.append(error)

    def _tell(self, topic: str, text: str) -> bool:
        key, end = str(new_id()), None
        while end is None or time.monotonic() < end:
            began = time.monotonic()
            answer = self._send(topic, text, key)
            self.longest = max(self.longest, time.monotonic() - began)
            self.answers[answer] += 1
            if answer[0] == 200:
                self.told[topic].append(text)
                return True
            if answer[0] not in AGAIN:
                self.unexpected.append(answer)
                return False
            if self._stop.is_set() and end is None:
                end = time.monotonic() + PATIENCE
            time.sleep(0.1)
        self.unexpected.append("never answered")
        return False

"""Teller and listener in processes of their own that are killed over and over, and a caller who does not give up.

with Siege(node, postgres, folder, tellers=2, listeners=2) as siege:
    siege.tell(events=2000, kills=20)
    siege.right()

Each producer tells about topics of its own, a command at a time, each under a key of its own, and repeats a command
under the same key until it is answered. Kills are spread over the events: a producer waits for the kills that are due.
"""

import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import shared.testing.echo as echo
from shared.bus.client import RpcClient
from shared.errors import Problem
from shared.identity.keys import TOKENS, Keyring, make_keys
from shared.identity.principals import issue_access
from shared.store.base import new_id
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import Association, eventually
from shared.testing.counting import books_are_right
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.telling import make_databases

SERVICES = [echo.TELLER, echo.LISTENER]
AGAIN = frozenset({503, 504})
"""Answers that say nothing of whether it was done: the same is asked again, under the same key."""
DEADLINE = 4.0
PATIENCE = 120.0
"""Seconds within which a command must be answered once nothing is away any more, and a process must be up."""

Step = Callable[[], object]


class Siege:
    """Databases, keys and a virtual host of their own, and so many processes of each service."""

    def __init__(
        self,
        node: PrivateRabbitMQ,
        postgres: EmbeddedPostgres,
        folder: Path,
        *,
        tellers: int = 1,
        listeners: int = 1,
        seed: int = 0,
    ) -> None:
        self.node = node
        self.vhost = f"siege-{secrets.token_hex(4)}"
        self.url = node.create_vhost(self.vhost)
        self.urls = make_databases(postgres)
        make_keys(folder / "keys", {"teller": [TOKENS], "listener": []})
        self._issuer = Keyring.load(folder / "keys", "teller")
        self._folder = folder
        self._settings: dict[str, Any] = {
            "amqp_url": self.url,
            "database_urls": self.urls,
            "keys": str(folder / "keys"),
            # A listener forgets how often it failed when it is killed: none may come to the end of its attempts.
            "retry_delays": [0.2, 0.4] + [1.0] * 18,
            "poll_every": 0.2,
        }
        self.processes = {
            **{f"teller-{number}": self._host("teller", number) for number in range(tellers)},
            **{f"listener-{number}": self._host("listener", number) for number in range(listeners)},
        }
        self.client = RpcClient(self.url)
        self.kills: Counter[str] = Counter()
        self.answers: Counter[int] = Counter()
        """How often which status came, 503 and 504 being those after which the same was asked again."""
        self.told = 0
        """Events of commands that were answered."""
        self._chance = random.Random(seed)
        self._counting = threading.Condition()
        self._starters = ThreadPoolExecutor(2)
        self._starting: dict[str, Future[Any]] = {}
        self._starts: list[Future[Any]] = []

    def _host(self, service: str, number: int) -> Association:
        log = self._folder / f"{service}-{number}.jsonl"
        return Association(
            *(self._settings, [service], log, self._issuer),
            joined_by=["shared.testing.echo"],
            host="shared.testing.faulty_host",
        )

    def __enter__(self) -> Self:
        try:
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(Association.start, self.processes.values()))
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._starters.shutdown(cancel_futures=True)
        for process in self.processes.values():
            process.kill()
        self.client.close()
        self.node.delete_vhost(self.vhost)

    # --- commands -------------------------------------------------------------------------------------------

    def do(self, operation: str, *, key: str = "", within: float = PATIENCE, **arguments: Any) -> Any:
        """The body of the answer to a command, asked under one key until it is answered."""
        account, person, session = (str(new_id()) for _ in range(3))
        token = issue_access(self._issuer, account=account, person=person, session=session, roles=["teller"], units=[])
        headers = {"authorization": f"Bearer {token}", "idempotency-key": key or str(new_id())}
        end = time.monotonic() + within
        while True:
            try:
                answer = self.client.call("teller", operation, arguments, headers=headers, deadline=DEADLINE)
                status = int(answer["status"])
            except Problem as problem:
                answer, status = {"problem": problem.as_dict("en")}, problem.status
            self.answers[status] += 1
            if status < 300:
                return answer.get("body")
            assert status in AGAIN, answer
            if time.monotonic() > end:
                self.all_up()  # a process that did not come up says why
                raise AssertionError(f"not answered within {within} s: {answer}")
            time.sleep(0.05)

    def tell_once(self, topic: str, texts: list[str]) -> None:
        """Tell notes about a topic, an event each, in one command."""
        self.do("tell", id=topic, texts=texts)
        with self._counting:
            self.told += len(texts)
            self._counting.notify_all()

    # --- kills ----------------------------------------------------------------------------------------------

    def kill_one(self) -> None:
        """SIGKILL any process that is up, somewhere in the next command, and have it started again meanwhile."""
        time.sleep(self._chance.random() * 0.1)
        eventually(lambda: len(self._starting) < len(self.processes), within=PATIENCE)
        name = self._chance.choice(sorted(self.processes.keys() - self._starting.keys()))
        self.processes[name].kill()
        self.kills[name] += 1
        start = self._starting[name] = self._starters.submit(self.processes[name].start)
        start.add_done_callback(lambda _start: self._starting.pop(name, None))
        self._starts.append(start)

    def all_up(self) -> None:
        """Wait until every process is there again."""
        for start in self._starts:
            start.result(PATIENCE)

    def tell(
        self,
        events: int,
        kills: int,
        *,
        producers: int = 2,
        topics: int = 4,
        notes: int = 10,
        outages: Mapping[int, Step] | None = None,
        seen: Step = lambda: None,
        within: float = 3600.0,
    ) -> None:
        """Tell about ``events`` events, ``notes`` a command, while ``kills`` processes are killed; after ``within``
        seconds no more is told. ``outages`` are what else befalls them, each once so many events were told; the
        producers go on meanwhile. ``seen`` is called as things go on."""
        end = time.monotonic() + within
        before = self.told
        moments = sorted(self._chance.randrange(events) for _ in range(kills))
        befalls: list[tuple[int, Step]] = sorted(
            [*((moment, self.kill_one) for moment in moments), *(outages or {}).items()],
            key=lambda each: each[0],
        )
        done = [0]

        def pass_by() -> None:
            with self._counting:
                done[0] += 1
                self._counting.notify_all()

        def produce(producer: int) -> None:
            chance = random.Random(f"{producer} {events}")
            own = [str(self.do("open_topic", name=f"{producer} {new_id()}")["id"]) for _ in range(topics)]
            for number in range(events // producers // notes):
                if time.monotonic() > end:
                    return
                with self._counting:
                    # What is due comes before what is told next: else all kills would come at the end.
                    self._counting.wait_for(
                        lambda: done[0] >= sum(moment <= self.told - before for moment, _ in befalls), PATIENCE
                    )
                texts = [f"{producer} {number} {note}" for note in range(notes)]
                if number % 20 == 7:
                    texts[0] = f"fail 2 {producer} {number}"
                self.tell_once(chance.choice(own), texts)
                seen()

        with ThreadPoolExecutor(producers) as pool:
            told = [pool.submit(produce, producer) for producer in range(producers)]
            for moment, befall in befalls:
                with self._counting:
                    while self.told - before < moment and not all(each.done() for each in told):
                        self._counting.wait(0.2)
                if befall != self.kill_one:
                    pass_by()
                    befall()
                else:
                    befall()
                    pass_by()
                seen()
            for each in told:
                each.result()
        self.all_up()

    # --- what is left of it ---------------------------------------------------------------------------------

    def heard(self) -> int:
        """How many notes were written down."""
        process = next(process for name, process in self.processes.items() if name.startswith("listener"))
        return int(process.rows("listener", "SELECT count(*) AS notes FROM heard_notes")[0]["notes"])

    def right(self, within: float = PATIENCE) -> None:
        """Every event that was answered as told counts, once, and the books are right."""
        eventually(lambda: self.heard() == self.told, within=within, every=0.3)
        books_are_right(SERVICES, self.urls, node=self.node, amqp_url=self.url, within=within)

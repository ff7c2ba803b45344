"""Services each in a process of its own on RabbitMQ, and stories told through them in which one is killed.

    houses = Apart(["finance", "governance"], settings, folder, issuer, clock="2021-03-01T09:00:00+08:00")
    houses.open()

A story is a list of steps, each with the services it needs. One service is killed right after a step, the steps that do
not need it go on, and when none is left it comes back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sqlalchemy import text

from shared.bus.listening import subscriptions_of
from shared.identity.keys import Keyring
from shared.plugins import plugins
from shared.store.database import lock_key, make_engine
from shared.testing.association import Association, eventually

PATIENCE = 40.0
"""Seconds that a machine with much else to do may take for what is done at once elsewhere."""


class Apart:
    """A process for each service, and a desk without any, from which they are called.

    ``settings`` are those of every host (see :mod:`shared.testing.host`), ``clock`` the business time they begin at.
    """

    def __init__(
        self, names: Sequence[str], settings: dict[str, Any], folder: Path, issuer: Keyring, *, clock: str
    ) -> None:
        def host(name: str, *services: str) -> Association:
            return Association(settings, list(services), folder / f"{name}.jsonl", issuer, clock=clock)

        self.services = {name: host(name, name) for name in names}
        self.desk = host("desk")
        self.away: set[str] = set()
        self._heard_by: dict[tuple[str, str], list[str]] = {}
        for name in names:
            for heard in subscriptions_of(plugins()[name].service):
                self._heard_by.setdefault(heard, []).append(name)

    def open(self) -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(Association.start, [*self.services.values(), self.desk]))

    def close(self) -> None:
        for host in (self.desk, *self.services.values()):
            host.kill()

    def kill(self, name: str) -> None:
        """SIGKILL."""
        self.services[name].kill()
        self.away.add(name)

    def back(self, *names: str) -> None:
        for name in names:
            self.services[name].start()
            self.away.discard(name)

    def today(self, day: str) -> None:
        """The business day of every process, now and after its next start."""
        for host in self.services.values():
            host.clock = f"{day}T09:00:00+08:00"
            host.set_clock(host.clock)

    def rows(self, service: str, sql: str) -> list[dict[str, Any]]:
        return self.services[service].rows(service, sql)

    @contextmanager
    def held(self, service: str, sql: str) -> Iterator[None]:
        """A transaction on the service's database that holds what ``sql`` locks."""
        engine = make_engine(self.services[service].settings["database_urls"][service], pool_size=1)
        try:
            with engine.begin() as connection:
                connection.execute(text(sql))
                yield
        finally:
            engine.dispose()

    def relay_held(self, service: str) -> AbstractContextManager[None]:
        """The relay of a service has its turn taken away: what is committed stays untold for as long."""
        return self.held(service, f"SELECT pg_advisory_xact_lock({lock_key('relay')})")

    def blocked(self, service: str, sessions: int) -> None:
        """Wait until so many sessions of the service wait for a row or a table."""
        waiting = (
            "SELECT DISTINCT pid FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND locktype <> 'advisory' AND datname = current_database()"
        )
        eventually(lambda: len(self.rows(service, waiting)) >= sessions, within=PATIENCE)

    def told(self, service: str, since: int) -> list[dict[str, Any]]:
        """What a service told after that position of its outbox."""
        sql = f"SELECT event_id::text, type, sent_at FROM chassis.outbox WHERE position > {since} ORDER BY type"
        return self.rows(service, sql)

    def marks(self) -> dict[str, int]:
        """How far each outbox is written."""
        last = "SELECT coalesce(max(position), 0) AS last FROM chassis.outbox"
        return {name: int(self.rows(name, last)[0]["last"]) for name in self.services}

    def settled(self, since: Mapping[str, int]) -> bool:
        """Everything told since has been sent, and is done at each of these that listens; nothing is parked or dead."""
        inboxes = {
            name: {
                row["event_id"]: row["state"] for row in self.rows(name, "SELECT event_id, state FROM chassis.inbox")
            }
            for name in self.services
        }
        assert {state for inbox in inboxes.values() for state in inbox.values()} <= {"done"}
        for name, position in since.items():
            for event in self.told(name, position):
                heard = [inboxes[each].get(event["event_id"]) for each in self._heard_by.get((name, event["type"]), [])]
                assert event["sent_at"], event
                assert set(heard) <= {"done"}, (event, heard)
        return True


@dataclass(frozen=True)
class Step:
    """What a step needs running, the one that does it and tells of it first, and the steps before it."""

    needs: tuple[str, ...]
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cut:
    """Which service is killed after which step, and how the step's event stands then.

    "untold": the service itself committed it and could not tell it; "unheard": the service is gone when it is told;
    "in hand": the service is in the middle of its effect, as ``table`` lets nobody write.
    """

    victim: str
    after: str
    how: str
    table: str = ""

    def __str__(self) -> str:
        return f"{self.victim}-{self.after}-{self.how.replace(' ', '-')}"


class Story:
    """One run through steps, each a method of that name in a subclass."""

    STEPS: Mapping[str, Step] = {}

    def __init__(self, houses: Apart) -> None:
        self.houses = houses
        self.since = houses.marks()
        self.went_on: list[str] = []
        """The steps that were done while a service was away."""

    def run(self, cut: Cut | None = None) -> Self:
        """All steps in order, each as soon as what it needs is there; a killed service comes back once none is."""
        left = dict(self.STEPS)
        while left:
            name = self._next(left)
            if name is None:
                self.houses.back(*sorted(self.houses.away))
                continue
            step, act = left.pop(name), getattr(self, name)
            if cut is not None and cut.after == name:
                self._cut(cut, step, act)
                continue
            act()
            if self.houses.away:
                self.went_on.append(name)
        self.houses.back(*sorted(self.houses.away))
        eventually(lambda: self.houses.settled(self.since), within=PATIENCE)
        return self

    def _next(self, left: Mapping[str, Step]) -> str | None:
        here = (
            name
            for name, step in left.items()
            if not self.houses.away & {*step.needs} and not left.keys() & {*step.after}
        )
        return next(here, None)

    def _cut(self, cut: Cut, step: Step, act: Callable[[], None]) -> None:
        if cut.how == "in hand":
            with self.houses.held(cut.victim, f"LOCK TABLE {cut.table} IN SHARE MODE"):
                act()
                self.houses.blocked(cut.victim, 1)
                self.houses.kill(cut.victim)
            return
        teller = step.needs[0]
        assert (teller == cut.victim) == (cut.how == "untold")
        before = self.houses.marks()[teller]
        with self.houses.relay_held(teller):
            act()
            self.houses.kill(cut.victim)
            assert {event["sent_at"] for event in self.houses.told(teller, before)} == {None}

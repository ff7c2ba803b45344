"""The whole flow, and the events alone.

Flow: HTTP → RPC → a note inserted and told → heard by another service → inserted there. Sixteen callers take notes for
as long as a burst lasts; the flow is over when the last of them is archived. Its speed counts that whole time. Lag is
from the commit of a note to the commit of its archived row, as PostgreSQL itself remembers commits.

Events: as many wait in the queue of a stopped consumer; it goes on, and the time runs until the last is committed.

After each burst the rows are counted: every note is archived exactly once, or the contender has failed.
"""

import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any
from uuid import uuid4

import orjson
import psycopg
from sqlalchemy import make_url

from shared.bus.events import Envelope, exchange_name
from shared.bus.publisher import ConfirmedPublisher, Outgoing
from shared.testing.rabbitmq_engines import free_ports
from tests.bench.harness.bursts import Sample
from tests.bench.harness.contest import Burst, hold
from tests.bench.harness.outcome import Outcome
from tests.bench.harness.place import Place, answered, consumed
from tests.bench.harness.roles import Asked, Role
from tests.bench.measurements.gateway import over_http
from tests.bench.ours.notes import NoteTaken

KEYS = ("flow_vs_stock", "event_lag_p99_vs_stock", "events_vs_stock")
FLOW_KEYS = KEYS[:2]
FLOW_ROUNDS, EVENT_ROUNDS = 5, 3
SECONDS = 2.0
WAITING = 2000
"""Events that wait for a consumer."""
PATIENCE, LONGEST = 20.0, 120.0
"""Seconds that nothing more may arrive, and that all may take."""
FLOW, EVENTS = "16 callers", f"{WAITING} waiting"
STOCK_WORKERS = (1, 10)
"""max_workers of stock nameko: one, and its default. The better one is what ours is compared with."""
PATH = "/v1/notes/notes"

MakeEvent = Callable[[int], Outgoing]


class Books:
    """The tables of one contender, looked at from outside: ``notes`` in one database, ``archived`` in another."""

    def __init__(self, notes: str | None, archive: str) -> None:
        self._notes = _connected(notes) if notes else None
        self._archive = _connected(archive)

    def close(self) -> None:
        for connection in (self._notes, self._archive):
            if connection is not None:
                connection.close()

    def clear(self) -> None:
        if self._notes is not None:
            self._notes.execute("TRUNCATE notes")
        self._archive.execute("TRUNCATE archived")

    def archived(self, count: int, consumer: Role) -> float:
        """Wait for so many rows; when the last of them was committed, in seconds since 1970."""
        began = progress = time.monotonic()
        found = before = 0
        while time.monotonic() < min(progress + PATIENCE, began + LONGEST) and not consumer.ended:
            found, different, last = self._archive.execute(
                "SELECT count(*), count(DISTINCT note_id), extract(epoch FROM max(pg_xact_commit_timestamp(xmin)))"
                " FROM archived"
            ).fetchone() or (0, 0, 0)
            if found >= count:
                if (found, different) != (count, count):
                    raise consumer.failure(f"archived {found} rows of {different} notes where {count} were told")
                return float(last)
            if found > before:
                before, progress = found, time.monotonic()
            time.sleep(0.05)
        raise consumer.failure(f"archived {found} of {count} notes")

    def lags(self) -> list[float]:
        """For each note, from its commit to that of its archived row: milliseconds, sorted."""
        assert self._notes is not None
        moment = "extract(epoch FROM pg_xact_commit_timestamp(xmin))"
        told = {str(note): float(at) for note, at in self._notes.execute(f"SELECT id, {moment} FROM notes")}
        heard = self._archive.execute(f"SELECT note_id, {moment} FROM archived").fetchall()
        return sorted((float(at) - told[str(note)]) * 1000 for note, at in heard)


def _connected(url: str) -> psycopg.Connection[Any]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


# --- the whole flow -------------------------------------------------------------------------------------------


def _flow(caller: Asked, books: Books, archive: Role) -> Sample:
    books.clear()
    began = time.time()
    done = caller.ask(callers=16, seconds=SECONDS)
    count = done["calls"]
    took = books.archived(count, archive) - began
    lags = books.lags()
    return {
        "per_second": count / took,
        "p50": done["p50"],
        "p99": done["p99"],
        "lag_p50": lags[count // 2],
        "lag_p99": lags[int(count * 0.99)],
    }


@contextmanager
def _our_flow(place: Place) -> Iterator[Mapping[str, Burst]]:
    with ExitStack() as rooms:
        bus = place.bus()
        archive, archive_url = place.ours("archive", bus)
        rooms.enter_context(archive)
        notes, notes_url = place.ours("notes", bus)
        rooms.enter_context(notes)
        front, port = place.gateway(bus)
        rooms.enter_context(front)
        consumed(bus, "archive.inbox", archive)
        consumed(bus, "rpc-notes", notes)
        caller = rooms.enter_context(over_http(place, port, "POST", PATH))
        answered(caller, front, notes)
        yield from _watched(rooms, caller, notes_url, archive_url, archive)


@contextmanager
def _stock_flow(place: Place) -> Iterator[Mapping[str, Burst]]:
    with ExitStack() as rooms:
        bus = place.bus()
        archive, archive_url = _stock_service(place, "archive", bus, workers=10)
        rooms.enter_context(archive)
        consumed(bus, STOCK_QUEUE, archive)
        notes, notes_url = _stock_service(place, "notes", bus, workers=16)
        rooms.enter_context(notes)
        consumed(bus, "rpc-notes", notes)
        (port,) = free_ports(1)
        threads = ("--worker-class=gthread", "--workers=1", "--threads=16", f"--bind=127.0.0.1:{port}")
        front = place.start("stock front", "gunicorn", *threads, "front:app", peer="nameko", BENCH_AMQP_URL=bus)
        rooms.enter_context(front)
        caller = rooms.enter_context(over_http(place, port, "POST", PATH))
        answered(caller, front, notes)
        yield from _watched(rooms, caller, notes_url, archive_url, archive)


def _watched(
    rooms: ExitStack, caller: Asked, notes_url: str, archive_url: str, archive: Role
) -> Iterator[Mapping[str, Burst]]:
    books = Books(notes_url, archive_url)
    rooms.callback(books.close)
    time.sleep(1.0)  # what was taken while waiting for the first answer is archived by then
    yield {FLOW: partial(_flow, caller, books, archive)}


STOCK_QUEUE = "evt-notes-note_taken--archive.archive"


def _stock_service(place: Place, name: str, bus: str, *, workers: int) -> tuple[Role, str]:
    """A stock service on a database of its own, which it answers the address of."""
    database = place.database(f"stock_{name}")
    config = place.folder / f"{uuid4()}.yaml"
    config.write_bytes(orjson.dumps({"AMQP_URI": bus, "max_workers": workers, "DATABASE_URL": database}))
    return place.start(f"stock {name}", "nameko", "run", "--config", config, name, peer="nameko"), database


# --- events alone ---------------------------------------------------------------------------------------------


def _drained(bus: str, event: MakeEvent, books: Books, archive: Role) -> Sample:
    books.clear()
    archive.process.send_signal(signal.SIGSTOP)
    publisher = ConfirmedPublisher(bus, ())
    try:
        if publisher.publish([event(number) for number in range(WAITING)]) != WAITING:
            raise archive.failure("was not given all events: the broker did not confirm them")
    finally:
        publisher.close()
        began, before = time.time(), archive.cpu()
        archive.process.send_signal(signal.SIGCONT)
    took = books.archived(WAITING, archive) - began
    return {"per_second": WAITING / took, "cpu_us": (archive.cpu() - before) / WAITING * 1e6}


def _our_event(number: int) -> Outgoing:
    note, event_id = str(uuid4()), str(uuid4())
    envelope = Envelope(
        id=event_id,
        source="notes",
        type=NoteTaken.type(),
        time="2026-01-01T00:00:00+08:00",
        subject=f"note/{note}",
        body=_body(note, number),
    )
    return Outgoing(exchange_name("notes"), envelope.type, envelope.body, event_id, envelope.headers())


def _stock_event(number: int) -> Outgoing:
    return Outgoing("notes.events", "note_taken", _body(number, number), str(uuid4()))


def _body(note: str | int, number: int) -> str:
    return orjson.dumps({"note_id": note, "text": f"第 {number} 号来文"}).decode()


@contextmanager
def _our_events(place: Place) -> Iterator[Mapping[str, Burst]]:
    bus = place.bus()
    archive, url = place.ours("archive", bus)
    with archive, _books(None, url) as books:
        consumed(bus, "archive.inbox", archive)
        yield {EVENTS: partial(_drained, bus, _our_event, books, archive)}


@contextmanager
def _stock_events(place: Place, workers: int) -> Iterator[Mapping[str, Burst]]:
    bus = place.bus()
    archive, url = _stock_service(place, "archive", bus, workers=workers)
    with archive, _books(None, url) as books:
        consumed(bus, STOCK_QUEUE, archive)
        yield {EVENTS: partial(_drained, bus, _stock_event, books, archive)}


@contextmanager
def _books(notes: str | None, archive: str) -> Iterator[Books]:
    books = Books(notes, archive)
    try:
        yield books
    finally:
        books.close()


def measure(place: Place, keys: Sequence[str], rounds: int | None = None) -> Outcome:
    outcome = Outcome()
    if any(key in keys for key in FLOW_KEYS):
        flows = {"stock": partial(_stock_flow, place), "ours": partial(_our_flow, place)}
        contest = hold(flows, [FLOW], rounds=rounds or FLOW_ROUNDS, told=lambda what: place.told(f"flow · {what}"))
        outcome.take("flow", contest)
        if "flow_vs_stock" in keys:
            outcome.put("flow_vs_stock", lambda: contest.ratio("ours", "stock", FLOW, "per_second"))
        if "event_lag_p99_vs_stock" in keys:
            outcome.put("event_lag_p99_vs_stock", lambda: contest.ratio("ours", "stock", FLOW, "lag_p99"))
    if "events_vs_stock" in keys:
        stocks = {f"stock, {workers} workers": partial(_stock_events, place, workers) for workers in STOCK_WORKERS}
        heard = hold(
            {**stocks, "ours": partial(_our_events, place)},
            [EVENTS],
            rounds=rounds or EVENT_ROUNDS,
            told=lambda what: place.told(f"events · {what}"),
        )
        outcome.take("events", heard)
        outcome.put(
            "events_vs_stock", lambda: min(heard.ratio("ours", stock, EVENTS, "per_second") for stock in stocks)
        )
    return outcome

"""How much memory a service takes while very many events wait: in its outbox, then in the queue of one that listens.

    samples = measure(node, postgres, folder, events=5_000, size=10_000)
    growth(samples)  # {"teller": …, "listener": …} in MiB
    (folder / "backpressure.svg").write_text(figure(samples))

Two processes, one that tells and one that listens. First nobody may relay, and the outbox fills. Then the relay may
work and no handler, and the queue fills. Then the handlers may work too, until every event has been heard.
"""

import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from sqlalchemy import Engine, text

from shared.identity.keys import TOKENS, Keyring, make_keys
from shared.store.database import lock_key
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import Association, eventually
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.telling import make_databases

NAMES = ("teller", "listener")
MIB = 1024 * 1024
EVERY = 0.25
AT_ONCE = 5_000

_FILL = """
INSERT INTO chassis.outbox (event_id, type, subject, body, headers, created_at)
SELECT id, 'topic.told.v1', 'topic/' || topic,
       jsonb_build_object('topic_id', topic, 'text', repeat('x', :size), 'position', 1)::text,
       jsonb_build_object('cloudEvents_specversion', '1.0', 'cloudEvents_id', id, 'cloudEvents_source', 'teller',
                          'cloudEvents_type', 'topic.told.v1', 'cloudEvents_subject', 'topic/' || topic),
       now()
FROM (SELECT gen_random_uuid() AS id, gen_random_uuid() AS topic FROM generate_series(1, :events)) AS made
"""
_UNSENT = "SELECT count(*) FROM chassis.outbox WHERE sent_at IS NULL"
_UNHEARD = "SELECT :told - count(*) FROM chassis.inbox"


@dataclass(frozen=True)
class Sample:
    """``at``: seconds since the start. ``unsent`` and ``unheard``: events that wait in the outbox, and in either.
    ``memory``: service → resident MiB."""

    at: float
    unsent: int
    unheard: int
    memory: dict[str, float]


def measure(
    node: PrivateRabbitMQ,
    postgres: EmbeddedPostgres,
    folder: Path,
    *,
    events: int,
    size: int = 1_000,
    patience: float = 600.0,
) -> list[Sample]:
    """Have ``events`` events of ``size`` bytes wait, and take samples until all have been heard.

    AssertionError where a phase takes longer than ``patience`` seconds, or an event is not heard exactly once.
    """
    vhost = f"backpressure-{secrets.token_hex(4)}"
    with _running(node.create_vhost(vhost), postgres, folder) as houses:
        teller, listener = (houses[name].database(name) for name in NAMES)
        with _sampled(houses, events) as samples:
            with ExitStack() as unheard:
                unheard.enter_context(_held(listener, "LOCK TABLE heard_notes IN SHARE MODE"))
                with _held(teller, f"SELECT pg_advisory_xact_lock({lock_key('relay')})"):
                    for first in range(0, events, AT_ONCE):
                        with teller.begin() as connection:
                            connection.execute(text(_FILL), {"size": size, "events": min(AT_ONCE, events - first)})
                    eventually(lambda: samples[-1].unsent == events, within=patience)
                eventually(lambda: samples[-1].unsent == 0, within=patience)
                assert samples[-1].unheard == events
            eventually(lambda: samples[-1].unheard == 0, within=patience)
            time.sleep(4 * EVERY)
        assert listener_heard(listener) == (events, events)
    node.delete_vhost(vhost)
    return samples


def listener_heard(listener: Engine) -> tuple[int, int]:
    """How many notes count, and of how many topics."""
    with listener.connect() as connection:
        row = connection.execute(text("SELECT count(*), count(DISTINCT topic_id) FROM heard_notes")).one()
    return row[0], row[1]


def growth(samples: Sequence[Sample]) -> dict[str, float]:
    """Service → MiB by which it was at most larger than at the start."""
    start = samples[0].memory
    return {name: max(sample.memory[name] for sample in samples) - start[name] for name in start}


@contextmanager
def _running(url: str, postgres: EmbeddedPostgres, folder: Path) -> Iterator[dict[str, Association]]:
    make_keys(folder / "keys", {"teller": [TOKENS], "listener": []})
    settings = {
        "amqp_url": url,
        "database_urls": make_databases(postgres),
        "keys": str(folder / "keys"),
        "poll_every": 0.2,
    }
    issuer = Keyring.load(folder / "keys", "teller")
    houses = {
        name: Association(settings, [name], folder / f"{name}.jsonl", issuer, joined_by=["shared.testing.echo"])
        for name in NAMES
    }
    try:
        for house in houses.values():
            house.start()
        yield houses
    finally:
        for house in houses.values():
            house.kill()


@contextmanager
def _held(engine: Engine, lock: str) -> Iterator[None]:
    with engine.begin() as connection:
        connection.execute(text(lock))
        yield


@contextmanager
def _sampled(houses: dict[str, Association], events: int) -> Iterator[list[Sample]]:
    """Samples that are taken for as long as the block lasts; there is one from the start."""
    samples: list[Sample] = []
    began, ended = time.monotonic(), threading.Event()
    processes = {name: psutil.Process(house.pid) for name, house in houses.items()}
    databases = {name: houses[name].database(name) for name in NAMES}

    def sample() -> None:
        with databases["teller"].connect() as connection:
            unsent = int(connection.scalar(text(_UNSENT)) or 0)
        with databases["listener"].connect() as connection:
            unheard = int(connection.scalar(text(_UNHEARD), {"told": events}) or 0)
        memory = {name: process.memory_info().rss / MIB for name, process in processes.items()}
        samples.append(Sample(time.monotonic() - began, unsent, unheard, memory))

    def go_on() -> None:
        while not ended.wait(EVERY):
            sample()

    sample()
    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        ended.set()
        thread.join()


# --- the figure ---------------------------------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 320, 60, 70, 30, 50
COLOURS = {"teller": "#1f5fa8", "listener": "#b3541e"}


def figure(samples: Sequence[Sample]) -> str:
    """An SVG: resident memory of both processes (lines, left scale) over the events that wait (areas, right scale)."""
    end = samples[-1].at or 1.0
    most_memory = 1.2 * max(max(sample.memory.values()) for sample in samples)
    most_waiting = max(1, max(sample.unheard for sample in samples))
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def line(values: Sequence[float], most: float) -> str:
        points = zip((sample.at for sample in samples), values, strict=True)
        return " ".join(f"{LEFT + wide * at / end:.1f},{TOP + high * (1 - value / most):.1f}" for at, value in points)

    def area(values: Sequence[float], colour: str) -> str:
        floor = f"{LEFT + wide},{TOP + high} {LEFT},{TOP + high}"
        return f'<polygon points="{line(values, most_waiting)} {floor}" fill="{colour}"/>'

    def word(x: float, y: float, said: str, *, anchor: str = "start", colour: str = "#333") -> str:
        return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}">{said}</text>'

    parts = [
        area([sample.unheard for sample in samples], "#ececec"),
        area([sample.unsent for sample in samples], "#d4dde8"),
        *(
            f'<polyline points="{line([s.memory[name] for s in samples], most_memory)}" fill="none" stroke="{colour}"'
            ' stroke-width="2"/>'
            for name, colour in COLOURS.items()
        ),
        f'<path d="M{LEFT},{TOP}V{TOP + high}H{LEFT + wide}V{TOP}" fill="none" stroke="#999"/>',
        word(LEFT - 6, TOP + 4, f"{most_memory:.0f} MiB", anchor="end"),
        word(LEFT - 6, TOP + high, "0", anchor="end"),
        word(LEFT + wide + 6, TOP + 4, f"{most_waiting:,}"),
        word(LEFT + wide + 6, TOP + high, "0"),
        word(LEFT, TOP + high + 18, "0 s"),
        word(LEFT + wide, TOP + high + 18, f"{end:.0f} s", anchor="end"),
        word(LEFT, HEIGHT - 8, "teller", colour=COLOURS["teller"]),
        word(LEFT + 60, HEIGHT - 8, "listener", colour=COLOURS["listener"]),
        word(LEFT + wide, HEIGHT - 8, "待发 unsent · 待收 unheard", anchor="end", colour="#777"),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        f' font-size="12">\n' + "\n".join(parts) + "\n</svg>\n"
    )

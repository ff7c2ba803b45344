"""``make soak``: very many events, kills and outages, then the books are counted and docs/soak.md is written.

``python -m shared.testing.soak --events 100000 --kills 100 --outage 60`` starts a RabbitMQ node and a PostgreSQL server
of its own and ends only what it has started.
"""

import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from shared.books.declared import Finding
from shared.store.embedded import EmbeddedPostgres
from shared.testing.backpressure import figure, growth, measure
from shared.testing.counting import count_all
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.siege import SERVICES, Siege

TELLERS, LISTENERS, PRODUCERS, TOPICS, NOTES = 2, 2, 4, 8, 20
SETTLING = 180.0
"""Seconds after which nothing more is waited for once all has been told and no other event has come to count."""


@dataclass
class Soak:
    """What was done and what came of it; times in seconds."""

    events: int
    kills: int
    outage: float
    told: int = 0
    heard: int = 0
    commands: int = 0
    again: int = 0
    """How often an answer was 503 or 504, and the same was asked again."""
    killed: dict[str, int] = field(default_factory=dict)
    away: dict[str, float] = field(default_factory=dict)
    telling: float = 0.0
    settling: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    waiting: int = 0
    grown: dict[str, float] = field(default_factory=dict)
    """Service → MiB by which its process grew while ``waiting`` events waited."""

    @property
    def fine(self) -> bool:
        whole = self.told == self.heard == self.events
        return whole and sum(self.killed.values()) == self.kills and not self.findings


def soak(
    node: PrivateRabbitMQ,
    postgres: EmbeddedPostgres,
    folder: Path,
    *,
    events: int,
    kills: int,
    outage: float,
    minutes: float = 12.0,
    seen: Callable[[Soak], object] = lambda _soak: None,
) -> Soak:
    """Tell ``events`` events among ``kills`` kills and an outage each of broker and PostgreSQL, then count."""
    done = Soak(events, kills, outage)
    with Siege(node, postgres, folder, tellers=TELLERS, listeners=LISTENERS, seed=events) as siege:

        def look() -> None:
            done.told, done.killed = siege.told, dict(siege.kills)
            done.again = sum(times for status, times in siege.answers.items() if status >= 500)
            done.commands = siege.answers.total() - done.again
            seen(done)

        def away(what: str, go: Callable[[], object], come: Callable[[], object]) -> Callable[[], None]:
            def befall() -> None:
                began = time.monotonic()
                go()
                time.sleep(outage)
                come()
                done.away[what] = time.monotonic() - began

            return befall

        outages = {
            events // 3: away("RabbitMQ", node.stop_app, node.start_app),
            2 * events // 3: away("PostgreSQL", postgres.stop, postgres.start),
        }
        began = time.monotonic()
        siege.tell(
            *(events, kills),
            producers=PRODUCERS,
            topics=TOPICS,
            notes=NOTES,
            outages=outages,
            seen=look,
            within=60 * minutes,
        )
        done.telling = time.monotonic() - began
        began = progressed = time.monotonic()
        while True:
            heard, done.heard = done.heard, siege.heard()
            if done.heard > heard:
                progressed = time.monotonic()
            look()
            if done.heard >= done.told:
                done.findings = count_all(SERVICES, siege.urls, node=node, amqp_url=siege.url)
                if not done.findings:
                    break
            if time.monotonic() - progressed > SETTLING:
                done.findings = count_all(SERVICES, siege.urls, node=node, amqp_url=siege.url)
                break
            time.sleep(0.5)
        done.settling = time.monotonic() - began
    return done


# --- what is written of it ------------------------------------------------------------------------------------


def report(done: Soak, *, image: str = "") -> str:
    """docs/soak.md."""
    kinds = ("teller", "listener")
    killed = {kind: sum(times for name, times in done.killed.items() if name.startswith(kind)) for kind in kinds}
    rows = [
        ("events wanted", f"{done.events:,}"),
        ("events told by commands that were answered", f"{done.told:,}"),
        ("commands answered, each under a key of its own", f"{done.commands:,}"),
        ("answers 503 or 504, after which the same was asked again", f"{done.again:,}"),
        *((f"processes of {kind} killed (SIGKILL)", str(killed[kind])) for kind in kinds),
        *((f"{what} away", f"{seconds:.0f} s") for what, seconds in done.away.items()),
        ("time to tell", f"{done.telling:.0f} s"),
        ("time from the last command until the books were right", f"{done.settling:.0f} s"),
        ("events that came to count", f"{done.heard:,}"),
        ("**discrepancies in the books**", f"**{len(done.findings)}**"),
    ]
    table = "\n".join(f"| {what} | {how_many} |" for what, how_many in rows)
    lines = [
        "# Soak: what a long run left behind",
        "",
        "Written by `make soak`. Two processes of a service that tells and two of one that listens (the chassis' own",
        "test services), on a RabbitMQ node and a PostgreSQL server of their own.",
        f"{PRODUCERS} producers tell {NOTES} events a command and repeat a command until it is answered. Processes are",
        "killed at random moments while they go on; broker and database go away once each. At the end the books are",
        "counted as `xiehui check` does it: each event told, sent, heard and written down exactly once and in order,",
        "numbers without gaps, keys, audit trail, outboxes and queues.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, Python {platform.python_version()}.",
        "",
        "| what | how many |",
        "|---|---|",
        table,
        "",
    ]
    if done.findings:
        lines += ["## What was wrong", "", *(f"- {finding}" for finding in done.findings[:50]), ""]
    if done.waiting:
        grown = ", ".join(f"{name} by {mib:.0f} MiB" for name, mib in done.grown.items())
        lines += [
            "## Memory",
            "",
            f"With {done.waiting:,} events waiting, first in the outbox and then in the queue, the processes grew at",
            f"most: {grown}. What waits is not in memory; a batch is.",
            "",
            *([f"![Memory while events wait]({image})", ""] if image else []),
        ]
    return "\n".join(lines)


@contextmanager
def _servers() -> Iterator[tuple[PrivateRabbitMQ, EmbeddedPostgres, Path]]:
    with tempfile.TemporaryDirectory(prefix="xiehui-soak-") as place, PrivateRabbitMQ() as node:
        # As root PostgreSQL runs as another user, who must be able to enter.
        Path(place).chmod(0o711)
        with EmbeddedPostgres(Path(place) / "postgres", databases=()) as postgres:
            yield node, postgres, Path(place)


def main(
    events: Annotated[int, typer.Option(help="Events told")] = 100_000,
    kills: Annotated[int, typer.Option(help="Processes killed meanwhile")] = 100,
    outage: Annotated[float, typer.Option(help="Seconds that broker and PostgreSQL are away, once each")] = 60.0,
    waiting: Annotated[int, typer.Option(help="Events that wait while memory is measured; 0: not measured")] = 100_000,
    minutes: Annotated[float, typer.Option(help="After so long no more is told")] = 12.0,
    out: Annotated[Path, typer.Option(help="Where the report goes")] = Path("docs/soak.md"),
) -> None:
    """Soak the chassis: events, kills and outages; ends with 1 where the books are not right."""
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with _servers() as (node, postgres, place), Progress(*columns, console=console) as progress:
        telling = progress.add_task("事件 / events", total=events)
        killing = progress.add_task("强杀 / kills", total=kills)
        hearing = progress.add_task("已计 / heard", total=events)

        def seen(so_far: Soak) -> None:
            progress.update(telling, completed=so_far.told)
            progress.update(killing, completed=sum(so_far.killed.values()))
            progress.update(hearing, completed=so_far.heard)

        folder = place / "siege"
        folder.mkdir()
        done = soak(node, postgres, folder, events=events, kills=kills, outage=outage, minutes=minutes, seen=seen)
        image = ""
        if waiting:
            memory = progress.add_task("内存 / memory", total=None)
            (place / "memory").mkdir()
            samples = measure(node, postgres, place / "memory", events=waiting)
            done.waiting, done.grown = waiting, growth(samples)
            image = "img/backpressure.svg"
            (out.parent / image).parent.mkdir(parents=True, exist_ok=True)
            (out.parent / image).write_text(figure(samples))
            progress.update(memory, total=1, completed=1)
    out.write_text(report(done, image=image))
    verdict = "[green]账实相符 / the books are right" if done.fine else "[red]有不符 / not everything is right"
    console.print(f"{verdict}[/]: {out}")
    raise typer.Exit(0 if done.fine else 1)


if __name__ == "__main__":
    typer.run(main)

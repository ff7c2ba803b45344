"""What people see of a run: the table of figures, the details, and what failed."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.bench.harness.figures import FIGURES
from tests.bench.harness.outcome import Outcome, Row

MEASURES: Mapping[str, tuple[str, str]] = {
    "per_second": ("次/秒 per s", "{:,.0f}"),
    "p50": ("p50 ms", "{:.2f}"),
    "p99": ("p99 ms", "{:.2f}"),
    "cpu_us": ("CPU µs", "{:,.0f}"),
    "lag_p50": ("lag p50 ms", "{:.1f}"),
    "lag_p99": ("lag p99 ms", "{:.1f}"),
}
"""What a row may show → its heading, and how it is written."""


def show(console: Console, wanted: Sequence[str], outcome: Outcome) -> None:
    """Print everything."""
    if outcome.rows:
        console.print(_details(outcome.rows))
    console.print(_figures(wanted, outcome.values))
    for note in outcome.notes:
        console.print(note)
    for who, why in outcome.failures.items():
        console.print(f"[bold red]✗ {escape(who)}[/]\n{escape(why)}")


def _figures(wanted: Sequence[str], values: Mapping[str, float]) -> Table:
    table = Table(title="门槛与目标 / gates and aims")
    table.add_column("")
    table.add_column("key", no_wrap=True)
    for heading in ("值 value", "门槛 gate", "目标 aim"):
        table.add_column(heading, justify="right")
    for key in wanted:
        figure, value = FIGURES[key], values.get(key)
        written = "—" if value is None else f"{value:.2f} {figure.unit}"
        sign = verdict(key, value)
        table.add_row(
            f"{figure.label.zh}\n[dim]{figure.label.en}[/]",
            key,
            f"[{COLOURS[sign]}]{written}[/] {sign}",
            figure.bound(figure.gate),
            figure.bound(figure.aim),
        )
    return table


COLOURS = {"✗": "bold red", "✓": "green", "★": "bold green"}


def verdict(key: str, value: float | None) -> str:
    """✗ below the gate or missing, ✓ through the gate, ★ at the aim."""
    figure = FIGURES[key]
    if value is None or not figure.passes(value):
        return "✗"
    return "★" if figure.reaches(value) else "✓"


def measures(rows: Sequence[Row]) -> list[str]:
    """What any of the rows shows, in the order of the columns."""
    return [what for what in MEASURES if any(what in row.shown for row in rows)]


def written(row: Row, what: str) -> str:
    return MEASURES[what][1].format(row.shown[what]) if what in row.shown else ""


def _details(rows: Sequence[Row]) -> Table:
    table = Table(title="各家中位数 / medians")
    columns = measures(rows)
    for heading in ("", "", ""):
        table.add_column(heading)
    for what in columns:
        table.add_column(MEASURES[what][0], justify="right")
    before = None
    for row in rows:
        if before and before != (row.title, row.burst):
            table.add_section()
        before = row.title, row.burst
        table.add_row(row.title, row.burst, row.contender, *(written(row, what) for what in columns))
    return table


def keep(path: Path, values: Mapping[str, float]) -> None:
    """Write key → number, for programs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({key: round(value, 4) for key, value in values.items()}, indent=2) + "\n")

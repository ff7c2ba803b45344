"""docs/performance.md and its chart: what the last whole run found, between two markers."""

import platform
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from xml.sax.saxutils import escape

import psutil

from tests.bench.harness.environments import ROOT
from tests.bench.harness.figures import FIGURES, Figure
from tests.bench.harness.outcome import Outcome, Row
from tests.bench.harness.report import MEASURES, measures, verdict, written

PAGE = ROOT / "docs" / "performance.md"
CHART = ROOT / "docs" / "img" / "bench.svg"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def write(outcome: Outcome) -> None:
    """Put the tables of a whole run between the markers of the page, and draw the chart."""
    page = PAGE.read_text()
    image = f"![The figures]({CHART.relative_to(PAGE.parent)})"
    lines = ["", *_where(), "", image, "", *_figures(outcome.values), "", *_rows(outcome.rows), ""]
    PAGE.write_text(between(page, "\n".join(lines)))
    CHART.write_text(chart(outcome.values))


def between(page: str, text: str) -> str:
    """``page`` with ``text`` between its markers instead of what stood there."""
    replaced, count = re.subn(
        f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: f"{BEGIN}\n{text}\n{END}", page, flags=re.DOTALL
    )
    if count != 1:
        raise ValueError(f"the page has {count} pairs of markers")
    return replaced


def _where() -> list[str]:
    node = f"{psutil.cpu_count()} cores, Python {platform.python_version()}"
    peers = ", ".join(f"{name} {version(name)}" for name in ("nameko", "kombu", "eventlet"))
    return [f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {node}, {peers}."]


def _figures(values: Mapping[str, float]) -> list[str]:
    lines = ["| figure | key | value | gate | aim | |", "|---|---|--:|--:|--:|---|"]
    for key, figure in FIGURES.items():
        value = values.get(key)
        shown = "—" if value is None else f"{value:.2f} {figure.unit}"
        bounds = f"{figure.bound(figure.gate)} | {figure.bound(figure.aim)}"
        lines.append(f"| {figure.label.en} | `{key}` | {shown} | {bounds} | {verdict(key, value)} |")
    return lines


def _rows(rows: list[Row]) -> list[str]:
    columns = measures(rows)
    headings = [MEASURES[what][0].replace("次/秒 ", "") for what in columns]
    lines = [f"| | | who | {' | '.join(headings)} |", f"|---|---|---|{'--:|' * len(columns)}"]
    for row in rows:
        shown = " | ".join(written(row, what) for what in columns)
        lines.append(f"| {row.title} | {row.burst} | {row.contender} | {shown} |")
    return lines


# --- the chart --------------------------------------------------------------------------------------------------

LEFT, WIDTH, LINE, TOP = 300, 420, 28, 34


def chart(values: Mapping[str, float]) -> str:
    """Each figure as a bar that ends at its gate's mark when it just passes, and at the right where it is thrice as
    good. What is better when lower is drawn by its inverse, so that longer is always better."""
    height = TOP + LINE * len(FIGURES) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 90} {height}" font-size="13"'
        ' font-family="sans-serif">',
        f'<rect width="100%" height="100%" fill="#ffffff"/><text x="{LEFT + WIDTH / 3}" y="20" text-anchor="middle"'
        ' fill="#555555">gate</text>',
    ]
    for number, (key, figure) in enumerate(FIGURES.items()):
        parts += _bar(TOP + LINE * number, figure, values.get(key))
    gate = LEFT + WIDTH / 3
    parts.append(f'<path d="M{gate} 26V{height - 6}" stroke="#b02a37" stroke-dasharray="4 3"/></svg>')
    return "\n".join(parts) + "\n"


def _bar(top: int, figure: Figure, value: float | None) -> list[str]:
    good = 0.0 if value is None else goodness(figure, value)
    colour = "#2f7d4f" if good >= 1 else "#b02a37"
    shown = "—" if value is None else f"{value:.2f} {figure.unit}"
    aim = LEFT + WIDTH / 3 * min(3.0, goodness(figure, figure.aim))
    return [
        f'<text x="{LEFT - 8}" y="{top + 15}" text-anchor="end">{escape(figure.label.en)}</text>',
        f'<rect x="{LEFT}" y="{top + 3}" width="{WIDTH / 3 * min(3.0, good):.0f}" height="16" fill="{colour}"/>',
        f'<path d="M{aim:.0f} {top}v22" stroke="#222222"/>',
        f'<text x="{LEFT + WIDTH + 8}" y="{top + 15}">{shown}</text>',
    ]


def goodness(figure: Figure, value: float) -> float:
    """How often the gate is passed: 1 at the gate, 2 where it is twice as good."""
    if figure.better == "higher":
        return value / figure.gate
    return figure.gate / max(value, 1e-9)

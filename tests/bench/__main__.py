"""``make bench`` (``ONLY=key,key``, ``WRITE=1``): measures, prints, and ends with 1 below a gate."""

# ruff: noqa: E402  (what is imported would speak of eventlet at once)
from shared import green

green.hush()

import signal
import sys
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.status import Status

from tests.bench.harness.environments import BUILD
from tests.bench.harness.figures import UnknownFigure, chosen, exit_code
from tests.bench.harness.outcome import Outcome
from tests.bench.harness.page import write
from tests.bench.harness.place import Place
from tests.bench.harness.report import keep, show
from tests.bench.measurements import MEASUREMENTS

WIDTH = 120
"""Columns where nobody watches."""


def main(
    only: Annotated[str, typer.Option(help="只测这些 / only these: key,key")] = "",
    write_page: Annotated[bool, typer.Option("--write", help="写入 docs/performance.md / write the page")] = False,
    rounds: Annotated[int | None, typer.Option(help="轮数 / rounds", min=1)] = None,
) -> None:
    """Measure the figures, print them, keep them in build/bench/bench.json."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    try:
        wanted = chosen(only)
    except UnknownFigure as error:
        raise typer.BadParameter(f"没有这个指标 / no such figure: {error}", param_hint="--only") from None
    outcome = Outcome()
    with console.status("…") as status, Place(_steps(console, status)) as place:
        for keys, measure in MEASUREMENTS.items():
            mine = [key for key in wanted if key in keys]
            if mine:
                outcome.add(measure(place, mine, rounds))
    show(console, wanted, outcome)
    keep(BUILD.parent / "bench.json", outcome.values)
    if write_page and not only:
        write(outcome)
    raise typer.Exit(exit_code(wanted, outcome.values, outcome.failures))


def _steps(console: Console, status: Status) -> Callable[[str], None]:
    """Where somebody watches, the step at hand on one line; elsewhere, a line each."""

    def step(what: str) -> None:
        if console.is_terminal:
            status.update(escape(what))
        else:
            console.print(what, markup=False, highlight=False)

    return step


if __name__ == "__main__":
    typer.run(main)

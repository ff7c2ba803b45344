"""``xiehui check``: count the books of all services."""

from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from shared.books.counting import count, settled
from shared.books.declared import Finding
from shared.books.queues import CHECK, check_queues, depths
from shared.bus.connection import EMBEDDED, BusErrors
from shared.plugins import Plugin, plugins
from shared.running import chosen
from shared.settings import Settings, from_environment
from shared.text import Text

SHOWN = 200
"""Findings that are shown; where more is wrong than that, the first tell what."""


def register(app: typer.Typer) -> None:
    app.command()(check)


def check(
    services: Annotated[list[str] | None, typer.Argument(help="Which services; all when none is named")] = None,
    bus: Annotated[bool, typer.Option(help="Whether to look at the queues as well")] = True,
    patience: Annotated[float, typer.Option(help="Seconds that what is under way has to settle", min=0)] = 5.0,
) -> None:
    """Count the books: events, numbers, ledgers, keys, audit trail and queues. Ends with 1 where something is wrong."""
    settings = from_environment()
    wanted = chosen(services or sorted(plugins()))
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)

        def look() -> list[Finding]:
            told = partial(_tell, progress, task)
            return [*count(wanted, settings.database_url_of, told), *(_queues(settings, wanted) if bus else [])]

        findings = settled(look, patience=patience)
    _show(Console(), findings, wanted)
    raise typer.Exit(1 if findings else 0)


def _tell(progress: Progress, task: TaskID, service: str, what: str) -> None:
    progress.update(task, description=f"{service} · {what}")


def _queues(settings: Settings, services: list[Plugin]) -> list[Finding]:
    """What is under way on RabbitMQ; the embedded bus lives in another process and keeps nothing."""
    if settings.amqp_url.startswith(EMBEDDED):
        return []
    try:
        return list(check_queues(services, depths(settings.amqp_url, services)))
    except BusErrors as error:
        away = Text("总线无法连接", f"The bus cannot be reached: {type(error).__name__}")
        return [Finding("—", CHECK, settings.amqp_url.rpartition("@")[2], away)]


def _show(console: Console, findings: list[Finding], services: list[Plugin]) -> None:
    if not findings:
        names = ", ".join(plugin.name for plugin in services)
        console.print(f"[green]账实相符 / the books are right[/]: {names}")
        return
    table = Table("服务 / service", "核对 / check", "所在 / where", "不符 / what is wrong")
    for finding in findings[:SHOWN]:
        what = f"{finding.what.zh}\n{finding.what.en}"
        table.add_row(finding.service, finding.check, escape(finding.where), escape(what))
    console.print(table)
    more = len(findings) - SHOWN
    console.print(f"[red]{len(findings)} 处不符 / discrepancies[/]" + (f" (+{more})" if more > 0 else ""))

"""``xiehui events`` and ``xiehui dead-letters``: see what was told, tell it again, get a lost message back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from sqlalchemy import select

from shared.api.administration import drop, redrive, resend
from shared.identity.principals import Principal
from shared.plugins import plugins
from shared.running import chosen, once
from shared.settings import from_environment
from shared.store.tables import Inbox, Outbox
from shared.store.tx import Origin, Tx

console = Console()
Service = Annotated[str, typer.Argument(help="The service")]


def register(app: typer.Typer) -> None:
    events = typer.Typer(no_args_is_help=True, help="Events a service told / 已发生的事件")
    events.command("list")(list_events)
    events.command("replay")(replay)
    app.add_typer(events, name="events")
    dead = typer.Typer(no_args_is_help=True, help="Events that could not be handled / 未能处理的事件")
    dead.command("list")(list_dead)
    dead.command("redrive")(redrive_dead)
    dead.command("drop")(drop_dead)
    app.add_typer(dead, name="dead-letters")


def _whole(title: str) -> Column:
    """A column whose ids are never cut: they are there to be copied."""
    return Column(title, no_wrap=True, min_width=36)


@contextmanager
def operating(service: str) -> Iterator[Tx]:
    """A transaction on a service's database, as its operator."""
    (plugin,) = chosen([service])
    with once(plugin, from_environment()) as runtime:
        origin = Origin(Principal("service", service="operator"), "command line")
        with runtime.begin(origin) as tx:
            yield tx


def list_events(
    service: Service,
    limit: Annotated[int, typer.Option(help="How many, newest first")] = 20,
) -> None:
    """The events a service told."""
    table = Table(_whole("event"), "type", "subject", "created", "sent")
    with operating(service) as tx:
        for row in tx.all(select(Outbox).order_by(Outbox.position.desc()).limit(limit)):
            sent = row.sent_at.isoformat(" ", "seconds") if row.sent_at else "—"
            table.add_row(str(row.event_id), row.type, row.subject, row.created_at.isoformat(" ", "seconds"), sent)
    console.print(table)


def replay(
    service: Service,
    since: Annotated[datetime, typer.Option(help="From when on")],
    type: Annotated[str | None, typer.Option(help="Only events of this type")] = None,
) -> None:
    """Tell events again; a listener that counted one lets it pass. A running relay sends them."""
    with operating(service) as tx:
        count = resend(tx, since=since.astimezone(), type=type)
    console.print(f"{count} 个事件将重新投递 / events will be told again")


def list_dead(
    service: Annotated[str | None, typer.Argument(help="The service; all when none is named")] = None,
) -> None:
    """Events heard but not handled: dead ones, and those parked for another attempt."""
    table = Table("service", _whole("event"), "state", "attempts", "from", "type", "reason")
    for name in [service] if service else sorted(plugins()):
        with operating(name) as tx:
            rows = tx.all(select(Inbox).where(Inbox.state.in_(("dead", "parked"))).order_by(Inbox.seq))
            for row in rows:
                table.add_row(name, row.event_id, row.state, str(row.attempts), row.source, row.type, row.error or "")
    console.print(table)


def redrive_dead(service: Service, event: Annotated[str, typer.Argument(help="The event's id")]) -> None:
    """Give a dead event its attempts again."""
    with operating(service) as tx:
        redrive(tx, event)
    console.print(f"{event}: 重新处理 / will be tried again")


def drop_dead(service: Service, event: Annotated[str, typer.Argument(help="The event's id")]) -> None:
    """Give a dead event up for good; what waits behind it goes on."""
    with operating(service) as tx:
        drop(tx, event)
    console.print(f"{event}: 已放弃 / dropped")

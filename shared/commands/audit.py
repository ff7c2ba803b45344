"""``xiehui audit``: who did what, and whether the trail of it is whole."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from sqlalchemy.orm import Session

from shared.api.auditing import audit_rows
from shared.api.fields import BUSINESS_ZONE
from shared.plugins import plugins
from shared.running import chosen
from shared.settings import from_environment
from shared.store.audit import verify as verify_chain
from shared.store.database import ONE_MOMENT, make_engine
from shared.store.tables import Audit


def register(app: typer.Typer) -> None:
    audit = typer.Typer(no_args_is_help=True, help="Who did what / 审计记录")
    audit.command("search")(search)
    audit.command("verify")(verify)
    app.add_typer(audit, name="audit")


def search(
    service: Annotated[list[str] | None, typer.Option(help="Which service, also several; all without it")] = None,
    principal: Annotated[str | None, typer.Option(help='Who, e.g. "account:…"')] = None,
    operation: Annotated[str | None, typer.Option(help="What, e.g. publish_issue")] = None,
    target: Annotated[str | None, typer.Option(help="On what: the ids in the path")] = None,
    correlation: Annotated[str | None, typer.Option(help="The correlation id of the request")] = None,
    since: Annotated[datetime | None, typer.Option("--from", help="From when on, in Asia/Shanghai")] = None,
    until: Annotated[datetime | None, typer.Option("--to", help="Before when, in Asia/Shanghai")] = None,
    limit: Annotated[int, typer.Option(help="How many, newest first", min=1)] = 50,
) -> None:
    """Who did what, in all chosen services together."""
    settings = from_environment()
    query = audit_rows(
        principal=principal,
        operation=operation,
        target=target,
        correlation_id=correlation,
        since=_in_shanghai(since),
        until=_in_shanghai(until),
    )
    newest = query.order_by(Audit.at.desc(), Audit.id.desc()).limit(limit)
    found: list[tuple[str, Audit]] = []
    for plugin in chosen(service or sorted(plugins())):
        engine = make_engine(settings.database_url_of(plugin.name), pool_size=1)
        with Session(engine) as session:
            found.extend((plugin.name, row) for row in session.scalars(newest))
        engine.dispose()
    ids = _whole("principal"), "operation", _whole("target"), _whole("correlation")
    table = Table("service", "at", *ids, "from", _whole("changed"), "seal")
    for name, row in sorted(found, key=lambda each: each[1].at, reverse=True)[:limit]:
        at = row.at.astimezone(BUSINESS_ZONE).isoformat(" ", "seconds")
        seal = "—" if row.seal_no is None else str(row.seal_no)
        # Whoever asks chooses their correlation id and what stands in the path.
        told = row.principal, row.operation, row.target, row.correlation_id, row.address, "\n".join(_changes(row))
        said = (escape(each or "—") for each in told)
        table.add_row(name, at, *said, seal)
    Console().print(table)


def _changes(row: Audit) -> Iterator[str]:
    """What a command changed, a line a row: "units 0192…: tier vice_president → council"."""
    for change in row.changed:
        before, after = change["before"] or {}, change["after"] or {}
        what = (f"{name} {_value(before, name)} → {_value(after, name)}" for name in {**before, **after})
        yield f"{change['table']} {change['id']}: {', '.join(what)}"
    if row.more_changed:
        yield f"… +{row.more_changed}"


def _value(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "—" if value is None else str(value)


def _whole(title: str) -> Column:
    """A column whose ids are broken rather than cut: they are there to be copied."""
    return Column(title, overflow="fold")


def _in_shanghai(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(tzinfo=BUSINESS_ZONE)


def verify(
    services: Annotated[list[str] | None, typer.Argument(help="Which services; all when none is named")] = None,
) -> None:
    """Recompute every service's chain; names the rows that were changed or taken away, and the unsealed tail."""
    settings = from_environment()
    table = Table("service", "sealed", "unsealed", "changed", "missing")
    whole = True
    for plugin in chosen(services or sorted(plugins())):
        engine = make_engine(settings.database_url_of(plugin.name), pool_size=1)
        with engine.connect().execution_options(**ONE_MOMENT) as connection:
            verdict = verify_chain(connection)
        engine.dispose()
        whole = whole and verdict.holds
        table.add_row(
            plugin.name,
            str(verdict.sealed),
            str(verdict.unsealed),
            ", ".join(map(str, verdict.broken)) or "—",
            ", ".join(map(str, verdict.missing)) or "—",
        )
    Console().print(table)
    raise typer.Exit(0 if whole else 1)

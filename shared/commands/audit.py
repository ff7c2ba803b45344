"""``xiehui audit verify``: whether the trail of who did what is whole."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from shared.plugins import plugins
from shared.running import chosen
from shared.settings import from_environment
from shared.store.audit import verify as verify_chain
from shared.store.database import make_engine


def register(app: typer.Typer) -> None:
    audit = typer.Typer(no_args_is_help=True, help="Who did what / 审计记录")
    audit.command("verify")(verify)
    audit.callback()(lambda: None)
    app.add_typer(audit, name="audit")


def verify(
    services: Annotated[list[str] | None, typer.Argument(help="Which services; all when none is named")] = None,
) -> None:
    """Recompute every service's chain; names the rows that were changed or taken away, and the unsealed tail."""
    settings = from_environment()
    table = Table("service", "sealed", "unsealed", "changed", "missing")
    whole = True
    for plugin in chosen(services or sorted(plugins())):
        engine = make_engine(settings.database_url_of(plugin.name), pool_size=1)
        with engine.connect() as connection:
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

"""``xiehui read-models``: what services keep of events only to show it, and how to make it anew."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from shared.api.administration import resend
from shared.bus.read_models import fed_by, forget
from shared.commands.messages import operating
from shared.plugins import plugins
from shared.running import chosen

console = Console()
EVER = datetime(1970, 1, 1, tzinfo=UTC)


def register(app: typer.Typer) -> None:
    models = typer.Typer(no_args_is_help=True, help="What is kept of events only to show it / 读模型")
    models.command("list")(list_read_models)
    models.command("rebuild")(rebuild)
    app.add_typer(models, name="read-models")


def list_read_models() -> None:
    """The read models there are, and what feeds them."""
    table = Table("service", "read model", "from", "events")
    for service, plugin in sorted(plugins().items()):
        for name in sorted(plugin.read_models):
            for source, events in fed_by(plugin, name).items():
                table.add_row(service, name, source, ", ".join(events))
    console.print(table)


def rebuild(
    service: Annotated[str, typer.Argument(help="The service")],
    name: Annotated[str, typer.Argument(help="The read model")],
) -> None:
    """Empty a read model and have everything that feeds it told again. Until that is heard it holds a part."""
    (plugin,) = chosen([service])
    try:
        sources = fed_by(plugin, name)
    except LookupError as missing:
        raise typer.BadParameter(str(missing)) from missing
    with operating(service) as tx:
        forgotten = forget(tx, plugin, name)
    told = 0
    for source, events in sources.items():
        with operating(source) as tx:
            told += sum(resend(tx, since=EVER, type=event) for event in events)
    console.print(
        f"{name}: 已清空（{forgotten} 个事件），{told} 个事件将重新投递 / "
        f"emptied of {forgotten} events, {told} will be told again"
    )

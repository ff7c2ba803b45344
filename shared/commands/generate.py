"""``xiehui generate``: write the files that follow from the code, or --check that they are fresh."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def register(app: typer.Typer) -> None:
    app.command()(generate)


def generate(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where a file is stale")] = False,
    root: Annotated[Path, typer.Option(help="The project's root")] = Path(),
) -> None:
    """Event contracts, docker-compose.yml, docs/permissions.md, docs/rules.md: what follows from services and tests."""
    from shared.generating import stale, write

    console = Console(stderr=True)
    changed = stale(root) if check else write(root)
    for path in changed:
        console.print(f"{path}: {'过期 / stale' if check else '已写 / written'}")
    raise typer.Exit(1 if check and changed else 0)

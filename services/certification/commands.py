"""``xiehui`` commands that come with certification."""

from pathlib import Path
from typing import Annotated

import typer


def sample(
    out: Annotated[Path, typer.Option(help="Where to write the workbook")] = Path("xiehui-sample.xlsx"),
) -> None:
    """Write a workbook of 284 made-up candidates with the results of December 2020, to enrol and to score."""
    from services.certification.sample import candidates, workbook

    out.write_bytes(workbook())
    typer.echo(f"{out}: {len(candidates())} 名考生 / candidates")

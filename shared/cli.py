"""``xiehui``: run it, prepare it, look after it. Services add commands of their own through their plugins."""

import atexit
import gc
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="山西省通信行业协会 · Xiehui")


def main() -> None:
    """The console script. A process that will run services is made green before anything else is imported."""
    from shared import green

    green.hush()
    if sys.argv[1:2] == ["run"]:
        green.patch()
    # What is imported stays: a collector that looks through all of it again and again takes a fifth of the start.
    gc.disable()
    from shared.commands import register
    from shared.commands.refusals import refusal

    register(app)
    gc.freeze()
    gc.enable()
    try:
        app()
    except SystemExit as ended:
        if sys.argv[1:2] == ["run"]:
            _leave(ended.code)
        raise
    except Exception as error:
        said = refusal(error)
        if said is None:
            raise
        print(f"{said.zh.rstrip('。')}。 {said.en.rstrip('.')}.", file=sys.stderr)
        sys.exit(1)


def _leave(code: str | int | None) -> None:
    """End a process that has stopped everything in order. Python would take apart every module one by one first,
    which takes longer than all the stopping, and whoever pressed Ctrl-C waits."""
    if not isinstance(code, int | None):
        return
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


@app.command()
def run(
    services: Annotated[list[str] | None, typer.Argument(help="Which services; see --all")] = None,
    all: Annotated[bool, typer.Option("--all", help="Every service that is installed")] = False,
    embedded: Annotated[
        bool, typer.Option("--embedded", help="With PostgreSQL, bus and gateway in this one process")
    ] = False,
    data: Annotated[Path, typer.Option(help="Where the embedded parts keep their data", envvar="XIEHUI_DATA")] = Path(
        "data"
    ),
    port: Annotated[
        int | None,
        typer.Option(help="Port of the embedded gateway; 0 takes a free one", envvar="PORT", min=0, max=65535),
    ] = None,
    clock: Annotated[
        str | None,
        typer.Option(
            help="For demonstrations: business time to start from; it can then be set over HTTP. "
            "The same --clock on the same data goes on from where it was"
        ),
    ] = None,
) -> None:
    """Run services against RabbitMQ, or everything in one process with --all --embedded."""
    from shared.commands import running

    if embedded:
        if not all or services:
            raise typer.BadParameter("--embedded runs everything: say --all, and name no service")
        running.run_embedded(data, port=port, clock=_moment(clock))
        return
    if clock is not None:
        raise typer.BadParameter("--clock is for --embedded only: production cannot set the time")
    if all == bool(services):
        raise typer.BadParameter("name the services to run, or say --all")
    running.run_on_rabbitmq(services or None)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise typer.BadParameter("--clock takes a moment with its offset, such as 2020-12-17T09:00:00+08:00")
    return moment


if __name__ == "__main__":
    main()

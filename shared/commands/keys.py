"""``xiehui keys``: make the keys of a deployment, and change them while it runs (docs/guides/rotating-keys.md)."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Column, Table

from shared.settings import from_environment

if TYPE_CHECKING:
    from shared.identity.rotating import Keyrings

Folder = Annotated[
    Path | None, typer.Option("--keys", help="The folder of keys, the root's among them; XIEHUI_KEYS without it")
]
Service = Annotated[str, typer.Argument(help="A service, or gateway")]
console = Console(stderr=True)


def register(app: typer.Typer) -> None:
    keys = typer.Typer(invoke_without_command=True, help="Keys: made, and changed while everything runs / 密钥")
    keys.callback()(make)
    keys.command("list")(list_keys)
    keys.command()(rotate)
    keys.command()(retire)
    keys.command("prepare-root")(prepare_root)
    keys.command("rotate-root")(rotate_root)
    keys.command("finish-root")(finish_root)
    keys.command("rotate-secret")(rotate_secret)
    keys.command()(reseal)
    app.add_typer(keys, name="keys")


def make(context: typer.Context) -> None:
    """Without a command: make the keys that are missing, the root's, each service's and the gateway's."""
    from shared.running import prepare_keys

    if context.invoked_subcommand is not None:
        return
    folder = from_environment().keys
    made = prepare_keys(folder)
    console.print(f"{folder}: {', '.join(made) if made else '齐全 / complete'}")


def list_keys(folder: Folder = None) -> None:
    """Whose key is which, since when, and which earlier ones are still believed."""
    from shared.api.fields import BUSINESS_ZONE

    table = Table("", _whole("key"), "since", "root", _whole("former, believed"), "retired", "secret")
    for holder in _keyrings(folder).holders():
        table.add_row(
            holder.service,
            holder.key,
            holder.since.astimezone(BUSINESS_ZONE).isoformat(" ", "seconds"),
            "✓" if holder.vouched else "former",
            "\n".join(holder.believed) or "—",
            str(len(holder.retired)),
            str(holder.secret),
        )
    Console().print(table)


def rotate(
    service: Annotated[str | None, typer.Argument(help="A service, or gateway")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Every service and the gateway")] = False,
    folder: Folder = None,
) -> None:
    """Give a service a new key. Running processes take it up by themselves; nobody is refused meanwhile."""
    if everybody == (service is not None):
        raise typer.BadParameter("name a service, or say --all")
    keyrings = _keyrings(folder)
    for name in keyrings.names if service is None else [service]:
        console.print(f"{name}: {keyrings.rotate(name)}", soft_wrap=True)


def retire(service: Service, key: Annotated[str, typer.Argument(help="The key's id")], folder: Folder = None) -> None:
    """Have nobody believe an earlier key of a service any more."""
    _keyrings(folder).retire(service, key)
    console.print(f"{service}: 已停用 / retired {key}", soft_wrap=True)


def prepare_root(folder: Folder = None) -> None:
    """Only for services on several machines: have all believe the next root key before it vouches for anybody."""
    _keyrings(folder).prepare_root()
    console.print("下一个根密钥已获信任 / the next root key is believed")


def rotate_root(folder: Folder = None) -> None:
    """Have a new root key vouch for everybody; the former one is believed until finish-root."""
    _keyrings(folder).rotate_root()
    console.print("根密钥已更换，旧根密钥仍获信任 / the root key has changed, the former one is believed still")


def finish_root(
    at_once: Annotated[bool, typer.Option("--at-once", help="Also while tokens signed under it are in use")] = False,
    folder: Folder = None,
) -> None:
    """Have nobody believe the former root key any more."""
    _keyrings(folder).finish_root(at_once=at_once)
    console.print("旧根密钥已停用 / the former root key is believed no more")


def rotate_secret(service: Service, folder: Folder = None) -> None:
    """Give a service a new secret to seal personal data with; what is sealed already stays readable."""
    number = _keyrings(folder).rotate_secret(service)
    console.print(f"{service}: {number}; xiehui keys reseal {service}")


def reseal(
    service: Annotated[str, typer.Argument(help="A service")],
    batch: Annotated[int, typer.Option(help="Rows a transaction", min=1)] = 500,
    pause: Annotated[float, typer.Option(help="Seconds between two batches", min=0)] = 0.0,
) -> None:
    """Seal what a service keeps under its newest secret. Stopped in the middle it is run again. Ends with 1 where
    something cannot be opened."""
    from shared.running import chosen, once
    from shared.store import resealing
    from shared.store.tables import ChassisBase

    (plugin,) = chosen([service])
    with once(plugin, from_environment()) as runtime, Progress(console=console) as progress:
        # The mail that waits is the chassis' own (ADR 0043).
        tables = (plugin.models, ChassisBase.metadata)
        task = progress.add_task(service, total=sum(resealing.count_sealed(runtime.engine, each) for each in tables))
        done = resealing.Resealed()
        for models in tables:
            done += resealing.reseal(
                runtime.engine,
                models,
                runtime.vault,
                batch=batch,
                pause=pause,
                told=lambda seen: progress.advance(task, seen),
            )
    console.print(f"{service}: {done.anew} / {done.seen} 重新封存 / sealed anew")
    for place in done.unreadable:
        console.print(f"打不开 / cannot be opened: {place}", markup=False, soft_wrap=True)
    raise typer.Exit(1 if done.unreadable else 0)


def _keyrings(folder: Path | None) -> "Keyrings":
    from shared.identity.rotating import Keyrings

    return Keyrings(folder or from_environment().keys)


def _whole(title: str) -> Column:
    """A column whose ids are never cut: they are there to be copied."""
    return Column(title, no_wrap=True, min_width=43)

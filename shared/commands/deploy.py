"""``xiehui setup``, ``migrate`` and ``migrations``: what a deployment needs before its services start."""

import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shared.settings import from_environment

console = Console(stderr=True)


def register(app: typer.Typer) -> None:
    app.command()(env)
    app.command()(setup)
    app.command()(migrate)
    app.command()(migrations)


def env(
    file: Annotated[Path, typer.Argument(help="Where to write")] = Path(".env"),
    example: Annotated[Path, typer.Option(help="What to fill in")] = Path(".env.example"),
) -> None:
    """Write .env with a fresh secret for every empty password of .env.example; an existing one is only completed."""
    known = assignments(file.read_text()) if file.is_file() else {}
    wanted = assignments(example.read_text())
    fresh = {name: known.get(name) or value or _made_up(name) for name, value in wanted.items()}
    text = "".join(f"{name}={value}\n" for name, value in {**known, **fresh}.items())
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
        target.write(text)
    console.print(f"{file}: {len(wanted)} 项 / entries")


def _made_up(name: str) -> str:
    return secrets.token_urlsafe(24) if name.endswith("PASSWORD") or "_PASSWORD_" in name else ""


def assignments(text: str) -> dict[str, str]:
    """What a file like .env says: name → value."""
    lines = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in lines}


def setup(
    folder: Annotated[Path, typer.Option("--keys", help="A folder for each service's keys is made here")],
    admin_url: Annotated[str, typer.Option(envvar="XIEHUI_ADMIN_DATABASE_URL", help="A superuser's database URL")],
    owner: Annotated[int | None, typer.Option(help="The user id that services run as")] = None,
) -> None:
    """Prepare a deployment once: databases and roles, keys, tables, founding data. Safe to run again.

    Ends with what the services have to say to whoever sets them up, such as the administrator's first sign-in.
    """
    from shared.plugins import plugins
    from shared.running import migrate as migrate_databases
    from shared.running import prepare_keys, welcomes
    from shared.store.provisioning import provision

    settings = from_environment()
    names = sorted(plugins())
    prepare_keys(folder, apart=True)
    if owner is not None:
        for name in [*names, "gateway"]:
            for path in [folder / name, *(folder / name).iterdir()]:
                os.chown(path, owner, -1)
    provision(admin_url, [settings.database_url_of(name) for name in names])
    greetings = []
    for name in names:
        own = replace(settings, keys=folder / name)
        migrate_databases(own, [name], told=_up_to_date)
        greetings += welcomes(own, [name])
    _greet(greetings)


def _up_to_date(name: str) -> None:
    console.print(f"{name}: 就绪 / up to date")


def _greet(greetings: list[str]) -> None:
    for greeting in greetings:
        console.print(greeting, markup=False, highlight=False)


def migrate(
    services: Annotated[list[str] | None, typer.Argument(help="Which services; all when none is named")] = None,
) -> None:
    """Bring databases up to date and load what the association starts with. Safe to run again and at once."""
    from shared.plugins import plugins
    from shared.running import migrate as migrate_databases
    from shared.running import prepare_keys, welcomes

    settings = from_environment()
    names = services or sorted(plugins())
    prepare_keys(settings.keys)
    migrate_databases(settings, names, told=_up_to_date)
    _greet(welcomes(settings, names))


def migrations(
    service: Annotated[str | None, typer.Argument(help="A service, or chassis")] = None,
    message: Annotated[str | None, typer.Option("-m", help="Write a revision with this title")] = None,
    check: Annotated[bool, typer.Option("--check", help="Fail where models and migrations differ")] = False,
) -> None:
    """For developers: write a service's next revision (SERVICE -m TITLE), or --check them all."""
    from shared.store.revising import check_all, revise

    if check:
        problems = check_all()
        for problem in problems:
            console.print(problem)
        raise typer.Exit(1 if problems else 0)
    if service is None or message is None:
        raise typer.BadParameter("name a service and a title, or say --check")
    revise(service, message)

"""``xiehui rabbitmq``: what the broker has to know before services come with users of their own."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from shared.commands.deploy import assignments, console
from shared.running import CannotRun


def register(app: typer.Typer) -> None:
    rabbitmq = typer.Typer(no_args_is_help=True, help="Users and rights on RabbitMQ / RabbitMQ 的用户与权限")
    rabbitmq.command()(definitions)
    app.add_typer(rabbitmq, name="rabbitmq")


def definitions(
    file: Annotated[Path | None, typer.Argument(help="Where to write; printed when none is named")] = None,
    env: Annotated[Path, typer.Option(help="Where passwords are that the environment does not have")] = Path(".env"),
    owner: Annotated[int | None, typer.Option(help="The user id that RabbitMQ runs as, who alone may read it")] = None,
) -> None:
    """Write users, rights, exchanges and queues with the hashes of the passwords, for RabbitMQ's load_definitions.

    Passwords: XIEHUI_AMQP_PASSWORD_<SERVICE>, XIEHUI_AMQP_PASSWORD_GATEWAY, and RABBITMQ_PASSWORD for the operator.
    """
    from shared.generating import rabbitmq
    from shared.plugins import plugins

    known = {**(assignments(env.read_text()) if env.is_file() else {}), **os.environ}
    passwords = _passwords(rabbitmq.users_of(plugins()), known)
    text = rabbitmq.text_of(rabbitmq.with_passwords(rabbitmq.definitions(plugins().values()), passwords))
    if file is None:
        sys.stdout.write(text)
        return
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
        if owner is not None:
            os.fchown(target.fileno(), owner, -1)
        target.write(text)
    console.print(f"{file}: {len(passwords)} 个用户 / users")


def _passwords(users: Iterable[str], known: dict[str, str]) -> dict[str, str]:
    """user → password; :class:`CannotRun` names the variables that are missing."""
    from shared.generating.rabbitmq import password_variable

    variables = {user: password_variable(user) for user in users}
    missing = ", ".join(name for name in variables.values() if not known.get(name))
    if missing:
        raise CannotRun(f"缺少密码：{missing}", f"Passwords are missing: {missing}")
    return {user: known[name] for user, name in variables.items()}

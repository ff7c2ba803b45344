"""The commands of ``xiehui``, one room each; what only one service can do comes with its plugin."""

from importlib.metadata import entry_points

import typer

COMMANDS = "xiehui.commands"
"""The entry-point group of commands that neither the chassis nor a service brings."""


def register(app: typer.Typer) -> None:
    """Add every command to ``app``."""
    from shared.commands import audit, check, deploy, generate, keys, messages, rabbitmq, read_models
    from shared.plugins import plugins

    for room in (deploy, keys, rabbitmq, messages, read_models, audit, check, generate):
        room.register(app)
    for entry in entry_points(group=COMMANDS):
        app.command(entry.name)(entry.load())
    for plugin in plugins().values():
        for name, command in plugin.commands.items():
            app.command(name)(command)

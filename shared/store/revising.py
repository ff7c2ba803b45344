"""For developers: write the next revision of a history, and see that migrations and models agree.

Both work on a throw-away embedded PostgreSQL, so that nobody's data decides what a migration says.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from shared.plugins import Plugin, plugins
from shared.store.database import make_engine
from shared.store.embedded import EmbeddedPostgres
from shared.store.migrations import differences, histories_of, new_revision, upgrade


@contextmanager
def _throwaway(names: list[str]) -> Iterator[EmbeddedPostgres]:
    with tempfile.TemporaryDirectory(prefix="xiehui-") as folder:
        server = EmbeddedPostgres(Path(folder), databases=names, durable=False)
        try:
            with server:
                yield server
        finally:
            server.destroy()


@contextmanager
def _migrated(server: EmbeddedPostgres, plugin: Plugin) -> Iterator[Engine]:
    engine = make_engine(server.url(plugin.name), pool_size=2)
    try:
        upgrade(engine, plugin)
        yield engine
    finally:
        engine.dispose()


def revise(name: str, message: str) -> None:
    """Write the next revision of the service ``name``, or of "chassis"."""
    installed = plugins()
    plugin = next(iter(installed.values())) if name == "chassis" else installed[name]
    with _throwaway([plugin.name]) as server, _migrated(server, plugin) as engine:
        history = next(h for h in histories_of(plugin) if h.name == name)
        written = new_revision(engine, history, message)
    for step in (["check", "--fix"], ["format"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, "-q", str(written)], check=True)


def check_all() -> list[str]:
    """Where models and migrations differ, a line each."""
    found: list[str] = []
    with _throwaway(sorted(plugins())) as server:
        for plugin in plugins().values():
            with _migrated(server, plugin) as engine:
                found.extend(f"{plugin.name}: {difference}" for difference in differences(engine, plugin))
    return found

"""Migrations: the chassis' own first, then the service's, each with a history of its own, under one lock.

Every service's database holds two Alembic histories: the chassis' tables in the schema ``chassis`` and the service's in
``public``. A migration never runs twice at once (an advisory lock) and never waits for ever for a busy table (a lock
timeout).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations.ops import CreateTableOp, MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, text

from shared.plugins import Plugin
from shared.store.database import lock_key
from shared.store.tables import SCHEMA, ChassisBase

HERE = Path(__file__).parent / "alembic"


@dataclass(frozen=True)
class History:
    """One line of revisions: where they lie, what they build, in which schema."""

    name: str
    versions: Path
    models: MetaData
    schema: str

    @property
    def version_table(self) -> str:
        return "alembic_version"


CHASSIS = History("chassis", HERE / "versions", ChassisBase.metadata, SCHEMA)


def histories_of(plugin: Plugin) -> list[History]:
    """The chassis' history and the service's, in the order they are applied."""
    return [CHASSIS, History(plugin.name, plugin.migrations, plugin.models, "public")]


def _owns(history: History) -> Any:
    """Alembic's filter: a history sees only the schema it builds."""

    def include(name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
        if kind == "schema":
            return (name or "public") == history.schema
        if kind == "table":
            return (parents.get("schema_name") or "public") == history.schema and name != history.version_table
        return True

    return include


def options(history: History) -> dict[str, Any]:
    """What env.py and the comparison both configure Alembic with."""
    return {
        "target_metadata": history.models,
        "include_schemas": True,
        "include_name": _owns(history),
        "version_table": history.version_table,
        "version_table_schema": history.schema,
        "compare_type": True,
        "compare_server_default": False,
    }


def _config(history: History, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("version_locations", str(history.versions))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(connection=connection, history=history)
    return config


@contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as guard, guard.begin():
        guard.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("migrate")})
        with engine.connect() as connection:
            yield connection


def upgrade(engine: Engine, plugin: Plugin) -> None:
    """Bring a service's database up to what its code expects."""
    apply(engine, histories_of(plugin))


def apply(engine: Engine, histories: Iterable[History]) -> None:
    """Apply whole histories, in their order."""
    with _locked(engine) as connection:
        for history in histories:
            with connection.begin():
                connection.execute(text("SET LOCAL lock_timeout = '10s'"))
                connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {history.schema}"))
                command.upgrade(_config(history, connection), "head")


def new_revision(engine: Engine, history: History, message: str) -> Path:
    """Write the revision that leads from the database at ``engine`` to the models; where it was written."""
    history.versions.mkdir(parents=True, exist_ok=True)
    number = 1 + len(list(history.versions.glob(f"{history.name}_*.py")))
    with engine.connect() as connection:
        script = command.revision(
            _config(history, connection),
            message=message,
            autogenerate=True,
            rev_id=f"{history.name}_{number:04d}",
            version_path=str(history.versions),
            process_revision_directives=_without_notes,
        )
    assert script is not None
    assert not isinstance(script, list)
    return Path(script.path)


def _without_notes(_context: MigrationContext, _revision: object, directives: list[MigrationScript]) -> None:
    """Leave out of new tables what only models know: whose rows are whose, and other notes that no database keeps."""
    for script in directives:
        for operation in script.upgrade_ops.ops if script.upgrade_ops else ():
            if isinstance(operation, CreateTableOp):
                operation.info = {}


def differences(engine: Engine, plugin: Plugin) -> list[Any]:
    """What the models say and a migrated database does not; empty when they match."""
    found: list[Any] = []
    with engine.connect() as connection:
        for history in histories_of(plugin):
            chosen = options(history)
            target = chosen.pop("target_metadata")
            context = MigrationContext.configure(connection, opts=chosen)
            found.extend(compare_metadata(context, target))
    return found

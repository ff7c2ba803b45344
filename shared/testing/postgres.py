"""PostgreSQL for tests: one server a session, an empty database whenever a test asks.

Make the fixtures known once, in tests/conftest.py: ``pytest_plugins = ["shared.testing.postgres"]``.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from shared.store.embedded import EmbeddedPostgres


class FreshDatabase(Protocol):
    """``fresh_database()`` → SQLAlchemy URL of an empty database, as a role of its own.

    ``fresh_database(template="finance")`` → URL of a copy of a database of the session's server, as the
    template's role, which owns what is in it. Nobody may be connected to a template: dispose of the engine
    that filled it. Copying a migrated schema takes a fraction of migrating again.
    """

    def __call__(self, template: str | None = None) -> str: ...


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The session's server, without databases. Not durable: it is thrown away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="xiehui-test-"))
    # As root the server runs as another user, who must be able to enter.
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder, databases=(), durable=False)
    try:
        with server:
            yield server
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def fresh_database(postgres: EmbeddedPostgres) -> Iterator[FreshDatabase]:
    """As many databases as the test asks for; all are dropped after it, whoever is still connected."""
    made: list[str] = []

    def fresh(template: str | None = None) -> str:
        name = f"test_{uuid4().hex}"
        made.append(name)
        if template is None:
            postgres.create_database(name)
            return postgres.url(name)
        _copy(postgres, template, name)
        return make_url(postgres.url(template)).set(database=name).render_as_string(hide_password=False)

    yield fresh
    for name in made:
        postgres.drop_database(name)


@pytest.fixture
def database(fresh_database: FreshDatabase) -> str:
    """The SQLAlchemy URL of an empty database, dropped after the test."""
    return fresh_database()


def _copy(postgres: EmbeddedPostgres, template: str, name: str) -> None:
    address = make_url(postgres.admin_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(template), sql.Identifier(template)
            )
        )
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))

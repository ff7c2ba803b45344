"""Fixtures for tests of services: migrated databases, keys, and the running association.

Known once, in tests/conftest.py: ``pytest_plugins = ["shared.testing.services", …]``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from shared.identity.keys import Keyring
from shared.plugins import plugins
from shared.running import migrate, prepare_keys
from shared.settings import Settings
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import Association

START = "2020-12-17T09:00:00+08:00"
"""The business time tests begin at: the first day of the real batch of 2020."""


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the keys of every service."""
    folder = tmp_path_factory.mktemp("keys") / "keys"
    prepare_keys(folder)
    return folder


@pytest.fixture(scope="session")
def issuer(keys: Path) -> Keyring:
    """The keyring that may sign people in."""
    name = next(plugin.name for plugin in plugins().values() if plugin.issues_tokens)
    return Keyring.load(keys, name)


@pytest.fixture(scope="session")
def database_urls(postgres: EmbeddedPostgres, keys: Path) -> dict[str, str]:
    """A migrated and seeded database for every service."""
    names = sorted(plugins())
    for name in names:
        postgres.create_database(name)
    urls = {name: postgres.url(name) for name in names}
    migrate(Settings(database_urls=urls, keys=keys), names)
    return urls


@pytest.fixture(scope="session")
def association(
    database_urls: dict[str, str], keys: Path, issuer: Keyring, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Association]:
    """Every service on the embedded bus, for the whole session: tests make what they need and share nothing."""
    settings: dict[str, Any] = {
        "amqp_url": "embedded://tests/",
        "database_urls": database_urls,
        "keys": str(keys),
        "retry_delays": [0.2, 0.4],
        "poll_every": 0.5,
        "timers": False,
        "mail_folder": str(tmp_path_factory.mktemp("mail")),
    }
    log = tmp_path_factory.mktemp("association") / "log.jsonl"
    running = Association(settings, sorted(plugins()), log, issuer, clock=START).start()
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def own_association(
    postgres: EmbeddedPostgres, keys: Path, issuer: Keyring, folder: Path, *, mark: str, clock: str
) -> Iterator[Association]:
    """Every service on an embedded bus and on databases of its own, each called "<service>-<mark>": for who needs an
    association in which nobody else did anything."""
    databases = {name: f"{name}-{mark}" for name in sorted(plugins())}
    for database in databases.values():
        postgres.create_database(database)
    urls = {name: postgres.url(database) for name, database in databases.items()}
    migrate(Settings(database_urls=urls, keys=keys), list(urls))
    settings = {"amqp_url": f"embedded://{mark}/", "database_urls": urls, "keys": str(keys), "poll_every": 0.5}
    running = Association(settings, list(urls), folder / "log.jsonl", issuer, clock=clock)
    try:
        yield running.start()
    finally:
        running.stop()
        for database in databases.values():
            postgres.drop_database(database)

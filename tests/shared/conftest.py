"""Teller and listener in this process, without any bus."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from shared.identity.keys import TOKENS, make_keys
from shared.plugins import Plugin
from shared.runtime import Runtime
from shared.settings import Settings
from shared.store.embedded import EmbeddedPostgres
from shared.testing.postgres import FreshDatabase
from shared.testing.telling import make_databases


@pytest.fixture(scope="session")
def echo_templates(postgres: EmbeddedPostgres) -> dict[str, str]:
    """Databases with tables and no rows, to be copied: service → name."""
    return {service: str(make_url(url).database) for service, url in make_databases(postgres).items()}


@pytest.fixture(scope="session")
def echo_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("echo") / "keys"
    make_keys(folder, {"teller": [TOKENS], "listener": []})
    return folder


@pytest.fixture
def make_runtime(
    echo_templates: dict[str, str], echo_keys: Path, fresh_database: FreshDatabase
) -> Iterator[Callable[..., Runtime]]:
    """``make_runtime(echo.LISTENER, retry_delays=(0.0,))``: a service's runtime on a database of its own."""
    made: list[Runtime] = []

    def make(plugin: Plugin, **settings: Any) -> Runtime:
        url = fresh_database(template=echo_templates[plugin.name])
        chosen = {"amqp_url": "embedded://nobody/", "keys": echo_keys, **settings}
        runtime = Runtime(plugin, Settings(database_urls={plugin.name: url}, **chosen))
        made.append(runtime)
        return runtime

    yield make
    for runtime in made:
        runtime.close()

"""Teller and listener, running once on each bus for the whole session."""

import secrets
from collections.abc import Iterator

import pytest

from shared.store.embedded import EmbeddedPostgres
from shared.testing.telling import Pair


@pytest.fixture(scope="session", params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def pair(
    request: pytest.FixtureRequest, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Teller and listener on the bus of this run. A test that ends their process must start it again."""
    if request.param == "embedded":
        url = "embedded://behaviour/"
    else:
        url = request.getfixturevalue("rabbitmq_node").create_vhost(f"behaviour-{secrets.token_hex(4)}")
    with Pair.on(url, postgres, tmp_path_factory.mktemp(request.param)) as pair:
        yield pair

"""The one house of all outages. It stands for the whole session; a test leaves it as it found it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from shared.store.embedded import EmbeddedPostgres
from shared.testing.house import House
from shared.testing.rabbitmq import PrivateRabbitMQ


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[EmbeddedPostgres]:
    """A durable server that tests may stop and kill. Its folder is near the root, so that the socket stays in it."""
    folder = Path(tempfile.mkdtemp(prefix="xiehui-outage-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder, databases=())
    try:
        with server:
            yield server
    finally:
        server.destroy()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def whole_house(
    rabbitmq_node: PrivateRabbitMQ, own_postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    with ExitStack() as rooms:
        house = House(rabbitmq_node, own_postgres, tmp_path_factory.mktemp("outages"), rooms)
        yield house
    rabbitmq_node.delete_vhost(house.vhost)


@pytest.fixture
def house(whole_house: House) -> Iterator[House]:
    """Everything there and answering, before the test and after it; then the books are counted."""
    whole_house.answers()
    yield whole_house
    for proxy in (whole_house.behind, whole_house.before):
        proxy.thaw()
        proxy.slow_down(0)
    whole_house.answers()
    whole_house.hears()
    whole_house.books_are_right()

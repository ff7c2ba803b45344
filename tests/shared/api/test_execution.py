"""What stands around an operation costs nothing that the operation does not use."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from shared.api.execution import execute
from shared.identity.keys import make_keys
from shared.runtime import Runtime
from shared.settings import Settings
from shared.store.tx import Tx
from shared.testing.echo import TELLER, TellerService


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    """Teller's, with a database that nobody can reach."""
    make_keys(tmp_path, {"teller": []})
    unreachable = "postgresql+psycopg://teller@127.0.0.1:1/teller"
    settings = replace(
        Settings(), keys=tmp_path, database_urls={"teller": unreachable}, amqp_url="embedded://execution/"
    )
    runtime = Runtime(TELLER, settings)
    yield runtime
    runtime.close()


def asked(runtime: Runtime, answer: Any) -> dict[str, Any]:
    """What teller answers when asked for a topic, with ``answer(tx)`` in place of its method."""
    operation = TellerService.get_topic.operation
    arguments = {"id": "01890a5d-ac96-774b-bcce-b302099a8057"}
    return execute(runtime, operation, partial(answer), arguments, {"correlation-id": "c"})


def test_a_query_that_reads_nothing_needs_no_database(runtime: Runtime) -> None:
    answer = asked(runtime, lambda _tx, id: {"id": id, "name": "made up", "told": 3})
    assert answer["body"] == {"id": "01890a5d-ac96-774b-bcce-b302099a8057", "name": "made up", "told": 3}
    assert runtime.engine.pool.checkedout() == 0


def test_one_that_reads_is_told_that_the_database_is_away(runtime: Runtime) -> None:
    def read(tx: Tx, id: Any) -> None:
        tx.session.execute(text("SELECT 1"))

    assert asked(runtime, read)["problem"]["code"] == "database-away"

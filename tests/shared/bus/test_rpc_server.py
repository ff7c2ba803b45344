"""The serving end of RPC: what becomes of requests and answers when a process stops, dies or has too much to say."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from shared.bus import entrypoints
from shared.bus.client import EXCHANGE, RpcClient
from shared.bus.connection import connect
from shared.bus.entrypoints import OperationConsumer, read
from shared.errors import Problem
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import eventually
from shared.testing.telling import Pair


@pytest.fixture
def absence() -> float:
    """Seconds for which requests wait for a service without a process."""
    return 120.0


@pytest.fixture
def served(rabbitmq_url: str, postgres: EmbeddedPostgres, tmp_path: Path, absence: float) -> Iterator[Pair]:
    """Teller and listener in a process that a test may stop, on a virtual host of their own."""
    with Pair.on(rabbitmq_url, postgres, tmp_path, absence=absence) as pair:
        yield pair


@pytest.fixture
def client(served: Pair) -> Iterator[RpcClient]:
    """A client in the process of the test: it outlives theirs."""
    client = RpcClient(served.settings["amqp_url"], deadline=120)
    yield client
    client.close()


def napping(pair: Pair) -> list[dict[str, Any]]:
    return pair.rows(
        "teller", "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
    )


@pytest.mark.rabbitmq
def test_a_service_that_stops_answers_what_it_has_in_hand(served: Pair, client: RpcClient) -> None:
    with ThreadPoolExecutor(4) as pool:
        naps = [
            pool.submit(client.call, "teller", "nap", {"seconds": "1"}, headers={"idempotency-key": f"nap {number}"})
            for number in range(4)
        ]
        eventually(lambda: len(napping(served)) == 4, within=30, every=0.01)
        served.stop()
        assert [nap.result(1)["status"] for nap in naps] == [200] * 4


@pytest.mark.rabbitmq
def test_requests_in_hand_and_waiting_at_a_kill_are_answered_by_the_next_process(
    served: Pair, client: RpcClient
) -> None:
    with ThreadPoolExecutor(2) as pool:
        nap = pool.submit(client.call, "teller", "nap", {"seconds": "3"}, headers={"idempotency-key": "k"})
        eventually(lambda: napping(served), within=30, every=0.01)
        served.kill()
        waiting = pool.submit(client.call, "teller", "echo", {"text": "while away"})
        served.start()
        assert nap.result(120)["status"] == 200
        assert waiting.result(120)["body"]["text"] == "while away"


@pytest.mark.rabbitmq
@pytest.mark.parametrize("absence", [0.5])
def test_a_service_that_stays_away_is_known_to_be(served: Pair, client: RpcClient) -> None:
    assert client.call("teller", "echo", {"text": "here"})["status"] == 200
    served.kill()

    def known() -> bool:
        with pytest.raises(Problem) as raised:
            client.call("teller", "echo", {"text": "anybody?"}, deadline=5)
        return raised.value.code == "service-away"

    eventually(known, within=60)


@pytest.mark.rabbitmq
def test_a_queue_that_another_version_made_is_used_as_it_is(
    rabbitmq_url: str, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    with connect(rabbitmq_url) as connection:
        channel = connection.channel()
        channel.exchange_declare(exchange=EXCHANGE, type="topic", durable=True, auto_delete=False)
        channel.queue_declare(queue="rpc-teller", durable=True, auto_delete=False)
        channel.queue_bind(queue="rpc-teller", exchange=EXCHANGE, routing_key="teller.*")
    with Pair.on(rabbitmq_url, postgres, tmp_path) as pair:
        assert pair.call("teller", "echo", text="all the same").status == 200
        assert pair.logged(queue="rpc-teller")


# --- what a client of nameko's own, or anybody, may send -----------------------------------------------------------


def asked(pair: Pair, headers: dict[str, Any], **arguments: str) -> Any:
    return pair.ask("teller.echo", orjson.dumps({"args": [], "kwargs": arguments}), headers=headers)["result"]


def test_a_stack_of_calls_that_is_none_ends_no_service(pair: Pair) -> None:
    """nameko's own container trips over such a header, and takes the service down with it."""
    assert asked(pair, {"nameko.call_id_stack": 5}, text="x")["status"] == 200
    assert pair.call("teller", "echo", text="still there").status == 200


def test_a_header_of_nameko_s_own_clients_counts_like_ours(pair: Pair) -> None:
    token = pair.person("teller").headers["authorization"]
    assert asked(pair, {"nameko.authorization": token}, text="x")["body"]["principal"].startswith("account:")


def test_an_argument_may_have_any_name(pair: Pair) -> None:
    problem = asked(pair, {}, text="x", self="me", tx="mine", operation="o")["problem"]
    assert set(problem["errors"]) == {"self", "tx", "operation"}


# --- in this process --------------------------------------------------------------------------------------------


class Answers:
    """In place of the queue consumer: keeps what it shall send."""

    def __init__(self) -> None:
        self.bodies: list[Any] = []

    def answer(self, _message: Any, body: bytes) -> None:
        self.bodies.append(orjson.loads(body))


@pytest.fixture
def consumer() -> OperationConsumer:
    consumer = OperationConsumer()
    consumer.queue_consumer = Answers()
    return consumer


def test_an_answer_that_the_bus_would_not_take_is_a_problem(
    consumer: OperationConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrypoints, "LARGEST_MESSAGE", 100)
    consumer.handle_result(None, {"text": "x" * 100}, None)
    (body,) = consumer.queue_consumer.bodies
    assert (body["result"]["status"], body["result"]["problem"]["code"]) == (500, "answer-too-large")
    assert body["error"] is None


def test_an_answer_that_is_no_json_is_an_error(consumer: OperationConsumer) -> None:
    result, exc_info = consumer.handle_result(None, {"text": object()}, None)
    (body,) = consumer.queue_consumer.bodies
    assert body["result"] is None
    assert body["error"]["exc_type"] == "UnserializableValueError"
    assert result is None
    assert exc_info is not None


@pytest.mark.parametrize(
    ("content_type", "reply_to", "body"),
    [
        ("text/plain", "r", b'{"args": [], "kwargs": {}}'),
        ("application/json", None, b'{"args": [], "kwargs": {}}'),
        ("application/json", "r", b"\xff"),
        ("application/json", "r", b""),
        ("application/json", "r", b"[" * 100_000),
        ("application/json", "r", b"null"),
        ("application/json", "r", b'{"args": {}, "kwargs": {}}'),
        ("application/json", "r", b'{"kwargs": {}}'),
        ("application/json", "r", b'{"args": [], "kwargs": null}'),
    ],
)
def test_what_is_no_request_is_told_apart(content_type: str, reply_to: str | None, body: bytes) -> None:
    message = SimpleNamespace(content_type=content_type, properties={"reply_to": reply_to}, body=body)
    with pytest.raises(ValueError, match=r"."):
        read(message)

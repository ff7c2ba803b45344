"""Services and gateway at work, each as a broker user of its own (all five: tests/scenario/test_on_rabbitmq.py)."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from amqp.exceptions import AccessRefused

import shared.testing.echo as echo
from shared.bus.client import RpcClient
from shared.bus.connection import connect
from shared.errors import Unavailable
from shared.generating.rabbitmq import definitions, users_of
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import eventually
from shared.testing.broker_users import broker_users
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.street import Street
from shared.testing.telling import envelope_of

pytestmark = pytest.mark.rabbitmq

Houses = tuple[Street, dict[str, str]]


@pytest.fixture
def street(rabbitmq_node: PrivateRabbitMQ, postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[Houses]:
    """Teller, listener and gateway, each as a broker user of its own; the tests call as the operator."""
    with broker_users(rabbitmq_node, [echo.TELLER, echo.LISTENER]) as addresses, ExitStack() as rooms:
        yield Street(addresses["xiehui"], postgres, tmp_path, rooms, buses=addresses), addresses


def test_each_does_its_work_as_a_user_of_its_own(street: Houses) -> None:
    houses, addresses = street
    houses.service("listener")
    houses.service("teller")
    _, anybody = houses.gateway()
    assert anybody.post("/v1/teller/echoes", {"text": "a"})["text"] == "a"
    topic = houses.topic()
    houses.call("tell", id=topic, texts=["b", "c"])
    eventually(lambda: houses.heard(topic) == ["b", "c"], within=60)

    body, headers = envelope_of(topic, "forged", 99)

    def forge(user: str) -> None:
        with connect(addresses[user]) as connection:
            channel = connection.channel()
            message = channel.prepare_message(body, content_type="application/json", headers=headers)
            channel.basic_publish(message, exchange="teller.events", routing_key="topic.told.v1")
            channel.basic_qos(0, 1, False)  # a publish is not answered, this is

    for user in ("listener", "gateway"):
        with pytest.raises(AccessRefused):
            forge(user)
    houses.call("tell", id=topic, texts=["d"])
    eventually(lambda: houses.heard(topic) == ["b", "c", "d"], within=60)
    forge("teller")
    eventually(lambda: houses.heard(topic)[-1] == "forged", within=60)


def test_a_call_is_answered_at_an_address_that_names_its_user(street: Houses) -> None:
    houses, addresses = street
    houses.service("teller")
    for user in ("gateway", "listener"):
        client = RpcClient(addresses[user])
        assert client.call("teller", "echo", {"text": user}, deadline=30)["body"]["text"] == user
        assert client._line is not None
        assert client._line.reply_to.startswith(f"{user}-")
        with pytest.raises(Unavailable) as problem:
            client.call("nobody", "there", {}, deadline=30)
        assert problem.value.code == "service-away"
        client.close()


def test_users_have_no_way_in_before_they_have_passwords(rabbitmq_node: PrivateRabbitMQ) -> None:
    vhost = f"users-{secrets.token_hex(4)}"
    rabbitmq_node.import_definitions(definitions([echo.TELLER], vhost))
    try:
        for password in ("", "teller"):
            address = rabbitmq_node.url(vhost, "teller", "secret").replace(":secret@", f":{password}@")
            with pytest.raises(AccessRefused):
                connect(address)
    finally:
        rabbitmq_node.delete_vhost(vhost)
        for user in users_of(["teller"]):
            rabbitmq_node.delete_user(user)

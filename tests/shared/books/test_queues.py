"""What is under way on RabbitMQ is seen: messages that wait, messages that are held, queues that are not there."""

import pytest
from kombu import Connection

import shared.testing.echo as echo
from shared.books.queues import Depth, check_queues, depths
from shared.bus.connection import connect
from shared.bus.listening import subscriptions_of
from shared.bus.topology import declare_queues
from shared.testing.association import eventually
from shared.testing.counting import depths_on
from shared.testing.rabbitmq import PrivateRabbitMQ

pytestmark = pytest.mark.rabbitmq

SERVICES = [echo.TELLER, echo.LISTENER]
INBOX, DEAD = "listener.inbox", "listener.inbox.dead"


def put(connection: Connection, queue: str, times: int) -> None:
    channel = connection.channel()
    for _ in range(times):
        channel.basic_publish(channel.prepare_message("{}", content_encoding="utf-8"), routing_key=queue)
    channel.close()


def where(found: dict[str, Depth]) -> list[tuple[str, str]]:
    return [(finding.service, finding.where) for finding in check_queues(SERVICES, found)]


def test_queues_that_are_not_there_are_found(rabbitmq_url: str) -> None:
    assert depths(rabbitmq_url, SERVICES) == {}
    assert where({}) == [("listener", INBOX), ("listener", DEAD)]


def test_empty_queues_are_right_and_what_waits_or_is_held_is_found(
    rabbitmq_url: str, rabbitmq_node: PrivateRabbitMQ
) -> None:
    declare_queues(rabbitmq_url, {"listener": subscriptions_of(echo.ListenerService)})
    assert depths(rabbitmq_url, SERVICES) == {INBOX: Depth(0), DEAD: Depth(0)}
    assert where(depths(rabbitmq_url, SERVICES)) == []
    with connect(rabbitmq_url) as connection:
        put(connection, INBOX, 3)
        eventually(lambda: depths(rabbitmq_url, SERVICES)[INBOX] == Depth(3))
        assert where(depths(rabbitmq_url, SERVICES)) == [("listener", INBOX)]
        held: list[object] = []
        channel = connection.channel()
        channel.basic_consume(queue=INBOX, callback=held.append)
        while len(held) < 3:
            connection.drain_events(timeout=10)
        eventually(lambda: depths_on(rabbitmq_node, rabbitmq_url)[INBOX] == Depth(0, 3))
        assert where(depths_on(rabbitmq_node, rabbitmq_url)) == [("listener", INBOX)]
        for message in held:
            channel.basic_ack(message.delivery_tag)  # type: ignore[attr-defined]
        eventually(lambda: where(depths_on(rabbitmq_node, rabbitmq_url)) == [])

"""Long work in a service does not cost it its connections to the broker, as long as it is done off the hub."""

import pytest

from shared.testing.association import eventually
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.street import PATIENCE, Street

pytestmark = pytest.mark.rabbitmq

HEARTBEAT = 2
LABOUR = 3.5 * HEARTBEAT
"""Seconds. The broker ends a connection of which it has heard nothing for two heartbeats."""


def connections(node: PrivateRabbitMQ) -> set[str]:
    """The broker's processes that serve connections; another one after each new connection."""
    return set(node.eval("rabbit_networking:connections()").strip("[]").split(","))


def test_a_service_keeps_its_connections_while_it_computes(street: Street, rabbitmq_node: PrivateRabbitMQ) -> None:
    street.bus += f"?heartbeat={HEARTBEAT}"
    teller = street.service("teller")
    before = connections(rabbitmq_node)
    street.call("toil", seconds=LABOUR)
    assert connections(rabbitmq_node) >= before
    assert "bus" not in teller.said

    # So does the test see it where the work is done on the hub.
    street.call("toil", seconds=LABOUR, off_hub=False)
    eventually(lambda: not connections(rabbitmq_node) >= before, within=PATIENCE)

"""The broker goes away in the middle of calls and events, in order and by a power cut: everything goes on, once."""

from collections.abc import Callable

import pytest

from shared.testing.house import House
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.traffic import Traffic, over_bus, over_http

pytestmark = pytest.mark.rabbitmq


def _restart(node: PrivateRabbitMQ) -> None:
    node.restart()


def _power_cut(node: PrivateRabbitMQ) -> None:
    node.kill()
    node.start()


@pytest.mark.parametrize("befall", [_restart, _power_cut])
def test_a_broker_that_comes_back_finds_everybody(house: House, befall: Callable[[PrivateRabbitMQ], None]) -> None:
    with (
        Traffic(house.pair, over_bus(house.pair, house.client), clients=3) as bus,
        Traffic(house.pair, over_http(house.http.as_("teller")), clients=3) as http,
    ):
        befall(house.node)
        bus.flows()
        http.flows()
    for traffic in (bus, http):
        assert traffic.count(503) > 0, "somebody was told"
        traffic.settles()

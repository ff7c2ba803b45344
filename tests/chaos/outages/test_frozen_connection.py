"""A connection over which nothing comes any more, and that nobody closes: heartbeats tell, and another is opened."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.testing.association import eventually
from shared.testing.house import HEARTBEAT, House, outcome
from shared.testing.traffic import Traffic, over_bus, over_http

pytestmark = pytest.mark.rabbitmq

NOTICED = 3 * HEARTBEAT + 30.0
"""Seconds: two heartbeats missed, the next look, and what a busy machine needs."""


def test_services_notice_and_go_on_over_new_connections(house: House) -> None:
    pair, topic = house.pair, house.pair.topic()
    house.behind.freeze()
    assert house.behind.frozen >= 6, "requests, events and announcements of two services, and the relay's"
    # Given from outside, since the host's own client is frozen as well.
    send = over_bus(pair, house.client, deadline=1.0)
    eventually(lambda: send(topic, "a", "one key")[0] == 200, within=NOTICED)
    eventually(lambda: pair.heard(topic) == ["a"], within=NOTICED)
    house.http.ready("teller", "listener", within=NOTICED)


def test_callers_notice_and_go_on_over_new_connections(house: House) -> None:
    house.before.freeze()
    assert house.before.frozen >= 3, "the gateway's client and observer, and a client"
    assert outcome(house.client, deadline=0.5) in ("deadline-exceeded", "bus-away")
    eventually(lambda: outcome(house.client, deadline=1.0) == "answered", within=NOTICED)
    eventually(lambda: house.http.http.get("/readyz").is_success, within=NOTICED)
    eventually(lambda: house.http.http.post("/v1/teller/echoes", json={"text": "x"}).is_success, within=NOTICED)


def test_nobody_hangs_who_is_in_the_middle_of_sending(house: House) -> None:
    house.before.freeze()
    began = time.monotonic()
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(outcome, house.client, "echo", 2, text="x" * 5_000_000) for _ in range(6)]
        assert {call.result() for call in asked} <= {"deadline-exceeded", "bus-away", "answered"}
    assert time.monotonic() - began < NOTICED
    house.answers()


def test_a_slow_network_loses_nothing(house: House) -> None:
    with (
        Traffic(house.pair, over_bus(house.pair, house.client), clients=2) as bus,
        Traffic(house.pair, over_http(house.http.as_("teller")), clients=2) as http,
    ):
        for proxy in (house.behind, house.before):
            proxy.slow_down(0.02)
        bus.flows()
        http.flows()
        house.behind.freeze()
        bus.flows()
        http.flows()
        for proxy in (house.behind, house.before):
            proxy.slow_down(0)
    bus.settles()
    http.settles()

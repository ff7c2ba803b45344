"""The broker is short of memory: it takes nothing any more, publishers wait, and HTTP says so."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from shared.testing.association import eventually
from shared.testing.house import DEADLINE, House, outcome
from shared.testing.traffic import PATIENCE, Traffic, over_bus, over_http

pytestmark = pytest.mark.rabbitmq

SLACK = 15.0
"""Seconds that a busy machine may add to a deadline."""


@contextmanager
def alarm(house: House) -> Iterator[None]:
    house.node.set_memory_alarm(True)
    try:
        yield
    finally:
        house.node.set_memory_alarm(False)


def connections(house: House) -> int:
    return int(house.node.eval("length(rabbit_networking:connections())"))


def test_http_says_that_the_bus_takes_nothing_and_readiness_tells(house: House) -> None:
    with alarm(house):
        began = time.monotonic()
        first = house.http.http.post("/v1/teller/echoes", json={"text": "x"})
        assert time.monotonic() - began < DEADLINE + SLACK
        assert first.status_code in (503, 504)
        assert first.json()["code"] == "bus-blocked"
        told = house.http.problem(
            "POST", "/v1/teller/echoes", 503, json={"text": "x"}, headers={"Accept-Language": "en"}
        )
        assert told["code"] == "bus-blocked"
        assert "bus" in told["detail"]
        ready = house.http.ask("GET", "/readyz", 503).json()
        assert (ready["ready"], ready["bus"]) == (False, "blocked")
        assert house.http.get("/healthz") == {"status": "ok"}
    house.answers()
    house.http.ready("teller", "listener", within=PATIENCE)


def test_callers_of_a_blocked_bus_never_wait_past_their_deadline(house: House) -> None:
    with alarm(house):
        began = time.monotonic()
        with ThreadPoolExecutor(6) as pool:
            asked = [pool.submit(outcome, house.client, "echo", 2, text="x" * 3_000_000) for _ in range(12)]
            assert {call.result() for call in asked} <= {"bus-blocked", "bus-away"}
        assert time.monotonic() - began < 2 * 2 + SLACK
    house.answers()


def test_what_is_told_meanwhile_waits_and_counts_once(house: House) -> None:
    pair = house.pair
    with (
        Traffic(pair, over_bus(pair, house.client), clients=3) as bus,
        Traffic(pair, over_http(house.http.as_("teller")), clients=3) as http,
    ):
        with alarm(house):
            for traffic in (bus, http):
                eventually(lambda: traffic.told_so(503, "bus-blocked"), within=PATIENCE)  # noqa: B023 (asked at once)
            blocked = connections(house)
            waited = len(pair.logged(event="loop waits", loop="teller relay"))
            eventually(lambda: len(pair.logged(event="loop waits", loop="teller relay")) >= waited + 2, within=PATIENCE)
            assert connections(house) <= blocked + 2, "who waits does not come again and again"
        bus.flows()
        http.flows()
    bus.settles()
    http.settles()

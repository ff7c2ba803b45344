"""Connections end in the middle of what they carry: what was half said is said again, and counts once."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.testing.association import eventually
from shared.testing.house import House, outcome
from shared.testing.traffic import PATIENCE, Traffic, over_bus, over_http

pytestmark = pytest.mark.rabbitmq

NOTE = "告" * 400
PUBLISH = b"topic.told.v1"
"""Stands in every publish of the relay, and in nothing else that services send while they are connected."""


@pytest.mark.parametrize("after", [5, 700, 30_000, 150_000], ids=lambda count: f"{count} bytes")
def test_a_relay_cut_in_the_middle_of_a_batch_tells_the_rest_and_nothing_twice(house: House, after: int) -> None:
    topic = house.pair.topic()
    texts = [f"{number} {NOTE}" for number in range(150)]
    cuts = house.behind.cuts
    house.behind.cut_after(after, PUBLISH)
    house.pair.tell(topic, *texts)
    eventually(lambda: house.pair.heard(topic) == texts, within=PATIENCE)
    assert house.behind.cuts == cuts + 1
    assert house.pair.states(topic) == ["done"] * len(texts)
    eventually(lambda: all(row["sent_at"] for row in house.pair.told(topic)), within=PATIENCE)


@pytest.mark.parametrize("after", [3, 200_000], ids=["in its head", "in its body"])
def test_a_call_cut_in_the_middle_fails_at_once_and_the_next_goes_through(house: House, after: int) -> None:
    cuts = house.before.cuts
    house.before.cut_after(after, b"teller.echo")
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(outcome, house.client, "echo", PATIENCE, text="x" * 500_000) for _ in range(4)]
        assert {call.result() for call in asked} <= {"bus-away", "answered"}
    assert house.before.cuts == cuts + 1
    assert [call.result() for call in asked].count("bus-away") > 0
    eventually(lambda: outcome(house.client) == "answered", within=PATIENCE)


def test_connections_that_end_again_and_again_cost_nobody_a_note(house: House) -> None:
    chance = random.Random(8)
    with (
        Traffic(house.pair, over_bus(house.pair, house.client), clients=3) as bus,
        Traffic(house.pair, over_http(house.http.as_("teller")), clients=3) as http,
    ):
        for _ in range(6):
            chance.choice([house.behind, house.before]).cut()
            chance.choice([bus, http]).flows()
    bus.settles()
    http.settles()

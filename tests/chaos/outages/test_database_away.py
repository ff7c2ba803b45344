"""PostgreSQL stops under load, in order and by a power cut: commands say so, events wait, and all of it counts once."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import eventually
from shared.testing.house import House
from shared.testing.traffic import PATIENCE, Traffic, over_bus, over_http

pytestmark = pytest.mark.rabbitmq


def _shut_down(postgres: EmbeddedPostgres) -> None:
    postgres.stop()


def _power_cut(postgres: EmbeddedPostgres) -> None:
    os.kill(postgres.pid, signal.SIGKILL)
    postgres.stop()


@pytest.mark.parametrize("end", [_shut_down, _power_cut])
def test_a_database_that_stops_under_load_comes_back_to_whole_books(
    house: House, end: Callable[[EmbeddedPostgres], None]
) -> None:
    pair = house.pair
    with (
        Traffic(pair, over_bus(pair, house.client), clients=3) as bus,
        Traffic(pair, over_http(house.http.as_("teller")), clients=3) as http,
    ):
        waited = len(pair.logged(event="events wait", service="listener"))
        for service in ("teller", "listener"):
            pair.database(service).dispose()
        end(house.postgres)
        try:
            for traffic in (bus, http):
                eventually(lambda: traffic.told_so(503, "database-away"), within=PATIENCE)  # noqa: B023 (asked at once)
            refused = house.http.http.post("/v1/teller/echoes", json={"text": "x"})
            assert (refused.status_code, refused.json()["code"]) == (503, "database-away")
            assert int(refused.headers["Retry-After"]) > 0
            eventually(lambda: len(pair.logged(event="events wait", service="listener")) > waited, within=PATIENCE)
            assert house.http.get("/healthz") == {"status": "ok"}
        finally:
            house.postgres.start()
        bus.flows()
        http.flows()
    bus.settles()
    http.settles()


def test_nobody_waits_for_a_database_that_is_away_past_the_deadline(house: House) -> None:
    with house.pair.database_away("teller"):
        began = time.monotonic()
        answers = [house.http.http.post("/v1/teller/echoes", json={"text": "x"}) for _ in range(5)]
        assert time.monotonic() - began < 5 * (4 + 2)
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "database-away")}
    house.answers()

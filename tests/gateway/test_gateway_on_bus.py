"""The gateway with its real client and observer, on the embedded bus."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import orjson
import pytest

from gateway.app import create_app
from shared.bus.discovery import MANIFESTS, Announcer
from shared.identity.keys import Keyring, make_keys
from shared.testing.embedded_bus import EmbeddedBus


@pytest.fixture
def bus():
    bus = EmbeddedBus()
    yield bus
    bus.close()


@pytest.fixture
def gateway(bus, settings, tmp_path):
    make_keys(tmp_path / "keys", {"echo": [], "stranger": [], "gateway": []})
    app = create_app(replace(settings, amqp_url=bus.url, keys=tmp_path / "keys", max_body=4_000_000))
    yield app
    app.shut_down()


@pytest.fixture
def announce(front, bus, settings, tmp_path):
    """Makes a service's announcer."""
    started = []

    def make(signer, service, *operations):
        manifest = front.manifest(service, *operations)
        announcer = Announcer(bus.url, Keyring.load(tmp_path / "keys", signer), manifest, every=0.2)
        announcer.start()
        started.append(announcer)
        return announcer

    yield make
    for announcer in started:
        announcer.stop()


@pytest.fixture
def echo(gateway, bus, start_echo, tmp_path):
    """A service that runs on the bus, as its announcer."""
    return start_echo(bus.url, tmp_path / "keys")


@pytest.mark.usefixtures("echo")
def test_the_first_request_waits_until_the_services_have_said_who_they_are(gateway):
    answer = gateway.test_client().get("/v1/echo/things/7", headers={"X-Correlation-Id": "c-1"})
    assert (answer.status_code, answer.json) == (200, {"id": "7", "correlation": "c-1"})
    assert gateway.test_client().get("/readyz").json == {"ready": True, "bus": "up", "services": {"echo": "up"}}


@pytest.mark.usefixtures("echo")
def test_many_at_once_each_get_their_own_answer(gateway):
    def ask(number):
        return gateway.test_client().get(f"/v1/echo/things/{number}").json["id"]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(200))) == [str(number) for number in range(200)]


@pytest.mark.usefixtures("echo")
def test_a_large_body_goes_through(gateway):
    text = "文" * 1_000_000
    answer = gateway.test_client().post(
        "/v1/echo/things/7", data=orjson.dumps({"text": text}), content_type="application/json"
    )
    assert answer.json["text"] == text


def test_a_service_that_stops_in_order_is_away_at_once(gateway, echo):
    client = gateway.test_client()
    assert client.get("/v1/echo/things/7").status_code == 200
    echo.stop()
    answer = client.get("/v1/echo/things/7")
    for _ in range(50):
        if answer.status_code == 503:
            break
        gateway.table.wait(time.monotonic() + 0.1)
        answer = client.get("/v1/echo/things/7")
    assert (answer.status_code, answer.json["code"]) == (503, "service-away")


def test_nobody_can_announce_in_anothers_name(gateway, bus, front, announce, tmp_path):
    announce("stranger", "echo", front.entry("GET /stolen", "stolen"))
    announce("stranger", "stranger", front.entry("GET /own", "own"))
    client = gateway.test_client()
    assert client.get("/v1/stranger/own").status_code == 503, "known, and nobody answers"
    assert client.get("/v1/echo/stolen").status_code == 404

    forged = Keyring.load(tmp_path / "keys", "echo").sign("other", front.manifest("echo"))
    channel = bus.connect().channel()
    for body in ("not a token", forged):
        channel.basic_publish(
            channel.prepare_message(body, content_type="text/plain"), exchange=MANIFESTS, routing_key=""
        )
    assert client.get("/readyz").json["services"].keys() == {"stranger"}


def test_a_gateway_that_was_shut_down_stays_away_from_the_bus(gateway):
    gateway.open()
    gateway.shut_down()
    answer = gateway.test_client().get("/v1/echo/things/7")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")

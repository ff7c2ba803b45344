"""Whose address counts: that of who asks, as our own proxies saw it, and never as somebody claims it."""

import pytest
from werkzeug.test import Client

from gateway.app import create_app
from gateway.proxies import behind as behind_proxies
from shared.settings import Settings, from_environment

SESSIONS = "/v1/certification/sessions"
CHECK = "/v1/certification/checks/S1"


@pytest.fixture
def behind(front, tmp_path):
    """``behind(proxies)`` → somebody at a gateway with so many proxies in front, which takes two of a kind a minute."""

    def make(proxies):
        limits = {"sign-in": 2, "public": 2}
        settings = Settings(state=tmp_path, limits={**limits, "read": 2}, trusted_proxies=proxies)
        app = create_app(settings, client=front.services, observer=False)
        for offer in front.app.table.current.offers.values():
            app.table.hear(offer.manifest)
        return app.test_client()

    return make


def asked(http, *, by, forwarded_for, way="application/json", path=CHECK):
    headers = {"X-Forwarded-For": forwarded_for, "Accept": way}
    return http.get(path, headers=headers, environ_overrides={"REMOTE_ADDR": by}).status_code


@pytest.mark.parametrize("way", ["application/json", "text/html"])
def test_by_default_a_client_cannot_choose_its_address(behind, way):
    http = behind(0)
    found = [asked(http, by="192.0.2.1", forwarded_for=f"203.0.113.{n}", way=way) for n in range(3)]
    assert found == [200, 200, 429]


@pytest.mark.parametrize("way", ["application/json", "text/html"])
def test_behind_a_proxy_each_client_has_a_count_of_its_own(behind, way):
    http = behind(1)
    assert [asked(http, by="10.0.0.1", forwarded_for=f"203.0.113.{n}", way=way) for n in range(3)] == [200] * 3
    again = [asked(http, by="10.0.0.1", forwarded_for="203.0.113.1", way=way) for _ in range(2)]
    assert again == [200, 429]


def test_what_the_client_wrote_before_the_proxies_is_not_believed(behind):
    http = behind(2)
    claims = [f"198.51.100.{n}, 203.0.113.7, 10.0.0.2" for n in range(3)]
    assert [asked(http, by="10.0.0.1", forwarded_for=claim) for claim in claims] == [200, 200, 429]


def test_a_header_with_fewer_entries_than_proxies_is_not_believed(behind):
    http = behind(2)
    found = [asked(http, by="10.0.0.1", forwarded_for=f"203.0.113.{n}") for n in range(3)]
    assert found == [200, 200, 429]


@pytest.mark.parametrize(
    ("proxies", "believed"),
    [(0, ("http", "localhost", "127.0.0.1")), (1, ("https", "xiehui.example", "203.0.113.7"))],
)
def test_scheme_and_host_are_believed_for_exactly_as_many(proxies, believed):
    seen = []

    def application(environ, start_response):
        seen.append((environ["wsgi.url_scheme"], environ["HTTP_HOST"], environ["REMOTE_ADDR"]))
        start_response("200 OK", [])
        return []

    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "xiehui.example", "X-Forwarded-For": "203.0.113.7"}
    Client(behind_proxies(proxies, application)).get(
        "/", headers=headers, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}
    )
    assert seen == [believed]


def test_the_number_is_a_number(monkeypatch):
    monkeypatch.setenv("XIEHUI_TRUSTED_PROXIES", "2")
    assert from_environment().trusted_proxies == 2
    for wrong in ("-1", "10.0.0.1"):
        monkeypatch.setenv("XIEHUI_TRUSTED_PROXIES", wrong)
        with pytest.raises(ValueError, match="TRUSTED_PROXIES"):
            from_environment()

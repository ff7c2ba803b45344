"""Which pages may read answers, on the short way and on Flask's, and on problems."""

import pytest

from gateway.app import create_app
from shared.errors import Unavailable
from shared.settings import Settings, from_environment

HOME, OTHER = "https://portal.example", "https://other.example"
BATCHES = "/v1/certification/batches"
EVERYWHERE = ["/", "/docs", "/openapi.json", "/healthz", "/static/site.css", BATCHES, "/v1/nowhere", "/nowhere"]


@pytest.fixture
def http(front, tmp_path):
    """Somebody at a gateway whose answers the pages of ``HOME`` may read."""
    app = create_app(Settings(state=tmp_path, cors_origins=(HOME,)), client=front.services, observer=False)
    for offer in front.app.table.current.offers.values():
        app.table.hear(offer.manifest)
    return app.test_client()


def names(answer):
    return {name for name, _ in answer.headers.items() if name.startswith("Access-Control")}


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("path", EVERYWHERE)
def test_pages_of_a_listed_origin_may_read_every_answer(http, path, accept):
    answer = http.get(path, headers={"Origin": HOME, "Accept": accept})
    assert answer.headers.getlist("Access-Control-Allow-Origin") == [HOME]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    for name in ("ETag", "Location", "X-Correlation-Id", "Retry-After", "RateLimit-Remaining"):
        assert name in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers.getlist("Vary")


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize("origin", [OTHER, "null", "https://portal.example.evil.example", "http://portal.example", "*"])
def test_pages_of_any_other_origin_may_not(http, path, origin):
    answer = http.get(path, headers={"Origin": origin})
    assert names(answer) == set()
    assert "Origin" in answer.headers.getlist("Vary"), "a cache must not give this answer to a page that may read it"


def test_problems_can_be_read_as_well(http, front):
    front.services.answers["list_batches"] = Unavailable("总线", "The bus", retry_after=2)
    answer = http.get(BATCHES, headers={"Origin": HOME})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (503, HOME)
    answer = http.post(BATCHES, data=b"{", content_type="application/json", headers={"Origin": HOME})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (400, HOME)


def test_a_browser_that_asks_first_is_told_what_it_may_send(http, front):
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,if-match"}
    answer = http.options(f"{BATCHES}/7", headers={"Origin": HOME, **asked})
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == HOME
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    for name in ("Authorization", "Idempotency-Key", "If-Match", "Content-Type"):
        assert name in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Correlation-Id"]
    assert front.services.calls == []


def test_another_origin_that_asks_first_is_told_nothing(http):
    answer = http.options(BATCHES, headers={"Origin": OTHER, "Access-Control-Request-Method": "POST"})
    assert answer.status_code == 204
    assert names(answer) == set()


def test_options_of_a_program_stays_what_it_is(http):
    answer = http.options(BATCHES, headers={"Origin": HOME})
    assert (answer.status_code, answer.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")


def test_by_default_no_page_of_another_site_may_read_anything(front):
    for path in EVERYWHERE:
        answer = front.http.get(path, headers={"Origin": HOME})
        assert names(answer) == set()
        assert "Origin" not in answer.headers.getlist("Vary")


def test_origins_are_exact_and_never_all(monkeypatch):
    monkeypatch.setenv("XIEHUI_CORS_ORIGINS", f"{HOME},http://localhost:5173")
    assert from_environment().cors_origins == (HOME, "http://localhost:5173")
    for wrong in ("*", f"{HOME}/", "portal.example", "https://*.example", f"{HOME}/app", "null"):
        monkeypatch.setenv("XIEHUI_CORS_ORIGINS", wrong)
        with pytest.raises(ValueError, match="CORS_ORIGINS"):
            from_environment()

"""The demonstration's client is one that an association may go away under: it repeats, and does nothing twice."""

from collections.abc import Callable

import httpx
import pytest

from demo import client as module
from demo.client import AnswerNotKept, Client, Surprise

Answer = httpx.Response | type[httpx.TransportError]
AWAY = httpx.Response(503, json={"code": "service-away"}, headers={"Retry-After": "5"})
LATE = httpx.Response(504, json={"code": "deadline-exceeded"})
PROBLEM = {"Content-Type": "application/problem+json"}
NOT_KEPT = httpx.Response(409, json={"code": "answer-not-kept"}, headers=PROBLEM)
WITHDRAWN = httpx.Response(401, json={"code": "token-withdrawn"}, headers=PROBLEM)
EXPIRED = httpx.Response(401, json={"code": "token-expired"}, headers=PROBLEM)
FINE = httpx.Response(200, json={"ok": True})
SESSION = httpx.Response(201, json={"access_token": "fresh"})

Make = Callable[..., tuple[Client, list[httpx.Request]]]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Make:
    """``make(answer, …)``: a client that gets these answers, one after the other, and what it asked."""
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.0)

    def made(*answers: Answer, **options: float) -> tuple[Client, list[httpx.Request]]:
        coming, asked = list(answers), list[httpx.Request]()

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            found = coming.pop(0) if len(coming) > 1 else coming[0]
            if isinstance(found, httpx.Response):
                return found
            raise found("gone")

        client = Client("http://127.0.0.1:1", **options)
        client._http = httpx.Client(base_url=client.address, transport=httpx.MockTransport(answer))
        return client, asked

    return made


def keys(asked: list[httpx.Request]) -> set[str | None]:
    return {request.headers.get("Idempotency-Key") for request in asked}


@pytest.mark.parametrize("lost", [AWAY, LATE, httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError])
def test_a_command_is_repeated_under_one_key_until_it_is_answered(make: Make, lost: Answer) -> None:
    client, asked = make(lost, lost, FINE)
    assert client.post("/v1/x", {"a": 1}) == {"ok": True}
    assert len(asked) == 3
    assert len({request.content for request in asked}) == 1
    assert len(keys(asked)) == 1
    assert None not in keys(asked)
    client.post("/v1/x", {"a": 1})
    assert len(keys(asked)) == 2, "another command, another key"


def test_a_read_is_repeated_without_one(make: Make) -> None:
    client, asked = make(httpx.ConnectError, FINE)
    assert client.get("/v1/x") == {"ok": True}
    assert (len(asked), keys(asked)) == (2, {None})


def test_patience_ends(make: Make) -> None:
    client, asked = make(AWAY, patience=0.05)
    with pytest.raises(Surprise, match=r"not answered within 0\.05 s, at last 503"):
        client.get("/v1/x")
    assert len(asked) > 1


def test_a_refusal_is_an_answer(make: Make) -> None:
    client, asked = make(httpx.Response(409, json={"code": "refused"}, headers=PROBLEM))
    assert client.refused("POST", "/v1/x", 409, {})["code"] == "refused"
    with pytest.raises(Surprise, match="409"):
        client.post("/v1/x")
    assert len(asked) == 2


@pytest.mark.parametrize("refused", [EXPIRED, WITHDRAWN])
def test_whose_token_ran_out_signs_in_again_and_repeats_under_the_same_key(make: Make, refused: Answer) -> None:
    client, asked = make(refused, SESSION, FINE)
    client._credentials = ("clerk", "password")
    client._http.headers["Authorization"] = "Bearer old"
    assert client.post("/v1/x") == {"ok": True}
    first, session, again = asked
    assert session.url.path == "/v1/membership/sessions"
    assert "Authorization" not in session.headers
    assert again.headers["Authorization"] == "Bearer fresh"
    assert again.headers["Idempotency-Key"] == first.headers["Idempotency-Key"]


def test_a_secret_that_got_lost_is_asked_for_anew_under_another_key(make: Make) -> None:
    client, asked = make(httpx.ReadError, NOT_KEPT, FINE)
    assert client.anew("/v1/x") == {"ok": True}
    lost, known, anew = asked
    assert lost.headers["Idempotency-Key"] == known.headers["Idempotency-Key"] != anew.headers["Idempotency-Key"]
    client, _ = make(NOT_KEPT)
    with pytest.raises(AnswerNotKept):
        client.post("/v1/x")

"""What the API promises to every client, through a running association (DESIGN: the API, the same everywhere)."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.identity.keys import Keyring
from shared.identity.principals import issue_access
from shared.standards.identity_number import IdentityNumber
from shared.testing.association import eventually
from shared.testing.processes import Caller

ARTICLES, FEES = "/v1/publishing/articles", "/v1/finance/manuscript-fees"
ARTICLE = {"title": "三晋通信人", "body": "通信保障无小事。", "column": "association_news"}


@pytest.fixture(scope="module")
def anybody(front: Any) -> Caller:
    caller: Caller = front.anybody
    return caller


@pytest.fixture(scope="module")
def author(anybody: Caller) -> Caller:
    return anybody.as_("correspondent", unit=str(uuid4()))


def pieces(size: int) -> Iterator[bytes]:
    """A body whose length is not told beforehand."""
    yield b'{"title": "'
    for _ in range(size // 10_000):
        yield b"x" * 10_000
    yield b'"}'


JSON = {"Content-Type": "application/json"}
REFUSED: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "not JSON": ("POST", ARTICLES, {"content": b'{"title": ', "headers": JSON}, 400, "malformed"),
    "a list": ("POST", ARTICLES, {"json": [ARTICLE]}, 400, "malformed"),
    "NaN": ("POST", ARTICLES, {"content": b'{"title": NaN}', "headers": JSON}, 400, "malformed"),
    "a field twice": (
        "POST",
        ARTICLES,
        {"content": b'{"title": "a", "title": "b"}', "headers": JSON},
        400,
        "malformed",
    ),
    "not UTF-8": (
        "POST",
        ARTICLES,
        {"content": '{"title": "三晋"}'.encode("gb18030"), "headers": JSON},
        400,
        "malformed",
    ),
    "a bad key": ("POST", ARTICLES, {"json": ARTICLE, "headers": {"Idempotency-Key": "a b"}}, 400, "malformed"),
    "a form": ("POST", ARTICLES, {"data": ARTICLE}, 415, "unsupported-media-type"),
    "text": (
        "POST",
        ARTICLES,
        {"content": b"{}", "headers": {"Content-Type": "text/plain"}},
        415,
        "unsupported-media-type",
    ),
    "no type": ("POST", ARTICLES, {"content": b"{}"}, 415, "unsupported-media-type"),
    "too large": ("POST", ARTICLES, {"json": {**ARTICLE, "body": "x" * 300_000}}, 413, "too-large"),
    "too large, in pieces": ("POST", ARTICLES, {"content": pieces, "headers": JSON}, 413, "too-large"),
    "an unknown field": ("POST", ARTICLES, {"json": {**ARTICLE, "fee": "100.00"}}, 422, "invalid"),
    "a missing field": ("POST", ARTICLES, {"json": {"title": "三晋"}}, 422, "invalid"),
    "an unknown query": ("GET", ARTICLES, {"params": {"stat": "submitted"}}, 422, "invalid"),
    "a page too long": ("GET", ARTICLES, {"params": {"limit": "201"}}, 422, "invalid"),
    "no number": ("GET", ARTICLES, {"params": {"limit": "many"}}, 422, "invalid"),
    "an order nobody has": ("GET", ARTICLES, {"params": {"sort": "body"}}, 422, "invalid"),
    "a made-up cursor": ("GET", ARTICLES, {"params": {"cursor": "bm90IG91cnM"}}, 422, "invalid"),
    "said twice": ("GET", f"{ARTICLES}?state=submitted&state=published", {}, 400, "malformed"),
    "no id": ("GET", f"{ARTICLES}/7", {}, 422, "invalid"),
    "nothing of this id": ("GET", f"{ARTICLES}/{uuid4()}", {}, 404, "not-found"),
    "no such path": ("GET", "/v1/publishing/articels", {}, 404, "no-such-path"),
    "no such service": ("GET", "/v1/publishin/articles", {}, 404, "no-such-path"),
    "outside of /v1": ("GET", "/publishing/articles", {}, 404, "no-such-path"),
    "another method": ("PATCH", ARTICLES, {"json": {}}, 405, "method-not-allowed"),
    "another role": ("GET", FEES, {}, 403, "not-permitted"),
    "another role's command": ("POST", "/v1/publishing/issues", {"json": {}}, 403, "not-permitted"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_a_problem_in_the_language_asked_for(author: Caller, case: str) -> None:
    method, path, sent, status, code = REFUSED[case]
    content = {"content": pieces(400_000)} if sent.get("content") is pieces else {}
    chinese = author.problem(method, path, status, **{**sent, **content})
    assert set(chinese) >= {"type", "title", "status", "detail", "code", "correlation_id"}
    assert (chinese["code"], chinese["type"]) == (code, f"urn:xiehui:problem:{code}")
    assert re.search("[一-鿿]", chinese["title"] + chinese["detail"])

    content = {"content": pieces(400_000)} if content else {}
    headers = {**sent.get("headers", {}), "Accept-Language": "en-GB, zh;q=0.5"}
    english = author.problem(method, path, status, **{**sent, **content, "headers": headers})
    assert english["code"] == code
    assert not re.search("[一-鿿]", english["title"] + english["detail"])
    assert ("errors" in english) == (code == "invalid") == ("errors" in chinese)


def test_what_is_wrong_with_a_field_stands_beside_its_name(author: Caller) -> None:
    problem = author.problem("POST", ARTICLES, 422, json={"title": "三" * 201, "column": "gossip", "fee": "1.00"})
    assert set(problem["errors"]) == {"title", "column", "fee", "body"}


def test_a_method_that_does_not_apply_comes_with_those_that_do(author: Caller) -> None:
    answer = author.ask("PATCH", ARTICLES, 405, json={})
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}
    answer = author.ask("OPTIONS", ARTICLES, 204)
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}


# --- who asks -----------------------------------------------------------------------------------------------


def test_nobody_is_asked_to_sign_in(anybody: Caller) -> None:
    answer = anybody.ask("GET", ARTICLES, 401)
    assert answer.json()["code"] == "unauthenticated"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="xiehui"'
    assert anybody.get("/v1/certification/occupations")["items"], "what is public needs no token"


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Bearer a.b.c", "Basic YWRtaW46YWRtaW4=", "Bearer {}", "x"])
def test_a_token_that_does_not_hold_is_told_so(anybody: Caller, author: Caller, header: str) -> None:
    # What {} stands for: a token of which the last letters were changed.
    forged = header.format(f"{author.token[:-6]}AAAAAA" if author.token else "")
    answer = anybody.ask("GET", ARTICLES, 401, headers={"Authorization": forged})
    assert answer.json()["code"] == "bad-token"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="xiehui", error="invalid_token"'


def test_a_token_of_a_service_that_signs_nobody_in_or_of_yesterday_does_not_hold(front: Any, anybody: Caller) -> None:
    keys = front.log.parent / "keys"
    someone = {"account": str(uuid4()), "person": str(uuid4()), "session": str(uuid4()), "roles": ["editor"]}
    other = issue_access(Keyring.load(keys, "finance"), **someone)
    late = issue_access(Keyring.load(keys, "membership"), **someone, lifetime=timedelta(seconds=-1))
    for token, code in ((other, "bad-token"), (late, "token-expired")):
        answer = anybody.ask("GET", ARTICLES, 401, headers={"Authorization": f"Bearer {token}"})
        assert answer.json()["code"] == code
        assert "invalid_token" in answer.headers["WWW-Authenticate"]


@pytest.mark.rule(id="M11")
def test_a_wrong_name_and_a_wrong_password_are_told_alike(anybody: Caller) -> None:
    told = []
    for username in ("admin", f"nobody-{uuid4().hex[:8]}"):
        sent = {"username": username, "password": "一个错误的密码"}
        problem = anybody.problem("POST", "/v1/membership/sessions", 401, json=sent)
        told.append({name: problem[name] for name in ("title", "detail", "code")})
    assert told[0] == told[1]


# --- commands, versions, pages ------------------------------------------------------------------------------


def test_the_same_key_and_body_is_carried_out_once(author: Caller, anybody: Caller) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first = author.post(ARTICLES, ARTICLE, **key)
    assert author.post(ARTICLES, ARTICLE, **key) == first
    assert author.post(ARTICLES, ARTICLE)["id"] != first["id"], "without a key it is another article"

    other = {**ARTICLE, "title": "另一篇"}
    conflict = author.problem("POST", ARTICLES, 409, json=other, headers=key)
    assert conflict["code"] == "idempotency-conflict"
    neighbour = anybody.as_("correspondent", unit=str(uuid4()))
    assert neighbour.post(ARTICLES, other, **key)["id"] != first["id"], "a key belongs to whoever sent it"


def test_a_key_sent_many_times_at_once_is_carried_out_once(author: Caller) -> None:
    key, article = {"Idempotency-Key": str(uuid4())}, {**ARTICLE, "title": f"一次 {uuid4()}"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: author.post(ARTICLES, article, **key)["id"], range(8)))
    assert len(set(answers)) == 1


def test_a_refusal_is_no_answer_to_keep(author: Caller) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    author.problem("POST", ARTICLES, 422, json={**ARTICLE, "column": "gossip"}, headers=key)
    assert author.post(ARTICLES, ARTICLE, **key)["state"] == "submitted"


def test_a_change_names_the_version_it_changes(author: Caller) -> None:
    made = author.ask("POST", ARTICLES, 201, json=ARTICLE)
    place = made.headers["Location"]
    tag = author.ask("GET", place).headers["ETag"]
    assert made.headers["ETag"] == tag

    revised = {**ARTICLE, "title": "改过的标题"}
    assert author.problem("PUT", place, 428, json=revised)["code"] == "version-required"
    assert author.problem("PUT", place, 412, json=revised, headers={"If-Match": '"99"'})["code"] == "stale-version"
    assert author.get(place)["title"] == ARTICLE["title"]

    changed = author.ask("PUT", place, json=revised, headers={"If-Match": tag})
    assert changed.headers["ETag"] != tag
    assert author.problem("PUT", place, 412, json=ARTICLE, headers={"If-Match": tag})
    assert author.get(place)["title"] == "改过的标题"

    kept = author.ask("GET", place, 304, headers={"If-None-Match": changed.headers["ETag"]})
    assert kept.content == b""


def test_a_list_is_walked_page_by_page_while_rows_are_added(author: Caller) -> None:
    mark = uuid4().hex[:8]
    made = [author.post(ARTICLES, {**ARTICLE, "title": f"{mark} {n}"})["id"] for n in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = author.get(ARTICLES, sort="-submitted", limit=2, **cursor)
        assert len(page["items"]) <= 2
        seen += [item["id"] for item in page["items"]]
        author.post(ARTICLES, {**ARTICLE, "title": f"{mark} later"})
        if page["next"] is None or set(made) <= set(seen):
            break
        cursor = {"cursor": page["next"]}
    assert [found for found in seen if found in made] == made[::-1]
    assert len(seen) == len(set(seen))
    assert author.problem("GET", ARTICLES, 422, params={"sort": "title", **cursor})["errors"].keys() == {"cursor"}


# --- from end to end ----------------------------------------------------------------------------------------


def test_one_correlation_id_leads_from_http_to_the_last_handler(front: Any, press: Callable[..., Any]) -> None:
    front.set_clock("2021-02-01T09:00:00+08:00")
    office, correlation = press(front.anybody), f"trace-{uuid4()}"
    article, issue = office.prepare()
    answer = office.editor.ask(
        "POST", f"/v1/publishing/issues/{issue}/publication", json={}, headers={"X-Correlation-Id": correlation}
    )
    assert answer.headers["X-Correlation-Id"] == correlation
    (fee,) = eventually(lambda: office.fees(article))
    assert (fee["amount"], fee["state"]) == ("150.00", "accrued")

    asked = front.logged(correlation_id=correlation, event="operation")
    assert [(line["service"], line["operation"], line["status"]) for line in asked] == [
        ("publishing", "publish_issue", 200)
    ]
    heard = eventually(lambda: front.logged(correlation_id=correlation, event="event", service="finance"))
    assert [(line["type"], line["outcome"]) for line in heard] == [("article.published.v1", "done")]

    problem = office.author.problem("GET", "/v1/nowhere", 404, headers={"X-Correlation-Id": "not a token!"})
    assert re.fullmatch("[0-9a-f-]{36}", problem["correlation_id"])


@pytest.mark.rule(id="X5")
def test_nothing_personal_and_no_token_stands_in_the_log(front: Any, anybody: Caller, author: Caller) -> None:
    registrar = anybody.as_("administrator")
    number = IdentityNumber.make("999999", date(1990, 3, 7), uuid4().int % 1000).reveal()
    sent = {"name": "汾水样例", "identity_number": number, "identity_consent": True}
    person = registrar.post("/v1/membership/people", sent)
    assert person["identity_last4"] == number[-4:]
    again = registrar.problem("POST", "/v1/membership/people", 409, json={**sent, "name": "汾水样例二"})
    assert again["rule"] == "X5"
    wrong = registrar.problem("POST", "/v1/membership/people", 409, json={**sent, "identity_number": number[:-1] + "?"})
    assert number[:-1] not in json.dumps([again, wrong])

    log = front.log.read_text()
    for secret in (number, number[:-1], "汾水样例", str(author.token), str(registrar.token)):
        assert secret not in log
    assert json.loads(log.splitlines()[-1])


def test_a_public_record_is_a_page_for_a_browser_and_data_for_programs(anybody: Caller) -> None:
    path, browser = "/v1/certification/certificates/S000014000001203999999/check", {"Accept": "text/html"}
    assert anybody.problem("GET", path, 404)["code"] == "certificate-unknown"
    page = anybody.ask("GET", path, 404, headers=browser)
    assert page.headers["content-type"].startswith("text/html")
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_it_can_be_watched(anybody: Caller) -> None:
    assert anybody.get("/healthz") == {"status": "ok"}
    state = anybody.get("/readyz")
    assert (state["ready"], state["bus"]) == (True, "up")
    assert set(state["services"].values()) == {"up"}
    metrics = anybody.ask("GET", "/metrics").text
    for counted in (
        'xiehui_requests_total{operation="submit_article",service="publishing",status="201"}',
        'xiehui_operations_total{operation="submit_article",service="publishing",status="201"}',
        'xiehui_events_heard_total{outcome="done",service="finance",type="article.published.v1"}',
    ):
        assert counted in metrics, counted


def test_clients_that_hang_up_leave_the_others_alone(anybody: Caller, author: Caller) -> None:
    host, _, port = anybody.address.removeprefix("http://").partition(":")
    for said in (b"", b"GET /openapi.json HTTP/1.1\r\n", b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n") * 10:
        with socket.create_connection((host, int(port))) as hurried:
            hurried.sendall(said)
    unfinished = b"POST /v1/membership/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"
    with socket.create_connection((host, int(port))) as slow:
        slow.sendall(unfinished)
        assert author.ask("GET", ARTICLES, 200)


# --- the audit trail ----------------------------------------------------------------------------------------


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize("service", ["certification", "finance", "governance", "membership", "publishing"])
def test_an_inspector_reads_every_audit_trail_and_changes_nothing(anybody: Caller, service: str) -> None:
    inspector = anybody.as_("inspector")
    span = {"from": "2020-01-01T00:00:00+08:00", "to": "2100-01-01T00:00:00+08:00"}
    assert "items" in inspector.get(f"/v1/{service}/audit", sort="-at", **span)
    assert inspector.get(f"/v1/{service}/audit", to=span["from"])["items"] == []
    assert inspector.get(f"/v1/{service}/audit/verdict")["holds"]
    inspector.problem("GET", f"/v1/{service}/dead-letters", 403)
    wrong = inspector.problem("GET", f"/v1/{service}/audit", 422, params={"from": "yesterday"})
    assert list(wrong["errors"]) == ["from"]

import base64
from urllib.parse import unquote

import pytest
from werkzeug.http import parse_options_header

from gateway.app import create_app
from shared.errors import Broken, NotFound, Refused, Unauthenticated, Unavailable
from shared.settings import Settings

BATCHES = "/v1/certification/batches"
ID = "0192f0c1-2a7b-7cc3-98a4-5d1f0e6b7a90"
CHECK = "/v1/certification/checks/S000014000001203000001"


def refused(problem, language="zh"):
    """A problem as a service answers it."""
    return {"status": problem.status, "problem": {**problem.as_dict(language), "correlation_id": "c-1"}}


def test_an_answer_is_what_the_service_said(front):
    body = {"id": ID, "amount": "1234.50", "name": "呼叫中心服务员", "note": None}
    front.services.answers["get_batch"] = {"status": 200, "body": body, "etag": '"3"'}
    answer = front.http.get(f"{BATCHES}/{ID}")
    assert (answer.status_code, answer.content_type, answer.json) == (200, "application/json", body)
    assert answer.headers["ETag"] == '"3"'


def test_nothing_to_say_is_204(front):
    front.services.answers["drop_batch"] = {"status": 204, "body": None}
    answer = front.http.delete(f"{BATCHES}/{ID}", headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers


def test_an_empty_list_is_an_answer(front):
    front.services.answers["list_batches"] = {"status": 200, "body": {"items": [], "next": None}}
    assert front.http.get(BATCHES).json == {"items": [], "next": None}


def test_a_new_thing_has_an_address(front):
    front.services.answers["plan_batch"] = {"status": 201, "body": {"id": ID}}
    answer = front.http.post(BATCHES, json={})
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{BATCHES}/{ID}")


def test_a_thing_made_under_another_is_found_in_its_own_collection(front):
    front.hear(
        "finance",
        front.entry("POST /articles/{id}/fees", "make_fee", kind="create", status=201),
        front.entry("GET /fees/{id}", "get_fee"),
        front.entry("POST /notes", "make_note", kind="create", status=201),
    )
    for name in ("make_fee", "make_note"):
        front.services.answers[name] = {"status": 201, "body": {"id": ID}}
    assert front.http.post("/v1/finance/articles/7/fees").headers["Location"] == f"/v1/finance/fees/{ID}"
    assert "Location" not in front.http.post("/v1/finance/notes").headers


def test_long_work_has_an_address_among_the_jobs(front):
    front.services.answers["import_enrolments"] = {"status": 202, "body": {"id": ID, "state": "waiting"}}
    answer = front.http.post(f"{BATCHES}/{ID}/enrolments", json={})
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/v1/certification/jobs/{ID}")


@pytest.mark.parametrize(
    "filename", ["certificate.pdf", "证书 S1.pdf", 'a"b.pdf', "a;b%20'.pdf", "上/下\\.pdf", "x\r\ny.pdf"]
)
def test_a_file_comes_with_its_name_in_any_script(front, filename):
    content = b"%PDF-1.7 \x00\xff"
    front.services.answers["download_sheet"] = {
        "status": 200,
        "file": {
            "filename": filename,
            "content_type": "application/pdf",
            "content": base64.b64encode(content).decode(),
        },
    }
    answer = front.http.get(f"{BATCHES}/{ID}/sheet")
    assert (answer.status_code, answer.data, answer.content_type) == (200, content, "application/pdf")
    kind, options = parse_options_header(answer.headers["Content-Disposition"])
    plain = "".join(ch for ch in filename if ch >= " ").replace("/", "_").replace("\\", "_")
    assert kind == "attachment"
    assert unquote(options["filename"]) == plain or options["filename"] == plain
    assert answer.headers["Content-Disposition"].isascii()


def test_a_refusal_carries_its_rule(front):
    front.services.answers["plan_batch"] = refused(
        Refused("C5", "成绩不合格", "The score does not pass", field="score")
    )
    answer = front.http.post(BATCHES, json={})
    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    assert answer.json["rule"] == "C5"
    assert answer.json["errors"] == {"score": ["成绩不合格"]}


def test_a_problem_raised_on_the_way_has_the_same_form(front):
    front.services.answers["list_batches"] = Unavailable("总线", "The bus", code="bus-away", retry_after=2)
    answer = front.http.get(BATCHES, headers={"Accept-Language": "en", "X-Correlation-Id": "c-7"})
    assert answer.json == {
        "type": "urn:xiehui:problem:bus-away",
        "title": "Not available right now",
        "status": 503,
        "detail": "The bus",
        "code": "bus-away",
        "retry_after": 2,
        "correlation_id": "c-7",
    }
    assert answer.headers["Retry-After"] == "2"


def test_whoever_is_not_known_is_told_how_to_be(front):
    front.services.answers["list_batches"] = refused(Unauthenticated("请先登录", "Sign in first"))
    answer = front.http.get(BATCHES)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="xiehui"')
    front.services.answers["list_batches"] = refused(Unauthenticated("过期", "Expired", code="token-expired"))
    assert 'error="invalid_token"' in front.http.get(BATCHES).headers["WWW-Authenticate"]


@pytest.mark.parametrize("broken", [RuntimeError("secret detail"), Broken("内部错误", "broken"), KeyError("x")])
def test_what_breaks_is_a_problem_that_tells_nothing_but_its_number(front, broken):
    front.services.answers["list_batches"] = broken
    answer = front.http.get(BATCHES)
    assert (answer.status_code, answer.json["code"]) == (500, "broken")
    assert answer.json["correlation_id"] == answer.headers["X-Correlation-Id"]
    assert "secret" not in answer.text


def test_an_answer_without_form_is_our_fault(front):
    front.services.answers["list_batches"] = {"body": {"items": []}}
    assert front.http.get(BATCHES).status_code == 500


def test_every_answer_bears_its_correlation_id(front):
    for path in (
        "/",
        "/docs",
        "/openapi.json",
        "/healthz",
        "/readyz",
        "/metrics",
        BATCHES,
        "/nowhere",
        "/static/site.css",
    ):
        answer = front.http.get(path, headers={"X-Correlation-Id": "c-9"})
        assert answer.headers["X-Correlation-Id"] == "c-9", path


def test_what_belongs_to_somebody_is_not_kept_on_the_way(front):
    assert front.http.get(BATCHES).headers["Cache-Control"] == "no-store"
    assert front.http.get(CHECK, headers={"Authorization": "Bearer x"}).headers["Cache-Control"] == "no-store"
    assert front.http.post("/v1/certification/sessions", json={}).headers["Cache-Control"] == "no-store"
    assert front.http.get(CHECK).headers["Cache-Control"] == "no-cache"
    assert "Authorization" in front.http.get(CHECK).headers["Vary"]


@pytest.mark.rule(id="X12")
def test_search_engines_are_asked_to_stay_away_from_records(front):
    for accept in ("application/json", "text/html"):
        assert "noindex" in front.http.get(CHECK, headers={"Accept": accept}).headers["X-Robots-Tag"]
    front.services.answers["check_certificate"] = refused(NotFound("没有", "None"))
    assert "noindex" in front.http.get(CHECK).headers["X-Robots-Tag"]


def test_a_version_one_has_is_not_sent_again(front):
    front.services.answers["get_batch"] = {"status": 200, "body": {"id": ID}, "etag": '"3"'}
    same = front.http.get(f"{BATCHES}/{ID}", headers={"If-None-Match": '"3"'})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", '"3"')
    assert front.http.get(f"{BATCHES}/{ID}", headers={"If-None-Match": '"2"'}).status_code == 200


def test_a_command_is_answered_whatever_version_one_has(front):
    front.services.answers["change_batch"] = {"status": 200, "body": {"id": ID}, "etag": '"3"'}
    headers = {"If-Match": '"2"', "If-None-Match": '"3"'}
    answer = front.http.put(f"{BATCHES}/{ID}", json={}, headers=headers)
    assert (answer.status_code, answer.json) == (200, {"id": ID})


def test_data_is_the_answer_unless_a_page_is_asked_for(front):
    for accept in (None, "*/*", "application/json", "text/csv", "application/json, text/html"):
        answer = front.http.get(CHECK, headers={"Accept": accept} if accept else {})
        assert answer.content_type == "application/json", accept


EVERYWHERE = [
    "/", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics", "/static/site.css", "/static/nothing.css",
    BATCHES, CHECK, "/v1/nowhere", "/v1", "/nowhere", "/testing/clock",
]  # fmt: skip


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_browsers_are_kept_from_what_they_should_not_do(front, method, path, accept):
    headers = front.http.open(path, method=method, headers={"Accept": accept}).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    (policy,) = headers.getlist("Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "max-age" in headers["Strict-Transport-Security"]
    (kept,) = headers.getlist("Cache-Control")
    assert kept == "no-store" or path in ("/docs", "/openapi.json", CHECK, "/static/site.css")


def test_without_https_browsers_are_not_told_to_stay_with_it(tmp_path):
    app = create_app(Settings(state=tmp_path), observer=False)
    assert "Strict-Transport-Security" not in app.test_client().get("/").headers

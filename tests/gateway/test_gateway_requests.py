import base64
import io
import uuid

import pytest

from gateway.app import create_app
from shared.settings import Settings

BATCHES = "/v1/certification/batches"
ONE = f"{BATCHES}/0192f0c1-2a7b-7cc3-98a4-5d1f0e6b7a90"


def code(answer):
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    return answer.status_code, answer.json["code"]


def test_a_body_becomes_arguments(front):
    front.http.post(BATCHES, json={"name": "二〇二〇年第一批", "amount": "1234.50"})
    call = front.services.last
    assert (call.service, call.operation) == ("certification", "plan_batch")
    assert call.arguments == {"name": "二〇二〇年第一批", "amount": "1234.50"}


def test_path_and_body_come_together(front):
    front.http.put(ONE, json={"name": "甲"})
    assert front.services.last.arguments == {"id": ONE.rpartition("/")[2], "name": "甲"}


def test_what_a_field_may_hold_is_not_the_gateways_business(front):
    front.http.post(BATCHES, json={"name": 5, "amount": None, "unheard": [1.5, {"of": True}]})
    assert front.services.last.arguments == {"name": 5, "amount": None, "unheard": [1.5, {"of": True}]}


def test_a_command_may_come_without_a_body(front):
    assert front.http.post(BATCHES).status_code == 200
    assert front.services.last.arguments == {}


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "a"',
        b'{"name": 1, "name": 2}',
        b'{"name": NaN}',
        b"[]",
        b"null",
        b"\xff",
        b'{"a":' * 40 + b"1" + b"}" * 40,
    ],
)
def test_a_body_that_could_be_misread_is_refused_with_its_place(front, body):
    answer = front.http.post(BATCHES, data=body, content_type="application/json")
    assert code(answer) == (400, "malformed")
    assert "行" in answer.json["detail"]
    english = front.http.post(BATCHES, data=body, content_type="application/json", headers={"Accept-Language": "en"})
    assert "line" in english.json["detail"]
    assert front.services.calls == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "", None])
def test_only_json_is_taken(front, kind):
    assert code(front.http.post(BATCHES, data=b"{}", content_type=kind)) == (415, "unsupported-media-type")


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "application/merge-patch+json"]
)
def test_json_may_be_called_by_its_names(front, kind):
    assert front.http.post(BATCHES, data=b'{"name": "a"}', content_type=kind).status_code == 200


def test_a_form_is_taken_only_where_a_file_is(front):
    answer = front.http.post(BATCHES, data={"name": "a"}, content_type="multipart/form-data")
    assert code(answer) == (415, "unsupported-media-type")


def test_a_file_in_a_form_becomes_name_and_content(front):
    form = {"sheet": (io.BytesIO(b"PK\x03\x04"), "报名表.xlsx"), "rest": "true", "note": "[1]"}
    answer = front.http.post(f"{ONE}/enrolments", data=form, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert front.services.last.arguments == {
        "id": ONE.rpartition("/")[2],
        "sheet": {"filename": "报名表.xlsx", "content": base64.b64encode(b"PK\x03\x04").decode()},
        "rest": "true",
        "note": "[1]",
    }


def test_a_file_may_come_in_json_too(front):
    sheet = {"filename": "a.xlsx", "content": "UEs="}
    front.http.post(f"{ONE}/enrolments", json={"sheet": sheet})
    assert front.services.last.arguments["sheet"] == sheet


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--x", "multipart/form-data"),
        (b"no parts at all", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="sheet"; filename="a"\r\n\r\nPK',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(front, body, kind):
    assert code(front.http.post(f"{ONE}/enrolments", data=body, content_type=kind)) == (400, "malformed")


def test_a_part_given_twice_is_refused(front):
    form = {"sheet": [(io.BytesIO(b"a"), "a"), (io.BytesIO(b"b"), "b")]}
    answer = front.http.post(f"{ONE}/enrolments", data=form, content_type="multipart/form-data")
    assert code(answer) == (400, "malformed")


def test_a_body_over_the_limit_is_refused(front):
    at_limit = b'{"name": "' + b"a" * (2000 - 12) + b'"}'
    assert front.http.post(BATCHES, data=at_limit, content_type="application/json").status_code == 200
    over = front.http.post(BATCHES, data=at_limit + b" ", content_type="application/json")
    assert code(over) == (413, "too-large")


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_no_way_takes_a_body_over_the_limit(front, method, accept):
    headers = {"Accept": accept}
    path = BATCHES if method == "POST" else ONE
    told = front.http.open(path, method=method, data=b" " * 2001, content_type="application/json", headers=headers)
    assert told.status_code == 413
    untold = front.http.open(
        path,
        method=method,
        input_stream=io.BytesIO(b" " * 5000),
        content_type="application/json",
        headers=headers,
        environ_overrides={"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True},
    )
    assert untold.status_code == 413
    assert front.services.calls == []


@pytest.mark.parametrize("bracket", ["[]", "{}"])
def test_a_body_nested_without_end_is_refused_and_breaks_nothing(front, tmp_path, bracket):
    app = create_app(Settings(state=tmp_path), client=front.services, observer=False)
    for offer in front.app.table.current.offers.values():
        app.table.hear(offer.manifest)
    opening = bracket[0] if bracket == "[]" else '{"a":'
    body = '{"name": ' + opening * 200_000 + "1" + bracket[1] * 200_000 + "}"
    answer = app.test_client().post(BATCHES, data=body, content_type="application/json")
    assert code(answer) == (400, "malformed")
    assert front.services.calls == []


def chunked(front, path, body, kind="application/json", **server):
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", **server}
    return front.http.open(
        path, method="POST", input_stream=io.BytesIO(body), content_type=kind, environ_overrides=environ
    )


def test_a_chunked_body_is_read_and_counted(front):
    terminated = {"wsgi.input_terminated": True}
    assert chunked(front, BATCHES, b'{"name": "a"}', **terminated).status_code == 200
    assert front.services.last.arguments == {"name": "a"}
    at_limit = b'{"name": "' + b"a" * (2000 - 12) + b'"}'
    assert chunked(front, BATCHES, at_limit, **terminated).status_code == 200
    assert code(chunked(front, BATCHES, at_limit + b" ", **terminated)) == (413, "too-large")
    assert code(chunked(front, BATCHES, b'{"name": "' + b"a" * 3000 + b'"}', **terminated)) == (413, "too-large")
    form = b'--x\r\nContent-Disposition: form-data; name="sheet"; filename="a"\r\n\r\n' + b"P" * 3000 + b"\r\n--x--\r\n"
    answer = chunked(front, f"{ONE}/enrolments", form, "multipart/form-data; boundary=x", **terminated)
    assert code(answer) == (413, "too-large")


def test_a_chunked_body_whose_end_the_server_does_not_know_is_never_taken_for_none(front):
    answer = chunked(front, BATCHES, b'{"name": "a"}')
    assert code(answer) == (400, "malformed")
    assert front.services.calls == []


def test_a_query_becomes_arguments(front):
    front.http.get(BATCHES + "?state=已公布&limit=10&empty=")
    assert front.services.last.arguments == {"state": "已公布", "limit": "10", "empty": ""}


def test_a_query_that_says_one_thing_twice_is_refused(front):
    assert code(front.http.get(BATCHES + "?limit=1&limit=2")) == (400, "malformed")


def test_a_field_that_holds_several_values_is_given_several_times(front):
    front.http.get(BATCHES + "?units=a&units=b")
    assert front.services.last.arguments == {"units": ["a", "b"]}
    front.http.get(BATCHES + "?units=a")
    assert front.services.last.arguments == {"units": ["a"]}


def test_a_query_that_is_no_text_is_refused(front):
    assert code(front.http.get(BATCHES + "?state=%FF")) == (400, "malformed")


def test_what_is_said_in_two_places_is_refused(front):
    assert code(front.http.put(ONE, json={"name": "a", "id": ONE.rpartition("/")[2]})) == (400, "malformed")
    assert code(front.http.put(ONE + "?name=a", json={"name": "a"})) == (400, "malformed")
    assert code(front.http.get(ONE + "?id=1")) == (400, "malformed")


def test_get_takes_no_body(front):
    answer = front.http.get(BATCHES, data=b'{"state": "a"}', content_type="application/json")
    assert code(answer) == (400, "malformed")


def test_what_goes_with_a_request_goes_with_the_call(front):
    sent = {
        "Authorization": "Bearer abc",
        "Accept-Language": "en",
        "X-Correlation-Id": "batch-2020:7",
        "Idempotency-Key": "k-1",
        "If-Match": '"3"',
        "Client-Address": "203.0.113.7",  # nobody says themselves where they are
    }
    front.http.put(ONE, json={"name": "a"}, headers=sent)
    assert front.services.last.headers == {
        "authorization": "Bearer abc",
        "accept-language": "en",
        "client-address": "127.0.0.1",
        "correlation-id": "batch-2020:7",
        "idempotency-key": "k-1",
        "if-match": '"3"',
    }


def test_every_command_has_an_idempotency_key_of_its_own(front):
    keys = []
    for _ in range(2):
        front.http.post(BATCHES, json={})
        keys.append(front.services.last.headers["idempotency-key"])
    assert keys[0] != keys[1]
    assert all(uuid.UUID(key) for key in keys)


def test_reading_needs_no_idempotency_key(front):
    front.http.get(BATCHES, headers={"Idempotency-Key": "有空 格"})
    assert front.services.last.headers["idempotency-key"] is None


@pytest.mark.parametrize("key", ["", "a b", "a\tb", "键", "k" * 201])
def test_an_idempotency_key_is_a_plain_word(front, key):
    answer = front.http.post(BATCHES, json={}, headers={"Idempotency-Key": key})
    assert code(answer) == (400, "malformed")


def test_an_idempotency_key_of_two_hundred_characters_will_do(front):
    assert front.http.post(BATCHES, json={}, headers={"Idempotency-Key": "k" * 200}).status_code == 200


@pytest.mark.parametrize("sent", ["", "a b", "x" * 101, "<script>", "-dash", "编号"])
def test_a_correlation_id_that_is_no_plain_word_is_replaced(front, sent):
    answer = front.http.get(BATCHES, headers={"X-Correlation-Id": sent})
    made = answer.headers["X-Correlation-Id"]
    assert uuid.UUID(made)
    assert front.services.last.headers["correlation-id"] == made

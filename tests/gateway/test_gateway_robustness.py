from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PATHS = st.sampled_from(
    [
        "/v1/certification/batches",
        "/v1/certification/batches/7",
        "/v1/certification/batches/7/enrolments",
        "/v1/x",
        "/docs",
        "/",
    ]
) | st.text(st.characters(exclude_characters="?#", exclude_categories=["Cs"]), max_size=20).map(
    lambda text: "/v1/certification/checks/" + text
)
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
KINDS = st.sampled_from(
    ["application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain", "a/b;c"]
)
BODIES = st.binary(max_size=80) | st.sampled_from([b"", b"{}", b'{"name": 1}', b"--x\r\n\r\n--x--\r\n", b"--x--"])
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Accept", "Accept-Language", "Idempotency-Key", "If-None-Match", "Authorization", "X-Correlation-Id"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=20)
    | st.sampled_from(["text/html", "en;q=nan", "*", "Bearer a.b.c", "text/html;q=x"]),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(METHODS, PATHS, st.text(max_size=20), KINDS, BODIES, HEADERS)
def test_whatever_is_asked_is_answered_in_form(front, method, path, query, kind, body, headers):
    front.app.limits._counts.clear()
    answer = front.http.open(path, method=method, query_string=query, content_type=kind, data=body, headers=headers)
    assert answer.status_code < 500
    assert answer.headers["X-Correlation-Id"]
    if answer.status_code >= 400 and method != "HEAD" and answer.mimetype != "text/html":
        assert answer.content_type == "application/problem+json"
        assert answer.json["status"] == answer.status_code

import shlex

import orjson
import pytest

from gateway.docs import curl, entries, type_of


@pytest.fixture
def listed(front):
    (service,) = entries(front.app.table.current, "zh", "https://front.example")
    return {operation.route.name: operation for operation in service.operations}


def test_every_operation_is_listed_with_what_one_must_know(front):
    text = front.http.get("/docs").text
    for word in (
        "认定",
        "证书查验",
        "Certificate check",
        "/v1/certification/checks/{number}",
        "公开，无需登录",
        "等级",
    ):
        assert word in text, word
    english = front.http.get("/docs?lang=en").text
    assert "Public, no sign-in" in english
    assert 'lang="en"' in english


def test_the_page_changes_with_the_routes(front):
    etag = front.http.get("/docs").headers["ETag"]
    assert front.http.get("/docs", headers={"If-None-Match": etag}).status_code == 304
    front.hear("finance", front.entry("GET /vouchers", "list_vouchers"))
    assert "/v1/finance/vouchers" in front.http.get("/docs", headers={"If-None-Match": etag}).text


def test_fields_are_told_with_their_place(listed):
    rows = [(row.name, row.place, row.required) for row in listed["change_batch"].takes]
    assert rows == [("id", "路径", True), ("name", "内容", True)]
    assert {row.place for row in listed["list_batches"].takes} == {"查询"}
    level = next(row for row in listed["check_certificate"].gives if row.name == "level")
    assert (level.label, level.notes) == ("等级", ("3 三级",))


def test_fields_inside_others_are_told_too(front):
    inner = front.schema(score={"type": "string", "title": "成绩"})
    response = front.schema(parts={"type": "array", "items": inner}, best=inner)
    front.hear("other", front.entry("GET /x", "x", response=response))
    operation = entries(front.app.table.current, "zh", "")[1].operations[0]
    assert [row.name for row in operation.gives] == ["parts", "parts[].score", "best", "best.score"]


def test_operations_are_found_by_any_of_their_words(listed):
    text = listed["check_certificate"].text
    for word in ("证书", "certificate", "checks", "public", "get", "check_certificate"):
        assert word in text


def test_the_example_is_a_command_a_shell_can_read(front):
    for route in front.app.table.current.routes():
        words = shlex.split(curl(route, "https://front.example").replace("\\\n", ""))
        assert words[0] == "curl"
        assert any(word.startswith(f"https://front.example/v1/{route.service}/") for word in words)
        assert ("-X" in words) == route.command
        if "-d" in words:
            body = orjson.loads(words[words.index("-d") + 1])
            assert route.required <= set(body) or not route.required


def test_the_example_carries_the_headers_that_are_needed(listed):
    assert "If-Match" in listed["change_batch"].curl
    assert "Idempotency-Key" in listed["plan_batch"].curl
    assert "-F sheet=@file.xlsx" in listed["import_enrolments"].curl
    assert "Authorization" not in listed["check_certificate"].curl


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": ["string", "null"], "format": "date"}, "日期"),
        ({"type": "array", "items": {"type": "integer"}}, "整数的列表"),
        ({"type": "string", "format": "binary"}, "文件"),
        ({}, "任意"),
        ({"type": "string", "format": "odd"}, "odd"),
    ],
)
def test_types_are_told_in_words(schema, kind):
    assert type_of(schema, "zh") == kind

import re

import pytest

BATCHES = "/v1/certification/batches"


@pytest.fixture
def document(front):
    return front.http.get("/openapi.json").json


def operations(document):
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_every_operation_is_described_under_its_service(document):
    assert document["openapi"] == "3.1.0"
    assert len(operations(document)) == 10
    assert {tag["name"]: tag["description"] for tag in document["tags"]} == {"certification": "认定"}
    assert {tuple(operation["tags"]) for operation in operations(document)} == {("certification",)}
    ids = [operation["operationId"] for operation in operations(document)]
    assert len(set(ids)) == len(ids)


def test_every_parameter_in_a_path_is_declared(document):
    for path, item in document["paths"].items():
        for operation in item.values():
            declared = {p["name"] for p in operation["parameters"] if p.get("in") == "path"}
            assert declared == set(re.findall(r"\{(\w+)\}", path))


def test_every_reference_leads_somewhere(document):
    def references(value):
        if isinstance(value, dict):
            yield from [value["$ref"]] if "$ref" in value else []
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    found = set(references(document))
    assert found
    for reference in found:
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_reading_takes_a_query_and_changing_a_body(document):
    listing = document["paths"][BATCHES]["get"]
    assert {p["name"] for p in listing["parameters"]} == {"state", "units"}
    assert "requestBody" not in listing
    planning = document["paths"][BATCHES]["post"]["requestBody"]
    assert planning["required"] is True
    assert planning["content"]["application/json"]["schema"]["required"] == ["name"]


def test_what_a_request_names_anywhere_may_not_be_there(document):
    assert "404" in document["paths"][BATCHES]["get"]["responses"], "a query names things too"
    assert "404" in document["paths"][BATCHES]["post"]["responses"], "and a body"


def test_what_stands_in_the_path_does_not_stand_in_the_body(document):
    body = document["paths"][BATCHES + "/{id}"]["put"]["requestBody"]["content"]["application/json"]["schema"]
    assert (set(body["properties"]), body["required"]) == ({"name"}, ["name"])


def test_a_list_answers_rows_and_a_cursor(document):
    answer = document["paths"][BATCHES]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(answer["properties"]) == {"items", "next"}
    assert set(answer["properties"]["items"]["items"]["properties"]) == {"id", "name"}


def test_headers_are_asked_for_where_they_apply(document):
    def headers(path, method):
        parameters = document["paths"][path][method]["parameters"]
        return {p["$ref"].rpartition("/")[2] for p in parameters if "$ref" in p}

    assert headers(BATCHES, "get") == set()
    assert headers(BATCHES, "post") == {"IdempotencyKey"}
    assert headers(BATCHES + "/{id}", "put") == {"IdempotencyKey", "IfMatch"}
    assert document["components"]["parameters"]["IfMatch"]["required"] is True


def test_a_file_goes_as_a_form_or_in_base64(document):
    content = document["paths"][BATCHES + "/{id}/enrolments"]["post"]["requestBody"]["content"]
    form = content["multipart/form-data"]["schema"]["properties"]["sheet"]
    assert form == {"type": "string", "format": "binary"}
    as_json = content["application/json"]["schema"]["properties"]["sheet"]
    assert (as_json["type"], set(as_json["properties"])) == ("object", {"filename", "content"})


def test_answers_without_data_say_so(document):
    assert "content" not in document["paths"][BATCHES + "/{id}"]["delete"]["responses"]["204"]
    sheet = document["paths"][BATCHES + "/{id}/sheet"]["get"]["responses"]["200"]["content"]
    assert set(sheet) == {"application/pdf"}


def test_problems_are_named_with_every_operation(document):
    put = set(document["paths"][BATCHES + "/{id}"]["put"]["responses"])
    assert {"400", "401", "403", "404", "409", "412", "422", "428", "429", "503"} <= put
    check = set(document["paths"]["/v1/certification/checks/{number}"]["get"]["responses"])
    assert "403" not in check
    assert "428" not in check


def test_public_operations_need_no_token(document):
    assert document["paths"]["/v1/certification/checks/{number}"]["get"]["security"] == [{}, {"bearer": []}]
    assert document["paths"][BATCHES]["get"]["security"] == [{"bearer": []}]


def test_both_languages_are_there_and_the_asked_for_comes_first(front, document):
    chinese = document["paths"]["/v1/certification/checks/{number}"]["get"]
    assert (chinese["summary"], chinese["x-label-en"]) == ("证书查验", "Certificate check")
    answer = front.http.get("/openapi.json", headers={"Accept-Language": "en-GB,zh;q=0.5"})
    english = answer.json["paths"]["/v1/certification/checks/{number}"]["get"]
    assert (english["summary"], english["x-label-zh"]) == ("Certificate check", "证书查验")
    level = english["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["level"]
    assert (level["title"], level["x-label-zh"]) == ("Level", "等级")
    assert answer.headers["Content-Language"] == "en"


def test_the_document_changes_with_the_routes_and_only_then(front):
    first = front.http.get("/openapi.json")
    etag = first.headers["ETag"]
    assert front.http.get("/openapi.json", headers={"If-None-Match": etag}).status_code == 304
    front.hear("certification", state="leaving")
    assert front.http.get("/openapi.json", headers={"If-None-Match": etag}).status_code == 304
    front.hear("finance", front.entry("GET /vouchers", "list_vouchers"))
    later = front.http.get("/openapi.json", headers={"If-None-Match": etag})
    assert (later.status_code, "/v1/finance/vouchers" in later.json["paths"]) == (200, True)
    english = front.http.get("/openapi.json", headers={"Accept-Language": "en"})
    assert english.headers["ETag"] != later.headers["ETag"]


def test_a_gateway_that_has_heard_nobody_describes_nothing(empty):
    assert empty.http.get("/openapi.json").json["paths"] == {}

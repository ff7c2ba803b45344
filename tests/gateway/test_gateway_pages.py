from html.parser import HTMLParser

import pytest

from gateway.showing import Grid, lines_of, text_of
from shared.errors import NotFound

CHECK = "/v1/certification/checks/S1"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
RECORD = {"id": "0192f0c1-2a7b-7cc3-98a4-5d1f0e6b7a90", "number": "S1", "level": "3", "issued_on": "2020-12-24"}


class Page(HTMLParser):
    """What a page shows and loads."""

    def __init__(self, answer):
        super().__init__()
        self.words: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.inside: list[str] = []
        self.feed(answer.text)

    def handle_starttag(self, tag, attrs):
        self.inside.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        if data.strip():
            self.words.append(data.strip())

    def of(self, tag, name):
        return [value for t, n, value in self.attributes if (t, n) == (tag, name)]


def browse(front, path, language="zh-CN,zh;q=0.9"):
    return front.http.get(path, headers={"Accept": BROWSER, "Accept-Language": language})


@pytest.fixture
def certified(front):
    front.services.answers["check_certificate"] = {"status": 200, "body": RECORD, "etag": '"1"'}
    return front


def test_whoever_scans_the_code_sees_the_record_in_words(certified):
    answer = browse(certified, CHECK)
    page = Page(answer)
    assert answer.content_type == "text/html; charset=utf-8"
    for word in ("证书查验", "证书编号", "S1", "等级", "三级", "发证日期", "2020年12月24日"):
        assert word in page.words, word
    assert RECORD["id"] not in answer.text
    assert page.of("html", "lang") == ["zh-CN"]


def test_the_record_is_in_english_on_request(certified):
    for answer in (browse(certified, CHECK, "en"), browse(certified, CHECK + "?lang=en")):
        page = Page(answer)
        for word in ("Certificate check", "Level three", "24 December 2020"):
            assert word in page.words, word
        assert certified.services.last.headers["accept-language"] == "en"
        assert certified.services.last.arguments == {"number": "S1"}


@pytest.mark.rule(id="X12")
def test_a_record_says_noindex_to_those_who_read_pages(certified):
    assert "noindex, nofollow" in Page(browse(certified, CHECK)).of("meta", "content")


def test_an_answer_that_is_no_public_record_stays_data(certified):
    for path in ("/v1/certification/batches/1", "/v1/certification/batches"):
        assert browse(certified, path).content_type == "application/json"


def test_a_field_may_be_called_lang(front):
    language = {"type": "string", "title": "语言", "x-label-en": "Language"}
    operation = front.entry(
        "GET /terms/{id}", "get_term", permission="public", request=front.schema(id=language, lang=language)
    )
    front.hear("words", operation)
    browse(front, "/v1/words/terms/1?lang=en")
    assert front.services.last.arguments == {"id": "1", "lang": "en"}


def test_a_problem_is_told_in_words_to_a_person(front):
    problem = NotFound("没有这个编号的证书", "No certificate has this number").as_dict("zh")
    front.services.answers["check_certificate"] = {"status": 404, "problem": {**problem, "correlation_id": "c-1"}}
    answer = browse(front, CHECK)
    assert (answer.status_code, answer.content_type) == (404, "text/html; charset=utf-8")
    assert {"没有这个编号的证书", "c-1"} <= set(Page(answer).words)
    assert browse(front, "/nowhere").content_type == "text/html; charset=utf-8"


def test_what_a_record_holds_is_text_never_markup(certified):
    certified.services.answers["check_certificate"] = {"status": 200, "body": {"number": "<script>alert(1)</script>"}}
    page = Page(browse(certified, CHECK))
    assert "script" not in page.inside
    assert "<script>alert(1)</script>" in page.words


def test_pages_load_nothing_from_elsewhere_and_hold_no_script(certified):
    for path in ("/", "/docs", CHECK, "/nowhere"):
        page = Page(browse(certified, path))
        loaded = page.of("link", "href") + page.of("script", "src") + page.of("img", "src")
        assert loaded
        assert all(address.startswith("/") for address in loaded)
        assert page.inside.count("script") == len(page.of("script", "src"))
        assert "style" not in page.inside
        assert not any(name == "style" or name.startswith("on") for _, name, _ in page.attributes)
        for address in loaded:
            assert certified.http.get(address).status_code == 200, address


def test_the_start_page_tells_who_is_there(front):
    front.hear("finance", label={"zh": "财务", "en": "Finance"})
    front.hear("finance", label={"zh": "财务", "en": "Finance"}, state="leaving")
    page = Page(browse(front, "/"))
    assert [word for word in page.words if word in ("认定", "运行中", "财务", "暂不可用")] == [
        "认定",
        "运行中",
        "财务",
        "暂不可用",
    ]
    assert "/docs" in page.of("a", "href")
    english = Page(browse(front, "/?lang=en"))
    assert {"Certification", "Up", "Finance", "Away"} <= set(english.words)


def test_the_start_page_stands_before_anybody_has_spoken(empty):
    assert browse(empty, "/").status_code == 200


STRING = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "value", "shown"),
    [
        (STRING, None, "—"),
        (STRING, "", "—"),
        ({"type": "boolean"}, False, "否"),
        ({"type": "integer"}, 0, "0"),
        (STRING, "1234.50", "1234.50"),
        ({"format": "date-time"}, "2020-12-17T09:05:00+08:00", "2020年12月17日 09:05"),
        ({"format": "date"}, "不是日期", "不是日期"),
        (
            {"type": "array", "items": {"format": "date"}},
            ["2020-12-17", "2020-12-18"],
            "2020年12月17日、2020年12月18日",
        ),
        ({"x-choices": {"a": {"zh": "甲", "en": "A"}}}, "b", "b"),
        ({}, {"总数": 3, "合格": True}, "总数：3；合格：是"),
    ],
)
def test_values_are_shown_as_people_write_them(schema, value, shown):
    assert text_of(schema, value, "zh") == shown


def test_things_inside_a_record_are_shown_inside_it():
    part = {"properties": {"id": {"format": "uuid"}, "part": {"title": "科目"}, "score": {"title": "成绩"}}}
    schema = {"properties": {"best": {**part, "title": "最高"}, "parts": {"title": "各科", "items": part}}}
    rows = [{"id": "1", "part": "理论", "score": "59.5"}, {"id": "2", "part": "技能"}]
    best, parts = lines_of(schema, {"best": rows[0], "parts": rows, "hidden": 1}, "zh")
    assert [(line.label, line.text) for line in best.lines] == [("科目", "理论"), ("成绩", "59.5")]
    assert parts.grid == Grid(["科目", "成绩"], [["理论", "59.5"], ["技能", "—"]])

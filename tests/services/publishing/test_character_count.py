"""字数 (P6). The examples marked as Word's own are counts that users of Word have published for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.publishing.articles.rules import layout_count, word_count
from shared.errors import Refused

WORDS_OWN = [
    ("Hello World", 2),
    ("Hello 世界", 3),
    ("Hello “世界”", 5),
    ("Let's say ‘你好’ 100 times per day, 勤勉", 12),
    ("Hello、World。", 4),
    ("㈱テスト㈲", 5),
    ("①②③④⑤", 1),
    ("ＡＢＣＤＥ", 5),
    ("１２３４５", 5),
    ("안녕하세요", 5),
    ("⼀⼆⼃", 3),
    ("👍👎👏", 1),
    ("👨‍👩‍👧‍👦", 1),
    ("👍🏻", 1),
    ("Hello👍World", 1),
    ("hello 🙂 world", 3),
    ("1️⃣2️⃣3️⃣", 1),
    ("\ufeffHello", 1),
    ("foo\u200bbar", 1),
    ("foo\u200dbar", 1),
]

OURS = [
    ("", 0),
    (" \t\r\n\u3000\u00a0\u2029", 0),
    ("山西", 2),
    ("山西，", 3),
    ("5G+工业互联网", 6),
    ("“5G+工业互联网”对接会", 11),
    ("3.14", 1),
    ("91.44%", 1),
    ("e-mail", 1),
    ("https://example.org/a?b=c", 1),
    ("７×24小时", 4),
    ("2020年12月17日-18日", 8),
    ("——", 2),
    ("……", 2),
    ("你好,世界", 5),
    ("it’s", 1),
    ("‘it’s’", 3),
    ("𠮷野家", 3),
    ("葛\U000e0100城", 2),
    ("e\u0301te\u0301", 1),
    ("中\u0301", 1),
    ("\u0301\u200b\ud800", 0),
    ("\u3164\u115f", 0),
    ("a\u3000b", 2),
    ("ｶﾀｶﾅ", 4),
]


@pytest.mark.rule(id="P6")
@pytest.mark.parametrize(("text", "count"), WORDS_OWN)
def test_counts_what_word_counts(text: str, count: int) -> None:
    assert word_count(text) == count


@pytest.mark.rule(id="P6")
@pytest.mark.parametrize(("text", "count"), OURS)
def test_counts_mixed_text(text: str, count: int) -> None:
    assert word_count(text) == count


@pytest.mark.rule(id="P6")
def test_the_demonstration_article_has_1450_characters() -> None:
    assert word_count("信息通信业，" * 241 + "5G 2020 e-mail ok") == 1450


@pytest.mark.rule(id="P6")
@given(st.lists(st.text(max_size=40), max_size=6))
def test_a_text_counts_as_its_paragraphs_do(paragraphs: list[str]) -> None:
    assert word_count("\n".join(paragraphs)) == sum(map(word_count, paragraphs))


@pytest.mark.rule(id="P6")
@given(
    st.text(alphabet="中，5G+. ’”a\u0301👍", max_size=20),
    st.text(alphabet="中，5G+. ’”a\u0301👍", max_size=20),
)
def test_joining_texts_never_adds_to_the_count(one: str, other: str) -> None:
    assert word_count(one + other) <= word_count(one) + word_count(other)


@pytest.mark.rule(id="P6")
@given(st.text(max_size=60))
def test_never_counts_more_than_there_is_to_see(text: str) -> None:
    assert 0 <= word_count(text) <= sum(not c.isspace() for c in text)


@pytest.mark.rule(id="P6")
def test_layout_count_is_line_length_times_lines() -> None:
    assert layout_count(38, 40) == 1520


@pytest.mark.rule(id="P6")
@pytest.mark.parametrize(("per_line", "lines", "field"), [(0, 40, "characters_per_line"), (38, 0, "lines")])
def test_layout_count_needs_both_numbers(per_line: int, lines: int, field: str) -> None:
    with pytest.raises(Refused) as refused:
        layout_count(per_line, lines)
    assert refused.value.rule == "P6"
    assert list(refused.value.errors or {}) == [field]

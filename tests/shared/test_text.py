"""Chinese, unless the client ranks English above it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import Text, negotiate


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en", "en"),
        ("EN-gb", "en"),
        ("en-US,en;q=0.9", "en"),
        ("en-US,en;q=0.9,zh;q=0.95", "en"),
        ("en;q=0.5, zh;q=0.5", "zh"),
        ("en;q=0.4,zh;q=0.5", "zh"),
        ("en;q=0,zh;q=0", "zh"),
        ("en;q=0", "zh"),
        ("fr,de;q=0.9", "zh"),
        ("fr, en;q=0.1", "en"),
        ("*", "zh"),
        ("en;q=x", "zh"),
        ("en;q=nan", "zh"),
        ("en; q=0.8", "en"),
        ("english", "zh"),
        (";;;,,,q=", "zh"),
    ],
)
def test_the_language_of_an_answer(header: str | None, language: str) -> None:
    assert negotiate(header) == language


@given(st.text())
def test_any_header_gives_one_of_the_two(header: str) -> None:
    assert negotiate(header) in ("zh", "en")


def test_a_text_is_read_in_either_language() -> None:
    text = Text("中", "English")
    assert (text.in_("zh"), text.in_("en")) == ("中", "English")

"""Names of people, for the eye and for search only (X5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.people.rules import display_name, search_key
from shared.errors import Refused


@pytest.mark.rule(id="X5")
@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("赵 进", "赵进"),
        ("赵\u3000进", "赵进"),
        ("  赵进 ", "赵进"),
        ("张进", "张进"),
        ("John  Smith", "John Smith"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 ・ 买买提", "阿卜杜拉·买买提"),
        ("𬭎", "𬭎"),
    ],
)
def test_a_name_as_it_is_shown(typed: str, shown: str) -> None:
    assert display_name(typed) == shown


@pytest.mark.rule(id="X5")
@pytest.mark.parametrize("name", ["", " \u3000", "赵" * 51, "赵\u200b进", "赵\0进", "赵\ud800", "赵\ue000"])
def test_what_cannot_be_shown_is_no_name(name: str) -> None:
    with pytest.raises(Refused) as refused:
        display_name(name)
    assert refused.value.rule == "X5"


@pytest.mark.rule(id="X5")
@pytest.mark.parametrize(
    ("one", "other"),
    [("赵 进", "赵进"), ("ＪＯＨＮ smith", "John Smith"), ("阿卜杜拉・买买提", "阿卜杜拉买买提")],
)
def test_a_search_finds_a_name_however_it_is_typed(one: str, other: str) -> None:
    assert search_key(one) == search_key(other)


@pytest.mark.rule(id="X5")
def test_a_search_does_not_take_one_family_name_for_another() -> None:
    assert search_key("赵进") != search_key("张进")


@pytest.mark.rule(id="X5")
@given(st.text(alphabet="赵进 ·•・aB\u3000é", min_size=1, max_size=12))
def test_showing_a_name_twice_changes_nothing_and_search_does_not_mind(name: str) -> None:
    try:
        shown = display_name(name)
    except Refused:
        return
    assert display_name(shown) == shown
    assert search_key(shown) == search_key(name)

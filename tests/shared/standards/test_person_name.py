import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.person_name import same_name, tidy

pytestmark = pytest.mark.rule(id="X5")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("赵 进", "赵进"),
        ("赵\u3000进", "赵进"),
        ("  赵\t进\n", "赵进"),
        ("阿依古丽 · 买买提", "阿依古丽·买买提"),
        ("Mary   Ann  Smith ", "Mary Ann Smith"),
        ("", ""),
    ],
)
def test_space_within_a_chinese_name_means_nothing(typed, kept):
    assert tidy(typed) == kept


def test_the_document_prints_one_name_in_two_ways():
    assert same_name("赵 进", "赵进")
    assert not same_name("赵 进", "张 进")


@pytest.mark.parametrize(("one", "other"), [("王丽", "王莉"), ("mary smith", "Mary Smith"), ("王丽", "王丽丽")])
def test_nothing_but_space_is_forgiven(one, other):
    assert not same_name(one, other)


@given(st.text(alphabet=st.characters(categories=["Lo", "Lu", "Ll", "Zs"]), max_size=20))
def test_tidying_twice_changes_nothing_more(name):
    assert tidy(tidy(name)) == tidy(name)
    assert same_name(name, tidy(name))

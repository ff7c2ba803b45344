import json
from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.json_body import MAX_DEPTH, read_json_object
from shared.errors import Malformed

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=20,
)


def refusal(body: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        read_json_object(body)
    return caught.value.detail.en


@given(st.dictionaries(text, values, max_size=5), st.sampled_from([None, 2]))
def test_every_object_is_read_as_it_was_written(value, indent):
    assert read_json_object(json.dumps(value, indent=indent).encode()) == value
    assert read_json_object(orjson.dumps(value)) == value


@given(st.binary(max_size=60))
def test_whatever_is_sent_is_read_or_refused(body):
    with suppress(Malformed):
        assert isinstance(read_json_object(body), dict)


@given(st.lists(text, min_size=2, max_size=5, unique=True), st.data())
def test_a_field_given_twice_is_refused_where_it_comes_again(names, data):
    again = data.draw(st.sampled_from(names))
    members = [json.dumps(name) + ": 1" for name in [*names, again]]
    body = "{\n" + ",\n".join(members) + "}"
    assert f"(line {len(members) + 1}, column 1)" in refusal(body.encode())


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('{"a": 1,}', "(line 1, column 8)"),
        ('{"姓名": x}', "(line 1, column 8)"),
        ('{"a": NaN}', "(line 1, column 7)"),
        ('{"a": Infinity}', "(line 1, column 7)"),
        ('{"a":\n -Infinity}', "(line 2, column 3)"),
        ('{"a": 1e999}', "(line 1, column 7)"),
        ('{"a": [{"b": 1}, {"b": 1, "\\u0062": 2}]}', "(line 1, column 27)"),
        ("[1]", "(line 1, column 1)"),
        ("null", "(line 1, column 1)"),
        ('"text"', "(line 1, column 1)"),
        ('{"a": "\\ud800"}', "(line 1, column 8)"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(body, place):
    assert place in refusal(body.encode())


def test_same_names_in_different_objects_are_no_repeats():
    body = b'{"a": {"x": 1}, "b": [{"x": 1}, {"x": "x"}], "x": ":"}'
    assert read_json_object(body) == json.loads(body)


def test_nesting_ends_somewhere():
    def nested(levels: int) -> bytes:
        return b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1)

    assert read_json_object(nested(MAX_DEPTH))
    assert "deeper" in refusal(nested(MAX_DEPTH + 1))
    assert "deeper" in refusal(b'{"a": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}")
    assert "line 1" in refusal(b"[" * 200_000)


def test_brackets_inside_text_are_not_nesting():
    body = b'{"a": "' + b"[{" * 100 + b'"}'
    assert read_json_object(body) == {"a": "[{" * 100}

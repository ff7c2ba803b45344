"""Each field takes what it says, and names what it does not take instead of breaking."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import marshmallow as ma
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.api import fields as f
from shared.text import Text

FIELDS: dict[str, ma.fields.Field[Any]] = {
    "string": f.String("名", "Name"),
    "integer": f.Integer("数", "Number"),
    "boolean": f.Boolean("是否", "Whether"),
    "uuid": f.UUID("编号", "Id"),
    "date": f.Date("日", "Day"),
    "moment": f.Moment("时", "Moment"),
    "decimal": f.Decimal("数", "Number"),
    "money": f.Money("金额", "Amount"),
    "choice": f.Choice("类", "Kind", {"a": Text("甲", "A")}),
    "list": f.List("列", "List", f.Integer("数", "Number")),
    "upload": f.Upload("文件", "File"),
}


def taken(field: ma.fields.Field[Any], value: Any) -> Any:
    return field.deserialize(value)


def refuses(field: ma.fields.Field[Any], value: Any) -> None:
    with pytest.raises(ma.ValidationError):
        field.deserialize(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("name", FIELDS)
@given(value=JSON)
def test_nothing_that_json_can_hold_breaks_a_field(name: str, value: Any) -> None:
    with suppress(ma.ValidationError):
        FIELDS[name].deserialize(value)


@pytest.mark.parametrize("value", ["", "你好", "a\nb\tc\r", "𠀀", "x" * 500])
def test_a_string_is_taken_as_it_is(value: str) -> None:
    assert taken(FIELDS["string"], value) == value


@pytest.mark.parametrize("value", ["x" * 501, "\0", "\x1b[2J", "\x7f", "\x85", "\ud800", 5, None, ["a"], b"\xff"])
def test_a_string_the_database_or_a_page_cannot_show_is_refused(value: Any) -> None:
    refuses(FIELDS["string"], value)


def test_a_string_has_the_length_that_is_declared() -> None:
    field = f.String("名", "Name", min_length=2, max_length=3)
    assert [taken(field, value) for value in ("ab", "abc")] == ["ab", "abc"]
    refuses(field, "a")
    refuses(field, "abcd")


@pytest.mark.parametrize(("value", "number"), [(0, 0), (-5, -5), ("12", 12), ("-3", -3), (2**63 - 1, 2**63 - 1)])
def test_an_integer_is_a_whole_number(value: Any, number: int) -> None:
    assert taken(FIELDS["integer"], value) == number


@pytest.mark.parametrize(
    "value",
    [3.0, 3.5, True, "", "-", "--3", "3-", "+3", " 3", "3.0", "1e3", "1_000", "３", "٣", 2**63, "9" * 20, "9" * 5000],
)
def test_what_is_no_integer_is_refused(value: Any) -> None:
    refuses(FIELDS["integer"], value)


@pytest.mark.parametrize(("value", "truth"), [(True, True), (False, False), ("true", True), ("false", False)])
def test_a_boolean_is_true_or_false(value: Any, truth: bool) -> None:
    assert taken(FIELDS["boolean"], value) is truth


@pytest.mark.parametrize("value", [1, 0, 1.0, "yes", "True", "1", [], {}])
def test_what_is_no_boolean_is_refused(value: Any) -> None:
    refuses(FIELDS["boolean"], value)


@pytest.mark.parametrize(
    ("value", "number"), [("59.5", "59.5"), (59.5, "59.5"), (60, "60"), ("-0.10", "-0.10"), ("0", "0")]
)
def test_a_decimal_is_exact(value: Any, number: str) -> None:
    decimal = taken(FIELDS["decimal"], value)
    assert isinstance(decimal, Decimal)
    assert str(decimal) == number


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        float("nan"),
        float("inf"),
        "1e3",
        "1E+400000000",
        "６０",
        "六十",
        "1_0",
        " 1",
        "",
        "+1",
        "1.",
        ".5",
        True,
        "9" * 31,
        "0." + "9" * 31,
        1e300,
        1e-300,
    ],
)
def test_what_is_no_plain_decimal_is_refused(value: Any) -> None:
    refuses(FIELDS["decimal"], value)


def test_a_decimal_goes_out_as_a_plain_string() -> None:
    schema = f.Schema.from_dict({"n": f.Decimal("数", "Number")})()
    assert schema.dump({"n": Decimal("1E+3")}) == {"n": "1000"}
    assert schema.dump({"n": None}) == {"n": None}


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=4))
def test_a_decimal_comes_back_as_it_went_out(number: Decimal) -> None:
    schema = f.Schema.from_dict({"n": f.Decimal("数", "Number")})()
    assert schema.load(schema.dump({"n": number})) == {"n": number}


@pytest.mark.parametrize("value", ["2020-12-24", "2000-02-29"])
def test_a_date_is_a_day(value: str) -> None:
    assert taken(FIELDS["date"], value).isoformat() == value


@pytest.mark.parametrize(
    "value", ["20201224", "2020-W52-4", "2020-12-24T00:00:00", "2019-02-29", "２０２０-12-24", 20201224]
)
def test_what_is_no_day_is_refused(value: Any) -> None:
    refuses(FIELDS["date"], value)


def test_a_moment_goes_out_in_the_zone_of_the_association() -> None:
    schema = f.Schema.from_dict({"at": f.Moment("时", "Moment")})()
    loaded = schema.load({"at": "2020-12-24T01:00:00Z"})
    assert schema.dump(loaded) == {"at": "2020-12-24T09:00:00+08:00"}
    assert schema.dump({"at": None}) == {"at": None}


@pytest.mark.parametrize(
    "value",
    [
        "2020-12-24T01:00:00",
        "2020-12-24",
        "yesterday",
        1608771600,
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:00:00-14:00",
    ],
)
def test_a_moment_without_offset_or_beyond_what_can_be_kept_is_refused(value: Any) -> None:
    refuses(FIELDS["moment"], value)


@pytest.mark.rule(id="X2")
def test_money_is_fen_inside_and_a_string_outside() -> None:
    schema = f.Schema.from_dict({"m": f.Money("金额", "Amount"), "n": f.Money("金额", "Amount", negative=True)})()
    assert schema.load({"m": "1234.5", "n": "-0.01"}) == {"m": 123450, "n": -1}
    assert schema.dump({"m": 123450, "n": -1}) == {"m": "1234.50", "n": "-0.01"}
    for value in (1234.5, 1234, "1234.567", "-1", None):
        with pytest.raises(ma.ValidationError):
            schema.load({"m": value})


@pytest.mark.parametrize("value", ["b", "", None, 1, ["a"]])
def test_a_choice_is_one_of_a_few(value: Any) -> None:
    assert taken(FIELDS["choice"], "a") == "a"
    refuses(FIELDS["choice"], value)


def test_a_file_is_its_name_and_its_bytes() -> None:
    file = taken(FIELDS["upload"], {"filename": "名单\x00\n.xlsx", "content": "AAE="})
    assert (file.filename, file.content) == ("名单.xlsx", b"\x00\x01")


@pytest.mark.parametrize(
    "value",
    [
        "AAE=",
        {"filename": "a"},
        {"filename": "a", "content": "A"},
        {"filename": "a", "content": 5},
        {"filename": "a", "content": "不"},
        {"filename": "a", "content": "AAE=", "more": 1},
    ],
)
def test_what_is_no_file_is_refused(value: Any) -> None:
    refuses(FIELDS["upload"], value)


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ma.ValidationError) as refused:
        f.Schema.from_dict({"a": f.String("甲", "A")})().load({"a": "x", "b": 1})
    assert set(refused.value.messages) == {"b"}


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_bears_both_labels(name: str) -> None:
    label = FIELDS[name].metadata["label"]
    assert label.zh
    assert label.en

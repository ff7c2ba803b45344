"""Money: whole fen, or refused (X2)."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Refused
from shared.money import format_yuan, parse_yuan

pytestmark = pytest.mark.rule(id="X2")

MOST = 10**15 - 1
"""Thirteen digits of yuan, in fen."""


@given(st.integers(-MOST, MOST))
def test_an_amount_comes_back_as_it_went_out(fen: int) -> None:
    assert parse_yuan(format_yuan(fen), negative=True) == fen


@given(st.integers(-MOST, MOST))
def test_an_amount_is_written_with_two_places(fen: int) -> None:
    text = format_yuan(fen)
    assert Decimal(text) * 100 == fen
    assert text[-3] == "."


@given(st.integers(0, 10**13 - 1), st.integers(0, 99))
def test_yuan_and_fen_add_up(yuan: int, fen: int) -> None:
    assert parse_yuan(f"{yuan}.{fen:02d}") == 100 * yuan + fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("0.0", 0),
        ("0.01", 1),
        ("0.1", 10),
        ("1234.5", 123450),
        ("1234.50", 123450),
        ("9999999999999.99", MOST),
    ],
)
def test_what_is_an_amount(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1 ",
        " 1",
        "1\n",
        "1.",
        ".5",
        "1.234",
        "0.001",
        "1.000",
        "01",
        "00",
        "+1",
        "1,000",
        "1_000",
        "1e3",
        "1E3",
        "１２",
        "1.５",
        "٣",
        "壹",
        "NaN",
        "Infinity",
        "0x10",
        "10000000000000",
        "1.2.3",
        "¥1",
        "--1",
    ],
)
@pytest.mark.parametrize("negative", [False, True])
def test_what_is_none(text: str, negative: bool) -> None:
    with pytest.raises(Refused) as refused:
        parse_yuan(text, negative=negative)
    assert refused.value.rule == "X2"


@pytest.mark.parametrize("amount", [1, 1.5, None, True, Decimal("1.50"), b"1", ["1"]])
def test_only_a_string_is_an_amount(amount: Any) -> None:
    with pytest.raises(Refused):
        parse_yuan(amount)


def test_a_minus_is_taken_where_it_is_allowed() -> None:
    assert parse_yuan("-0.01", negative=True) == -1
    with pytest.raises(Refused):
        parse_yuan("-0.01")


@given(st.text(max_size=12))
def test_any_other_text_is_refused_and_never_breaks(text: str) -> None:
    try:
        fen = parse_yuan(text, negative=True)
    except Refused:
        return
    assert Decimal(text) * 100 == fen

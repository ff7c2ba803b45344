"""What an article earns (P6, P8, X2, X4). Amounts here are fen."""

import json
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.publishing.fees.rules import WHAT, Counting, Mode, Terms, Use, Writer, fee
from shared.effective import in_force
from shared.errors import Refused

DATA = json.loads((files("services.publishing") / "data" / "fee_terms.json").read_text("utf-8"))
TERMS = Terms.from_data(DATA["versions"][0])
LENGTHS = st.integers(1, 20_000)
RATES = st.integers(3000, 5000)


@pytest.mark.rule(id="P6")
@pytest.mark.parametrize(
    ("characters", "rate", "amount"),
    [
        (1, 3000, 3000),
        (100, 3000, 3000),
        (101, 3000, 6000),
        (200, 5000, 10000),
        (201, 5000, 10000),
        (300, 3000, 9000),
        (301, 3000, 10000),
        (300, 3333, 9999),
        (999, 3000, 10000),
        (999, 5000, 10000),
        (1000, None, 10000),
        (1001, None, 15000),
        (1450, None, 15000),
        (1499, None, 15000),
        (1500, None, 20000),
        (1999, None, 20000),
        (2000, None, 20000),
        (2001, None, 25000),
        (10_500, None, 110_000),
    ],
)
def test_capped(characters: int, rate: int | None, amount: int) -> None:
    result = fee(characters, TERMS, rate)
    assert (result.amount, result.mode, result.warning) == (amount, Mode.CAPPED, None)


@pytest.mark.rule(id="P6")
@pytest.mark.parametrize(
    ("characters", "rate", "amount"),
    [(200, 3000, 6000), (999, 3000, 30000), (999, 5000, 50000), (1000, 5000, 10000), (1450, 3000, 15000)],
)
def test_literal_has_no_cap_and_warns(characters: int, rate: int, amount: int) -> None:
    result = fee(characters, TERMS, rate, mode=Mode.LITERAL)
    assert result.amount == amount
    assert result.warning is not None
    assert "300.00至500.00元" in result.warning.zh
    assert "300.00 to 500.00" in result.warning.en


@pytest.mark.rule(id="P6")
@given(LENGTHS, LENGTHS, RATES)
def test_capped_a_longer_article_never_earns_less(one: int, other: int, rate: int) -> None:
    shorter, longer = sorted((one, other))
    assert fee(shorter, TERMS, rate).amount <= fee(longer, TERMS, rate).amount


@pytest.mark.rule(id="P6")
@given(LENGTHS, LENGTHS, RATES)
def test_literal_a_longer_article_earns_less_only_across_the_thousand(one: int, other: int, rate: int) -> None:
    shorter, longer = sorted((one, other))
    if fee(shorter, TERMS, rate, mode=Mode.LITERAL).amount > fee(longer, TERMS, rate, mode=Mode.LITERAL).amount:
        assert shorter < 1000 <= longer


@pytest.mark.rule(id="P6")
@given(RATES)
def test_literal_falls_at_the_thousand_as_the_clause_contradicts_itself(rate: int) -> None:
    assert fee(999, TERMS, rate, mode=Mode.LITERAL).amount == 10 * rate
    assert fee(1000, TERMS, rate, mode=Mode.LITERAL).amount == 10_000


@pytest.mark.rule(id="P6")
@given(st.integers(1000, 20_000), RATES)
def test_from_a_thousand_on_neither_mode_nor_rate_matters(characters: int, rate: int) -> None:
    literal = fee(characters, TERMS, rate, mode=Mode.LITERAL)
    assert literal.amount == fee(characters, TERMS).amount
    assert literal.rate is None


@pytest.mark.rule(id="P6")
@pytest.mark.parametrize("rate", [None, 0, 2999, 5001])
def test_under_a_thousand_the_editor_chooses_a_rate_within_the_terms(rate: int | None) -> None:
    with pytest.raises(Refused) as refused:
        fee(999, TERMS, rate)
    assert (refused.value.rule, refused.value.code) == ("P6", "fee-rate")
    assert "30.00至50.00元" in refused.value.detail.zh


@pytest.mark.rule(id="P6")
def test_a_rate_outside_the_terms_is_refused_even_where_it_plays_no_part() -> None:
    with pytest.raises(Refused):
        fee(1450, TERMS, 5001)


@pytest.mark.rule(id="P6")
@pytest.mark.parametrize("characters", [0, -1])
def test_nothing_to_count_is_refused(characters: int) -> None:
    with pytest.raises(Refused) as refused:
        fee(characters, TERMS, 3000)
    assert refused.value.code == "no-characters"


@pytest.mark.rule(id="P8")
@pytest.mark.parametrize("use", [Use.WEBSITE, Use.REPRINT])
def test_only_the_newsletter_pays(use: Use) -> None:
    result = fee(1450, TERMS, use=use)
    assert result.amount == 0
    assert "P8" in result.arithmetic.zh


@pytest.mark.rule(id="P6")
def test_secretariat_staff_are_paid_only_if_approved() -> None:
    assert fee(1450, TERMS, writer=Writer.SECRETARIAT).amount == 0
    assert fee(1450, TERMS, writer=Writer.SECRETARIAT_APPROVED).amount == 15000
    assert fee(1450, TERMS, writer=Writer.SECRETARIAT_APPROVED, use=Use.WEBSITE).amount == 0


@pytest.mark.rule(id="X4")
def test_a_fee_records_the_terms_the_mode_the_rate_and_the_sum() -> None:
    result = fee(250, TERMS, 4000, counting=Counting.LAYOUT)
    assert (result.terms, result.mode, result.rate) == ("fee-2021-01-18", Mode.CAPPED, 4000)
    for part in (
        "附件3第五条",
        "fee-2021-01-18",
        "封顶计法",
        "版面字数250",
        "40.00元×3",
        "120.00元",
        "封顶100.00元",
    ):
        assert part in result.arithmetic.zh
    for part in ("annex 3, article 5", "capped", "250 characters by layout", "40.00 × 3", "capped at 100.00"):
        assert part in result.arithmetic.en


@pytest.mark.rule(id="X4")
def test_the_sum_for_1450_characters_can_be_followed() -> None:
    arithmetic = fee(1450, TERMS).arithmetic
    assert arithmetic.zh.endswith("100.00元×1＋50.00元（余450字，不足500字计半）＝150.00元")
    assert arithmetic.en.endswith("100.00 × 1 + 50.00 (the other 450 are under 500: half) = 150.00 yuan")


@pytest.mark.rule(id="X4")
def test_terms_hold_from_their_first_day_and_a_later_version_takes_over() -> None:
    later = replace(TERMS, version="later", effective_from=date(2022, 1, 1), per_thousand=12000)
    versions = [later, TERMS]
    assert in_force(versions, date(2021, 1, 18), WHAT) is TERMS
    assert in_force(versions, date(2021, 12, 31), WHAT) is TERMS
    assert in_force(versions, date(2022, 1, 1), WHAT) is later
    assert fee(1450, later).amount == 18000
    with pytest.raises(Refused) as refused:
        in_force(versions, date(2021, 1, 17), WHAT)
    assert refused.value.rule == "X4"
    assert refused.value.detail.zh == "2021-01-17尚无生效的稿酬标准"


@pytest.mark.rule(id="X2")
def test_terms_that_would_need_half_a_fen_are_no_terms() -> None:
    with pytest.raises(ValueError, match="whole number of fen"):
        replace(TERMS, per_thousand=10001)
    with pytest.raises(ValueError, match="range"):
        replace(TERMS, rate_least=5001)


@pytest.mark.rule(id="P6")
def test_the_data_name_both_modes_and_take_the_capped_one() -> None:
    assert {mode["code"] for mode in DATA["modes"]} == set(Mode)
    assert {mode["code"]: mode["label"]["zh"] for mode in DATA["modes"]} == {m: m.label.zh for m in Mode}
    assert TERMS.mode is Mode.CAPPED
    assert TERMS.effective_from == date(2021, 1, 18)

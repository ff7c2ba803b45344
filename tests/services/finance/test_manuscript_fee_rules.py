"""The debt to an author and the tax withheld (F14, X2, X7). Amounts here are fen."""

from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.finance.data import expense_kinds, withholding
from services.finance.manuscript_fees import rules
from services.finance.manuscript_fees.rules import Accrual, EntryKind, State, withhold
from shared.effective import in_force
from shared.errors import Refused
from shared.text import Text

ARTICLE, AUTHOR, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
(TERMS,) = withholding()
AMOUNTS = st.integers(1, 5_000_000)


def accrued() -> Accrual:
    return rules.accrue(None, ARTICLE, AUTHOR, 15000)


@pytest.mark.rule(id="F14")
def test_a_published_article_is_accrued_once() -> None:
    fee = accrued()
    assert (fee.state, fee.owed) == (State.ACCRUED, 15000)
    assert rules.accrue(fee, ARTICLE, AUTHOR, 15000) is fee


@pytest.mark.rule(id="X7")
@pytest.mark.parametrize(("author", "amount"), [(AUTHOR, 15001), (AUTHOR, 0), (OTHER, 15000)])
def test_another_amount_or_author_for_the_same_article_is_refused(author: UUID, amount: int) -> None:
    for fee in (accrued(), rules.pay(accrued()), rules.reverse(accrued(), ARTICLE)):
        with pytest.raises(Refused) as refused:
            rules.accrue(fee, ARTICLE, author, amount)
        assert (refused.value.rule, refused.value.code) == ("F14", "accrual-differs")


@pytest.mark.rule(id="F14")
def test_retraction_takes_an_open_accrual_back_once() -> None:
    fee = rules.reverse(accrued(), ARTICLE)
    assert (fee.state, fee.owed) == (State.REVERSED, 0)
    assert [entry.kind for entry in fee.entries] == [EntryKind.ACCRUAL, EntryKind.REVERSAL]
    assert rules.reverse(fee, ARTICLE) is fee
    assert rules.accrue(fee, ARTICLE, AUTHOR, 15000) is fee


@pytest.mark.rule(id="F14")
def test_retraction_of_a_paid_fee_leaves_a_receivable() -> None:
    fee = rules.pay(accrued())
    assert (fee.state, fee.owed) == (State.PAID, 0)
    fee = rules.reverse(fee, ARTICLE)
    assert (fee.state, fee.owed) == (State.RECEIVABLE, -15000)
    assert rules.reverse(fee, ARTICLE) is fee


@pytest.mark.rule(id="F14")
def test_a_retraction_seen_first_is_kept_and_the_late_accrual_nets_to_zero() -> None:
    early = rules.reverse(None, ARTICLE)
    assert (early.state, early.owed) == (State.AWAITED, 0)
    assert rules.reverse(early, ARTICLE) is early
    late = rules.accrue(early, ARTICLE, AUTHOR, 15000)
    assert (late.state, late.owed) == (State.REVERSED, 0)
    assert late == rules.reverse(accrued(), ARTICLE)


@pytest.mark.rule(id="F14")
def test_only_an_open_accrual_is_paid() -> None:
    unpayable = (
        rules.reverse(None, ARTICLE),
        rules.pay(accrued()),
        rules.reverse(accrued(), ARTICLE),
        rules.reverse(rules.pay(accrued()), ARTICLE),
        rules.accrue(None, ARTICLE, AUTHOR, 0),
    )
    for fee in unpayable:
        with pytest.raises(Refused) as refused:
            rules.pay(fee)
        assert refused.value.code == "not-payable"


@pytest.mark.rule(id="F14")
def test_an_unpaid_publication_is_known_but_owes_nothing() -> None:
    fee = rules.accrue(None, ARTICLE, AUTHOR, 0)
    assert (fee.state, fee.entries) == (State.UNPAID, ())
    assert rules.accrue(fee, ARTICLE, AUTHOR, 0) is fee
    assert rules.reverse(fee, ARTICLE).owed == 0
    assert rules.accrue(rules.reverse(None, ARTICLE), ARTICLE, AUTHOR, 0).entries == ()


@pytest.mark.rule(id="X2")
def test_a_fee_is_not_negative() -> None:
    with pytest.raises(Refused) as refused:
        rules.accrue(None, ARTICLE, AUTHOR, -1)
    assert refused.value.rule == "X2"


@pytest.mark.rule(id="F14")
@given(st.integers(1, 10**6), st.lists(st.sampled_from(["published", "retracted", "paid"]), max_size=10))
def test_whatever_the_order_and_however_often(amount: int, events: list[str]) -> None:
    fee: Accrual | None = None
    paid = False
    for event in events:
        if event == "published":
            fee = rules.accrue(fee, ARTICLE, AUTHOR, amount)
        elif event == "retracted":
            fee = rules.reverse(fee, ARTICLE)
        elif fee is not None and fee.state is State.ACCRUED:
            fee, paid = rules.pay(fee), True
    if fee is None:
        return
    kinds = [entry.kind for entry in fee.entries]
    assert len(kinds) == len(set(kinds))
    expected = ("published" in events) - ("retracted" in events and "published" in events) - paid
    assert fee.owed == expected * amount


@pytest.mark.rule(id="F14")
@pytest.mark.parametrize(
    ("gross", "tax"),
    [
        (1, 0),
        (80_000, 0),
        (80_001, 0),
        (80_003, 0),
        (80_004, 1),
        (80_100, 14),
        (150_000, 9_800),
        (400_000, 44_800),
        (400_001, 44_800),
        (400_005, 44_801),
        (500_000, 56_000),
        (1_000_000, 112_000),
    ],
)
def test_tax_withheld(gross: int, tax: int) -> None:
    result = withhold(gross, TERMS)
    assert (result.tax, result.net) == (tax, gross - tax)


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize(
    ("gross", "tax"), [(80_025, 4), (80_075, 11), (80_010, 1), (400_067, 44_808), (400_312, 44_835)]
)
def test_half_a_fen_goes_up_and_less_goes_down(gross: int, tax: int) -> None:
    # At 14 %, 0.25 yuan are 3.5 fen, 0.75 are 10.5, 0.10 are 1.4.
    # At 11.2 %, 4000.67 yuan are 44807.504 fen, 4003.12 are 44834.944.
    assert withhold(gross, TERMS).tax == tax


@pytest.mark.rule(id="X2")
@given(AMOUNTS)
def test_tax_is_rounded_once_and_never_exceeds_the_gross(gross: int) -> None:
    tax = withhold(gross, TERMS).tax
    if gross <= 80_000:
        exact = Fraction(0)
    elif gross <= 400_000:
        exact = Fraction(gross - 80_000) * Fraction(70, 100) * Fraction(20, 100)
    else:
        exact = Fraction(gross) * Fraction(80, 100) * Fraction(70, 100) * Fraction(20, 100)
    assert Fraction(-1, 2) < tax - exact <= Fraction(1, 2)
    assert 0 <= tax < gross


@pytest.mark.rule(id="F14")
@given(AMOUNTS, AMOUNTS)
def test_earning_more_never_leaves_less(one: int, other: int) -> None:
    less, more = sorted((one, other))
    assert withhold(less, TERMS).tax <= withhold(more, TERMS).tax
    assert withhold(less, TERMS).net <= withhold(more, TERMS).net


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("gross", [0, -1])
def test_a_payment_of_nothing_is_refused(gross: int) -> None:
    with pytest.raises(Refused):
        withhold(gross, TERMS)


@pytest.mark.rule(id="X4")
def test_the_withholding_records_its_terms_and_the_sum() -> None:
    result = withhold(150_000, TERMS)
    assert result.terms == "manuscript-tax-2019-01-01"
    assert "(1500.00−800.00)×70%×20%＝98.00元" in result.arithmetic.zh
    assert "5000.00×80%×70%×20%＝560.00 yuan" in withhold(500_000, TERMS).arithmetic.en
    assert "不超过800.00元" in withhold(80_000, TERMS).arithmetic.zh


@pytest.mark.rule(id="X4")
def test_tax_terms_hold_from_their_first_day() -> None:
    assert in_force([TERMS], date(2019, 1, 1), rules.WITHHOLDING) is TERMS
    with pytest.raises(Refused) as refused:
        in_force([TERMS], date(2018, 12, 31), rules.WITHHOLDING)
    assert refused.value.rule == "X4"
    assert refused.value.detail.zh == "2018-12-31尚无生效的稿酬扣税标准"


@pytest.mark.rule(id="F13")
def test_manuscript_fee_is_an_expense_kind() -> None:
    assert expense_kinds()["manuscript_fee"] == Text("稿费", "Manuscript fee")

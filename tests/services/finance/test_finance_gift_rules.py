"""What a gift posts in finance (M9, F7, X7)."""

from typing import Any
from uuid import UUID

import pytest

from services.finance.data import charts, expenses
from services.finance.gifts import rules
from services.finance.gifts.rules import Direction, Said
from services.finance.ledger.rules import Entry, Purpose
from shared.errors import Refused

(CHART,) = charts()


def refusal(check: Any, *args: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        check(*args)
    assert refused.value.rule is not None
    return refused.value.rule, refused.value.code


@pytest.mark.rule(id="M9")
@pytest.mark.parametrize(("means", "account"), [("bank", "1002"), ("cash", "1001"), ("goods", "1201")])
@pytest.mark.parametrize(("restricted", "income"), [(False, "410101"), (True, "410102")])
def test_a_gift_is_income_restricted_where_it_is_earmarked(
    means: str, account: str, restricted: bool, income: str
) -> None:
    said = Said(Direction.RECEIVED, 5_000_000, rules.MEANS[means], restricted)
    assert rules.entries(said, CHART) == (Entry(account, debit=5_000_000), Entry(income, credit=5_000_000))
    assert CHART.accounts[income].restricted is restricted


@pytest.mark.rule(id="F13")
def test_a_gift_given_has_an_account_of_its_own() -> None:
    assert CHART.accounts[expenses()[rules.EXPENSE].account_in(CHART)].name.zh == "公益捐赠支出"


@pytest.mark.rule(id="X7")
def test_a_gift_is_told_the_same_each_time() -> None:
    said = Said(Direction.RECEIVED, 100, Purpose.BANK)
    rules.check_same(said, Said(Direction.RECEIVED, 100, Purpose.BANK))
    for other in (
        Said(Direction.RECEIVED, 101, Purpose.BANK),
        Said(Direction.RECEIVED, 100, Purpose.CASH),
        Said(Direction.RECEIVED, 100, Purpose.BANK, restricted=True),
        Said(Direction.GIVEN, 100, requester=UUID(int=1)),
    ):
        assert refusal(rules.check_same, said, other) == ("X7", "gift-differs")


@pytest.mark.rule(id="X7")
def test_a_gift_that_was_paid_is_not_let_go() -> None:
    rules.check_not_paid(False)
    assert refusal(rules.check_not_paid, True) == ("X7", "gift-paid")
    assert refusal(rules.check_said, Said(Direction.GIVEN, 0)) == ("X2", "amount")

"""Gifts, and what may become of them (M9, X2, X7)."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.membership.activities.gifts import rules
from services.membership.activities.gifts.rules import Donor, Means, State
from shared.errors import Refused

UNIT, PERSON, DAY = UUID(int=1), UUID(int=2), date(2021, 3, 1)


def refusal(check: Any, *args: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        check(*args)
    assert refused.value.rule is not None
    return refused.value.rule, refused.value.code


@pytest.mark.rule(id="M9")
@pytest.mark.parametrize("donor", Donor)
@pytest.mark.parametrize("unit", [None, UNIT])
@pytest.mark.parametrize("person", [None, PERSON])
def test_the_donor_is_who_it_says(donor: Donor, unit: UUID | None, person: UUID | None) -> None:
    right = {Donor.UNIT: (UNIT, None), Donor.PERSON: (None, PERSON), Donor.ANONYMOUS: (None, None)}
    if (unit, person) == right[donor]:
        rules.check_donor(donor, unit, person)
    else:
        assert refusal(rules.check_donor, donor, unit, person) == ("M9", "donor")


@pytest.mark.rule(id="M9")
def test_goods_are_described_and_money_is_not() -> None:
    rules.check_goods(Means.GOODS, "小米500千克")
    rules.check_goods(Means.BANK, None)
    for means, goods in ((Means.GOODS, None), (Means.GOODS, " "), (Means.CASH, "小米")):
        assert refusal(rules.check_goods, means, goods) == ("M9", "goods")


@pytest.mark.rule(id="X2")
def test_a_gift_is_worth_something() -> None:
    rules.check_amount(1)
    for amount in (0, -1):
        assert refusal(rules.check_amount, amount) == ("X2", "amount")


@pytest.mark.rule(id="M9")
def test_a_gift_has_a_purpose_and_was_received_by_today() -> None:
    rules.check_purpose("乡村小学")
    assert refusal(rules.check_purpose, "") == ("M9", "purpose-needed")
    rules.check_day(DAY, DAY)
    assert refusal(rules.check_day, date(2021, 3, 2), DAY) == ("M9", "day-to-come")


@pytest.mark.rule(id="X7")
@pytest.mark.parametrize("state", State)
def test_a_gift_is_reversed_with_a_reason_until_its_money_has_left(state: State) -> None:
    if state in (State.RECEIVED, State.REQUESTED):
        assert rules.reverse(state, "重复登记") is State.REVERSED
        assert refusal(rules.reverse, state, " ") == ("X7", "reason-needed")
    else:
        assert refusal(rules.reverse, state, "重复登记") == ("X7", "not-reversible")


@pytest.mark.rule(id="M9")
def test_a_gift_given_stands_as_finance_told_in_whatever_order() -> None:
    assert rules.follow(State.REQUESTED, State.REFUSED) is State.REFUSED
    assert rules.follow(State.REVERSED, State.WITHDRAWN) is State.REVERSED
    assert rules.follow(State.REVERSED, State.PAID) is State.PAID
    assert rules.follow(State.PAID, State.WITHDRAWN) is State.PAID

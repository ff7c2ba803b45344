"""What a unit is invoiced for a year: by tier and standard, for its months, unless waived (M1, M2, M3)."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.billing.rules import Outcome, look_at
from services.membership.dues import rules
from services.membership.standards.months import Joining, Leaving, Months
from services.membership.standards.rules import Standard, Waiver
from services.membership.units.rules import Membership
from shared.errors import Refused

UNIT = UUID(int=1)
DAY = date(2021, 9, 1)
MEMBER = rules.Member(UNIT, "director", date(2020, 5, 1))
STANDARD = Standard(UUID(int=9), date(2021, 1, 1), {"member": 500_000, "director": 1_000_000, "vice_president": 0})


def by(**said: Any) -> list[Standard]:
    return [replace(STANDARD, **said)]


@pytest.mark.rule(id="M3")
def test_a_member_is_invoiced_the_amount_of_its_tier() -> None:
    assert rules.bill(MEMBER, 2021, [STANDARD], DAY) == rules.Bill(1_000_000, "director", STANDARD.id, Months(1, 12))


@pytest.mark.rule(id="M2")
def test_a_tier_changed_in_the_middle_of_a_year_counts_on_the_next_invoice_only() -> None:
    invoiced = rules.bill(replace(MEMBER, tier="member"), 2021, [STANDARD], DAY)
    with pytest.raises(Refused) as refused:
        rules.bill(MEMBER, 2021, [STANDARD], DAY, [Months()])
    assert refused.value.code == "invoice-issued", "what was invoiced by the old tier stays"
    assert rules.bill(MEMBER, 2022, [STANDARD], date(2022, 1, 5)).amount == 2 * invoiced.amount


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize(
    ("joining", "amount", "months"),
    [
        (Joining.WHOLE_YEAR, 1_000_000, Months(1, 12)),
        (Joining.BY_MONTH, 416_667, Months(8, 12)),
        (Joining.BY_HALF_YEAR, 500_000, Months(7, 12)),
    ],
)
def test_who_joins_within_the_year_owes_what_the_resolution_says(joining: Joining, amount: int, months: Months) -> None:
    joined = replace(MEMBER, admitted_on=date(2021, 8, 31))
    bill = rules.bill(joined, 2021, by(joining=joining), DAY)
    assert (bill.amount, bill.months) == (amount, months)


@pytest.mark.rule(id="M3")
def test_who_leaves_later_in_the_year_is_invoiced_as_the_resolution_says() -> None:
    leaves = replace(MEMBER, left_on=date(2021, 10, 1))
    assert rules.bill(leaves, 2021, [STANDARD], DAY).amount == 1_000_000
    bill = rules.bill(leaves, 2021, by(leaving=Leaving.BY_MONTH), DAY)
    assert (bill.amount, bill.months) == (750_000, Months(1, 9))


@pytest.mark.parametrize(
    ("member", "year", "standards", "expected"),
    [
        (replace(MEMBER, tier=None), 2021, [STANDARD], ("M2", "unit-without-tier")),
        (replace(MEMBER, left_on=DAY), 2021, [STANDARD], ("M1", "unit-left")),
        (replace(MEMBER, admitted_on=date(2022, 1, 1)), 2021, [STANDARD], ("M3", "not-a-member-then")),
        (replace(MEMBER, tier="standing_director"), 2021, [STANDARD], ("M3", "tier-without-amount")),
        (replace(MEMBER, tier="vice_president"), 2021, [STANDARD], ("M3", "zero-invoice")),
        (MEMBER, 2020, [STANDARD], ("M3", "no-standard")),
        (MEMBER, 2022, [STANDARD], ("M3", "year-to-come")),
        (MEMBER, 2021, by(waivers=[Waiver("director", None, None)]), ("M3", "waived")),
        (MEMBER, 2021, by(waivers=[Waiver(None, UNIT, 2021)]), ("M3", "waived")),
        (replace(MEMBER, admitted_on=date(2021, 1, 1)), 2021, by(joining=Joining.NOTHING), ("M3", "no-months")),
        (
            replace(MEMBER, admitted_on=date(2021, 12, 1)),
            2021,
            by(joining=Joining.BY_MONTH, amounts={"director": 5}),
            ("M3", "zero-invoice"),
        ),
    ],
)
@pytest.mark.rule(id="M3")
def test_no_invoice_and_a_run_passes_over(
    member: rules.Member, year: int, standards: list[Standard], expected: tuple[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        rules.bill(member, year, standards, DAY)
    assert (refused.value.rule, refused.value.code) == expected
    finding = look_at(member, year, standards, DAY)
    assert finding.refused is not None
    assert (finding.outcome, finding.refused.code, finding.bill) == (Outcome.PASSED_OVER, expected[1], None)


@pytest.mark.rule(id="M3")
def test_a_run_leaves_whom_it_finds_invoiced_and_bills_the_others() -> None:
    assert look_at(MEMBER, 2021, [STANDARD], DAY, [Months()]).outcome is Outcome.ALREADY
    left_since = replace(MEMBER, left_on=DAY)
    assert look_at(left_since, 2021, [STANDARD], DAY, [Months()]).outcome is Outcome.ALREADY
    finding = look_at(MEMBER, 2021, [STANDARD], DAY)
    assert (finding.outcome, finding.bill) == (Outcome.INVOICED, rules.bill(MEMBER, 2021, [STANDARD], DAY))


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="M3")
def test_a_unit_that_came_back_owes_for_the_years_on_a_day_of_which_it_was_a_member() -> None:
    earlier = (Membership(date(2015, 3, 1), date(2018, 1, 1)),)
    back = rules.Member(UNIT, "director", date(2021, 5, 1), None, earlier)
    standards = [replace(STANDARD, effective_from=date(2010, 1, 1), joining=Joining.BY_MONTH)]
    billed = {year: look_at(back, year, standards, DAY) for year in range(2014, 2022)}
    refused = {year: found.refused.code for year, found in billed.items() if found.refused}
    assert refused == dict.fromkeys((2014, 2018, 2019, 2020), "not-a-member-then")
    months = {year: found.bill.months for year, found in billed.items() if found.bill}
    assert months == {2015: Months(3, 12), 2016: Months(1, 12), 2017: Months(1, 12), 2021: Months(5, 12)}


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize("joining", Joining)
def test_a_year_in_which_a_unit_left_and_came_back_is_owed_for_its_months_as_a_member(joining: Joining) -> None:
    back = rules.Member(UNIT, "director", date(2021, 8, 31), date(2021, 11, 1), (AWAY,))
    assert back.months_in(2021, joining, Leaving.BY_MONTH) == [Months(1, 2), Months(8, 10)]
    assert back.months_in(2021, joining, Leaving.NOTHING_BACK) == [Months(1, 12)], "nothing back is nothing twice, too"
    assert back.months_in(2022, joining, Leaving.BY_MONTH) == []
    at_once = replace(back, admitted_on=date(2021, 2, 28))
    assert at_once.months_in(2021, joining, Leaving.BY_MONTH) == [Months(1, 10)], "a month is owed once"


AWAY = Membership(None, date(2021, 3, 1))
"""A membership through February."""


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize(
    ("back_on", "billed", "months", "part"),
    [
        (date(2021, 8, 1), [], Months(1, 2), 1),
        (date(2021, 8, 1), [Months(1, 2)], Months(8, 12), 2),
        (date(2021, 2, 20), [Months(1, 2)], Months(3, 12), 2),
        (date(2021, 8, 1), [Months(1, 0)], Months(1, 2), 2),
        (date(2021, 8, 1), [Months(1, 2), Months(8, 12)], None, 0),
        (date(2021, 8, 1), [Months(1, 12)], None, 0),
    ],
)
def test_a_unit_that_came_back_is_invoiced_for_the_months_that_no_invoice_is_for(
    back_on: date, billed: list[Months], months: Months | None, part: int
) -> None:
    back = rules.Member(UNIT, "director", back_on, None, (AWAY,))
    finding = look_at(back, 2021, by(leaving=Leaving.BY_MONTH), date(2021, 9, 1), billed)
    if months is None:
        assert (finding.outcome, finding.bill) == (Outcome.ALREADY, None)
    else:
        bill = rules.Bill(months.share(1_000_000), "director", STANDARD.id, months, part)
        assert (finding.outcome, finding.bill) == (Outcome.INVOICED, bill)


@pytest.mark.rule(id="X4")
def test_a_later_standard_makes_no_invoice_of_months_that_the_first_left_out() -> None:
    assert look_at(MEMBER, 2021, [STANDARD], DAY, [Months(8, 12)]).outcome is Outcome.ALREADY
    back = rules.Member(UNIT, "director", date(2021, 8, 1), None, (AWAY,))
    bill = look_at(back, 2021, [STANDARD], DAY, [Months(1, 2)]).bill
    assert bill is not None
    assert bill.months == Months(8, 12)
    left_again = replace(back, left_on=DAY)
    refused = look_at(left_again, 2021, [STANDARD], DAY, [Months(1, 2)]).refused
    assert refused is not None
    assert refused.code == "unit-left"


@pytest.mark.rule(id="M3")
@given(
    st.integers(1, 10**12),
    st.sampled_from(Joining),
    st.sampled_from(Leaving),
    st.none() | st.dates(date(2019, 1, 1), date(2021, 9, 1)),
    st.none() | st.dates(date(2021, 9, 2), date(2023, 1, 1)),
)
def test_no_invoice_is_above_the_whole_or_of_nothing(
    amount: int, joining: Joining, leaving: Leaving, admitted_on: date | None, left_on: date | None
) -> None:
    member = rules.Member(UNIT, "director", admitted_on, left_on)
    finding = look_at(member, 2021, by(amounts={"director": amount}, joining=joining, leaving=leaving), DAY)
    if finding.bill is not None:
        assert 0 < finding.bill.amount <= amount
        assert (finding.bill.amount == amount) >= (finding.bill.months == Months(1, 12))
    else:
        assert finding.refused is not None
        assert finding.refused.code in ("no-months", "zero-invoice")

"""How a unit stands with its dues on a day: good, owing, overdue, suspended (M4)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.data import standing_terms
from services.membership.dues import rules
from services.membership.dues.rules import Owed, Standing, StandingTerms

DUE = date(2021, 5, 31)
TERMS = StandingTerms("t", date(2014, 7, 25), 365)


def standing(amount: int, day: date) -> Standing:
    return rules.account([Owed(amount, DUE)], day, TERMS).standing


@pytest.mark.rule(id="M4")
@pytest.mark.parametrize(
    ("amount", "day", "wanted"),
    [
        (0, "2031-01-01", Standing.GOOD),
        (1, "2021-05-31", Standing.OWING),
        (1, "2021-06-01", Standing.OVERDUE),
        # The first day overdue is 1 June 2021, the 365th 31 May 2022.
        (1, "2022-05-31", Standing.OVERDUE),
        (1, "2022-06-01", Standing.SUSPENDED),
        (1, "2031-01-01", Standing.SUSPENDED),
    ],
)
def test_a_unit_is_suspended_once_it_was_overdue_for_so_many_days(amount: int, day: str, wanted: Standing) -> None:
    assert standing(amount, date.fromisoformat(day)) == wanted


@pytest.mark.rule(id="M4")
@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(-800, 800))))
def test_the_worst_invoice_decides_and_sums_are_of_all(invoices: list[tuple[int, int]]) -> None:
    owed = [Owed(amount, DUE + timedelta(days)) for amount, days in invoices]
    order = list(Standing)
    alone = [rules.account([each], DUE, TERMS).standing for each in owed]
    account = rules.account(owed, DUE, TERMS)
    assert account.standing == max(alone, key=order.index, default=Standing.GOOD)
    assert account.owes == sum(each.amount for each in owed)
    assert account.overdue == sum(each.amount for each in owed if each.due_on < DUE)
    assert account.good == (account.owes == 0)
    assert account.terms == "t"


@pytest.mark.rule(id="M4")
@pytest.mark.rule(id="X4")
def test_when_a_unit_is_suspended_is_data_with_a_first_day() -> None:
    (terms,) = standing_terms()
    assert (terms.effective_from, terms.days_overdue) == (date(2014, 7, 25), 365)

"""By how much an invoice is reduced when the unit leaves: by its months, to the fen (M3, X2, X4, X7)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from services.membership.dues.rules import Member, amount_due
from services.membership.reductions.rules import Billed, Reduction, reduction
from services.membership.standards.months import YEAR, Joining, Leaving, Months, together
from services.membership.standards.rules import Standard
from services.membership.units.rules import Membership
from shared.errors import Refused

UNIT = UUID(int=1)
WHOLE = 500_000
STANDARD = Standard(UUID(int=9), date(2021, 1, 1), {"director": WHOLE}, leaving=Leaving.BY_MONTH)
MEMBER = Member(UNIT, "director", date(2019, 5, 1))
INVOICE = Billed(2021, Months(), WHOLE)


def left_on(day: date) -> Member:
    return replace(MEMBER, left_on=day)


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2021, 7, 1), Reduction(Months(1, 6), 250_000)),
        (date(2021, 7, 2), Reduction(Months(1, 7), 208_333)),
        (date(2021, 12, 2), None),
        (date(2021, 12, 1), Reduction(Months(1, 11), 41_667)),
        (date(2022, 1, 1), None),
        (date(2022, 7, 1), None),
        (date(2021, 1, 2), Reduction(Months(1, 1), 458_333)),
        (date(2021, 1, 1), Reduction(Months(1, 0), 500_000)),
        (date(2020, 12, 21), Reduction(Months(1, 0), 500_000)),
    ],
)
def test_an_invoice_is_owed_through_the_last_month_as_a_member(day: date, expected: Reduction | None) -> None:
    assert reduction(INVOICE, STANDARD, left_on(day)) == expected


@pytest.mark.rule(id="M3")
def test_nothing_back_is_about_the_year_of_leaving() -> None:
    nothing_back = replace(STANDARD, leaving=Leaving.NOTHING_BACK)
    assert reduction(INVOICE, nothing_back, left_on(date(2021, 1, 2))) is None
    assert reduction(INVOICE, nothing_back, left_on(date(2021, 1, 1))) == Reduction(Months(1, 0), 500_000)
    assert reduction(INVOICE, nothing_back, left_on(date(2022, 1, 1))) is None


@pytest.mark.rule(id="X7")
def test_what_is_reduced_stays_so_whatever_the_unit_does_later() -> None:
    through_june = INVOICE._replace(months=Months(1, 6))
    assert reduction(through_june, STANDARD, left_on(date(2021, 7, 1))) is None
    assert reduction(through_june, STANDARD, left_on(date(2021, 5, 1))) == Reduction(Months(1, 4), 83_333)
    assert reduction(through_june, STANDARD, MEMBER) is None
    assert reduction(INVOICE._replace(months=Months(1, 0)), STANDARD, left_on(date(2020, 5, 1))) is None


@pytest.mark.rule(id="M3")
def test_of_a_unit_that_is_back_only_what_the_first_invoice_is_for_is_reduced() -> None:
    back = Member(UNIT, "director", date(2021, 9, 1), None, (Membership(None, date(2021, 5, 11)),))
    assert reduction(INVOICE, STANDARD, back) == Reduction(Months(1, 5), 291_667), "however late the leaving is heard"
    assert reduction(INVOICE._replace(months=Months(9, 12)), STANDARD, back) is None
    again = replace(back, left_on=date(2021, 11, 1))
    assert reduction(INVOICE._replace(months=Months(9, 12)), STANDARD, again) == Reduction(Months(9, 10), 83_333)
    at_once = replace(back, admitted_on=date(2021, 5, 20))
    assert reduction(INVOICE, STANDARD, at_once) is None, "a member in every month"


days = st.dates(date(2019, 1, 1), date(2023, 1, 31))


@pytest.mark.rule(id="X2")
@given(st.integers(1, 10**12), st.sampled_from(Joining), st.none() | days, st.lists(days, max_size=3))
@example(500_000, Joining.BY_MONTH, date(2021, 3, 31), [date(2021, 7, 1)])
@example(1, Joining.WHOLE_YEAR, None, [date(2021, 7, 1)])
def test_what_is_owed_and_what_is_reduced_are_what_was_invoiced_to_the_fen(
    whole: int, joining: Joining, admitted_on: date | None, lefts: list[date]
) -> None:
    """The unit's end is moved to an earlier day again and again."""
    standard = replace(STANDARD, amounts={"director": whole}, joining=joining)
    member = replace(MEMBER, admitted_on=admitted_on)
    try:
        bill = amount_due(standard, member, 2021)
    except Refused:
        return
    months, reduced = bill.months, 0
    for day in sorted(lefts, reverse=True):
        if admitted_on is None or day > admitted_on:
            less = reduction(Billed(2021, months, whole), standard, replace(member, left_on=day))
            if less is not None:
                assert less.amount > 0
                assert less.months.last < months.last
                months, reduced = less.months, reduced + less.amount
    assert months.share(whole) + reduced == bill.amount


@pytest.mark.rule(id="M3")
@given(
    st.lists(st.dates(date(2020, 12, 1), date(2022, 1, 31)), min_size=1, max_size=7, unique=True).map(sorted),
    st.booleans(),
)
@example([date(2021, 5, 11), date(2021, 9, 1)], True)
@example([date(2021, 5, 11), date(2021, 5, 20)], True)
def test_a_unit_that_comes_and_goes_owes_each_month_as_a_member_once(turns: list[date], invoiced_first: bool) -> None:
    """It leaves and comes back on these days in turn; what is to be invoiced is while it is a member, and what is too
    much is reduced when it leaves."""
    standard = replace(STANDARD, joining=Joining.BY_MONTH)
    invoices: list[Months] = []

    def bill() -> None:
        while months := member.months_to_bill(2021, standard.joining, standard.leaving, invoices):
            invoices.append(months)

    member = MEMBER
    if invoiced_first:
        bill()
    for day in turns:
        if member.left_on is None:
            member = replace(member, left_on=day)
            found = [(months, reduction(Billed(2021, months, YEAR), standard, member)) for months in invoices]
            invoices = [less.months if less else months for months, less in found]
        else:
            earlier = (*member.earlier, Membership(member.admitted_on, member.left_on))
            member = replace(member, admitted_on=day, left_on=None, earlier=earlier)
            bill()
    assume(invoiced_first or len(turns) > 1)
    owed = [month for months in invoices for month in range(months.first, months.last + 1)]
    year = [date(2021, 1, 1) + timedelta(days=n) for n in range(365)]
    there = {day.month for time in member.times for day in year if _covers(time, day)}
    assert sorted(owed) == sorted(there)


def _covers(time: Membership, day: date) -> bool:
    return (time.admitted_on or day) <= day and (time.left_on is None or day < time.left_on)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([Months(1, 5), Months(9, 12)], [Months(1, 5), Months(9, 12)]),
        ([Months(9, 12), Months(1, 8)], [Months(1, 12)]),
        ([Months(1, 12), Months(3, 4)], [Months(1, 12)]),
        ([Months(5, 12), Months(1, 5)], [Months(1, 12)]),
        ([Months(13, 12), Months(1, 0)], []),
    ],
)
def test_spans_of_months_together(spans: list[Months], expected: list[Months]) -> None:
    assert together(spans) == expected

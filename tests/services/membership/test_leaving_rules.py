"""How a membership ends, and what a unit was when (M1, M2, M3, X3, X7)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.leaving.rules import check_withdrawal, ends, left_on
from services.membership.representatives.rules import Term, cut
from services.membership.units.rules import Membership, is_member, was_member_in
from shared.errors import Refused

TODAY = date(2021, 2, 1)
DAY = timedelta(days=1)
days = st.integers(-40, 40).map(lambda n: TODAY + n * DAY)


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="X3")
@given(days)
def test_the_last_day_is_a_whole_day(last: date) -> None:
    assert is_member(left_on(last), last)
    assert not is_member(left_on(last), last + DAY)


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize(
    ("last_day", "leaves_on", "code"),
    [
        (TODAY, None, None),
        (TODAY + 300 * DAY, None, None),
        (TODAY - DAY, None, "last-day-past"),
        (TODAY, TODAY, "unit-left"),
        (TODAY, TODAY + DAY, "leaving-declared"),
    ],
)
def test_a_unit_withdraws_once_and_not_for_a_day_that_is_past(
    last_day: date, leaves_on: date | None, code: str | None
) -> None:
    if code is None:
        check_withdrawal(last_day, TODAY, leaves_on)
        return
    with pytest.raises(Refused) as refused:
        check_withdrawal(last_day, TODAY, leaves_on)
    assert (refused.value.rule, refused.value.code) == ("M1", code)


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize(
    ("admitted_on", "leaves_on", "ended"),
    [
        (None, None, True),
        (TODAY, None, True),
        (TODAY + DAY, None, False),
        (None, TODAY, False),
        (None, TODAY + DAY, False),
        (None, TODAY + 2 * DAY, True),
    ],
)
def test_a_resolution_ends_only_a_membership_that_lasts_beyond_it(
    admitted_on: date | None, leaves_on: date | None, ended: bool
) -> None:
    assert ends(admitted_on, leaves_on, TODAY) == ended


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize(
    ("year", "member"), [(2018, False), (2019, True), (2020, True), (2021, False), (2022, False), (2023, True)]
)
def test_dues_are_owed_for_the_years_of_each_membership(year: int, member: bool) -> None:
    spans = [Membership(date(2019, 12, 31), date(2021, 1, 1)), Membership(date(2023, 6, 1), None)]
    assert was_member_in(year, spans) == member


@pytest.mark.rule(id="M3")
@given(st.none() | days, st.none() | days, st.integers(2019, 2023))
def test_a_year_counts_when_a_day_of_it_does(first: date | None, until: date | None, year: int) -> None:
    span = Membership(first, until)
    year_of = [date(year, 1, 1) + n * DAY for n in range(366)]
    a_day = any((first is None or first <= day) and is_member(until, day) for day in year_of if day.year == year)
    # A membership that ends before it begins has no day, and is none that anybody could have.
    if first is None or until is None or first < until:
        assert was_member_in(year, [span]) == a_day


@pytest.mark.rule(id="M2")
@given(days, st.none() | st.integers(0, 30), days)
def test_a_representation_covers_no_day_beyond_the_membership(first: date, length: int | None, last: date) -> None:
    term = Term(first, None if length is None else first + length * DAY)
    if term.last is not None and term.last <= last:
        return  # ends by itself, and is left alone
    shortened = cut(term, last)
    around = [TODAY + n * DAY for n in range(-50, 120)]
    assert [day for day in around if shortened.covers(day)] == [
        day for day in around if term.covers(day) and day <= last
    ]
    assert shortened.empty == (first > last)


@pytest.mark.rule(id="M2")
def test_a_representation_that_was_called_off_is_in_nobodys_way() -> None:
    off = cut(Term(TODAY + 10 * DAY), TODAY)
    assert off == Term(TODAY + 10 * DAY, TODAY + 9 * DAY)
    assert not off.meets(Term(TODAY))
    assert not Term(TODAY).meets(off)

from datetime import UTC, date, datetime, timedelta, timezone

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.calendar import (
    BUSINESS_ZONE,
    business_date,
    end_of_business_day,
    is_working_day,
    nth_working_day,
    start_of_business_day,
)

LAST_YEAR_WITH_DATA = max(chinese_calendar.holidays).year
days = st.dates(date(1995, 1, 1), date(LAST_YEAR_WITH_DATA + 5, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2020, 12, 24), True),
        (date(2020, 12, 26), False),
        (date(2021, 1, 1), False),
        (date(2021, 2, 7), True),
        (date(2021, 2, 20), True),
        (date(2021, 2, 17), False),
    ],
    ids=["thursday", "saturday", "new-year", "sunday-worked", "saturday-worked", "spring-festival"],
)
def test_working_days_follow_the_public_calendar(day, works):
    assert is_working_day(day) is works


@given(st.dates(date(LAST_YEAR_WITH_DATA + 1, 1, 1), date(2200, 1, 1)))
def test_years_without_data_work_monday_to_friday(day):
    assert is_working_day(day) is (day.weekday() < 5)


def test_years_before_the_data_work_monday_to_friday_too():
    assert is_working_day(date(1999, 10, 1))
    assert not is_working_day(date(1999, 10, 2))


def test_the_start_counts_unless_told_otherwise():
    thursday = date(2020, 12, 24)
    assert nth_working_day(thursday, 1) == thursday
    assert nth_working_day(thursday, 5) == date(2020, 12, 30)
    assert nth_working_day(thursday, 5, counting_start=False) == date(2020, 12, 31)


def test_a_start_on_a_free_day_does_not_count():
    saturday = date(2020, 12, 26)
    assert nth_working_day(saturday, 1) == date(2020, 12, 28)
    assert nth_working_day(saturday, 1, counting_start=False) == date(2020, 12, 28)


def test_counting_crosses_a_holiday_and_the_end_of_the_data():
    assert nth_working_day(date(2021, 2, 10), 2) == date(2021, 2, 18)
    new_years_eve = date(LAST_YEAR_WITH_DATA, 12, 31)
    assert nth_working_day(new_years_eve, 30).year == LAST_YEAR_WITH_DATA + 1


@pytest.mark.parametrize("n", [0, -1])
def test_days_are_counted_from_one(n):
    with pytest.raises(ValueError, match="from 1"):
        nth_working_day(date(2020, 12, 24), n)


@given(days, st.integers(1, 40), st.booleans())
def test_the_span_holds_exactly_that_many_working_days(start, n, counting_start):
    last = nth_working_day(start, n, counting_start)
    first = start if counting_start else start + timedelta(days=1)
    span = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    assert is_working_day(last)
    assert sum(map(is_working_day, span)) == n


@pytest.mark.rule(id="X3")
def test_the_day_turns_in_shanghai_not_in_greenwich():
    assert business_date(datetime(2021, 2, 28, 15, 59, 59, tzinfo=UTC)) == date(2021, 2, 28)
    assert business_date(datetime(2021, 2, 28, 16, 0, 0, tzinfo=UTC)) == date(2021, 3, 1)
    assert business_date(datetime(2021, 2, 28, 23, 0, tzinfo=timezone(timedelta(hours=-5)))) == date(2021, 3, 1)


@pytest.mark.rule(id="X3")
def test_a_term_runs_through_the_whole_last_second():
    end = end_of_business_day(date(2021, 2, 28))
    assert end.utcoffset() == timedelta(hours=8)
    assert f"{end:%Y-%m-%d %H:%M:%S}" == "2021-02-28 23:59:59"
    assert datetime(2021, 2, 28, 23, 59, 59, 900_000, BUSINESS_ZONE) <= end
    assert end < start_of_business_day(date(2021, 3, 1))
    assert start_of_business_day(date(2021, 3, 1)) - end == timedelta(microseconds=1)


@pytest.mark.rule(id="X3")
def test_a_moment_without_a_zone_has_no_date():
    with pytest.raises(ValueError, match="time zone"):
        business_date(datetime(2021, 2, 28, 12, 0))


@pytest.mark.rule(id="X3")
@given(days)
def test_a_day_lies_between_its_start_and_its_end(day):
    assert business_date(start_of_business_day(day)) == day
    assert business_date(end_of_business_day(day)) == day

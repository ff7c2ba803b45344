"""Business time: Asia/Shanghai days and Chinese working days (X3).

Working days come from chinesecalendar, which knows the public holidays and the weekends worked in exchange.
The State Council announces a year at the end of the year before, so the library has no data for years further
ahead (nor before 2004); there Monday to Friday are taken as working days.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
_SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Whether offices work on ``day``; Monday to Friday in years without holiday data."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY


def nth_working_day(start: date, n: int, counting_start: bool = True) -> date:
    """The ``n``-th working day (from 1) on or after ``start``; after it, unless ``counting_start``.

    A ``start`` that is no working day counts in neither case. ValueError when ``n`` is below 1.
    """
    if n < 1:
        raise ValueError("working days are counted from 1")
    day = start if counting_start else start + timedelta(days=1)
    while True:
        if is_working_day(day):
            n -= 1
            if n == 0:
                return day
        day += timedelta(days=1)


def business_date(moment: datetime) -> date:
    """The date on the wall in Shanghai at ``moment``. ValueError for a moment without a zone."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(BUSINESS_ZONE).date()


def start_of_business_day(day: date) -> datetime:
    """00:00 of ``day`` in Shanghai."""
    return datetime.combine(day, time.min, BUSINESS_ZONE)


def end_of_business_day(day: date) -> datetime:
    """The last instant of ``day`` in Shanghai: a term "before" that day runs through 23:59:59 (X3).

    To the microsecond, so that ``moment <= end_of_business_day(day)`` holds for the whole last second.
    """
    return datetime.combine(day, time.max, BUSINESS_ZONE)

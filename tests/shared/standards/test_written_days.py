"""Days as offices write them."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.written_days import day_written

DAY = date(2021, 2, 1)


@pytest.mark.parametrize(
    "cell",
    [
        DAY,
        datetime(2021, 2, 1, 9, 30),
        "2021-02-01",
        "2021-2-1",
        "2021/2/1",
        "2021.02.01",
        "2021年2月1日",
        " 2021 年 2 月 1 日 ",
        "２０２１／２／１",
        "20210201",
        Decimal(20210201),
        "2021/2/1 0:00",
        "2021-02-01 09:30:00",
    ],
)
def test_one_day_in_many_ways(cell: str | Decimal | date) -> None:
    assert day_written(cell) == DAY


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        "2021",
        "2021年2月",
        "2021-02",
        "2021-02/01",
        "2021年2-1日",
        "2021-2-1日",
        "2021年2月1",
        "1/2/2021",
        "21-2-1",
        "2021-02-30",
        "2021-13-01",
        "0000-01-01",
        "2021/2/1 0",
        "2021 2 1",
        Decimal(44228),
        Decimal("2021.2"),
        "二〇二一年二月一日",
        "٢٠٢١-٠٢-٠١",
    ],
)
def test_what_names_no_day(cell: str | Decimal | None) -> None:
    assert day_written(cell) is None


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日"]))
def test_every_day_is_read_as_it_is_written(day: date, form: str) -> None:
    assert day_written(day.strftime(form)) == day

"""The bands by which dues are aged (M4, X4)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.aging.rules import NOT_DUE, AgingBands, check_as_of
from services.membership.data import dues_aging
from shared.errors import Refused

(BANDS,) = dues_aging()
TODAY = date(2021, 9, 1)


@pytest.mark.rule(id="M4")
def test_the_bands() -> None:
    assert [(band.code, band.since, band.through) for band in BANDS.bands] == [
        (NOT_DUE, None, 0),
        ("1-30", 1, 30),
        ("31-90", 31, 90),
        ("91-365", 91, 365),
        ("over-365", 366, None),
    ]


@pytest.mark.rule(id="M4")
@given(st.lists(st.integers(1, 2000), min_size=1, max_size=6, unique=True).map(sorted), st.integers(-800, 2500))
def test_each_day_is_in_exactly_one_band(through: list[int], overdue: int) -> None:
    bands = AgingBands("x", TODAY, tuple(through))
    due_on = TODAY - timedelta(days=overdue)
    holding = []
    for place, band in enumerate(bands.bands):
        first, last = band.due_between(TODAY)
        if (first is None or first <= due_on) and (last is None or due_on <= last):
            holding.append(place)
    # As the database counts them: how many of the starts are not after that day.
    assert holding == [sum(start <= overdue for start in bands.starts)]


@pytest.mark.rule(id="M4")
def test_a_band_that_there_is_not_and_a_past_day_are_refused() -> None:
    assert BANDS.band("31-90") == BANDS.bands[2]
    with pytest.raises(Refused) as refused:
        BANDS.band("1-31")
    assert (refused.value.rule, refused.value.code) == ("M4", "unknown-band")
    check_as_of(TODAY, TODAY)
    with pytest.raises(Refused) as refused:
        check_as_of(TODAY - timedelta(days=1), TODAY)
    assert (refused.value.rule, refused.value.code) == ("M4", "aging-past")

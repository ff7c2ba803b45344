"""Whether a piece of personal data is erased or kept, and until when (X11)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Refused
from shared.personal.rules import Ground, Ruling, last_day, ruling
from shared.personal.terms import Terms, terms_of
from shared.text import Text

WORDS = Text("字", "word")
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


def terms(years: int | None = 3, *, must: bool = True, version: str = "v1", since: date = date(2017, 6, 1)) -> Terms:
    return Terms(
        of_class="name",
        label=WORDS,
        version=version,
        effective_from=since,
        purpose=WORDS,
        basis=WORDS,
        counted_from=WORDS,
        years=years,
        must_be_kept=must,
        separate_consent=False,
        assumption=None,
    )


@pytest.mark.rule(id="X11")
@pytest.mark.parametrize(
    ("began", "years", "last"),
    [
        (date(2020, 1, 7), 3, date(2023, 1, 7)),
        (date(2020, 2, 29), 3, date(2023, 2, 28)),
        (date(2020, 2, 29), 4, date(2024, 2, 29)),
        (date(2020, 1, 7), None, None),
        (None, 3, None),
        (date(9990, 1, 1), 30, None),
    ],
)
def test_a_keeping_time_ends_on_the_same_day_years_later(
    began: date | None, years: int | None, last: date | None
) -> None:
    assert last_day(terms(years), began) == last


@pytest.mark.rule(id="X1")
@pytest.mark.rule(id="X11")
def test_the_last_day_is_kept_whole() -> None:
    began, last = date(2020, 1, 7), date(2023, 1, 7)
    assert ruling(terms(), began, Ground.RETENTION, last) == Ruling(False, last)
    assert ruling(terms(), began, Ground.RETENTION, last + timedelta(days=1)).erase


@pytest.mark.rule(id="X11")
@pytest.mark.parametrize("ground", [Ground.DELETION, Ground.WITHDRAWAL])
def test_a_wish_ends_early_only_what_nobody_has_to_keep(ground: Ground) -> None:
    began, today = date(2020, 1, 7), date(2021, 1, 7)
    assert ruling(terms(must=False), began, ground, today).erase
    assert ruling(terms(must=False), None, ground, today).erase
    assert not ruling(terms(must=True), began, ground, today).erase
    assert not ruling(terms(must=True), None, ground, today).erase


@pytest.mark.rule(id="X11")
@given(began=DAYS, today=DAYS, years=st.integers(0, 40), must=st.booleans(), ground=st.sampled_from(Ground))
def test_what_is_past_its_time_goes_whatever_the_ground(
    began: date, today: date, years: int, must: bool, ground: Ground
) -> None:
    kept = terms(years, must=must)
    last = last_day(kept, began)
    assert last is not None
    assert began <= last
    ruled = ruling(kept, began, ground, today)
    if today > last:
        assert ruled.erase
    if ground is Ground.RETENTION and today <= last:
        assert not ruled.erase
    if not ruled.erase:
        assert ruled.until == last


@pytest.mark.rule(id="X11")
@given(today=DAYS, began=st.none() | DAYS, must=st.booleans())
def test_what_is_kept_for_good_is_never_past_its_time(today: date, began: date | None, must: bool) -> None:
    assert not ruling(terms(None, must=must), began, Ground.RETENTION, today).erase
    assert ruling(terms(None, must=must), began, Ground.RETENTION, today).until is None


@pytest.mark.rule(id="X4")
def test_the_version_of_the_day_holds_and_before_the_first_there_is_none() -> None:
    versions = [terms(version="v2", since=date(2021, 11, 1)), terms(version="v1")]
    assert terms_of(versions, "name", date(2021, 10, 31)).version == "v1"
    assert terms_of(versions, "name", date(2021, 11, 1)).version == "v2"
    for of_class, day in (("name", date(2017, 5, 31)), ("photo", date(2022, 1, 1))):
        with pytest.raises(Refused) as refused:
            terms_of(versions, of_class, day)
        assert refused.value.rule == "X4"

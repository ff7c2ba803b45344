"""Which version of what is data holds on a day (X4)."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.effective import in_force
from shared.errors import Refused
from shared.text import Text

RATE = Text("费率", "rates")


@dataclass(frozen=True)
class Rate:
    effective_from: date
    name: str = ""


OLD, NEW = Rate(date(2021, 3, 1), "old"), Rate(date(2026, 1, 1), "new")


@pytest.mark.rule(id="X4")
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2021, 3, 1), OLD),
        (date(2025, 12, 31), OLD),
        (date(2026, 1, 1), NEW),
        (date(2099, 1, 1), NEW),
    ],
)
@pytest.mark.parametrize("versions", [(OLD, NEW), (NEW, OLD)])
def test_a_version_holds_from_its_first_day_until_the_next_begins(
    versions: tuple[Rate, ...], day: date, expected: Rate
) -> None:
    assert in_force(versions, day, RATE) is expected


@pytest.mark.rule(id="X4")
@pytest.mark.parametrize("versions", [(OLD, NEW), ()])
def test_before_the_first_version_it_is_refused_by_name(versions: tuple[Rate, ...]) -> None:
    with pytest.raises(Refused) as refused:
        in_force(versions, date(2021, 2, 28), RATE)
    assert (refused.value.rule, refused.value.code) == ("X4", "no-terms")
    assert refused.value.detail == Text("2021-02-28尚无生效的费率", "No rates are in force on 2021-02-28")


@pytest.mark.rule(id="X4")
@given(st.lists(st.dates(), min_size=1, max_size=8, unique=True), st.dates())
def test_a_version_to_come_changes_nothing_of_what_holds_today(firsts: list[date], day: date) -> None:
    versions = [Rate(first) for first in firsts]
    to_come = [version for version in versions if version.effective_from > day]
    begun = [version for version in versions if version not in to_come]
    if not begun:
        with pytest.raises(Refused):
            in_force(versions, day, RATE)
        return
    found = in_force(versions, day, RATE)
    assert found is in_force(begun, day, RATE)
    assert all(version.effective_from <= found.effective_from for version in begun)

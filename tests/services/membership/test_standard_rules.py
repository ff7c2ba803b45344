"""Dues standards: by resolution, one in force, prorated and waived as they say, published (M2, M3, X2, X4)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import floor
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.membership.data import dues_publication
from services.membership.standards import rules
from services.membership.standards.months import YEAR, Joining, Leaving, Months, months_owed
from shared.errors import Refused

UNIT, ANOTHER = UUID(int=1), UUID(int=2)
AMOUNTS = {"member": 500_000, "director": 1_000_000}
STANDARD = rules.Standard(UUID(int=9), date(2021, 1, 1), AMOUNTS)
amounts = st.integers(1, 10**12)


def refusal(what: object, *arguments: object) -> tuple[str, str]:
    assert callable(what)
    with pytest.raises(Refused) as refused:
        what(*arguments)
    return refused.value.rule, refused.value.code


# --- months -------------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize(
    ("joining", "day", "first"),
    [
        (Joining.WHOLE_YEAR, date(2021, 12, 31), 1),
        (Joining.BY_MONTH, date(2021, 1, 1), 1),
        (Joining.BY_MONTH, date(2021, 7, 31), 7),
        (Joining.BY_MONTH, date(2024, 2, 29), 2),
        (Joining.BY_MONTH, date(2021, 12, 31), 12),
        (Joining.BY_HALF_YEAR, date(2021, 6, 30), 1),
        (Joining.BY_HALF_YEAR, date(2021, 7, 1), 7),
        (Joining.NOTHING, date(2021, 1, 1), 13),
    ],
)
def test_the_year_of_admission(joining: Joining, day: date, first: int) -> None:
    months = months_owed(day.year, joining, Leaving.NOTHING_BACK, day, None)
    assert (months.first, months.last) == (first, 12)
    assert months_owed(day.year + 1, joining, Leaving.NOTHING_BACK, day, None) == Months(1, 12)
    assert not months_owed(day.year - 1, joining, Leaving.NOTHING_BACK, day, None)


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize(
    ("leaving", "left_on", "last"),
    [
        (Leaving.NOTHING_BACK, date(2021, 7, 1), 12),
        (Leaving.BY_MONTH, date(2021, 7, 1), 6),
        (Leaving.BY_MONTH, date(2021, 7, 2), 7),
        (Leaving.BY_MONTH, date(2024, 3, 1), 2),
        (Leaving.BY_MONTH, date(2022, 1, 1), 12),
    ],
)
def test_the_year_of_leaving(leaving: Leaving, left_on: date, last: int) -> None:
    year = (left_on - timedelta(days=1)).year
    assert months_owed(year, Joining.WHOLE_YEAR, leaving, None, left_on) == Months(1, last)
    assert not months_owed(year + 1, Joining.WHOLE_YEAR, leaving, None, left_on)
    assert months_owed(year - 1, Joining.WHOLE_YEAR, leaving, None, left_on) == Months(1, 12)


@pytest.mark.rule(id="M3")
@given(st.dates(date(2019, 1, 1), date(2026, 12, 31)), st.integers(1, 3000), st.integers(2019, 2030))
@example(date(2024, 2, 29), 1, 2024)
@example(date(2024, 2, 29), 365, 2025)
@example(date(2023, 12, 31), 1, 2024)
def test_by_month_a_unit_owes_for_each_month_it_was_a_member_in_and_for_no_other(
    admitted_on: date, lasting: int, year: int
) -> None:
    left_on = admitted_on + timedelta(days=lasting)
    owed = months_owed(year, Joining.BY_MONTH, Leaving.BY_MONTH, admitted_on, left_on)
    days = (admitted_on + timedelta(days=n) for n in range(lasting))
    there = {day.month for day in days if day.year == year}
    assert set(range(owed.first, owed.last + 1)) == there


@pytest.mark.rule(id="X2")
@given(amounts, st.sets(st.integers(2, YEAR)))
def test_parts_of_a_year_leave_no_gap_do_not_overlap_and_add_up_to_the_fen(amount: int, begins: set[int]) -> None:
    starts = [1, *sorted(begins), YEAR + 1]
    parts = [Months(first, after - 1) for first, after in pairwise(starts)]
    assert [month for part in parts for month in range(part.first, part.last + 1)] == list(range(1, YEAR + 1))
    assert sum(part.share(amount) for part in parts) == amount


@pytest.mark.rule(id="X2")
@given(amounts, st.integers(1, YEAR))
def test_a_part_up_to_the_end_of_the_year_is_rounded_once_and_half_up(amount: int, first: int) -> None:
    exact = Fraction(amount * (YEAR + 1 - first), YEAR)
    assert Months(first, YEAR).share(amount) == floor(exact + Fraction(1, 2))


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize(
    ("amount", "months", "share"),
    [
        (500_000, Months(), 500_000),
        (500_000, Months(7, 12), 250_000),
        (500_000, Months(8, 12), 208_333),
        (500_000, Months(6, 12), 291_667),
        (500_000, Months(1, 7), 291_667),
        (1, Months(7, 12), 1),
        (1, Months(1, 6), 0),
        (500_000, Months(13, 12), 0),
        (500_000, Months(1, 0), 0),
    ],
)
def test_shares(amount: int, months: Months, share: int) -> None:
    assert months.share(amount) == share


# --- standards ----------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M3")
def test_a_standard_of_the_assembly_by_tier() -> None:
    tiers = [rules.TierAmount("member", 1), rules.TierAmount("director", 2)]
    waivers = [rules.Waiver("member", None, 2021), rules.Waiver(None, UNIT, None)]
    assert rules.check_standard("assembly", tiers, date(2021, 1, 1), waivers) == {"member": 1, "director": 2}


@pytest.mark.parametrize(
    ("body", "tiers", "day", "waivers", "expected"),
    [
        ("council", ["member"], date(2021, 1, 1), [], ("M3", "not-the-assembly")),
        ("assembly", ["member"], None, [], ("M3", "standard-without-day")),
        ("assembly", [], date(2021, 1, 1), [], ("M3", "standard-tiers")),
        ("assembly", ["member", "member"], date(2021, 1, 1), [], ("M3", "standard-tiers")),
        ("assembly", ["president"], date(2021, 1, 1), [], ("M2", "unknown-tier")),
        ("assembly", ["member"], date(2021, 1, 1), [(None, None, 2021)], ("M3", "waiver-whose")),
        ("assembly", ["member"], date(2021, 1, 1), [("member", UNIT, None)], ("M3", "waiver-whose")),
        ("assembly", ["member"], date(2021, 1, 1), [("president", None, None)], ("M2", "unknown-tier")),
    ],
)
@pytest.mark.rule(id="M3")
def test_what_is_no_standard(
    body: str,
    tiers: list[str],
    day: date | None,
    waivers: list[tuple[str | None, UUID | None, int | None]],
    expected: tuple[str, str],
) -> None:
    amounts = [rules.TierAmount(tier, 1) for tier in tiers]
    assert refusal(rules.check_standard, body, amounts, day, [rules.Waiver(*each) for each in waivers]) == expected


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize(
    ("waiver", "covered"),
    [
        (rules.Waiver("member", None, None), lambda unit, tier, year: tier == "member"),
        (rules.Waiver("member", None, 2021), lambda unit, tier, year: tier == "member" and year == 2021),
        (rules.Waiver(None, UNIT, None), lambda unit, tier, year: unit == UNIT),
        (rules.Waiver(None, UNIT, 2022), lambda unit, tier, year: unit == UNIT and year == 2022),
    ],
)
def test_a_waiver_covers_whom_it_names_and_nobody_else(
    waiver: rules.Waiver, covered: Callable[[UUID, str, int], bool]
) -> None:
    standard = replace(STANDARD, waivers=[waiver])
    for unit in (UNIT, ANOTHER):
        for tier in AMOUNTS:
            for year in (2021, 2022):
                assert standard.waives(unit, tier, year) == covered(unit, tier, year)
                assert not STANDARD.waives(unit, tier, year)


@pytest.mark.rule(id="M3")
@pytest.mark.rule(id="X4")
def test_one_standard_is_in_force_on_a_day() -> None:
    dearer = rules.Standard(UUID(int=10), date(2022, 7, 1), AMOUNTS)
    same_day_resolved_later = rules.Standard(UUID(int=11), date(2022, 7, 1), AMOUNTS)
    known = [same_day_resolved_later, dearer, STANDARD]
    assert rules.standard_for(known, 2022, date(2022, 6, 30)) is STANDARD
    assert rules.standard_for(known, 2022, date(2022, 7, 1)) is same_day_resolved_later
    assert rules.standard_for(known, 2021, date(2022, 7, 1)) is STANDARD, "a past year, by its last day"
    revoked = rules.Standard(UUID(int=10), date(2022, 7, 1), AMOUNTS, ended_on=date(2022, 8, 1))
    assert rules.standard_for([revoked, STANDARD], 2022, date(2022, 7, 31)) is revoked
    assert rules.standard_for([revoked, STANDARD], 2022, date(2022, 8, 1)) is STANDARD
    assert refusal(rules.standard_for, known, 2020, date(2022, 7, 1)) == ("M3", "no-standard")
    assert refusal(rules.standard_for, known, 2023, date(2022, 7, 1)) == ("M3", "year-to-come")


# --- publication --------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M3")
@pytest.mark.rule(id="X4")
def test_a_standard_is_published_within_thirty_days() -> None:
    terms = rules.publication_terms_on(dues_publication(), date(2021, 4, 10))
    assert terms is not None
    assert terms.publish_by(date(2021, 4, 10)) == date(2021, 5, 10)
    assert rules.publication_terms_on(dues_publication(), date(2014, 7, 24)) is None
    longer = rules.PublicationTerms("x", date(2022, 1, 1), 60)
    found = rules.publication_terms_on([*dues_publication(), longer], date(2022, 1, 1))
    assert found is longer


@pytest.mark.rule(id="M3")
@pytest.mark.rule(id="X7")
def test_publication_is_recorded_once_for_a_day_since_the_resolution() -> None:
    adopted, today = date(2021, 4, 10), date(2021, 5, 20)
    for day in (adopted, today):
        rules.check_publication(adopted, day, None, today)
    for day in (adopted - timedelta(days=1), today + timedelta(days=1)):
        assert refusal(rules.check_publication, adopted, day, None, today) == ("M3", "publication-day")
    assert refusal(rules.check_publication, adopted, today, adopted, today) == ("X7", "standard-published")

"""Indicators, periods, figures, what is doubtful in them, and their sum over units (M13, X2, X4, X8)."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.data import (
    founding_indicators,
    founding_statistics,
    plausibility_checks,
    report_charts,
    reporting_terms,
)
from services.membership.statistics.editions import rules as editions
from services.membership.statistics.exact import rounded
from services.membership.statistics.figures import rules as figures
from services.membership.statistics.figures.rules import Line, Reported
from services.membership.statistics.indicators import rules as indicators
from services.membership.statistics.indicators.rules import Adds, Indicator
from services.membership.statistics.periods import rules as periods
from services.membership.statistics.periods.rules import Month
from services.membership.statistics.plausibility import rules as plausibility
from services.membership.statistics.plausibility.rules import Compared, Finding, Kind, Severity
from shared.errors import Refused
from shared.identity.duties import Act, Caller, keep_apart

ASKED = {indicator.code: indicator for indicator in founding_indicators()}
(CHECKS,) = plausibility_checks()
pytestmark = pytest.mark.rule(id="M13")


def of(**values: str | tuple[str, str | None]) -> dict[str, Reported]:
    """Figures by code: a value, or a value and its growth."""
    pairs = {code: (value, None) if isinstance(value, str) else value for code, value in values.items()}
    return {code: Reported(Decimal(v), None if g is None else Decimal(g)) for code, (v, g) in pairs.items()}


def found(
    now: Mapping[str, Reported],
    previous: Mapping[str, Reported] | None = None,
    year_before: Mapping[str, Reported] | None = None,
    *,
    same_year: bool = True,
) -> tuple[Finding, ...]:
    return plausibility.findings(Compared(now, previous or {}, year_before or {}, same_year), ASKED, CHECKS)


def kinds(*given: Finding) -> list[tuple[str, Kind]]:
    return [(finding.indicator, finding.kind) for finding in given]


@contextmanager
def refused(code: str, rule: str = "M13") -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert (caught.value.rule, caught.value.code) == (rule, code)


# --- the founding document ---------------------------------------------------------------------------------


def test_the_documents_figures_contradict_themselves_in_one_place() -> None:
    """Fixed-line revenue grew 11 %, mobile revenue 10.6 %, and they are all there is: the whole did not grow 4.5 %."""
    (finding,) = found(founding_statistics().figures)
    assert (finding.indicator, finding.kind, finding.severity) == (
        "revenue",
        Kind.GROWTH_OF_PARTS,
        Severity.CONTRADICTION,
    )
    for figure in ("4.5%", "11.0%", "10.6%", "10.7%"):
        assert figure in finding.says.zh


def test_without_the_contradiction_nothing_in_the_document_is_doubtful() -> None:
    mended = {**founding_statistics().figures, **of(revenue=("210.0", "10.7"))}
    assert found(mended) == ()


def test_charts_and_checks_speak_of_indicators_there_are() -> None:
    codes = {code for chart in report_charts() for code in chart.codes}
    codes |= {code for pair in CHECKS.parts for code in pair}
    codes |= {code for group in CHECKS.wholes for code in (group.whole, *group.parts)}
    assert codes <= set(ASKED)
    assert set(founding_statistics().figures) == set(ASKED)
    for chart in report_charts():
        if chart.shows is not editions.Shows.GROWTH:
            assert len({ASKED[code].unit for code in chart.codes}) == 1


# --- what is doubtful --------------------------------------------------------------------------------------


@pytest.mark.rule(id="X1")
def test_a_change_is_large_only_above_the_limit() -> None:
    before = of(mobile_users="100")
    assert found(of(mobile_users="120"), before) == ()
    assert kinds(*found(of(mobile_users="120.1"), before)) == [("mobile_users", Kind.CHANGE_FROM_PREVIOUS)]
    assert kinds(*found(of(mobile_users="79.9"), before)) == [("mobile_users", Kind.CHANGE_FROM_PREVIOUS)]
    assert found(of(mobile_users="150"), None, before) == ()
    (finding,) = found(of(mobile_users="150.1"), None, before)
    assert (finding.kind, finding.severity) == (Kind.CHANGE_FROM_YEAR_BEFORE, Severity.DOUBT)


def test_what_comes_out_of_nothing_is_a_large_change() -> None:
    assert kinds(*found(of(users_5g="0.1"), of(users_5g="0"))) == [("users_5g", Kind.CHANGE_FROM_PREVIOUS)]
    assert found(of(users_5g="0"), of(users_5g="0")) == ()


def test_what_is_cumulative_never_falls_within_a_year() -> None:
    before = of(business_volume="200")
    assert found(of(business_volume="200"), before) == ()
    assert kinds(*found(of(business_volume="199.9"), before)) == [("business_volume", Kind.CUMULATIVE_FALLS)]
    assert found(of(business_volume="15"), before, same_year=False) == (), "January begins anew"


def test_a_part_is_at_most_its_whole() -> None:
    assert found(of(users_4g="10", mobile_users="10")) == ()
    assert kinds(*found(of(users_4g="10.1", mobile_users="10"))) == [("users_4g", Kind.PART_ABOVE_WHOLE)]


def test_parts_make_up_their_whole_as_far_as_rounding_goes() -> None:
    parts = of(fixed_revenue="60.1", mobile_revenue="40.1")
    assert found({**parts, **of(revenue="100.3")}) == ()
    assert kinds(*found({**parts, **of(revenue="100.4")})) == [("revenue", Kind.PARTS_AND_WHOLE)]


def test_growth_that_is_stated_fits_the_two_values() -> None:
    before = of(mobile_traffic="100")
    assert found(of(mobile_traffic=("133.3", "33.5")), None, before) == ()
    assert kinds(*found(of(mobile_traffic=("133.3", "33.6")), None, before)) == [("mobile_traffic", Kind.GROWTH)]
    assert found(of(mobile_traffic=("0", "-100")), None, of(mobile_traffic="0")) == (), "from nothing nothing follows"


def test_parts_that_went_to_nothing_say_nothing_of_the_whole() -> None:
    given = of(revenue=("10", "5"), fixed_revenue=("0", "-100"), mobile_revenue=("10", "80"))
    assert found(given) == ()


values = st.integers(0, 10**7).map(lambda tenths: Decimal(f"{tenths}e-1"))


@given(
    fixed=values,
    mobile=values,
    growths=st.tuples(*[st.integers(-990, 5000).map(lambda tenths: Decimal(f"{tenths}e-1"))] * 2),
)
def test_a_whole_that_grows_as_its_parts_do_is_never_doubted(
    fixed: Decimal, mobile: Decimal, growths: tuple[Decimal, Decimal]
) -> None:
    before = Fraction(fixed) * 100 / (100 + Fraction(growths[0])) + Fraction(mobile) * 100 / (
        100 + Fraction(growths[1])
    )
    if not before:
        return
    growth = rounded((Fraction(fixed + mobile) / before - 1) * 100, 1)
    given = {
        "revenue": Reported(fixed + mobile, growth),
        "fixed_revenue": Reported(fixed, growths[0]),
        "mobile_revenue": Reported(mobile, growths[1]),
    }
    assert found(given) == ()
    wrong = {**given, "revenue": Reported(fixed + mobile, growth + 1)}
    assert kinds(*found(wrong)) == [("revenue", Kind.GROWTH_OF_PARTS)]


def test_findings_are_answered_while_their_period_is_open() -> None:
    fresh = plausibility.Answered(explained=False, accepted=False)
    plausibility.check_explanation(fresh, True, "新增大客户")
    plausibility.check_acceptance(fresh, True)
    with refused("explanation-empty"):
        plausibility.check_explanation(fresh, True, " \n")
    with refused("period-closed"):
        plausibility.check_acceptance(fresh, False)
    with refused("finding-accepted"):
        plausibility.check_explanation(plausibility.Answered(True, True), True, "又及")
    with refused("findings-unanswered"):
        plausibility.check_all_answered(1)
    plausibility.check_all_answered(0)


# --- sums --------------------------------------------------------------------------------------------------

reports = st.dictionaries(
    st.uuids(),
    st.fixed_dictionaries(
        {},
        optional={
            "revenue": st.builds(Reported, values),
            "traffic_per_user": st.builds(Reported, values),
            "mobile_internet_users": st.builds(Reported, values),
            "mobile_broadband_penetration": st.builds(Reported, values),
        },
    ),
    min_size=1,
    max_size=8,
)


def totals(
    given: Mapping[uuid.UUID, Mapping[str, Reported]], before: Mapping[str, Reported] | None = None
) -> dict[str, editions.Total]:
    return {total.indicator.code: total for total in editions.consolidate(given, ASKED, before or {})}


@pytest.mark.rule(id="X2")
@given(reports)
def test_the_whole_is_the_sum_of_its_parts(given: dict[uuid.UUID, dict[str, Reported]]) -> None:
    summed = totals(given)
    parts = [each["revenue"].value for each in given.values() if "revenue" in each]
    assert ("revenue" in summed) == bool(parts)
    if parts:
        assert (summed["revenue"].value, summed["revenue"].units) == (sum(parts), len(parts))
    assert "mobile_broadband_penetration" not in summed, "a rate does not add up"


@given(reports, st.randoms())
def test_the_order_of_reports_makes_no_difference(given: dict[uuid.UUID, dict[str, Reported]], random: Random) -> None:
    shuffled = list(given.items())
    random.shuffle(shuffled)
    assert totals(dict(shuffled)) == totals(given)


@given(reports)
def test_a_mean_lies_between_its_parts(given: dict[uuid.UUID, dict[str, Reported]]) -> None:
    summed = totals(given)
    weighing = [
        (each["traffic_per_user"].value, each["mobile_internet_users"].value)
        for each in given.values()
        if {"traffic_per_user", "mobile_internet_users"} <= each.keys()
    ]
    counted = [value for value, weight in weighing if weight]
    assert ("traffic_per_user" in summed) == bool(counted)
    if counted:
        assert min(counted) <= summed["traffic_per_user"].value <= max(counted)
        assert summed["traffic_per_user"].units == len(weighing)


def test_a_mean_is_weighted_and_rounded_once() -> None:
    units = [uuid.uuid4() for _ in range(3)]
    given = {
        units[0]: of(traffic_per_user="10.0", mobile_internet_users="2000"),
        units[1]: of(traffic_per_user="13.0", mobile_internet_users="1000"),
        units[2]: of(traffic_per_user="99.0"),
    }
    assert totals(given)["traffic_per_user"].value == Decimal("11.0")
    assert totals({units[0]: of(traffic_per_user="9.0", mobile_internet_users="0")}).get("traffic_per_user") is None


def test_growth_of_a_total_follows_from_the_year_before() -> None:
    given = {uuid.uuid4(): of(revenue="210.0")}
    assert totals(given, of(revenue="201.0"))["revenue"].growth == Decimal("4.5")
    assert totals(given, of(revenue="0"))["revenue"].growth is None
    assert totals(given)["revenue"].growth is None


@pytest.mark.rule(id="X2")
@given(st.fractions(-(10**6), 10**6), st.integers(0, 6))
def test_rounding_is_to_the_nearest(number: Fraction, places: int) -> None:
    near = rounded(number, places)
    assert abs(Fraction(near) - number) * 2 * 10**places <= 1
    assert rounded(-number, places) == -near


@pytest.mark.rule(id="X2")
def test_halves_go_away_from_zero() -> None:
    assert [str(rounded(Fraction(each), 1)) for each in ("1/20", "-1/20", "3/20", "1/30")] == [
        "0.1",
        "-0.1",
        "0.2",
        "0.0",
    ]


# --- what is reported --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "report-lines"),
        ([Line("revenue", Decimal(1)), Line("revenue", Decimal(1))], "report-lines"),
        ([Line("telegrams", Decimal(1))], "indicator-not-asked"),
        ([Line("revenue", Decimal("-0.1"))], "figure-range"),
        ([Line("revenue", Decimal(10) ** 15)], "figure-range"),
        ([Line("revenue", Decimal("0.01"))], "figure-places"),
        ([Line("revenue", Decimal(1), Decimal("-100.1"))], "figure-growth"),
        ([Line("revenue", Decimal(1), Decimal("0.001"))], "figure-growth"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(lines: list[Line], code: str) -> None:
    with refused(code):
        figures.check_lines(lines, ASKED)


def test_figures_at_the_edge_are_taken() -> None:
    edge = [Line("revenue", Decimal("999999999999999.9"), Decimal("-100.00")), Line("users_5g", Decimal(0))]
    figures.check_lines(edge, ASKED)


@pytest.mark.rule(id="X8")
def test_who_represents_the_unit_or_entered_the_figures_does_not_judge_them() -> None:
    unit, clerk = uuid.uuid4(), uuid.uuid4()
    bonds = figures.whose_figures(unit), figures.whose_entries([clerk])
    keep_apart(Act.REVIEWS, Caller.of(uuid.uuid4(), units=[uuid.uuid4()]), bonds)
    with refused("own-figures", "X8"):
        keep_apart(Act.REVIEWS, Caller.of(uuid.uuid4(), units=[unit]), bonds)
    with refused("own-entries", "X8"):
        keep_apart(Act.REVIEWS, Caller.of(clerk), bonds)


# --- indicators and periods --------------------------------------------------------------------------------


def version(since: str, **changed: Any) -> Indicator:
    return replace(ASKED["revenue"], id=uuid.uuid4(), effective_from=date.fromisoformat(since), **changed)


@pytest.mark.rule(id="X4")
def test_the_version_of_the_day_is_asked_until_it_ends() -> None:
    versions = [version("2020-01-01"), version("2021-01-01", places=2), version("2022-01-01", asked=False)]
    assert indicators.asked_on(versions, date(2019, 12, 31)) == {}
    assert indicators.asked_on(versions, date(2020, 12, 31))["revenue"].places == 1
    assert indicators.asked_on(versions, date(2021, 1, 1))["revenue"].places == 2
    assert indicators.asked_on(versions, date(2022, 1, 31)) == {}


@pytest.mark.rule(id="X4")
@pytest.mark.parametrize(
    ("new", "rule", "code"),
    [
        (version("2021-01-02"), "M13", "indicator-within-month"),
        (version("2020-01-01"), "X4", "indicator-version-order"),
        (version("2020-10-01"), "X4", "indicator-retroactive"),
        (version("2021-01-01", adds=Adds.MEAN), "M13", "indicator-weight"),
        (version("2021-01-01", weight="mobile_users"), "M13", "indicator-weight"),
        (version("2021-01-01", adds=Adds.MEAN, weight="telegrams"), "M13", "indicator-weight"),
        (version("2021-01-01", adds=Adds.MEAN, weight="traffic_per_user"), "M13", "indicator-weight"),
        (version("2021-01-01", adds=Adds.MEAN, weight="revenue"), "M13", "indicator-weight"),
    ],
)
def test_a_version_that_does_not_fit_is_refused(new: Indicator, rule: str, code: str) -> None:
    with refused(code, rule):
        indicators.check_version(new, ASKED.values(), date(2020, 10, 31))


def test_a_later_version_is_taken() -> None:
    indicators.check_version(version("2020-11-01", places=2), ASKED.values(), date(2020, 10, 31))
    indicators.check_version(version("2020-11-01", adds=Adds.MEAN, weight="mobile_users"), ASKED.values(), None)


def test_a_month_knows_its_neighbours() -> None:
    assert Month(2021, 1).previous == Month(2020, 12)
    assert Month(2020, 2).year_before == Month(2019, 2)
    assert Month(2020, 2).last_day == date(2020, 2, 29)


@pytest.mark.rule(id="X3")
def test_the_last_day_counts_from_the_months_end_or_a_later_opening() -> None:
    (terms,) = reporting_terms()
    assert terms.due_on(Month(2020, 10), date(2020, 10, 20)) == date(2020, 11, 10)
    assert terms.due_on(Month(2020, 10), date(2020, 12, 1)) == date(2020, 12, 11)


@pytest.mark.parametrize(
    ("month", "reporters", "due_on", "code"),
    [
        (Month(2020, 12), 1, "2021-01-10", "period-to-come"),
        (Month(2020, 10), 0, "2020-12-10", "period-reporters"),
        (Month(2020, 10), 2, "2020-12-10", "period-reporters"),
        (Month(2020, 10), 1, "2020-11-29", "period-due"),
        (Month(2020, 11), 1, "2020-11-29", "period-due"),
    ],
)
def test_an_opening_that_does_not_fit_is_refused(month: Month, reporters: int, due_on: str, code: str) -> None:
    with refused(code):
        periods.check_opening(month, date(2020, 11, 30), [uuid.UUID(int=1)] * reporters, date.fromisoformat(due_on))


def test_a_period_goes_from_open_to_closed_to_published() -> None:
    opened, closed, published = periods.State
    periods.check_open(opened)
    periods.check_publishing(closed)
    periods.check_closed(published)
    for state in (closed, published):
        with refused("period-closed"):
            periods.check_open(state)
    with refused("period-open"):
        periods.check_publishing(opened)
    with refused("period-published"):
        periods.check_publishing(published)

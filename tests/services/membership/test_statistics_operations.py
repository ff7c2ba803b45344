"""Industry statistics over the bus: asked for, reported, doubted, added up, published, revised (M13, X4, X7, X8)."""

import io
import itertools
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from services.membership.data import founding_indicators, founding_statistics
from services.membership.units.rules import check_character
from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person

CLOCK = "2150-06-15T09:00:00+08:00"
_YEARS = itertools.count(2030)
"""Far off, and one for each test that looks at several months."""
pytestmark = pytest.mark.rule(id="M13")

REVENUE = {"revenue": "210.0", "fixed_revenue": "67.7", "mobile_revenue": "142.3"}


class Statistics:
    """A clerk, another one, an officer, and what units have."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.clerk, self.colleague = association.person("clerk"), association.person("clerk")

    def call(self, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        return self.association.call("membership", operation, as_=as_ or self.clerk, **given)

    def unit(self) -> str:
        first17 = f"91140000M{int(new_id()) % 10**8:08d}"
        given = {"name": "汾河", "credit_code": first17 + check_character(first17), "tier": "director"}
        unit: str = self.call("admit_unit", **given)["id"]
        return unit

    def of(self, unit: str) -> Person:
        """One of a unit's people."""
        return self.association.person("representative", unit=unit)

    def open(self, *units: str, year: int, month: int = 10, **given: Any) -> str:
        period: str = self.call("open_period", year=year, month=month, unit_ids=list(units), **given)["id"]
        return period

    def report(self, unit: str, period: str, as_: Person | None = None, **values: Any) -> Answer:
        """Report values by code; a pair is a value and its growth."""
        lines = []
        for code, value in values.items():
            value, growth = value if isinstance(value, tuple) else (value, None)
            lines.append({"indicator": code, "value": value, "growth": growth})
        return self.call("report_figures", as_ or self.of(unit), id=unit, period_id=period, figures=lines)

    def totals(self, answer: Answer) -> dict[str, tuple[str, str | None, int]]:
        return {
            total["indicator"]["code"]: (total["value"], total["growth"], total["units"]) for total in answer["totals"]
        }

    def told(self, subject: str) -> list[tuple[str, dict[str, Any]]]:
        sql = f"SELECT type, body FROM chassis.outbox WHERE subject = '{subject}' ORDER BY position"
        return [(row["type"], json.loads(row["body"])) for row in self.association.rows("membership", sql)]


@pytest.fixture
def statistics(association: Association) -> Statistics:
    association.set_clock(CLOCK)
    return Statistics(association)


@pytest.fixture
def year() -> int:
    return next(_YEARS)


def refusal(answer: Answer) -> tuple[int, str | None, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem.get("rule"), answer.problem["code"]


# --- the founding document ---------------------------------------------------------------------------------


def test_october_2020_is_published_with_its_contradiction(statistics: Statistics) -> None:
    stated = founding_statistics()
    reader = statistics.of(str(new_id()))
    report = statistics.call("get_report", reader, id=stated.period)
    assert (report["basis"], report["number"], report["reported"]) == ("source", 1, 0)
    totals = statistics.totals(report)
    assert len(totals) == len(founding_indicators())
    assert totals["business_volume"] == ("2483.2", "29.7", 0)
    assert totals["users_5g"] == ("593.8", None, 0)
    (finding,) = report["findings"]
    assert (finding["indicator"], finding["kind"], finding["severity"]) == (
        "revenue",
        "growth-of-parts",
        "contradiction",
    )
    assert "4.5%" in finding["says_zh"]


def test_the_report_is_a_pdf_and_a_spreadsheet(statistics: Statistics) -> None:
    stated = founding_statistics()
    reader = statistics.of(str(new_id()))
    # The first chart of a process takes long on a busy machine.
    printed = statistics.call("print_report", reader, id=stated.period, deadline=80.0)
    pdf = PdfReader(io.BytesIO(printed.content))
    text = "".join(page.extract_text() for page in pdf.pages)
    for said in ("2020年10月", "2,483.2", "总数与各部分的增长率矛盾", "已发布"):
        assert said in text
    workbook = load_workbook(io.BytesIO(statistics.call("export_report", reader, id=stated.period).content))
    assert workbook.sheetnames == ["数据", "疑点"]
    rows = {row[0]: row[2] for row in workbook["数据"].iter_rows(min_row=2, values_only=True)}
    assert rows["移动互联网接入流量"] == 293303.1
    assert workbook["疑点"].max_row == 2


# --- a period ----------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X4")
def test_a_period_opens_once_with_a_last_day_by_the_terms(statistics: Statistics, year: int) -> None:
    unit = statistics.unit()
    given = {"year": year, "month": 10, "unit_ids": [unit]}
    opened = statistics.call("open_period", key=f"open {year}", **given)
    assert (opened.status, opened["state"], opened["due_on"]) == (201, "open", "2150-06-25")
    assert opened["terms"] == "statistics-terms-2020"
    assert statistics.call("open_period", key=f"open {year}", **given).body == opened.body
    assert [type_ for type_, _ in statistics.told(f"statistics-period/{opened['id']}")] == [
        "statistics-period.opened.v1"
    ]
    assert refusal(statistics.call("open_period", **given)) == (409, "M13", "period-there")
    assert statistics.call("get_period", id=opened["id"]).body == opened.body
    listed = statistics.call("list_periods", statistics.of(unit), year=year)["items"]
    assert [each["id"] for each in listed] == [opened["id"]]


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"year": 2150, "month": 7}, 409, "period-to-come"),
        ({"unit_ids": []}, 409, "period-reporters"),
        ({"due_on": "2150-06-14"}, 409, "period-due"),
        ({"month": 13}, 422, "invalid"),
        ({"unit_ids": [str(uuid.uuid4())]}, 404, "not-found"),
    ],
)
def test_an_opening_that_does_not_fit_is_refused(
    statistics: Statistics, year: int, given: dict[str, Any], status: int, code: str
) -> None:
    wanted = {"year": year, "month": 10, "unit_ids": [statistics.unit()], **given}
    answer = statistics.call("open_period", **wanted)
    assert answer.problem is not None
    assert (answer.status, answer.problem["code"]) == (status, code)
    assert statistics.call("list_periods", year=year)["items"] == []


def test_a_unit_that_has_left_is_not_asked(statistics: Statistics, year: int) -> None:
    unit = statistics.unit()
    with statistics.association.database("membership").begin() as connection:
        connection.exec_driver_sql(f"UPDATE units SET left_on = '2150-06-15' WHERE id = '{unit}'")
    answer = statistics.call("open_period", year=year, month=10, unit_ids=[unit])
    assert refusal(answer) == (409, "M1", "unit-left")


def test_one_more_unit_is_asked_while_the_period_is_open(statistics: Statistics, year: int) -> None:
    first, second = statistics.unit(), statistics.unit()
    period = statistics.open(first, year=year)
    assert refusal(statistics.report(second, period, revenue="1")) == (409, "M13", "not-a-reporter")
    assert statistics.call("add_reporter", id=period, unit_id=second).status == 201
    assert refusal(statistics.call("add_reporter", id=period, unit_id=second)) == (409, "M13", "reporter-there")
    assert statistics.report(second, period, revenue="1").status == 201


# --- reports -----------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X7")
def test_a_unit_reports_and_corrects_and_what_was_before_stays_on_file(statistics: Statistics, year: int) -> None:
    unit = statistics.unit()
    period = statistics.open(unit, year=year)
    first = statistics.report(unit, period, revenue="210.0", mobile_users="4018.5")
    assert (first.status, len(first["figures"]), first["findings"]) == (201, 2, [])
    again = statistics.report(unit, period, revenue="210.0", mobile_users="4018.4")
    assert [(each["indicator"], each["value"]) for each in again["figures"]] == [("mobile_users", "4018.4")]
    counting = statistics.call("list_figures", statistics.of(unit), period_id=period)["items"]
    assert {(each["indicator"], each["value"]) for each in counting} == {
        ("revenue", "210.0"),
        ("mobile_users", "4018.4"),
    }
    assert not any(each["on_behalf"] or each["late"] for each in counting)
    every = statistics.call("list_figures", unit_id=unit, superseded=True)["items"]
    assert [each["value"] for each in every if each["superseded_at"]] == ["4018.5"]


def test_a_clerk_enters_figures_for_a_unit_and_late_ones_count(statistics: Statistics, year: int) -> None:
    unit = statistics.unit()
    period = statistics.open(unit, year=year)
    statistics.association.set_clock("2150-06-25T23:59:59+08:00")
    (on_time,) = statistics.report(unit, period, statistics.clerk, revenue="1.0")["figures"]
    statistics.association.set_clock("2150-06-26T00:00:00+08:00")
    (late,) = statistics.report(unit, period, statistics.clerk, revenue="1.1")["figures"]
    assert (on_time["late"], on_time["on_behalf"]) == (False, True)
    assert (late["late"], late["on_behalf"]) == (True, True)


@pytest.mark.rule(id="X2")
@pytest.mark.rule(id="X6")
@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({}, 409, "report-lines"),
        ({"telegrams": "1"}, 409, "indicator-not-asked"),
        ({"revenue": "-1"}, 409, "figure-range"),
        ({"revenue": "1.01"}, 409, "figure-places"),
        ({"revenue": ("1", "-101")}, 409, "figure-growth"),
        ({"revenue": "1e3"}, 422, "invalid"),
        ({"revenue": "１"}, 422, "invalid"),
        ({"revenue": "NaN"}, 422, "invalid"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(
    statistics: Statistics, year: int, values: dict[str, Any], status: int, code: str
) -> None:
    unit = statistics.unit()
    period = statistics.open(unit, year=year)
    answer = statistics.report(unit, period, mobile_users="1", **values) if values else statistics.report(unit, period)
    assert answer.problem is not None
    assert (answer.status, answer.problem["code"]) == (status, code)
    assert statistics.call("list_figures", period_id=period)["items"] == []


def test_two_reports_at_once_leave_one_figure_that_counts(statistics: Statistics, year: int) -> None:
    unit = statistics.unit()
    period = statistics.open(unit, year=year)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda value: statistics.report(unit, period, revenue=str(value)), range(1, 9)))
    assert {answer.status for answer in answers} == {201}
    assert len(statistics.call("list_figures", period_id=period)["items"]) == 1
    assert len(statistics.call("list_figures", period_id=period, superseded=True)["items"]) == 8


def test_who_reported_what_is_seen(statistics: Statistics, year: int) -> None:
    units = sorted(statistics.unit() for _ in range(3))
    period = statistics.open(*units, year=year)
    stated = {code: str(each.value) for code, each in founding_statistics().figures.items()}
    statistics.report(units[0], period, **stated)
    statistics.report(units[1], period, users_4g="10.0", mobile_users="9.0")
    completeness = statistics.call("get_completeness", id=period)
    assert [completeness[name] for name in ("expected", "reported", "complete")] == [3, 2, 1]
    whole, some, nothing = completeness["units"]
    assert (whole["missing"], whole["open_findings"]) == ([], 0)
    assert (len(some["missing"]), some["open_findings"]) == (len(stated) - 2, 1)
    assert len(nothing["missing"]) == len(stated)


# --- what is doubtful --------------------------------------------------------------------------------------


@pytest.mark.rule(id="X8")
def test_what_is_doubtful_waits_for_an_explanation_or_an_acceptance(statistics: Statistics, year: int) -> None:
    unit = statistics.unit()
    period = statistics.open(unit, year=year)
    answer = statistics.report(unit, period, statistics.clerk, users_4g="10.1", users_5g="10.2", mobile_users="10.0")
    by_code = {finding["indicator"]: finding["id"] for finding in answer["findings"]}
    assert set(by_code) == {"users_4g", "users_5g"}
    assert refusal(statistics.call("close_period", id=period)) == (409, "M13", "findings-unanswered")

    both = statistics.association.person("clerk", "representative", unit=unit)
    for who, code in ((statistics.clerk, "own-entries"), (both, "own-figures")):
        assert refusal(statistics.call("accept_finding", who, id=by_code["users_4g"])) == (409, "X8", code)
    accepted = statistics.call("accept_finding", statistics.colleague, id=by_code["users_4g"])
    assert accepted["accepted_at"]
    again = statistics.call("accept_finding", statistics.colleague, id=by_code["users_4g"])
    assert refusal(again) == (409, "M13", "finding-accepted")

    said = {"id": by_code["users_5g"], "text": "口径含物联网"}
    assert statistics.call("explain_finding", statistics.clerk, **said).status == 403
    administrator = statistics.association.person("administrator")
    assert refusal(statistics.call("explain_finding", administrator, **said)) == (409, "M13", "not-the-unit")
    assert refusal(statistics.call("explain_finding", statistics.of(unit), id=by_code["users_5g"], text=" ")) == (
        409,
        "M13",
        "explanation-empty",
    )
    assert statistics.call("explain_finding", statistics.of(unit), **said)["explanation"] == "口径含物联网"
    assert statistics.call("list_findings", period_id=period, unanswered=True)["items"] == []
    assert statistics.call("close_period", id=period).status == 200


@pytest.mark.rule(id="X7")
def test_a_finding_goes_when_the_figures_do_and_stays_answered_when_they_do_not(
    statistics: Statistics, year: int
) -> None:
    unit = statistics.unit()
    period = statistics.open(unit, year=year)
    (finding,) = statistics.report(unit, period, users_4g="10.1", mobile_users="10.0")["findings"]
    statistics.call("accept_finding", id=finding["id"])
    (still,) = statistics.report(unit, period, revenue="5.0")["findings"]
    assert (still["id"], bool(still["accepted_at"])) == (finding["id"], True)
    assert statistics.report(unit, period, users_4g="9.9")["findings"] == []
    gone = statistics.call("explain_finding", statistics.of(unit), id=finding["id"], text="迟")
    assert refusal(gone) == (409, "M13", "finding-superseded")
    (other,) = statistics.report(unit, period, users_4g="10.2")["findings"]
    assert (other["id"] != finding["id"], other["accepted_at"]) == (True, None)


def test_figures_are_compared_with_the_last_period_and_the_year_before(statistics: Statistics) -> None:
    unit, first, second = statistics.unit(), next(_YEARS), next(_YEARS)
    assert second == first + 1
    for year, month, values in (
        (first, 10, {"mobile_traffic": "100.0"}),
        (second, 9, {"mobile_users": "10.0", "business_volume": "90.0"}),
    ):
        period = statistics.open(unit, year=year, month=month)
        assert statistics.report(unit, period, **values)["findings"] == []
    period = statistics.open(unit, year=second, month=10)
    now: dict[str, Any] = {"mobile_traffic": ("151.0", "40"), "mobile_users": "12.1", "business_volume": "89.9"}
    found = statistics.report(unit, period, **now)["findings"]
    assert {(each["indicator"], each["kind"]) for each in found} == {
        ("mobile_traffic", "change-from-year-before"),
        ("mobile_traffic", "growth"),
        ("mobile_users", "change-from-previous"),
        ("business_volume", "cumulative-falls"),
    }


def test_what_is_reported_later_for_an_earlier_month_makes_a_later_one_doubtful(
    statistics: Statistics, year: int
) -> None:
    unit = statistics.unit()
    september, october = (statistics.open(unit, year=year, month=month) for month in (9, 10))
    assert statistics.report(unit, october, business_volume="90.0")["findings"] == []
    assert statistics.report(unit, september, business_volume="90.1")["findings"] == []
    (found,) = statistics.call("list_findings", period_id=october, unanswered=True)["items"]
    assert found["kind"] == "cumulative-falls"
    assert refusal(statistics.call("close_period", id=october))[2] == "findings-unanswered"
    statistics.call("close_period", id=september)
    mended = {"unit_id": unit, "indicator": "business_volume", "value": "89.0", "reason": "误植"}
    statistics.call("revise_figure", id=september, **mended)
    assert statistics.call("list_findings", period_id=october)["items"] == []
    assert statistics.call("close_period", id=october).status == 200


# --- sums --------------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X7")
def test_a_period_is_added_up_published_and_revised(statistics: Statistics, year: int) -> None:
    one, two, silent = (statistics.unit() for _ in range(3))
    period = statistics.open(one, two, silent, year=year)
    assert refusal(statistics.call("close_period", id=period)) == (409, "M13", "no-reports")
    statistics.report(one, period, revenue="999.9")
    statistics.report(one, period, **REVENUE, traffic_per_user="10.0", mobile_internet_users="2000")
    statistics.report(two, period, revenue="0.1", traffic_per_user="13.0", mobile_internet_users="1000")
    reader = statistics.of(one)

    closed = statistics.call("close_period", id=period)
    assert (closed["number"], closed["expected"], closed["reported"], closed["published_at"]) == (1, 3, 2, None)
    totals = statistics.totals(closed)
    assert totals["revenue"] == ("210.1", None, 2)
    assert totals["traffic_per_user"] == ("11.0", None, 2)
    assert refusal(statistics.report(one, period, revenue="1")) == (409, "M13", "period-closed")
    assert refusal(statistics.call("close_period", id=period)) == (409, "M13", "period-closed")
    assert refusal(statistics.call("get_report", reader, id=period)) == (404, None, "nothing-published")
    assert refusal(statistics.call("print_report", reader, id=period)) == (404, None, "nothing-published")
    assert statistics.call("get_report", id=period).body == closed.body

    published = statistics.call("publish_period", id=period)
    assert published["published_at"]
    assert refusal(statistics.call("publish_period", id=period)) == (409, "M13", "period-published")
    assert statistics.call("get_report", reader, id=period).body == published.body

    mended = {"id": period, "unit_id": silent, "indicator": "revenue", "value": "0.4", "reason": "补报"}
    revised = statistics.call("revise_figure", key=f"revise {period}", **mended)
    assert statistics.call("revise_figure", key=f"revise {period}", **mended).body == revised.body
    assert (revised["number"], revised["reported"], revised["reason"]) == (2, 3, "补报")
    assert statistics.totals(revised)["revenue"] == ("210.5", None, 3)
    assert statistics.call("get_report", reader, id=period)["number"] == 2
    assert statistics.call("get_report", reader, id=period, number=1).body == published.body
    assert [each["number"] for each in statistics.call("list_editions", id=period)["items"]] == [2, 1]
    for edition in (published, revised):
        told = statistics.told(f"statistics-edition/{edition['id']}")
        assert [type_ for type_, _ in told] == ["statistics-edition.made.v1", "statistics-edition.published.v1"]
    _, body = told[1]
    assert {"indicator": "revenue", "value": "210.5", "growth": None} in body["totals"]


@pytest.mark.rule(id="X8")
def test_a_revision_says_why_changes_something_and_is_not_of_ones_own_unit(statistics: Statistics, year: int) -> None:
    unit = statistics.unit()
    period = statistics.open(unit, year=year)
    statistics.report(unit, period, revenue="1.0")
    given: dict[str, Any] = {"id": period, "unit_id": unit, "indicator": "revenue", "value": "2.0", "reason": "误植"}
    assert refusal(statistics.call("revise_figure", **given)) == (409, "M13", "period-open")
    statistics.call("close_period", id=period)
    both = statistics.association.person("clerk", "representative", unit=unit)
    assert refusal(statistics.call("revise_figure", both, **given)) == (409, "X8", "own-figures")
    for changed, code in (
        ({"reason": " "}, "revision-without-reason"),
        ({"value": "1.0"}, "revision-without-change"),
        ({"value": "1.01"}, "figure-places"),
        ({"unit_id": statistics.unit()}, "not-a-reporter"),
    ):
        assert refusal(statistics.call("revise_figure", **{**given, **changed})) == (409, "M13", code)
    assert [each["number"] for each in statistics.call("list_editions", id=period)["items"]] == [1]


def test_growth_of_a_total_is_counted_from_the_year_before(statistics: Statistics) -> None:
    unit, first, second = statistics.unit(), next(_YEARS), next(_YEARS)
    before = statistics.open(unit, year=first)
    statistics.report(unit, before, revenue="201.0")
    statistics.call("close_period", id=before)
    now = statistics.open(unit, year=second)
    statistics.report(unit, now, revenue="210.0")
    assert statistics.totals(statistics.call("close_period", id=now))["revenue"] == ("210.0", "4.5", 1)


# --- who may -----------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M11")
def test_a_unit_sees_its_own_figures_and_no_others(statistics: Statistics, year: int) -> None:
    mine, theirs = statistics.unit(), statistics.unit()
    period = statistics.open(mine, theirs, year=year)
    for unit in (mine, theirs):
        statistics.report(unit, period, users_4g="10.1", mobile_users="10.0")
    reader = statistics.of(mine)
    for operation in ("list_figures", "list_findings"):
        items = statistics.call(operation, reader, period_id=period)["items"]
        assert {item["unit_id"] for item in items} == {mine}
        assert statistics.call(operation, reader, period_id=period, unit_id=theirs)["items"] == []
    assert statistics.report(theirs, period, reader, revenue="1").status == 404
    for operation in ("get_completeness", "list_editions", "close_period", "publish_period"):
        assert statistics.call(operation, reader, id=period).status == 403


@pytest.mark.rule(id="M11")
def test_a_stranger_may_nothing(statistics: Statistics) -> None:
    stranger = statistics.association.person()
    for operation in ("list_indicators", "list_periods", "list_figures", "list_findings"):
        assert statistics.call(operation, stranger).status == 403
    for operation in ("get_report", "print_report", "export_report", "close_period"):
        assert statistics.call(operation, stranger, id=founding_statistics().period).status == 403


# --- indicators --------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X4")
def test_an_indicator_gets_a_new_version_for_months_to_come(statistics: Statistics) -> None:
    # Later than any month another test opens: the business clock of this one is ahead of theirs.
    given = {
        "code": f"towers_{next(_YEARS)}",
        "effective_from": "2460-01-01",
        "label_zh": "铁塔数",
        "label_en": "Towers",
        "unit_zh": "座",
        "unit_en": "towers",
        "measure": "stock",
        "adds": "sum",
        "places": 0,
    }
    added = statistics.call("add_indicator", **given)
    assert (added.status, added["asked"]) == (201, True)
    again = statistics.call("add_indicator", **given)
    assert refusal(again) == (409, "X4", "indicator-version-order")
    ended = statistics.call("add_indicator", **{**given, "effective_from": "2461-01-01", "asked": False})
    assert ended.status == 201
    versions = statistics.call("list_indicators", code=given["code"])["items"]
    assert [each["effective_from"] for each in versions] == ["2461-01-01", "2460-01-01"]
    for changed, code in (
        ({"effective_from": "2020-10-01", "code": "masts"}, "indicator-retroactive"),
        ({"effective_from": "2470-01-02"}, "indicator-within-month"),
        ({"effective_from": "2470-01-01", "adds": "mean"}, "indicator-weight"),
    ):
        assert refusal(statistics.call("add_indicator", **{**given, **changed}))[2] == code
    assert statistics.call("add_indicator", **{**given, "code": "铁塔"}).status == 422

"""Surveys: plan, questionnaire, answers, report, as the rules have it (M8, X1, X4, X7, X8, X10)."""

import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.data import survey_terms
from services.membership.surveys.plans import rules as plans
from services.membership.surveys.questionnaires.rules import (
    Kind,
    Question,
    Section,
    check_questionnaire,
)
from services.membership.surveys.reports import rules as reports
from services.membership.surveys.responses import rules as responses
from services.membership.surveys.responses.rules import Given
from shared.errors import Refused
from shared.identity.duties import Act, Caller, keep_apart

(TERMS,) = survey_terms()
FIRST, LAST = date(2021, 5, 1), date(2021, 5, 31)
Q1, Q2, Q3, Q4, Q5 = (uuid.UUID(int=number) for number in range(1, 6))
ASKED = {
    Q1: Question("通话质量", Kind.SCALE_5, Decimal(60)),
    Q2: Question("资费透明", Kind.SCALE_10, Decimal(40)),
    Q3: Question("是否投诉过", Kind.YES_NO, Decimal(0)),
    Q4: Question("办理渠道", Kind.CHOICE, None, ("营业厅", "网上")),
    Q5: Question("建议", Kind.TEXT),
}


def refused(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(Refused) as found:
        call()
    assert all(found.value.detail)
    return found.value.rule or "", found.value.code


def field_of(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as found:
        call()
    (field,) = found.value.errors or {}
    return field


def section(weight: str, *weights: str) -> Section:
    return Section("部分", Decimal(weight), tuple(Question("题", Kind.SCALE_5, Decimal(each)) for each in weights))


# --- plan --------------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M8")
def test_a_plan_ends_no_earlier_than_it_starts_and_names_each_operator_once() -> None:
    plans.check_plan(FIRST, FIRST, [Q1, Q2])
    assert refused(lambda: plans.check_plan(LAST, FIRST, [Q1])) == ("M8", "survey-period")
    assert refused(lambda: plans.check_plan(FIRST, LAST, [Q1, Q1])) == ("M8", "survey-operator-twice")


@pytest.mark.rule(id="M8")
@pytest.mark.parametrize("day", [FIRST, date(2021, 5, 15), LAST])
def test_a_survey_opens_on_any_day_of_its_period(day: date) -> None:
    plans.check_opening(plans.State.PLANNED, FIRST, LAST, day, has_questionnaire=True)


@pytest.mark.rule(id="M8")
@pytest.mark.parametrize(
    ("state", "day", "questionnaire", "code"),
    [
        (plans.State.OPEN, FIRST, True, "survey-opened-before"),
        (plans.State.CLOSED, FIRST, True, "survey-opened-before"),
        (plans.State.PLANNED, FIRST, False, "survey-no-questionnaire"),
        (plans.State.PLANNED, date(2021, 4, 30), True, "survey-outside-period"),
        (plans.State.PLANNED, date(2021, 6, 1), True, "survey-outside-period"),
    ],
)
def test_opening_is_refused(state: plans.State, day: date, questionnaire: bool, code: str) -> None:
    opening = lambda: plans.check_opening(state, FIRST, LAST, day, has_questionnaire=questionnaire)  # noqa: E731
    assert refused(opening) == ("M8", code)


@pytest.mark.rule(id="M8")
@pytest.mark.rule(id="X4")
def test_plan_and_questionnaire_are_frozen_once_it_has_opened() -> None:
    plans.check_changeable(plans.State.PLANNED)
    for state in (plans.State.OPEN, plans.State.CLOSED):
        assert refused(lambda state=state: plans.check_changeable(state)) == ("M8", "survey-frozen")  # type: ignore[misc]


@pytest.mark.rule(id="M8")
def test_answers_come_in_while_it_is_open_and_from_outside_through_the_last_day() -> None:
    plans.check_asking(plans.State.OPEN, LAST, LAST)
    plans.check_open(plans.State.OPEN)
    assert refused(lambda: plans.check_asking(plans.State.OPEN, LAST, date(2021, 6, 1))) == ("M8", "survey-over")
    assert refused(lambda: plans.check_asking(plans.State.PLANNED, LAST, LAST)) == ("M8", "survey-not-open")
    assert refused(lambda: plans.check_open(plans.State.CLOSED)) == ("M8", "survey-closed")


# --- questionnaire -----------------------------------------------------------------------------------------


@pytest.mark.rule(id="M8")
def test_weights_that_total_a_hundred_exactly_pass() -> None:
    check_questionnaire([section("33.33", "100"), section("33.33", "50", "50"), section("33.34", "0", "100")])
    check_questionnaire([section("100", *["8.33"] * 11, "8.37")])


@pytest.mark.rule(id="M8")
@pytest.mark.parametrize(
    ("sections", "field"),
    [
        ([section("99.99", "100")], "sections"),
        ([section("50", "100"), section("50.01", "100")], "sections"),
        ([section("100", "50", "49.99")], "sections.0.questions"),
        ([section("100", "100"), section("0", "100")], "sections.1.questions"),
        ([section("100.001", "100")], "sections.0.weight"),
        ([section("-1", "100"), section("101", "100")], "sections.0.weight"),
        ([section("100", "NaN")], "sections.0.questions.0.weight"),
        ([section("100", "33.333", "66.667")], "sections.0.questions.0.weight"),
        ([], "sections"),
        ([Section("空", Decimal(100), ())], "sections.0.questions"),
        ([section("100", "100"), *[section("0", "0")] * 20], "sections"),
        ([section("100", "100", *["0"] * 90)], "sections"),
    ],
)
def test_a_questionnaire_without_an_exact_hundred_is_refused_and_the_field_named(
    sections: list[Section], field: str
) -> None:
    assert field_of(lambda: check_questionnaire(sections)) == field


@pytest.mark.rule(id="M8")
@pytest.mark.parametrize(
    ("question", "field"),
    [
        (Question("题", Kind.SCALE_5, None), "weight"),
        (Question("题", Kind.TEXT, Decimal(0)), "weight"),
        (Question("题", Kind.CHOICE, None, ("一个",)), "options"),
        (Question("题", Kind.CHOICE, None, ("一", "一 ")), "options"),
        (Question("题", Kind.CHOICE, None, ("一", " ")), "options"),
        (Question("题", Kind.YES_NO, Decimal(0), ("是", "否")), "options"),
    ],
)
def test_a_question_that_does_not_fit_its_kind_is_refused(question: Question, field: str) -> None:
    whole = Section("部分", Decimal(100), (Question("题", Kind.SCALE_5, Decimal(100)), question))
    assert field_of(lambda: check_questionnaire([whole])) == f"sections.0.questions.1.{field}"


# --- answers -----------------------------------------------------------------------------------------------

VALUES = st.integers(-3, 20)


@pytest.mark.rule(id="M8")
@given(VALUES, st.sampled_from([(Q1, range(1, 6)), (Q2, range(1, 11)), (Q3, range(2)), (Q4, range(1, 3))]))
def test_an_answer_lies_on_the_scale_of_its_question(value: int, case: tuple[uuid.UUID, range]) -> None:
    question, scale = case
    answering = lambda: responses.check_answers(ASKED, [Given(question, value)], TERMS)  # noqa: E731
    if value in scale:
        answering()
    else:
        assert refused(answering) == ("M8", "survey-answer")


@pytest.mark.rule(id="M8")
@pytest.mark.parametrize(
    ("answers", "code", "field"),
    [
        ([], "survey-no-answers", "answers"),
        ([Given(Q1, 3), Given(uuid.UUID(int=9), 3)], "survey-question", "answers.1.question_id"),
        ([Given(Q1, 3), Given(Q1, 3)], "survey-answered-twice", "answers.1.question_id"),
        ([Given(Q1, None)], "survey-answer", "answers.0.value"),
        ([Given(Q1, 3, "好")], "survey-answer", "answers.0.value"),
        ([Given(Q5, 3)], "survey-answer", "answers.0.text"),
        ([Given(Q5, None, "")], "survey-answer", "answers.0.text"),
        ([Given(Q5, None, "好" * 1001)], "survey-answer", "answers.0.text"),
    ],
)
def test_what_is_not_asked_is_not_answered(answers: list[Given], code: str, field: str) -> None:
    answering = lambda: responses.check_answers(ASKED, answers, TERMS)  # noqa: E731
    assert refused(answering) == ("M8", code)
    assert field_of(answering) == field


@pytest.mark.rule(id="M8")
@pytest.mark.rule(id="X1")
def test_half_of_what_counts_is_enough_and_less_is_not() -> None:
    assert responses.state_of(ASKED, [Given(Q1, 3)], TERMS) is responses.State.VALID
    assert responses.state_of(ASKED, [Given(Q3, 1), Given(Q4, 1), Given(Q5, None, "好")], TERMS) is (
        responses.State.INCOMPLETE
    )


@pytest.mark.rule(id="M8")
@pytest.mark.parametrize(
    ("id", "typed", "value", "text"),
    [
        (Q1, " 5 ", 5, None),
        (Q3, "是", 1, None),
        (Q3, "No", 0, None),
        (Q3, "1", 1, None),
        (Q4, "网上", 2, None),
        (Q4, "1", 1, None),
        (Q5, " 很好 ", None, "很好"),
    ],
)
def test_a_cell_is_read_as_its_question_takes_it(
    id: uuid.UUID, typed: str, value: int | None, text: str | None
) -> None:
    assert responses.from_cell(ASKED[id], id, typed, TERMS) == Given(id, value, text)


@pytest.mark.rule(id="M8")
@pytest.mark.parametrize(("id", "typed"), [(Q1, "6"), (Q1, "很好"), (Q1, "4.5"), (Q1, "５"), (Q3, "2"), (Q4, "邮局")])
def test_a_cell_that_its_question_does_not_take_is_refused_and_not_quoted(id: uuid.UUID, typed: str) -> None:
    with pytest.raises(Refused) as found:
        responses.from_cell(ASKED[id], id, typed, TERMS)
    assert f"“{typed}”" not in found.value.detail.zh


@pytest.mark.rule(id="M8")
def test_no_more_respond_than_were_asked() -> None:
    responses.check_invited(30, 30)
    assert refused(lambda: responses.check_invited(31, 30)) == ("M8", "survey-more-than-invited")


@pytest.mark.rule(id="X10")
@pytest.mark.parametrize("phone", ["13900000000", "+8613900000000", "0351-5600000", "03515600000"])
def test_a_number_is_kept_with_consent_only(phone: str) -> None:
    responses.check_phone(None, False)
    responses.check_phone(phone, True)
    assert refused(lambda: responses.check_phone(phone, False)) == ("X10", "consent-needed")


@pytest.mark.parametrize("phone", ["", "139", "1390000000x", "１３９００００００００", "13900000000 "])
def test_what_is_no_number_is_refused(phone: str) -> None:
    assert refused(lambda: responses.check_phone(phone, True)) == ("M8", "survey-phone")


@pytest.mark.rule(id="X7")
def test_a_response_is_voided_once_and_for_a_reason() -> None:
    responses.check_void(responses.State.VALID, "重复录入")
    assert refused(lambda: responses.check_void(responses.State.VALID, "  ")) == ("X7", "survey-void-reason")
    assert refused(lambda: responses.check_void(responses.State.VOID, "重复")) == ("X7", "survey-response-void")


# --- report ------------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M8")
@pytest.mark.rule(id="X8")
def test_whoever_planned_drafted_or_represents_an_operator_does_not_audit() -> None:
    bonds = reports.whose_report(["planner", "his-account"], ["drafter"], [Q1])

    def audit(*selves: str, units: tuple[uuid.UUID, ...] = ()) -> None:
        keep_apart(Act.AUDITS, Caller.of(*selves, units=units), bonds)

    audit("somebody", units=(Q2,))
    assert refused(lambda: audit("planner")) == ("X8", "planned-survey")
    assert refused(lambda: audit("somebody", "his-account")) == ("X8", "planned-survey")
    assert refused(lambda: audit("drafter")) == ("X8", "drafted-report")
    assert refused(lambda: audit("somebody", units=(Q2, Q1))) == ("X8", "own-unit-survey")


@pytest.mark.rule(id="M8")
@pytest.mark.parametrize("state", reports.State)
def test_only_an_audited_report_is_published(state: reports.State) -> None:
    if state is reports.State.AUDITED:
        reports.check_publishable(state)
    else:
        unaudited = state in (reports.State.DRAFT, reports.State.RETURNED)
        code = "report-unaudited" if unaudited else "report-published"
        assert refused(lambda: reports.check_publishable(state)) == ("M8", code)


@pytest.mark.rule(id="M8")
@pytest.mark.rule(id="X7")
def test_a_report_is_drafted_after_the_close_and_in_place_of_another_only_for_a_reason() -> None:
    reports.check_draftable(True, None, "")
    reports.check_draftable(True, reports.State.PUBLISHED, "结论有误")
    reports.check_draftable(True, reports.State.AUDITED, "结论有误")
    assert refused(lambda: reports.check_draftable(False, None, "")) == ("M8", "survey-not-closed")
    for state in reports.UNAUDITED:
        drafting = lambda state=state: reports.check_draftable(True, state, "又一份")  # noqa: E731
        assert refused(drafting) == ("M8", "report-in-draft")
    assert refused(lambda: reports.check_draftable(True, reports.State.PUBLISHED, " ")) == ("X7", "report-reason")


@pytest.mark.rule(id="M8")
@pytest.mark.parametrize(
    ("state", "passed", "note", "as_counted", "code"),
    [
        (reports.State.AUDITED, True, "", True, "report-not-draft"),
        (reports.State.RETURNED, True, "", True, "report-not-draft"),
        (reports.State.PUBLISHED, False, "有误", True, "report-not-draft"),
        (reports.State.DRAFT, False, " ", True, "audit-note"),
        (reports.State.DRAFT, True, "", False, "report-figures"),
    ],
)
def test_an_audit_is_refused(state: reports.State, passed: bool, note: str, as_counted: bool, code: str) -> None:
    auditing = lambda: reports.check_audit(state, passed=passed, note=note, as_counted=as_counted)  # noqa: E731
    assert refused(auditing) == ("M8", code)


@pytest.mark.rule(id="M8")
def test_a_draft_passes_or_goes_back_with_a_note() -> None:
    reports.check_audit(reports.State.DRAFT, passed=True, note="", as_counted=True)
    reports.check_audit(reports.State.DRAFT, passed=False, note="数字有误", as_counted=False)


@pytest.mark.rule(id="M8")
@pytest.mark.rule(id="X7")
@pytest.mark.parametrize("state", reports.State)
def test_what_was_audited_is_not_changed(state: reports.State) -> None:
    if state in reports.UNAUDITED:
        reports.check_editable(state)
    else:
        assert refused(lambda: reports.check_editable(state)) == ("M8", "report-frozen")


@pytest.mark.rule(id="M8")
def test_it_is_reported_on_after_publication_and_not_in_days_to_come() -> None:
    published, today = date(2021, 6, 10), date(2021, 6, 20)
    for day in (published, today):
        reports.check_delivery(reports.State.PUBLISHED, published, day, today)
    for day in (date(2021, 6, 9), date(2021, 6, 21)):
        delivering = lambda day=day: reports.check_delivery(reports.State.PUBLISHED, published, day, today)  # noqa: E731
        assert refused(delivering) == ("M8", "delivery-day")
    for state in (reports.State.AUDITED, reports.State.SUPERSEDED):
        delivering = lambda state=state: reports.check_delivery(state, published, today, today)  # noqa: E731
        assert refused(delivering) == ("M8", "report-unpublished")


# --- terms -------------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X4")
def test_the_terms_name_the_formula_and_every_kind_that_weighs_has_a_scale() -> None:
    assert (TERMS.version, TERMS.formula, TERMS.smallest_cell) == ("survey-2021-03-01", "weighted-means-1", 5)
    assert TERMS.least_answered == Fraction(1, 2)
    assert set(TERMS.scales) == {kind for kind in Kind if kind.weighs}
    assert all(TERMS.formula_text)

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.certification.data import PASS_MARKS, RESIT_PERIODS
from services.certification.examinations.rules import (
    ABSENT,
    Part,
    check_review_panel,
    kept_parts,
    last_day_kept,
    outcome,
    parse_mark,
    parse_score,
    parts_needed,
)
from shared.errors import Refused

pytestmark = pytest.mark.rule(id="C5")

PASS = PASS_MARKS[0]
PERIOD = RESIT_PERIODS[0]
SAT = date(2020, 12, 17)
THEORY, PRACTICAL, REVIEW = Part.THEORY, Part.PRACTICAL, Part.REVIEW

tenths = st.integers(0, 1000).map(lambda n: Decimal(n) / 10)


def sit(level=3, *, sat_on=SAT, kept=(), pass_marks=PASS, **marks):
    scored = {Part(name): mark if mark is ABSENT else Decimal(mark) for name, mark in marks.items()}
    return outcome(level, scored, sat_on=sat_on, pass_marks=pass_marks, kept=kept)


def refusal(call, *arguments, **more):
    with pytest.raises(Refused) as caught:
        call(*arguments, **more)
    assert caught.value.rule == "C5"
    return caught.value.code


@pytest.mark.parametrize(
    ("value", "score"),
    [
        ("59.5", "59.5"),
        ("60", "60.0"),
        ("60.0", "60.0"),
        ("0", "0.0"),
        ("0.5", "0.5"),
        ("100", "100.0"),
        ("100.0", "100.0"),
        (59.5, "59.5"),
        (80.3, "80.3"),
        (60, "60.0"),
        (100, "100.0"),
        (Decimal("59.5"), "59.5"),
        (Decimal("60"), "60.0"),
    ],
)
def test_a_score_has_at_most_one_decimal_place(value, score):
    assert str(parse_score(value)) == score


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        " 60",
        "60 ",
        "60\n",
        "六十",
        "６０",
        "٦٠",
        "NaN",
        "Infinity",
        "1e1",
        "1E1",
        "-1",
        "−1",
        "+60",
        "100.5",
        "100.1",
        "101",
        "59.55",
        "60.00",
        "60.",
        ".5",
        "060",
        "6_0",
        "60,5",
        "0x3c",
        True,
        False,
        None,
        [],
        -1,
        101,
        pytest.param(10**6000, id="six-thousand-digits"),
        float("nan"),
        float("inf"),
        -0.5,
        59.55,
        1e-7,
        100.5,
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("1E+1"),
        Decimal("60.00"),
        Decimal("-1"),
        date(2020, 12, 17),
    ],
)
def test_anything_else_is_no_score(value):
    assert refusal(parse_score, value) == "score"


@given(tenths)
def test_every_tenth_from_0_to_100_is_a_score(score):
    assert parse_score(f"{score:.1f}") == score
    assert parse_score(float(score)) == score


@given(st.text(max_size=8))
def test_what_is_taken_as_a_score_reads_back_as_typed(text):
    try:
        score = parse_score(text)
    except Refused:
        return
    assert Decimal(text) == score
    assert 0 <= score <= 100


def test_absence_is_said_and_not_left_blank():
    assert parse_mark(" 缺考 ") is ABSENT
    assert parse_mark("59.5") == Decimal("59.5")
    assert refusal(parse_mark, "") == "score"
    assert refusal(parse_mark, None) == "score"
    assert refusal(parse_mark, "缺") == "score"


@pytest.mark.parametrize(
    ("theory", "practical", "failed"),
    [
        ("60.0", "60.0", ()),
        ("100.0", "60.0", ()),
        ("59.5", "100.0", (THEORY,)),
        ("59.9", "60.0", (THEORY,)),
        ("100.0", "59.5", (PRACTICAL,)),
        ("59.5", "59.5", (THEORY, PRACTICAL)),
        (ABSENT, "90.0", (THEORY,)),
        (ABSENT, ABSENT, (THEORY, PRACTICAL)),
    ],
)
def test_both_parts_are_needed_and_nothing_makes_up_for_one(theory, practical, failed):
    result = sit(theory=theory, practical=practical)
    assert result.failed_parts == failed
    assert result.passed is (not failed)


def test_the_outcome_says_why_in_both_languages():
    reason = sit(theory="59.5", practical="72.0").reason
    assert reason.zh == "理论知识考试59.5分，未达60.0分；操作技能考核72.0分，达到60.0分"
    assert reason.en == "theory: 59.5, below 60.0; practical: 72.0, at least 60.0"
    assert "操作技能考核缺考" in sit(theory="70.0", practical=ABSENT).reason.zh


def test_who_sat_no_part_did_not_take_part():
    assert sit(theory=ABSENT, practical="20.0").took_part
    assert not sit(theory=ABSENT, practical=ABSENT).took_part


@pytest.mark.parametrize("level", [5, 4, 3])
def test_three_levels_sit_two_parts(level):
    assert parts_needed(level, PASS) == (THEORY, PRACTICAL)
    assert refusal(sit, level, theory="70", practical="70", review="70") == "part-not-needed"


@pytest.mark.parametrize("level", [2, 1])
def test_technicians_sit_the_review_too(level):
    assert sit(level, theory="60", practical="60", review="60").passed
    assert sit(level, theory="90", practical="90", review="59.5").failed_parts == (REVIEW,)
    assert refusal(sit, level, theory="90", practical="90") == "part-missing"


@pytest.mark.parametrize("missing", ["theory", "practical"])
def test_a_part_without_a_score_has_no_outcome(missing):
    marks = {"theory": "70", "practical": "70"}
    del marks[missing]
    assert refusal(sit, **marks) == "part-missing"


@pytest.mark.parametrize(("size", "allowed"), [(1, False), (2, False), (3, True), (4, False), (5, True), (0, False)])
def test_a_review_panel_is_odd_and_three_at_least(size, allowed):
    if allowed:
        check_review_panel(size, PASS)
    else:
        assert refusal(check_review_panel, size, PASS) == "review-panel"


@given(tenths, tenths)
def test_passing_is_sixty_in_each_part(theory, practical):
    result = sit(theory=theory, practical=practical)
    assert result.passed is (theory >= 60 and practical >= 60)
    assert [part.passed for part in result.parts] == [theory >= 60, practical >= 60]


def first_sitting_kept(on, period=PERIOD, **marks):
    return kept_parts(sit(**marks).parts, sat_on=on, period=period)


def test_a_resit_keeps_the_part_that_passed():
    later = date(2021, 6, 1)
    kept = first_sitting_kept(later, theory="75.0", practical="40.0")
    assert [part.part for part in kept] == [THEORY]
    result = sit(practical="66.0", kept=kept, sat_on=later)
    assert result.passed
    assert [(part.part, part.kept, part.sat_on) for part in result.parts] == [
        (THEORY, True, SAT),
        (PRACTICAL, False, later),
    ]
    assert "2020-12-17成绩保留" in result.reason.zh


def test_a_part_is_kept_through_the_last_day_of_the_period():
    last = last_day_kept(SAT, PERIOD)
    assert last == date(2022, 12, 17)
    assert first_sitting_kept(last, theory="75", practical="40")
    assert not first_sitting_kept(last + timedelta(days=1), theory="75", practical="40")


def test_a_resit_does_not_renew_what_was_kept():
    second = date(2022, 1, 10)
    kept = first_sitting_kept(second, theory="75", practical="40")
    again = sit(practical=ABSENT, kept=kept, sat_on=second)
    third = last_day_kept(SAT, PERIOD) + timedelta(days=1)
    assert kept_parts(again.parts, sat_on=third, period=PERIOD) == ()


def test_a_kept_part_is_not_sat_again():
    later = date(2021, 6, 1)
    kept = first_sitting_kept(later, theory="75", practical="40")
    assert refusal(sit, theory="80", practical="70", kept=kept, sat_on=later) == "part-kept"


def test_a_resit_of_the_kept_part_alone_counts_nobody_as_taking_part():
    kept = first_sitting_kept(date(2021, 6, 1), theory="75", practical="40")
    assert not sit(practical=ABSENT, kept=kept, sat_on=date(2021, 6, 1)).took_part


def test_of_two_earlier_passes_the_later_is_kept():
    first = sit(theory="75", practical="40").parts
    second = sit(theory="61", practical="40", sat_on=date(2021, 3, 1)).parts
    [kept] = kept_parts([*second, *first], sat_on=date(2021, 6, 1), period=PERIOD)
    assert (kept.sat_on, kept.mark) == (date(2021, 3, 1), Decimal("61"))


@pytest.mark.parametrize(
    ("sat_on", "months", "last"),
    [
        (date(2020, 12, 17), 12, date(2021, 12, 17)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2020, 8, 31), 6, date(2021, 2, 28)),
        (date(2020, 12, 31), 1, date(2021, 1, 31)),
        (date(2020, 11, 30), 1, date(2020, 12, 30)),
    ],
)
def test_months_are_calendar_months(sat_on, months, last):
    assert last_day_kept(sat_on, replace(PERIOD, months=months)) == last


@pytest.mark.rule(id="X4")
def test_the_outcome_carries_the_version_that_judged_it():
    stricter = replace(
        PASS,
        version="pass-marks-2022",
        effective_from=date(2022, 1, 1),
        theory=Decimal(70),
        practical=Decimal(70),
    )
    assert sit(theory="65", practical="65").version == "pass-marks-2020"
    later = date(2022, 3, 1)
    assert not sit(theory="65", practical="65", sat_on=later, pass_marks=stricter).passed
    kept = first_sitting_kept(later, theory="65", practical="40")
    resit = sit(practical="70", kept=kept, sat_on=later, pass_marks=stricter)
    assert resit.passed
    assert resit.version == "pass-marks-2022"
    assert [part.version for part in resit.parts] == ["pass-marks-2020", "pass-marks-2022"]


@pytest.mark.rule(id="X4")
def test_pass_marks_judge_nothing_from_before_their_time():
    with pytest.raises(ValueError, match="in force"):
        sit(theory="65", practical="65", sat_on=date(2020, 9, 15))

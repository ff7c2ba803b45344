from datetime import UTC, date, datetime, timedelta
from itertools import count, takewhile
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.certification.data import BATCH_2020, PUBLICITY_PERIODS
from services.certification.results.rules import (
    Objection,
    Ruling,
    Standing,
    check_reportable,
    decide_objection,
    notice_standing,
    object_to,
    publicity_window,
    standing,
    whose_objection,
    whose_results,
)
from shared.errors import NotFound, Refused
from shared.identity.duties import Act, Caller, keep_apart
from shared.standards.calendar import BUSINESS_ZONE, business_date, is_working_day

pytestmark = pytest.mark.rule(id="C6")

PERIOD = PUBLICITY_PERIODS[0]
MICROSECOND = timedelta(microseconds=1)


def shanghai(*parts):
    return datetime(*parts, tzinfo=BUSINESS_ZONE)


POSTED = shanghai(2020, 12, 24, 9, 30)
CLEAR = shanghai(2020, 12, 31)
WINDOW = publicity_window(POSTED, PERIOD)

moments = st.datetimes(datetime(2004, 1, 1), datetime(2035, 1, 1), timezones=st.sampled_from([UTC, BUSINESS_ZONE]))


def refusal(call, *arguments):
    with pytest.raises(Refused) as caught:
        call(*arguments)
    assert caught.value.rule == "C6"
    return caught.value.code


@pytest.mark.rule(id="P10")
def test_the_notice_of_2020_stood_through_the_30th():
    assert BATCH_2020.posted_on == date(2020, 12, 24)
    assert WINDOW.last_day == date(2020, 12, 30)
    assert f"{WINDOW.closes_at:%Y-%m-%d %H:%M:%S}" == "2020-12-30 23:59:59"
    assert WINDOW.clear_from == CLEAR
    assert business_date(WINDOW.clear_from) == BATCH_2020.certified_on
    assert WINDOW.version == "publicity-2020"


@pytest.mark.rule(id="P10")
def test_the_notice_goes_when_its_time_ends():
    assert not WINDOW.stands_at(POSTED - MICROSECOND)
    assert WINDOW.stands_at(POSTED)
    assert WINDOW.stands_at(CLEAR - MICROSECOND)
    assert not WINDOW.stands_at(CLEAR)


@pytest.mark.rule(id="X3")
def test_the_posting_day_is_the_day_in_shanghai():
    late = datetime(2020, 12, 23, 16, 0, tzinfo=UTC)
    assert publicity_window(late, PERIOD).last_day == date(2020, 12, 30)
    assert publicity_window(late - MICROSECOND, PERIOD).last_day == date(2020, 12, 29)


def test_a_notice_over_new_year_waits_for_the_holiday():
    assert publicity_window(shanghai(2020, 12, 30, 8), PERIOD).last_day == date(2021, 1, 6)


def test_a_notice_posted_on_a_saturday_counts_from_monday():
    assert publicity_window(shanghai(2020, 12, 19, 8), PERIOD).last_day == date(2020, 12, 25)


@given(moments)
def test_a_notice_never_stands_for_less_than_five_working_days(posted_at):
    window = publicity_window(posted_at, PERIOD)
    first = business_date(posted_at)
    span = takewhile(lambda day: day <= window.last_day, (first + timedelta(days=n) for n in count()))
    assert sum(map(is_working_day, span)) == PERIOD.working_days
    assert window.stands_at(posted_at)
    assert window.closes_at + MICROSECOND == window.clear_from


def test_an_objection_is_taken_while_the_notice_stands_and_not_after():
    assert object_to(WINDOW, POSTED) == Objection(POSTED)
    assert object_to(WINDOW, CLEAR - MICROSECOND).decision is None
    assert refusal(object_to, WINDOW, CLEAR) == "publicity-over"
    assert refusal(object_to, WINDOW, POSTED - MICROSECOND) == "not-publicised"


def test_without_objection_a_result_is_clear_on_the_31st():
    assert standing(WINDOW, [], CLEAR - MICROSECOND) is Standing.PUBLICISED
    assert standing(WINDOW, [], CLEAR) is Standing.CLEAR


def test_an_objection_freezes_until_it_is_decided():
    objection = object_to(WINDOW, shanghai(2020, 12, 28, 15))
    assert standing(WINDOW, [objection], shanghai(2020, 12, 29)) is Standing.FROZEN
    assert standing(WINDOW, [objection], shanghai(2021, 6, 1)) is Standing.FROZEN


def test_a_dismissed_objection_clears_but_never_before_the_notice_ends():
    objection = object_to(WINDOW, shanghai(2020, 12, 25, 9))
    early = decide_objection(objection, Ruling.DISMISSED, shanghai(2020, 12, 28))
    assert standing(WINDOW, [early], shanghai(2020, 12, 29)) is Standing.PUBLICISED
    late = decide_objection(objection, Ruling.DISMISSED, shanghai(2021, 1, 8, 10))
    assert standing(WINDOW, [late], shanghai(2021, 1, 8, 10)) is Standing.CLEAR


def test_an_upheld_objection_voids_the_result_for_good():
    upheld = decide_objection(object_to(WINDOW, POSTED), Ruling.UPHELD, shanghai(2020, 12, 28))
    dismissed = decide_objection(object_to(WINDOW, POSTED), Ruling.DISMISSED, shanghai(2020, 12, 29))
    open_ = object_to(WINDOW, POSTED)
    for objections in ([upheld], [upheld, dismissed], [dismissed, upheld, open_]):
        assert standing(WINDOW, objections, shanghai(2021, 6, 1)) is Standing.VOID


def test_one_open_objection_of_several_still_freezes():
    dismissed = decide_objection(object_to(WINDOW, POSTED), Ruling.DISMISSED, shanghai(2020, 12, 28))
    assert standing(WINDOW, [dismissed, object_to(WINDOW, POSTED)], CLEAR) is Standing.FROZEN


@pytest.mark.rule(id="X7")
def test_a_decision_on_an_objection_stands():
    decided = decide_objection(object_to(WINDOW, POSTED), Ruling.UPHELD, CLEAR)
    assert refusal(decide_objection, decided, Ruling.DISMISSED, CLEAR) == "objection-decided"
    with pytest.raises(ValueError, match="after it is raised"):
        decide_objection(object_to(WINDOW, POSTED), Ruling.UPHELD, POSTED - MICROSECOND)


def test_results_are_reported_after_the_notice():
    assert refusal(check_reportable, WINDOW, CLEAR - MICROSECOND) == "publicity-running"
    check_reportable(WINDOW, CLEAR)


@given(moments, st.lists(st.tuples(st.integers(0, 6 * 86_400), st.sampled_from([None, *Ruling]))), moments)
def test_a_result_is_clear_once_the_notice_is_over_and_every_objection_dismissed(posted_at, raised, now):
    window = publicity_window(posted_at, PERIOD)
    objections = []
    for seconds, ruling in raised:
        at = posted_at + timedelta(seconds=seconds)
        if window.stands_at(at):
            objection = object_to(window, at)
            objections.append(decide_objection(objection, ruling, at) if ruling else objection)
    all_dismissed = all(objection.decision is Ruling.DISMISSED for objection in objections)
    assert (standing(window, objections, now) is Standing.CLEAR) == (all_dismissed and now >= window.clear_from)


@pytest.mark.rule(id="X8")
@pytest.mark.rule(id="C4")
def test_who_scored_does_not_review_and_who_objects_does_not_decide():
    scorer, closer, reviewer, raiser, stranger, unit = (UUID(int=number) for number in range(1, 7))
    results = whose_results([scorer], [closer, None], [unit])
    objection = whose_objection(raiser, [scorer], [reviewer], unit)
    for act, bonds, caller, refusal in (
        (Act.REVIEWS, results, Caller.of(scorer), ("C4", "own-scores")),
        (Act.REVIEWS, results, Caller.of(closer), ("C4", "own-scores")),
        (Act.REVIEWS, results, Caller.of(stranger, units=[unit]), ("X8", "own-unit")),
        (Act.JUDGES, objection, Caller.of(raiser), ("X8", "own-objection")),
        (Act.JUDGES, objection, Caller.of(scorer), ("X8", "own-scores")),
        (Act.JUDGES, objection, Caller.of(reviewer), ("X8", "own-review")),
        (Act.JUDGES, objection, Caller.of(stranger, units=[unit]), ("X8", "own-unit")),
    ):
        with pytest.raises(Refused) as caught:
            keep_apart(act, caller, bonds)
        assert (caught.value.rule, caught.value.code) == refusal
        assert "X8" in caught.value.detail.zh or caught.value.rule == "X8"
    keep_apart(Act.REVIEWS, Caller.of(stranger, units=[stranger]), results)
    keep_apart(Act.JUDGES, Caller.of(stranger, units=[stranger]), objection)
    keep_apart(Act.REVIEWS, Caller.of(None, units=[None]), results)


@pytest.mark.rule(id="X12")
def test_a_notice_is_found_only_while_it_stands():
    assert notice_standing(WINDOW, POSTED) is WINDOW
    for window, now in ((None, POSTED), (WINDOW, POSTED - MICROSECOND), (WINDOW, CLEAR)):
        with pytest.raises(NotFound):
            notice_standing(window, now)

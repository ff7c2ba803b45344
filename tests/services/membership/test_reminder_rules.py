"""Which step of the schedule is due, and when a reminder is refused (M4, X4)."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.membership.data import mail_terms, reminder_schedules
from services.membership.reminders import rules
from services.membership.reminders.rules import Due, Kind, Schedule, Step
from shared.effective import in_force
from shared.errors import Refused

ISSUED, DUE = date(2021, 4, 1), date(2021, 5, 31)
SCHEDULE = Schedule("s", date(2014, 7, 25), True, (15,), (1,), 30, 4)
STEPS = SCHEDULE.steps(ISSUED, DUE)

SCHEDULES = st.builds(
    Schedule,
    st.just("s"),
    st.just(date(2014, 7, 25)),
    st.booleans(),
    st.sets(st.integers(1, 90), max_size=3).map(tuple),
    st.sets(st.integers(1, 90), max_size=3).map(tuple),
    st.integers(1, 60),
    st.integers(0, 6),
)


@pytest.mark.rule(id="M4")
@pytest.mark.rule(id="X4")
def test_the_schedule_is_data_with_a_first_day_and_says_that_it_is_assumed() -> None:
    schedule = in_force(reminder_schedules(), ISSUED, rules.SCHEDULE)
    assert schedule.version == "dues-reminders-2014-07-25"
    assert schedule.steps(ISSUED, DUE) == STEPS
    assert mail_terms()[0].keep_days > 0


@pytest.mark.rule(id="M4")
def test_the_steps_of_an_invoice() -> None:
    assert [
        Step("issued", Kind.ISSUED, ISSUED),
        Step("due-15", Kind.BEFORE, date(2021, 5, 16)),
        Step("due+1", Kind.OVERDUE, date(2021, 6, 1)),
        Step("due+31", Kind.OVERDUE, date(2021, 7, 1)),
        Step("due+61", Kind.OVERDUE, date(2021, 7, 31)),
        Step("due+91", Kind.OVERDUE, date(2021, 8, 30)),
        Step("due+121", Kind.OVERDUE, date(2021, 9, 29)),
    ] == STEPS


@pytest.mark.rule(id="M4")
def test_what_would_come_before_the_invoice_or_with_it_is_left_out() -> None:
    for days in (10, 15):
        assert [step.code for step in SCHEDULE.steps(ISSUED, ISSUED + timedelta(days))][:2] == ["issued", "due+1"]
    assert SCHEDULE.steps(ISSUED, ISSUED + timedelta(16))[1].code == "due-15"


@pytest.mark.rule(id="M4")
@pytest.mark.parametrize(
    ("day", "taken", "wanted"),
    [
        ("2021-03-31", [], Due(None, [])),
        ("2021-04-01", [], Due(STEPS[0], [])),
        ("2021-04-01", ["issued"], Due(None, [])),
        ("2021-05-15", ["issued"], Due(None, [])),
        ("2021-05-16", ["issued"], Due(STEPS[1], [])),
        ("2021-05-31", ["issued", "due-15"], Due(None, [])),
        ("2021-06-01", ["issued", "due-15"], Due(STEPS[2], [])),
        ("2021-07-15", ["issued"], Due(STEPS[3], STEPS[1:3])),
        ("2031-01-01", [], Due(STEPS[6], STEPS[:6])),
        ("2031-01-01", [step.code for step in STEPS], Due(None, [])),
    ],
)
def test_the_latest_step_whose_day_has_come_is_taken_and_stands_for_those_before(
    day: str, taken: list[str], wanted: Due
) -> None:
    assert rules.due(STEPS, taken, date.fromisoformat(day)) == wanted


@pytest.mark.rule(id="M4")
@settings(suppress_health_check=[HealthCheck.too_slow])  # where many work on one machine
@given(SCHEDULES, st.integers(1, 120), st.lists(st.integers(0, 400), max_size=10).map(sorted))
def test_whenever_it_is_looked_each_step_counts_once_and_one_a_day(
    schedule: Schedule, days_to_pay: int, looks: list[int]
) -> None:
    steps = schedule.steps(ISSUED, ISSUED + timedelta(days_to_pay))
    assert len({step.code for step in steps}) == len(steps)
    taken: list[str] = []
    reminded: list[int] = []
    for look in [*looks, 1000, 1000]:
        step, passed_over = rules.due(steps, taken, ISSUED + timedelta(look))
        taken += [each.code for each in passed_over]
        if step is not None:
            taken.append(step.code)
            reminded.append(look)
            assert step.day <= ISSUED + timedelta(look)
    assert sorted(taken) == sorted(step.code for step in steps)
    assert len(set(reminded)) == len(reminded)


@pytest.mark.rule(id="M4")
def test_what_is_not_reminded_of() -> None:
    rules.check_open(1)
    with pytest.raises(Refused) as refused:
        rules.check_open(0)
    assert (refused.value.rule, refused.value.code) == ("M4", "settled")
    for day in (ISSUED, DUE):
        rules.check_day(day, ISSUED, DUE)
    for day in (ISSUED - timedelta(1), DUE + timedelta(1)):
        with pytest.raises(Refused) as refused:
            rules.check_day(day, ISSUED, DUE)
        assert (refused.value.rule, refused.value.code) == ("M4", "reminder-day")

"""What may be planned, and how an activity goes on (M9, X3, X7)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.membership.activities.planning import rules
from services.membership.activities.planning.rules import Plan, State
from services.membership.data import activity_kinds
from shared.errors import Refused

# The sports meet of the plan for 2021, at nine o'clock in Taiyuan.
PLAN = Plan(
    title="庆祝建党100周年职工运动会",
    venue="山西体育中心",
    starts_at=datetime(2021, 6, 26, 1, tzinfo=UTC),
    ends_at=datetime(2021, 6, 27, 9, tzinfo=UTC),
    sign_up_until=date(2021, 6, 20),
    capacity=500,
    places_per_unit=30,
)


def refusal(check: Any, *args: Any, **given: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        check(*args, **given)
    assert refused.value.rule is not None
    return refused.value.rule, refused.value.code


@pytest.mark.rule(id="M9")
def test_the_kinds_are_those_of_the_document() -> None:
    kinds = activity_kinds()
    assert {kind.label.zh for kind in kinds.values()} == {"文体活动", "征文", "扶贫及慈善", "劳动竞赛", "交流"}
    assert all(kind.clause.zh and kind.clause.en for kind in kinds.values())
    assert not kinds["charity"].judged
    assert kinds["essay_contest"].judged


@pytest.mark.rule(id="M9")
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"sign_up_until": date(2021, 6, 26)},
        {"capacity": None},
        {"capacity": None, "places_per_unit": None},
        {"capacity": 30},
        {"capacity": 1, "places_per_unit": 1},
    ],
)
def test_a_plan_that_can_be_kept(change: dict[str, Any]) -> None:
    rules.check_plan(replace(PLAN, **change))


@pytest.mark.rule(id="M9")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " \u3000"}, "plan-incomplete"),
        ({"venue": ""}, "plan-incomplete"),
        ({"ends_at": PLAN.starts_at}, "plan-order"),
        ({"ends_at": PLAN.starts_at - timedelta(hours=1)}, "plan-order"),
        ({"sign_up_until": date(2021, 6, 27)}, "sign-up-after-start"),
        ({"capacity": 0}, "no-places"),
        ({"capacity": -1}, "no-places"),
        ({"places_per_unit": 0}, "unit-places"),
        ({"places_per_unit": 501}, "unit-places"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(change: dict[str, Any], code: str) -> None:
    assert refusal(rules.check_plan, replace(PLAN, **change)) == ("M9", code)


@pytest.mark.rule(id="X3")
def test_the_day_an_activity_begins_is_the_one_in_shanghai() -> None:
    late = replace(PLAN, starts_at=datetime(2021, 6, 25, 16, 30, tzinfo=UTC), sign_up_until=date(2021, 6, 26))
    rules.check_plan(late)


@pytest.mark.rule(id="M9")
def test_sign_up_is_not_opened_when_its_last_day_has_passed() -> None:
    rules.check_ahead(PLAN, date(2021, 6, 20))
    assert refusal(rules.check_ahead, PLAN, date(2021, 6, 21)) == ("M9", "sign-up-over")


@pytest.mark.rule(id="M9")
def test_each_step_follows_the_one_before_and_none_is_skipped() -> None:
    steps = [State.DRAFT, State.OPEN, State.CLOSED, State.HELD, State.REPORTED]
    for at in State:
        for to in State:
            follows = at in steps and to in steps and steps.index(to) == steps.index(at) + 1
            if follows:
                assert rules.advance(at, to) is to
            else:
                assert refusal(rules.advance, at, to) == ("M9", "not-the-next-step")


@pytest.mark.rule(id="M9")
def test_it_is_held_once_it_has_begun() -> None:
    rules.check_begun(PLAN.starts_at, PLAN.starts_at)
    assert refusal(rules.check_begun, PLAN.starts_at, PLAN.starts_at - timedelta(seconds=1)) == ("M9", "not-begun")


@pytest.mark.rule(id="X7")
@pytest.mark.parametrize("state", State)
def test_what_is_to_come_is_called_off_with_a_reason(state: State) -> None:
    if state in rules.TO_COME:
        assert rules.call_off(state, "因疫情取消") is State.CALLED_OFF
        assert refusal(rules.call_off, state, " ") == ("X7", "reason-needed")
    else:
        assert refusal(rules.call_off, state, "因疫情取消") == ("M9", "not-to-come")


@pytest.mark.rule(id="M9")
def test_who_may_come_stays_once_people_have_signed_up_for_it() -> None:
    rules.check_changeable(State.DRAFT, settled=True)
    rules.check_changeable(State.OPEN, settled=False)
    assert refusal(rules.check_changeable, State.OPEN, settled=True) == ("M9", "settled-when-opened")
    assert refusal(rules.check_changeable, State.HELD, settled=False) == ("M9", "not-to-come")


@pytest.mark.rule(id="M9")
def test_a_report_has_words() -> None:
    rules.check_report("到场480人。")
    assert refusal(rules.check_report, "\n") == ("M9", "report-needed")

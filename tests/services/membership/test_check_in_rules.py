"""A pass opens one activity, on its days, once (M9, X3)."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.activities.check_in import rules
from services.membership.activities.check_in.rules import Pass
from services.membership.activities.planning.rules import State as ActivityState
from services.membership.activities.sign_ups.rules import State
from shared.errors import Refused

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
STARTS, ENDS = datetime(2021, 6, 25, 16, 30, tzinfo=UTC), datetime(2021, 6, 27, 9, tzinfo=UTC)


def refused(check: Any, *args: Any, **given: Any) -> Refused:
    with pytest.raises(Refused) as raised:
        check(*args, **given)
    assert raised.value.rule == "M9"
    return raised.value


@pytest.mark.rule(id="M9")
@given(st.uuids(), st.text("0123456789abcdef", min_size=32, max_size=32))
def test_a_pass_reads_back_as_it_was_written(sign_up: UUID, proof: str) -> None:
    said = Pass(sign_up, proof)
    assert rules.read(said.token) == said
    assert rules.read(f" {said.token}\n") == said


@pytest.mark.rule(id="M9")
@pytest.mark.parametrize(
    "token",
    ["", ".", "x", HERE.hex, f"{HERE.hex}.", f"{HERE.hex}.{'a' * 31}", f"{HERE}.{'a' * 32}", f"{'g' * 32}.{'a' * 32}"],
)
def test_what_is_no_pass_is_refused_without_saying_why(token: str) -> None:
    assert refused(rules.read, token).code == "no-pass"


@pytest.mark.rule(id="X3")
def test_check_in_is_on_the_days_of_the_activity_in_shanghai() -> None:
    for state in (ActivityState.OPEN, ActivityState.CLOSED, ActivityState.HELD):
        for day in (26, 27):
            rules.check_day(state, STARTS, ENDS, date(2021, 6, day))
    for day in (25, 28):
        assert refused(rules.check_day, ActivityState.OPEN, STARTS, ENDS, date(2021, 6, day)).code == "no-check-in-now"
    for state in (ActivityState.DRAFT, ActivityState.REPORTED, ActivityState.CALLED_OFF):
        assert refused(rules.check_day, state, STARTS, ENDS, date(2021, 6, 26)).code == "no-check-in-now"


@pytest.mark.rule(id="M9")
def test_a_pass_opens_its_own_activity_once() -> None:
    rules.check_pass(State.REGISTERED, of=HERE, here=HERE, checked_in_at=None)
    another = refused(rules.check_pass, State.REGISTERED, of=ELSEWHERE, here=HERE, checked_in_at=None)
    assert another.code == "another-activity"
    for state in (State.WAITING, State.WITHDRAWN):
        assert refused(rules.check_pass, state, of=HERE, here=HERE, checked_in_at=None).code == f"pass-{state}"
    first = datetime(2021, 6, 26, 0, 58, 7, tzinfo=UTC)
    again = refused(rules.check_pass, State.REGISTERED, of=HERE, here=HERE, checked_in_at=first)
    assert again.code == "checked-in-already"
    assert "2021-06-26 08:58:07" in again.detail.zh
    assert "2021-06-26 08:58:07" in again.detail.en

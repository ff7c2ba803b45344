"""Places go in the order of sign-up, and never to more people than there are (M9, X5, X10)."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.membership.activities.planning.rules import Audience
from services.membership.activities.planning.rules import State as ActivityState
from services.membership.activities.sign_ups import rules
from services.membership.activities.sign_ups.rules import Known, State, Taken
from shared.errors import Refused

ONE, OTHER = UUID(int=1), UUID(int=2)


def refusal(check: Any, *args: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        check(*args)
    assert refused.value.rule is not None
    return refused.value.rule, refused.value.code


@pytest.mark.rule(id="M9")
def test_the_last_place_is_taken_and_the_next_one_waits() -> None:
    taken, first = Taken().sign_up(2)
    taken, second = taken.sign_up(2)
    taken, third = taken.sign_up(2)
    assert (first, second, third) == (State.REGISTERED, State.REGISTERED, State.WAITING)
    assert taken == (2, 1)


@pytest.mark.rule(id="M9")
def test_whoever_comes_while_somebody_waits_does_not_pass_them() -> None:
    freed = Taken(registered=2, waiting=1).withdraw(State.REGISTERED)
    assert freed.moving_up(2) == 1
    after, newcomer = freed.sign_up(2)
    assert newcomer is State.WAITING
    assert after == (1, 2)
    assert after.moving_up(2) == 1


@pytest.mark.rule(id="M9")
def test_without_a_capacity_nobody_waits() -> None:
    assert Taken(registered=10_000).sign_up(None)[1] is State.REGISTERED
    assert Taken(registered=3, waiting=7).moving_up(None) == 7


@pytest.mark.rule(id="M9")
def test_a_capacity_takes_no_place_away() -> None:
    rules.check_capacity(3, Taken(3, 2))
    rules.check_capacity(None, Taken(3, 2))
    assert refusal(rules.check_capacity, 2, Taken(3)) == ("M9", "capacity-below-registered")


class WaitingList(RuleBasedStateMachine):
    """People sign up, withdraw, move up, and the capacity changes, in any order. Beside what the rules count stand two
    lists that know everybody."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = Taken()
        self.capacity: int | None = 0
        self.placed: list[int] = []
        self.waiting: list[int] = []
        self.came = 0
        self.left: set[int] = set()
        self.got: list[int] = []

    @initialize(capacity=st.integers(1, 4))
    def open(self, capacity: int) -> None:
        self.capacity = capacity

    @rule()
    def sign_up(self) -> None:
        self.taken, state = self.taken.sign_up(self.capacity)
        (self.placed if state is State.REGISTERED else self.waiting).append(self.came)
        if state is State.REGISTERED:
            self.got.append(self.came)
        self.came += 1

    @precondition(lambda self: self.placed)
    @rule(data=st.data())
    def give_a_place_back(self, data: st.DataObject) -> None:
        self.left.add(self.placed.pop(data.draw(st.integers(0, len(self.placed) - 1))))
        self.taken = self.taken.withdraw(State.REGISTERED)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def stop_waiting(self, data: st.DataObject) -> None:
        self.left.add(self.waiting.pop(data.draw(st.integers(0, len(self.waiting) - 1))))
        self.taken = self.taken.withdraw(State.WAITING)

    @rule(capacity=st.none() | st.integers(1, 6))
    def change_capacity(self, capacity: int | None) -> None:
        try:
            rules.check_capacity(capacity, self.taken)
        except Refused:
            assert capacity is not None
            assert capacity < len(self.placed)
            return
        self.capacity = capacity
        self.move_up()

    @rule()
    def move_up(self) -> None:
        number = self.taken.moving_up(self.capacity)
        self.taken = self.taken.move_up(number)
        first, self.waiting = self.waiting[:number], self.waiting[number:]
        self.placed += first
        self.got += first
        assert self.taken.moving_up(self.capacity) == 0, "done again it changes nothing"
        assert not self.waiting or len(self.placed) == self.capacity

    @invariant()
    def never_more_than_there_are_places(self) -> None:
        assert self.capacity is None or len(self.placed) <= self.capacity

    @invariant()
    def nobody_is_lost_or_twice(self) -> None:
        assert sorted([*self.placed, *self.waiting, *self.left]) == list(range(self.came))
        assert self.taken == (len(self.placed), len(self.waiting))

    @invariant()
    def places_are_given_in_the_order_of_sign_up(self) -> None:
        assert self.got == sorted(self.got)
        assert self.waiting == sorted(self.waiting)
        assert not self.waiting or not self.got or self.got[-1] < self.waiting[0]


WaitingList.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestWaitingList = pytest.mark.rule(id="M9")(WaitingList.TestCase)


@pytest.mark.rule(id="X3")
def test_the_last_day_of_sign_up_counts_whole() -> None:
    until = date(2021, 2, 28)
    rules.check_open(ActivityState.OPEN, until, until)
    assert refusal(rules.check_open, ActivityState.OPEN, until, date(2021, 3, 1)) == ("M9", "sign-up-over")
    for state in set(ActivityState) - {ActivityState.OPEN}:
        assert refusal(rules.check_open, state, until, until) == ("M9", "not-open")


@pytest.mark.rule(id="M9")
def test_non_members_join_where_they_may() -> None:
    rules.check_audience(Audience.EVERYBODY)
    assert refusal(rules.check_audience, Audience.MEMBERS) == ("M9", "members-only")


@pytest.mark.rule(id="M9")
def test_who_waits_counts_for_the_places_of_a_unit() -> None:
    rules.check_unit_places(3, 1, 2)
    assert refusal(rules.check_unit_places, 3, 1, 3) == ("M9", "unit-places")


@pytest.mark.rule(id="X10")
def test_nobody_is_kept_without_consent() -> None:
    rules.check_consent(True)
    assert refusal(rules.check_consent, False) == ("X10", "consent-needed")


@pytest.mark.rule(id="M9")
@pytest.mark.parametrize("text", ["13912345678", "139 1234 5678", "139-1234-5678"])
def test_a_mobile_number_is_its_digits(text: str) -> None:
    assert rules.mobile(text) == "13912345678"


@pytest.mark.rule(id="M9")
@pytest.mark.parametrize(
    "text", ["", "0351-4040404", "12912345678", "1391234567", "139123456789", "１３９12345678", "+8613912345678"]
)
def test_what_is_no_mobile_number_is_refused(text: str) -> None:
    assert refusal(rules.mobile, text) == ("M9", "mobile")


@pytest.mark.rule(id="X5")
def test_a_name_tells_nobody_apart_an_id_or_a_mobile_does() -> None:
    nameless = Known(None, None)
    rules.check_once([nameless, nameless], [nameless])
    rules.check_once([Known(ONE, "a")], [Known(OTHER, "b"), Known(None, "c"), nameless])
    for twice in (Known(ONE, None), Known(None, "a"), Known(OTHER, "a")):
        assert refusal(rules.check_once, [twice], [Known(ONE, "a")]) == ("M9", "signed-up-already")
        assert refusal(rules.check_once, [Known(ONE, "a"), twice], []) == ("M9", "signed-up-already")


@pytest.mark.rule(id="X5")
def test_an_id_is_given_by_its_person_or_by_who_may_know_them() -> None:
    rules.check_person(None, None, False)
    rules.check_person(ONE, ONE, False)
    rules.check_person(ONE, OTHER, True)
    assert refusal(rules.check_person, ONE, OTHER, False) == ("X5", "person-unknown")
    assert refusal(rules.check_person, ONE, None, False) == ("X5", "person-unknown")


@pytest.mark.rule(id="X7")
def test_who_came_and_who_has_withdrawn_does_not_withdraw() -> None:
    came = datetime(2021, 6, 26, 1, tzinfo=UTC)
    for state in (State.REGISTERED, State.WAITING):
        rules.check_withdrawable(state, ActivityState.CLOSED, None)
        assert refusal(rules.check_withdrawable, state, ActivityState.HELD, None) == ("X7", "too-late-to-withdraw")
    assert refusal(rules.check_withdrawable, State.REGISTERED, ActivityState.CLOSED, came) == (
        "X7",
        "too-late-to-withdraw",
    )
    assert refusal(rules.check_withdrawable, State.WITHDRAWN, ActivityState.OPEN, None) == ("X7", "withdrawn-already")

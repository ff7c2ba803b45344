"""How long one waits after failures, and how long a session lasts (M11)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.sessions import rules
from shared.errors import Refused

NOW = datetime(2021, 2, 1, 9, tzinfo=UTC)


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (11, 1920), (12, 3600), (10**9, 3600)],
)
def test_each_failure_from_the_fifth_on_makes_one_wait_longer(failures: int, seconds: int) -> None:
    assert rules.wait(failures, NOW, NOW) == timedelta(seconds=seconds)


@pytest.mark.rule(id="M11")
@given(st.integers(0, 50), st.integers(0, 100_000))
def test_waiting_ends(failures: int, seconds: int) -> None:
    left = rules.wait(failures, NOW, NOW + timedelta(seconds=seconds))
    assert timedelta() <= left <= rules.LONGEST_WAIT
    assert rules.wait(failures, NOW, NOW + timedelta(seconds=seconds) + left) == timedelta()


@pytest.mark.rule(id="M11")
def test_failures_are_forgotten_after_a_day() -> None:
    assert rules.failures_now(9, NOW, NOW + timedelta(hours=23)) == 9
    assert rules.failures_now(9, NOW, NOW + timedelta(hours=24)) == 0


@pytest.mark.rule(id="M11")
def test_the_time_to_wait_is_told_in_whole_seconds() -> None:
    assert rules.locked(timedelta(seconds=29, microseconds=1)).retry_after == 30
    assert rules.locked(timedelta(seconds=30)).retry_after == 30


@pytest.mark.rule(id="M11")
def test_a_refresh_token_never_outlives_its_session() -> None:
    assert rules.refresh_until(NOW, NOW) == NOW + timedelta(hours=24)
    late = NOW + timedelta(days=29, hours=12)
    assert rules.refresh_until(NOW, late) == NOW + timedelta(days=30)


@pytest.mark.rule(id="M2")
def test_one_acts_for_all_units_one_represents_or_for_the_one_chosen() -> None:
    one, other, strange = uuid4(), uuid4(), uuid4()
    assert rules.acts_for([one, other], None) == {one, other}
    assert rules.acts_for([one, other], one) == {one}
    assert rules.acts_for([other], one) == frozenset()
    rules.check_choice([one], one)
    rules.check_choice([], None)
    with pytest.raises(Refused) as refused:
        rules.check_choice([one, other], strange)
    assert refused.value.code == "not-represented"


@pytest.mark.rule(id="M2")
@pytest.mark.rule(id="M11")
@given(st.sets(st.sampled_from(["clerk", "correspondent", "editor"])), st.sets(st.uuids(), max_size=2))
def test_who_acts_for_a_unit_is_its_representative_and_nobody_else(granted: set[str], units: set[UUID]) -> None:
    roles = rules.acts_as(granted, units)
    assert roles == sorted(roles)
    assert set(roles) == (granted | {"representative"} if units else granted)

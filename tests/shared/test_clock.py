"""Business time can be set, the wall's cannot."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from shared import clock

THEN = datetime(2020, 12, 17, 9, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture(autouse=True)
def usual_clock() -> Iterator[None]:
    yield
    clock.use(clock.SystemClock())


def near(one: datetime, other: datetime) -> bool:
    return abs(one - other) < timedelta(seconds=30)


def test_business_time_is_the_walls_until_somebody_sets_it() -> None:
    assert near(clock.now(), datetime.now(UTC))
    assert clock.settable() is None


def test_a_clock_that_was_set_runs_on() -> None:
    clock.use(clock.SettableClock(THEN))
    first = clock.now()
    assert near(first, THEN)
    assert first.tzinfo is UTC
    assert clock.now() >= first
    settable = clock.settable()
    assert settable is not None
    settable.set(THEN + timedelta(days=400))
    assert near(clock.now(), THEN + timedelta(days=400))


def test_a_clock_that_is_kept_goes_on_in_the_next_process_where_it_was(tmp_path: Path) -> None:
    later = THEN + timedelta(days=400)
    clock.SettableClock(THEN, kept=tmp_path / "clock.json").set(later)
    assert near(clock.SettableClock(THEN, kept=tmp_path / "clock.json").now(), later)
    elsewhere = THEN + timedelta(days=7)
    assert near(clock.SettableClock(elsewhere, kept=tmp_path / "clock.json").now(), elsewhere)
    assert near(clock.SettableClock(THEN, kept=tmp_path / "clock.json").now(), THEN)


def test_the_wall_is_not_set() -> None:
    clock.use(clock.SettableClock(THEN))
    assert near(clock.wall_now(), datetime.now(UTC))


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        clock.SettableClock(THEN.replace(tzinfo=None))

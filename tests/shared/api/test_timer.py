"""What is due each day is started once, from its hour on, whoever looks and however often (X3)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import text

from shared import clock
from shared.api.jobs import JobSpec, job, jobs_of
from shared.api.timer import Timer
from shared.clock import SettableClock
from shared.identity.principals import Principal
from shared.runtime import Runtime
from shared.store.tx import Origin
from shared.testing import echo
from shared.text import Text

DAY = "2021-02-01T{}+08:00"
SPECS = [JobSpec("morning", Text("早", "Morning"), "m", 9), JobSpec("asked", Text("办", "Asked"), "a")]


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime]) -> Runtime:
    made: Runtime = make_runtime(echo.TELLER)
    return made


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    settable = SettableClock(datetime.fromisoformat(DAY.format("00:00")))
    monkeypatch.setattr(clock, "_clock", settable)
    return lambda moment: settable.set(datetime.fromisoformat(moment))


def started(runtime: Runtime) -> list[str]:
    with runtime.engine.connect() as connection:
        return [row.kind for row in connection.execute(text("SELECT kind FROM chassis.jobs ORDER BY created_at"))]


@pytest.mark.rule(id="X3")
def test_a_daily_job_is_started_once_a_day_from_its_hour_in_shanghai_on(
    runtime: Runtime, at: Callable[[str], None]
) -> None:
    timer = Timer(runtime, SPECS)
    for moment, wanted in (
        (DAY.format("08:59:30"), 0),
        (DAY.format("09:00"), 1),
        (DAY.format("23:59:30"), 1),
        ("2021-02-02T00:30:00+08:00", 1),
        # Nobody was there in the morning.
        ("2021-02-02T17:00:00+08:00", 2),
        ("2021-02-05T09:00:00+08:00", 3),
    ):
        at(moment)
        for _ in range(2):
            timer.work()
        assert started(runtime) == ["morning"] * wanted, moment


def test_of_several_processes_one_starts_it(runtime: Runtime, at: Callable[[str], None]) -> None:
    at(DAY.format("10:00"))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: Timer(runtime, SPECS).work(), range(4)))
    assert started(runtime) == ["morning"]


def test_that_somebody_asked_for_it_does_not_take_its_place(runtime: Runtime, at: Callable[[str], None]) -> None:
    at(DAY.format("10:00"))
    with runtime.begin(Origin(Principal("person", account="a"), "c")) as tx:
        tx.start_job("morning")
    Timer(runtime, SPECS).work()
    assert started(runtime) == ["morning"] * 2


def test_the_hour_is_declared_with_the_job() -> None:
    class Works:
        @job("morning", label=("早", "Morning"), daily_from=9)
        def morning(self, job: object) -> None: ...

        @job("asked", label=("办", "Asked"))
        def asked(self, job: object) -> None: ...

    assert {kind: spec.daily_from for kind, spec in jobs_of(Works).items()} == {"morning": 9, "asked": None}

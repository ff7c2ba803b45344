"""Jobs: one at a time, ended or taken up again, and none that stands in the way of the others."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text

from shared.api.job_runner import ATTEMPTS, JobRunner
from shared.api.jobs import JobSpec, RunningJob, job, jobs_of
from shared.errors import Refused, Unavailable
from shared.identity.principals import Principal
from shared.runtime import Runtime, StoreAway
from shared.store.tx import Origin
from shared.testing import echo
from shared.testing.association import eventually
from shared.text import Text

WHO = Principal("person", account="a")


class Bench:
    """A runner with one kind of job, "work", which does what the test says."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.does: Callable[[RunningJob], Any] = self.finish

    def runner(self) -> JobRunner:
        spec = JobSpec("work", Text("事", "Work"), "work")
        return JobRunner(self.runtime, {"work": (spec, self._work)})

    def _work(self, job: RunningJob, **_: Any) -> None:
        self.does(job)

    def start(self, kind: str = "work", content: bytes | None = None) -> uuid.UUID:
        with self.runtime.begin(Origin(WHO, "c")) as tx:
            started: uuid.UUID = tx.start_job(kind, content=content, size=1).id
        return started

    def finish(self, job: RunningJob) -> None:
        with job.begin() as tx:
            tx.add(echo.Topic(name=f"done {uuid.uuid4()}", told=0))
            job.finish(tx, {"said": tx.principal.name})

    def row(self, job: uuid.UUID) -> dict[str, Any]:
        with self.runtime.engine.connect() as connection:
            found = connection.execute(text("SELECT * FROM chassis.jobs WHERE id = :id"), {"id": job})
            return dict(found.mappings().one())

    def effects(self) -> int:
        with self.runtime.engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM topics")) or 0)


@pytest.fixture
def bench(make_runtime: Callable[..., Runtime]) -> Bench:
    return Bench(make_runtime(echo.TELLER))


def test_a_job_is_done_once_in_the_name_of_whoever_started_it(bench: Bench) -> None:
    started, runner = bench.start(content=b"upload"), bench.runner()
    assert [runner.work(), runner.work()] == [True, False]
    row = bench.row(started)
    assert (row["state"], row["attempts"], row["result"]) == ("done", 1, {"said": "account:a"})
    assert row["content"] is None, "what was uploaded has done its work"
    assert bench.effects() == 1


def test_the_oldest_comes_first(bench: Bench) -> None:
    first, second = bench.start(), bench.start()
    runner = bench.runner()
    runner.work()
    assert (bench.row(first)["state"], bench.row(second)["state"]) == ("done", "waiting")


def test_progress_is_seen_at_once(bench: Bench) -> None:
    started, seen = bench.start(), []

    def counts(job: RunningJob) -> None:
        for step in (1, 2):
            job.progress(step, 2)
            seen.append((bench.row(started)["done"], bench.row(started)["total"], bench.row(started)["state"]))
        bench.finish(job)

    bench.does = counts
    bench.runner().work()
    assert seen == [(1, 2, "running"), (2, 2, "running")]


def test_a_refusal_ends_it_and_undoes_what_it_was_at(bench: Bench) -> None:
    def refuses(job: RunningJob) -> None:
        with job.begin() as tx:
            tx.add(echo.Topic(name="half done", told=0))
            tx.flush()
            raise Refused("X6", "不行", "No", code="no")

    bench.does = refuses
    started = bench.start(content=b"upload")
    assert bench.runner().work() is True
    row = bench.row(started)
    assert (row["state"], row["problem"]["zh"]["detail"], row["problem"]["en"]["detail"]) == ("failed", "不行", "No")
    assert row["content"] is None
    assert bench.effects() == 0


def test_a_bug_is_tried_again_and_then_ends_it_without_its_words(bench: Bench) -> None:
    def breaks(job: RunningJob) -> None:
        raise RuntimeError("110101199003074477")

    bench.does = breaks
    started, runner = bench.start(), bench.runner()
    for attempt in range(1, ATTEMPTS):
        with pytest.raises(RuntimeError):
            runner.work()
        assert (bench.row(started)["state"], bench.row(started)["attempts"]) == ("running", attempt)
    assert runner.work() is True
    row = bench.row(started)
    assert (row["state"], row["problem"]["zh"]["code"]) == ("failed", "broken")
    assert "110101199003074477" not in str(row["problem"])


def test_an_absence_does_not_end_it(bench: Bench) -> None:
    def asks(job: RunningJob) -> None:
        raise Unavailable("不在", "Away")

    bench.does = asks
    started, runner = bench.start(), bench.runner()
    for _ in range(ATTEMPTS + 2):
        with pytest.raises(Unavailable):
            runner.work()
    assert bench.row(started)["state"] == "running"
    bench.does = bench.finish
    assert runner.work() is True
    assert bench.row(started)["state"] == "done"


def test_a_connection_that_breaks_under_progress_does_not_end_it(bench: Bench) -> None:
    def breaks(job: RunningJob) -> None:
        with bench.runtime.engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        bench.runtime.engine.pool._pre_ping = False  # type: ignore[attr-defined]
        try:
            job.progress(1, 2)
        finally:
            bench.runtime.engine.pool._pre_ping = True  # type: ignore[attr-defined]

    started, runner = bench.start(), bench.runner()
    bench.does = breaks
    with pytest.raises(Exception) as lost:  # noqa: PT011 (the guard's own connection broke too)
        runner.work()
    assert isinstance(lost.value, StoreAway)
    bench.does = bench.finish
    eventually(lambda: works(runner))
    assert bench.row(started)["state"] == "done"


def works(runner: JobRunner) -> bool:
    try:
        return runner.work()
    except StoreAway:
        return False


def test_a_kind_nobody_here_knows_is_left_for_others_and_blocks_none(bench: Bench) -> None:
    unknown, known = bench.start("work of tomorrow"), bench.start()
    runner = bench.runner()
    assert [runner.work(), runner.work()] == [True, False]
    assert (bench.row(unknown)["state"], bench.row(known)["state"]) == ("waiting", "done")


def test_two_runners_at_once_do_each_job_once(bench: Bench) -> None:
    met = threading.Barrier(2)

    def meets(job: RunningJob) -> None:
        met.wait(30)
        bench.finish(job)

    bench.does = meets
    jobs = [bench.start(), bench.start()]
    with ThreadPoolExecutor(2) as pool:
        assert [run.result(60) for run in [pool.submit(bench.runner().work) for _ in range(2)]] == [True, True]
    assert [bench.row(job)["attempts"] for job in jobs] == [1, 1]
    assert bench.effects() == 2


def test_one_that_was_taken_for_dead_ends_nothing(bench: Bench) -> None:
    """Its lock was taken from it while it was frozen, and another has done the job meanwhile."""
    started, entered, goes_on = bench.start(), threading.Event(), threading.Event()

    def slowly(job: RunningJob) -> None:
        bench.does = bench.finish
        entered.set()
        assert goes_on.wait(60)
        bench.finish(job)

    bench.does = slowly
    ends = (
        "SELECT pg_terminate_backend(pid, 60000) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
    )
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(bench.runner().work)
        assert entered.wait(60)
        with bench.runtime.engine.connect() as connection:
            connection.execute(
                text(f"{ends} AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
            )
        assert bench.runner().work() is True
        goes_on.set()
        with suppress(StoreAway):
            late.result(60)
    assert (bench.row(started)["state"], bench.row(started)["attempts"]) == ("done", 2)
    assert bench.effects() == 1


@pytest.mark.parametrize("step", ["progress", "begin"])
def test_one_that_is_told_to_stop_leaves_off_and_the_next_takes_it_up(bench: Bench, step: str) -> None:
    started, runner = bench.start(), bench.runner()

    def is_stopped(job: RunningJob) -> None:
        runner.stop()
        if step == "progress":
            job.progress(1, 2)
        bench.finish(job)

    bench.does = is_stopped
    runner.work()
    assert bench.row(started)["state"] == "running"
    assert bench.effects() == 0
    assert runner.work() is False, "it takes up nothing new"
    bench.does = bench.finish
    assert bench.runner().work() is True
    assert (bench.row(started)["state"], bench.effects()) == ("done", 1)


def test_two_methods_cannot_do_one_kind() -> None:
    class Service:
        @job("work", label=("事", "Work"))
        def work(self, job: RunningJob) -> None: ...

        @job("work", label=("事", "Work"))
        def toil(self, job: RunningJob) -> None: ...

    with pytest.raises(TypeError, match="both do 'work'"):
        jobs_of(Service)

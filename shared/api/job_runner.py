"""Does the jobs of a service, one at a time, and takes up again what a crash interrupted."""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy import Connection, select, update

from shared import clock
from shared.api.jobs import JobSpec
from shared.errors import Broken, Problem, Unavailable
from shared.identity.principals import Principal
from shared.runtime import Runtime
from shared.store.database import kept_alive, try_lock
from shared.store.tables import Job
from shared.store.tx import Origin, Tx

log = structlog.get_logger()

ATTEMPTS = 3


class _Interrupted(Exception):
    """The process is about to end, or the job is somebody else's by now: it stays as it is, as after a crash."""


class _Running:
    """One job in hand (see shared.api.jobs.RunningJob)."""

    def __init__(self, runtime: Runtime, job: Job, stopping: threading.Event) -> None:
        self._runtime = runtime
        self._stopping = stopping
        self._id, self._attempt = job.id, job.attempts
        self.content = job.content
        self._origin = Origin(_principal(job.principal), job.correlation_id)

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        self._check()
        with self._runtime.begin(self._origin) as tx:
            yield tx

    def progress(self, done: int, total: int) -> None:
        self._check()
        with self._runtime.speaking_of_absence, self._runtime.engine.begin() as connection:
            connection.execute(update(Job).where(Job.id == self._id).values(done=done, total=total))

    def _check(self) -> None:
        if self._stopping.is_set():
            raise _Interrupted

    def finish(self, tx: Tx, result: dict[str, Any]) -> None:
        job = tx.lock(Job, self._id)
        if job.state != "running" or job.attempts != self._attempt:
            raise _Interrupted  # this process was taken for dead, and another took the job up
        job.state, job.result, job.ended_at = "done", result, clock.now()
        job.content = None  # what was uploaded has done its work (X11)
        if job.total is not None:
            job.done = job.total


def _principal(name: str) -> Principal:
    """Whoever started the job, as its transactions and events name them."""
    kind, _, identity = name.partition(":")
    if kind == "service":
        return Principal("service", service=identity)
    return Principal("person", account=identity)


class JobRunner:
    """Among the processes of a service, one at a time does a given job: an advisory lock says which."""

    def __init__(self, runtime: Runtime, methods: Mapping[str, tuple[JobSpec, Callable[..., None]]]) -> None:
        self._runtime = runtime
        self._methods = methods
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Have the job in hand leave off at its next step; the next process takes it up again."""
        self._stopping.set()

    def work(self) -> bool:
        """Do the oldest job that nobody is doing; whether there was one."""
        with self._runtime.speaking_of_absence, self._runtime.engine.connect() as guard:
            open_jobs = select(Job.id).where(
                Job.state.in_(("waiting", "running")),
                # In a rolling upgrade another process may know kinds that this one does not.
                Job.kind.in_(list(self._methods)),
            )
            for job_id in guard.execute(open_jobs.order_by(Job.created_at).limit(20)).scalars().all():
                if self._stopping.is_set():
                    return False
                if self._do(guard, job_id):
                    return True
                guard.rollback()
        return False

    def _do(self, guard: Connection, job_id: uuid.UUID) -> bool:
        """Do one job while ``guard``'s transaction holds its lock; False when somebody else does it."""
        if not try_lock(guard, f"job {job_id}"):
            return False
        with self._runtime.begin(Origin(Principal("service", service=self._runtime.name), str(job_id))) as tx:
            job = tx.lock(Job, job_id)
            if job.state not in ("waiting", "running"):
                return True
            job.state, job.attempts = "running", job.attempts + 1
            job.started_at = job.started_at or clock.now()
        with (
            structlog.contextvars.bound_contextvars(
                correlation_id=job.correlation_id, service=self._runtime.name, job=job.kind
            ),
            kept_alive(guard),
        ):
            self._carry_out(job)
        return True

    def _carry_out(self, job: Job) -> None:
        _, method = self._methods[job.kind]
        try:
            method(_Running(self._runtime, job, self._stopping), **job.input)
        except _Interrupted:
            log.info("job interrupted")
        except Unavailable:
            raise
        except Problem as problem:
            self._fail(job, problem)
        except Exception:
            log.exception("job broke", attempts=job.attempts)
            if job.attempts >= ATTEMPTS:
                self._fail(job, Broken("系统内部错误", "Something broke on our side"))
            else:
                raise
        else:
            log.info("job done")

    def _fail(self, job: Job, problem: Problem) -> None:
        with self._runtime.begin(Origin(_principal(job.principal), job.correlation_id)) as tx:
            row = tx.lock(Job, job.id)
            row.state, row.ended_at, row.content = "failed", clock.now(), None
            row.problem = {"zh": problem.as_dict("zh"), "en": problem.as_dict("en")}
        log.info("job failed", code=problem.code)

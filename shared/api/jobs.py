"""Long work: started by an operation, done beside it, visible as a resource, resumed after a crash.

    @job("import-enrolments", label=("导入报名表", "Import an enrolment sheet"))
    def import_enrolments(self, job, batch_id): ...

The method opens transactions with ``job.begin()``, tells how far it is with ``job.progress(done, total)`` and ends with
``job.finish(tx, result)`` inside its last transaction, so that the effect and the job's end are one commit: a job that
a crash interrupted starts again and counts once. A :class:`~shared.errors.Problem` ends it as failed.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from shared.api import fields as f
from shared.store.tx import Tx
from shared.text import Text

JOB_STATES = {
    "waiting": Text("等待", "Waiting"),
    "running": Text("进行中", "Running"),
    "done": Text("完成", "Done"),
    "failed": Text("失败", "Failed"),
}


@dataclass(frozen=True)
class JobSpec:
    """What is declared of a kind of job."""

    kind: str
    label: Text
    method: str
    daily_from: int | None = None
    """The hour of each business day from which the job is started by itself; None: by operations only."""


class RunningJob(Protocol):
    """What a job's method is given."""

    content: bytes | None

    def begin(self) -> AbstractContextManager[Tx]: ...

    def progress(self, done: int, total: int) -> None: ...

    def finish(self, tx: Tx, result: dict[str, Any]) -> None: ...


class JobOut(f.Schema):
    """A job as it stands."""

    id = f.UUID("编号", "Id")
    kind = f.String("种类", "Kind")
    state = f.Choice("状态", "State", JOB_STATES)
    done = f.Integer("已完成", "Done so far")
    total = f.Integer("总数", "Of", allow_none=True)
    result = f.Raw("结果", "Result", allow_none=True)
    problem = f.Raw("问题", "Problem", allow_none=True)
    created_at = f.Moment("创建时间", "Created at")
    started_at = f.Moment("开始时间", "Started at", allow_none=True)
    ended_at = f.Moment("结束时间", "Ended at", allow_none=True)


def job(
    kind: str, *, label: tuple[str, str], daily_from: int | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a method the way a kind of long work is done. With ``daily_from``, an hour, it is started by itself as well,
    once on each business day: such a method takes no arguments, and run again it does nothing twice."""

    def declare(function: Callable[..., None]) -> Callable[..., None]:
        function.job = JobSpec(kind, Text(*label), function.__name__, daily_from)  # type: ignore[attr-defined]
        return function

    return declare


def jobs_of(service: type[Any]) -> dict[str, JobSpec]:
    """Every kind of job a service class does, by kind."""
    found: dict[str, JobSpec] = {}
    for name in dir(service):
        spec: JobSpec | None = getattr(getattr(service, name), "job", None)
        if isinstance(spec, JobSpec):
            if spec.kind in found:
                raise TypeError(f"{name} and {found[spec.kind].method} both do {spec.kind!r}")
            found[spec.kind] = spec
    return found

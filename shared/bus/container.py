"""The container that runs a service's workers: nameko's, without its timing of every step."""

import sys
from collections.abc import Callable
from typing import Any

import structlog
from nameko.containers import ServiceContainer, WorkerContext

log = structlog.get_logger()

Settle = Callable[[WorkerContext, Any, Any], tuple[Any, Any]]


class OperationContainer(ServiceContainer):
    """Runs a worker in five steps: give it what it depends on, set up, call, settle, tear down.

    nameko's own worker builds several texts for its debug log whether or not anybody reads them, one of them from a
    header that anybody may send, and takes an error in that for a reason to end the service.
    """

    def has_room(self) -> bool:
        """Whether a worker could start at once."""
        return bool(self._worker_pool.free() > 0)

    def _run_worker(self, worker_ctx: WorkerContext, handle_result: Settle | None) -> None:
        self._inject_dependencies(worker_ctx)
        self._worker_setup(worker_ctx)
        result = exc_info = None
        try:
            method = getattr(worker_ctx.service, worker_ctx.entrypoint.method_name)
            result = method(*worker_ctx.args, **worker_ctx.kwargs)
        except Exception as error:
            expected = isinstance(error, worker_ctx.entrypoint.expected_exceptions)
            (log.warning if expected else log.error)("a worker failed", worker=repr(worker_ctx), exc_info=True)
            exc_info = sys.exc_info()
        try:
            if handle_result is not None:
                result, exc_info = handle_result(worker_ctx, result, exc_info)
            self._worker_result(worker_ctx, result, exc_info)
        finally:
            # The traceback refers to this frame: let go of it, so that both are freed now.
            del exc_info
        self._worker_teardown(worker_ctx)

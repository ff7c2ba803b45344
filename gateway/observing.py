"""One correlation id, one log line and one measurement for every request.

Addresses as sent are in neither: they may hold numbers of people's documents (X5). What is named is the operation.
"""

import functools
import time
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, request
from prometheus_client import Counter, Histogram

from gateway.limits import Standing
from gateway.requests import read_correlation_id
from gateway.routes import Route
from shared.observe.metrics import REQUEST_SECONDS, REQUESTS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()

CORRELATION_HEADER = "X-Correlation-Id"
_SEEN = "xiehui.seen"


class Seen:
    """What is known of a request: its correlation id, since when, what it turned out to ask for, and how its limit
    stands where it was counted."""

    __slots__ = ("began", "correlation_id", "operation", "service", "standing")

    def __init__(self, correlation_id: str) -> None:
        self.began = time.perf_counter()
        self.correlation_id = correlation_id
        self.service, self.operation = "gateway", "unmatched"
        self.standing: Standing | None = None

    def found(self, route: Route) -> None:
        self.service, self.operation = route.service, route.name


def seen(environ: "WSGIEnvironment") -> Seen:
    """What is known of the request of ``environ``."""
    known: Seen = environ[_SEEN]
    return known


def observed(application: "WSGIApplication") -> "WSGIApplication":
    """``application``, each of whose requests is observed. Goes around everything else."""

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        asked = environ[_SEEN] = Seen(read_correlation_id(environ.get("HTTP_X_CORRELATION_ID")))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(correlation_id=asked.correlation_id)

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            _note(asked, environ["REQUEST_METHOD"], int(status[:3]))
            own = [(CORRELATION_HEADER, asked.correlation_id)]
            if asked.standing is not None:
                own += asked.standing.headers()
            return start_response(status, [*headers, *own], *error)

        return application(environ, start)

    return serve


def init_observing(app: Flask) -> None:
    """Have what Flask serves, the gateway's own pages, counted by its endpoint."""

    def name() -> None:
        if request.endpoint not in (None, "operation"):
            seen(request.environ).operation = str(request.endpoint)

    app.before_request(name)


def _note(asked: Seen, method: str, status: int) -> None:
    seconds = time.perf_counter() - asked.began
    answered, took = _measures(asked.service, asked.operation, status)
    answered.inc()
    took.observe(seconds)
    log.info(
        "request",
        method=method,
        service=asked.service,
        operation=asked.operation,
        status=status,
        ms=round(seconds * 1000, 1),
    )


@functools.cache
def _measures(service: str, operation: str, status: int) -> tuple[Counter, Histogram]:
    """What an answer is counted and timed with: looking both up anew each time costs more than counting."""
    return REQUESTS.labels(service, operation, str(status)), REQUEST_SECONDS.labels(service, operation)

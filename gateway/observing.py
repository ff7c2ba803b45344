"""One correlation id, one log line and one measurement for every request.

Addresses as sent are in neither: they may hold numbers of people's documents (X5). What is named is the operation.
"""

import functools
import time

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from gateway.requests import read_correlation_id
from gateway.routes import Route
from shared.observe.metrics import REQUEST_SECONDS, REQUESTS

log = structlog.get_logger()

CORRELATION_HEADER = "X-Correlation-Id"


def init_observing(app: Flask) -> None:
    """Observe every request of ``app``. Comes before anything else that runs around requests."""

    def begin() -> None:
        g.started = time.perf_counter()
        g.route = None
        g.correlation_id = read_correlation_id(request.headers.get(CORRELATION_HEADER))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(correlation_id=g.correlation_id)

    def end(response: Response) -> Response:
        seconds = time.perf_counter() - g.started
        service, operation = _name()
        response.headers[CORRELATION_HEADER] = g.correlation_id
        answered, took = _measures(service, operation, response.status_code)
        answered.inc()
        took.observe(seconds)
        log.info(
            "request",
            method=request.method,
            service=service,
            operation=operation,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
        return response

    app.before_request(begin)
    app.after_request(end)


@functools.cache
def _measures(service: str, operation: str, status: int) -> tuple[Counter, Histogram]:
    """What an answer is counted and timed with: looking both up anew each time costs more than counting."""
    return REQUESTS.labels(service, operation, str(status)), REQUEST_SECONDS.labels(service, operation)


def _name() -> tuple[str, str]:
    """Service and operation, for labels: as many as there are operations, whatever people ask for."""
    route: Route | None = g.route
    if route is not None:
        return route.service, route.name
    endpoint = request.endpoint or "operation"
    return "gateway", "unmatched" if endpoint == "operation" else endpoint

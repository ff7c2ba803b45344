"""Structured logs: one JSON object a line (or coloured text for a terminal), with the correlation id of its request.

The id is given at the gateway, travels in message headers and event attributes, and so ties a request to the last
event handler it set off.
"""

import json
import logging
import sys
from collections.abc import Callable
from typing import Any, TextIO

import orjson
import structlog


def _dumps(line: Any, default: Callable[[Any], Any]) -> str:
    """A line as JSON; by the slower library where the quicker one is too strict for what somebody logged."""
    try:
        return orjson.dumps(line, default=default).decode()
    except TypeError:
        return json.dumps(line, default=default)


def configure(*, json: bool = True, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Set up logging for this process; library loggers go the same way."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(serializer=_dumps) if json else structlog.dev.ConsoleRenderer(colors=False)
    )
    errors = [structlog.processors.format_exc_info] if json else []
    structlog.configure(
        processors=[*shared, *errors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *errors, renderer],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)

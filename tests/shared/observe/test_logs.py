"""A line of the log is one JSON object, whatever somebody logs."""

import io
import json
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import structlog

from shared.observe.logs import configure


@pytest.fixture
def stream() -> Iterator[io.TextIOWrapper]:
    import logging

    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    configure(stream=stream)
    yield stream
    structlog.reset_defaults()
    root.handlers = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("你好", "你好"),
        (1.5, 1.5),
        (2**70, 2**70),
        ({1: "one"}, {"1": "one"}),
        ("\ud800", "\ud800"),
        (Decimal("1.10"), None),
        (uuid.UUID(int=1), None),
        (object(), None),
        ({"deep": [object()]}, None),
    ],
)
def test_a_line_is_json_whatever_is_logged(stream: io.TextIOWrapper, value: Any, read: Any) -> None:
    structlog.get_logger().info("something", value=value)
    stream.seek(0)
    (line,) = stream.read().splitlines()
    logged = json.loads(line)
    assert (logged["event"], logged["level"]) == ("something", "info")
    if read is not None:
        assert logged["value"] == read

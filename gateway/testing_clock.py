"""Sets the business clock from outside, for tests and the demonstration.

Answers only in a process whose clock can be set at all (shared.clock); elsewhere the address does not exist.
"""

from datetime import datetime

import orjson
from flask import Flask, Response, request

from gateway.errors import no_such_path
from gateway.json_body import read_json_object
from shared import clock
from shared.errors import Invalid


def init_testing_clock(app: Flask) -> None:
    """GET and PUT /testing/clock: ``{"now": "2020-12-17T09:00:00+08:00"}``."""

    def testing_clock() -> Response:
        settable = clock.settable()
        if settable is None:
            raise no_such_path()
        if request.method == "PUT":
            settable.set(_moment(read_json_object(request.get_data(cache=False)).get("now")))
        body = orjson.dumps({"now": settable.now().isoformat()})
        return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})

    app.add_url_rule("/testing/clock", "testing_clock", testing_clock, methods=["GET", "PUT"])


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(
            "须为带时区的时间",
            "A moment with its offset is wanted",
            errors={"now": ["2020-12-17T09:00:00+08:00"]},
        )
    return moment

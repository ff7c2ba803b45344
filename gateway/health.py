"""What watches the gateway: is the process alive, can it serve, what has it counted."""

import os

import orjson
from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from gateway.bus import Bus
from gateway.routing import RoutingTable


def init_health(app: Flask, bus: Bus, table: RoutingTable) -> None:
    """/healthz, /readyz and /metrics."""

    def healthz() -> Response:
        return _json({"status": "ok"}, 200)

    def readyz() -> Response:
        reached = bus.state()
        presences = table.presences()
        ready = reached == "up" and bool(presences)
        state = {
            "ready": ready,
            "bus": reached,
            "services": {p.offer.service: "away" if p.away else "up" for p in presences},
        }
        return _json(state, 200 if ready else 503)

    def metrics() -> Response:
        return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)

    for view in (healthz, readyz, metrics):
        app.add_url_rule(f"/{view.__name__}", view.__name__, view)


def _json(state: object, status: int) -> Response:
    response = Response(orjson.dumps(state), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _registry() -> CollectorRegistry:
    """This process's counts, or those of all workers where prometheus_client is told to gather them in a folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together

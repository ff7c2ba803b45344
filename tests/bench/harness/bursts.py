"""Bursts of calls, and what one of them shows."""

from collections.abc import Mapping
from typing import Any

from tests.bench.harness.roles import Asked, Role

Sample = Mapping[str, float]


def call(server: Role | None, caller: Asked, callers: int, seconds: float) -> Sample:
    """One burst: calls a second, latencies in ms, and the CPU a call cost the server where one is named."""
    before = server.cpu() if server else 0.0
    done: dict[str, Any] = caller.ask(callers=callers, seconds=seconds)
    sample = {"per_second": done["calls"] / done["seconds"], "p50": done["p50"], "p99": done["p99"]}
    if server:
        sample["cpu_us"] = (server.cpu() - before) / done["calls"] * 1e6
    return sample

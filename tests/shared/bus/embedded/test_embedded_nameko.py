"""Stock nameko runs on the embedded bus: its entry points, its proxies and its errors."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """What the scenario beside this file saw, in a process patched by eventlet."""
    script = Path(__file__).with_name("stock_nameko.py")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_calls_are_answered(seen: dict[str, Any]) -> None:
    assert seen["answer"] == "您好，世界"
    assert seen["through a service"] == "您好，理事"
    assert seen["remote error"] == "RemoteError: ValueError no"
    assert seen["after the error"] == "您好，again"


def test_confirms_that_nameko_asks_for_do_not_slow_its_calls_down(seen: dict[str, Any]) -> None:
    assert seen["seconds for 200 calls"] < 10


def test_an_unknown_service_is_known_to_be_unknown(seen: dict[str, Any]) -> None:
    assert seen["unknown to a client"] == "UnknownService: Unknown service `nobody`"
    assert seen["unknown to a service"] == "Unknown service `nobody`"


def test_a_call_that_takes_too_long_times_out(seen: dict[str, Any]) -> None:
    assert seen["timeout"] == "RpcTimeout: 0.05"


def test_many_callers_at_once_are_answered(seen: dict[str, Any]) -> None:
    assert seen["fifty at a time"] is True


def test_every_event_reaches_every_kind_of_handler(seen: dict[str, Any]) -> None:
    calls = 3 + 200 + 50
    assert (seen["heard by the pool"], seen["heard by broadcast"]) == (calls, calls)


def test_nothing_is_left_but_the_reply_nobody_waited_for(seen: dict[str, Any]) -> None:
    ((queue, depth),) = seen["left in queues"].items()
    assert queue.startswith("rpc.reply-standalone_rpc_proxy-")
    assert depth == [1, 0]


def test_a_confirm_waits_for_a_consumer_in_another_greenlet(seen: dict[str, Any]) -> None:
    assert seen["confirmed"] == [1]


def test_a_busy_consumer_lets_other_greenlets_in(seen: dict[str, Any]) -> None:
    assert seen["seconds beside a busy consumer"] < 1


def test_services_that_wait_cost_next_to_nothing(seen: dict[str, Any]) -> None:
    assert seen["idle share of a core"] < 0.02


def test_stopping_waits_only_until_nameko_looks_up(seen: dict[str, Any]) -> None:
    """Once a second, for the entry points and then for the reply listener; two containers, one by one."""
    assert seen["seconds to stop"] < 3.5
    assert seen["connections closed by stopping"] == 2
    assert seen["broadcast queues left"] == []


def test_a_consumer_that_is_woken_stops_at_once(seen: dict[str, Any]) -> None:
    assert seen["seconds to stop promptly"] < 0.5


def test_a_call_in_hand_when_its_service_is_killed_goes_back_to_the_queue(seen: dict[str, Any]) -> None:
    assert seen["killed"] == {"before": [0, 1], "after": [1, 0]}


def test_the_bus_itself_needs_no_eventlet() -> None:
    code = "import sys, shared.bus.embedded; print([m for m in sys.modules if m.split('.')[0] == 'eventlet'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"

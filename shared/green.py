"""Makes this process green: nameko's workers are eventlet's threads. Called first, before anything else is imported.

Beside it, what the chassis has to know of green processes, eventlet's and those of gunicorn's gevent workers.
"""

import os
import sys
import warnings
from collections.abc import Callable
from importlib import import_module

# What eventlet puts in the place of os.write waits; this one does not.
from posix import write
from select import POLLIN
from typing import Any


def hush() -> None:
    """eventlet says at every import that it is in maintenance mode; docs/adr tells why it is here all the same."""
    warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated.*")


def patch() -> None:
    """Patch the standard library for eventlet, and let psycopg wait in a way that eventlet can see."""
    hush()
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
    import_module("eventlet").monkey_patch()


def patched() -> bool:
    """Whether this process is green by eventlet."""
    patcher = sys.modules.get("eventlet.patcher")
    return patcher is not None and bool(patcher.is_monkey_patched("thread"))


def wait_to_read(fileno: int) -> None:
    """Let the other green threads go on until there is something to read, the end included."""
    import_module("eventlet.hubs").trampoline(fileno, read=True)


def has_to_read(fileno: int) -> bool:
    """Whether there is something to read at once, the end included. Waits for nothing."""
    poller = _original("select").poll()  # eventlet takes it away, since it cannot make it green
    poller.register(fileno, POLLIN)
    return bool(poller.poll(0))


def _original(module: str) -> Any:
    """``module`` as it is where nothing was patched."""
    patcher = sys.modules.get("eventlet.patcher")
    return import_module(module) if patcher is None else patcher.original(module)


def turns() -> Callable[[Callable[[], None]], Any] | None:
    """How to have something done once those green threads have run whose turn it is; None where threads are real.

    It is done by the hub itself, so it must wait for nothing.
    """
    if patched():
        hubs = import_module("eventlet.hubs")
        return lambda done: hubs.get_hub().schedule_call_global(0, done)
    monkey = sys.modules.get("gevent.monkey")
    if monkey is not None and monkey.is_module_patched("socket"):
        gevent = import_module("gevent")
        return lambda done: gevent.get_hub().loop.run_callback(done)
    return None


def write_at_once(fileno: int, data: bytes) -> int:
    """Write as much as goes without waiting; how much that was. OSError where the other end is gone."""
    try:
        return write(fileno, data)
    except BlockingIOError:
        return 0

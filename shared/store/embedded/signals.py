"""Stop in order when the process is told to leave.

Python runs neither ``finally`` nor atexit on SIGTERM and SIGHUP unless somebody turns them into an exception.
"""

import atexit
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

_WATCHED = (signal.SIGTERM, signal.SIGHUP)
_Handler = Callable[[int, FrameType | None], Any] | signal.Handlers
_blocks = 0


@contextmanager
def leaving_in_order(stop: Callable[[], None]) -> Iterator[None]:
    """While the block runs, SIGTERM and SIGHUP end the process as SystemExit does, and ``stop`` is called
    at exit. A handler that the application has set stays in force; outside the main thread, where Python
    allows no handlers, only the call at exit remains."""
    global _blocks
    atexit.register(stop)
    _blocks += 1
    _replace(signal.SIG_DFL, _leave)
    try:
        yield
    finally:
        _blocks -= 1
        atexit.unregister(stop)
        if _blocks == 0:
            _replace(_leave, signal.SIG_DFL)


def _replace(old: _Handler, new: _Handler) -> None:
    for number in _WATCHED:
        if signal.getsignal(number) is old:
            # Asking which thread this is would not do: eventlet gives its main thread another name.
            with suppress(ValueError):
                signal.signal(number, new)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)

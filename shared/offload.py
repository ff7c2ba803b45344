"""Work that would hold up every green thread of a service, done on a thread of its own instead.

Typesetting, spreadsheets and password hashing keep the processor for milliseconds to seconds. In a service
that runs green threads nothing else moves meanwhile, not even the broker's heartbeat. Callers say
``off_hub(render, …)`` and need not know which kind of process they are in.
"""

import contextvars
import functools
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from typing import ParamSpec, TypeVar

from shared import green

P = ParamSpec("P")
T = TypeVar("T")


def off_hub(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """``fn(*args, **kwargs)``, on a real thread if eventlet has monkey-patched the process, else right here.

    What ``fn`` returns or raises comes back to the caller; context variables are those of the caller. On the
    real thread ``fn`` must compute only: no logging, no database, no event, no lock but ``thread_lock``,
    since all those belong to the hub it has left.
    """
    if not green.patched():
        return fn(*args, **kwargs)
    work = functools.partial(contextvars.copy_context().run, fn, *args, **kwargs)
    result, raised = import_module("eventlet.tpool").execute(_outcome, work)
    if raised is not None:
        raise raised
    return result[0]  # type: ignore[no-any-return]


def thread_lock() -> AbstractContextManager[object]:
    """A lock between real threads, also where ``threading.Lock`` was replaced by one for green threads.

    Hold it only around work that never yields: a green thread that waits for it stops its whole hub.
    """
    if green.patched():
        return sys.modules["eventlet.patcher"].original("threading").Lock()  # type: ignore[no-any-return]
    return threading.Lock()


def _outcome(work: Callable[[], T]) -> tuple[list[T], BaseException | None]:
    """What ``work`` returned or raised, boxed.

    eventlet.tpool passes on only ``Exception``: anything else, such as a panic out of Rust, would end its
    thread and leave the caller waiting for ever. It also takes some tuples for an error.
    """
    try:
        return [work()], None
    except BaseException as error:
        return [], error

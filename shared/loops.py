"""Work that goes on beside requests: relays, retries, jobs, seals. One thread a loop, woken or after a pause."""

import threading
from collections.abc import Callable

import structlog

from shared.errors import Unavailable

log = structlog.get_logger()


class Loop:
    """Runs ``work`` when woken and at least every ``interval`` seconds, until stopped.

    ``work`` says whether it wants to be run again at once, or within how many seconds. What it raises is logged, and
    tried again after a pause that doubles up to 10 s: a loop never dies, and a store that is away is no reason for a
    storm. Once woken it lets ``calm`` seconds pass, so that what comes one after the other is done in one go.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], bool | float],
        *,
        interval: float,
        wake: threading.Event | None = None,
        calm: float = 0.0,
    ) -> None:
        self.name = name
        self.wake = wake or threading.Event()
        self._work = work
        self._interval = interval
        self._calm = calm
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Ask the loop to end after what it has in hand."""
        self._stop.set()
        self.wake.set()

    def stop(self, timeout: float = 5.0) -> None:
        """Ask the loop to end, and wait for it."""
        self.ask_to_stop()
        self._thread.join(timeout)

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.is_set():
            self.wake.clear()
            try:
                again = self._work()
                pause = 0.0
            except Unavailable as problem:
                log.warning("loop waits", loop=self.name, why=problem.code)
                again, pause = False, min(max(pause * 2, 0.25), 10.0)
            except Exception:
                log.exception("loop failed", loop=self.name)
                again, pause = False, min(max(pause * 2, 0.25), 10.0)
            if self._stop.is_set():
                # It may have been asked between its last look and clearing what wakes it.
                return
            if pause:
                self._stop.wait(pause)
            elif again is not True and self.wake.wait(min(again or self._interval, self._interval)) and self._calm:
                self._stop.wait(self._calm)

"""The one place that knows what time it is.

Business time (terms, deadlines, dates on documents) comes from :func:`now`. Tests and the demonstration may put a
:class:`SettableClock` there; nothing in production can. Security and delivery (token lifetimes, retries) run on
:func:`wall_now`, so that setting the business clock neither opens a session nor delays a message.
"""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...


class SystemClock:
    """The machine's time, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SettableClock:
    """A clock that runs on from wherever it was last set.

    With ``kept``, a file, it does so over restarts of its process too: what a crash interrupted is taken up again at
    the business time it was begun at. Only another ``start`` than the last time sets it anew.
    """

    def __init__(self, start: datetime, *, kept: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._start = start
        self._kept = kept
        if kept is not None and kept.exists():
            began, offset = json.loads(kept.read_text())
            if began == start.isoformat():
                self._offset = timedelta(seconds=offset)
                return
        self.set(start)

    def now(self) -> datetime:
        with self._lock:
            return datetime.now(UTC) + self._offset

    def set(self, moment: datetime) -> None:
        """``moment`` must carry an offset."""
        if moment.tzinfo is None:
            raise ValueError("a moment without an offset")
        with self._lock:
            self._offset = moment.astimezone(UTC) - datetime.now(UTC)
            if self._kept is not None:
                fresh = self._kept.with_name(f"{self._kept.name}.new")
                fresh.write_text(json.dumps([self._start.isoformat(), self._offset.total_seconds()]))
                fresh.replace(self._kept)


_clock: Clock = SystemClock()


def use(clock: Clock) -> None:
    """Make ``clock`` the business clock of this process."""
    global _clock
    _clock = clock


def settable() -> SettableClock | None:
    """The business clock, where it is one that can be set."""
    return _clock if isinstance(_clock, SettableClock) else None


def now() -> datetime:
    """Business time, aware, in UTC."""
    return _clock.now()


def wall_now() -> datetime:
    """The machine's time, aware, in UTC: never set by anybody."""
    return datetime.now(UTC)

"""A file that may be replaced while a process runs, looked at again now and then."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from shared.identity.statements import UNREADABLE

log = structlog.get_logger()

T = TypeVar("T")

LOOK_EVERY = 2.0
"""Seconds after which a file is looked at again. Looking is asking for its time; it is read when that has changed."""


class Watched(Generic[T]):
    """What ``read`` makes of the file at ``path``. What cannot be read later leaves what was read before."""

    def __init__(
        self, path: Path, read: Callable[[Path], T], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = path
        self._read = read
        self._now = monotonic
        self._looking = threading.Lock()
        self._mark = self._marked()
        self._held = read(path)
        self._look_at = monotonic() + LOOK_EVERY

    def current(self) -> T:
        """What the file held when it was last looked at, at most :data:`LOOK_EVERY` seconds ago."""
        if self._now() >= self._look_at:
            self.look()
        return self._held

    def look(self) -> None:
        """Look at once. Whoever looks at the same time waits until what is there is held."""
        with self._looking:
            self._look_at = self._now() + LOOK_EVERY
            mark = self._marked()
            if mark == self._mark:
                return
            # What is replaced between the two has another mark at the next look.
            self._mark = mark
            try:
                self._held = self._read(self._path)
            except (OSError, *UNREADABLE) as error:
                log.warning("keys could not be read again", file=self._path.name, error=type(error).__name__)
            else:
                log.info("keys were read again", file=self._path.name)

    def _marked(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

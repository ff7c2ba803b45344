"""What the server writes: one file beside the cluster, turned over at a start when it has grown."""

import os
from pathlib import Path
from typing import BinaryIO

_TURN_OVER_BYTES = 16 * 1024 * 1024
_TAIL_BYTES = 8192
_TAIL_LINES = 30


class Log:
    """``<data>/postgres.log``. ``tail()`` gives the last lines since this object was made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if path.exists() and path.stat().st_size > _TURN_OVER_BYTES:
            path.replace(path.with_name(path.name + ".1"))
        self._begin = path.stat().st_size if path.exists() else 0

    def open(self) -> BinaryIO:
        """For appending, mode 0600: rejected statements may quote personal data."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self._path, flags, 0o600)
        if os.geteuid() == 0:
            status = self._path.parent.stat()
            os.fchown(descriptor, status.st_uid, status.st_gid)
        return open(descriptor, "ab", buffering=0)

    def tail(self) -> str:
        if not self._path.exists():
            return ""
        with self._path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(self._begin, end - _TAIL_BYTES))
            text = file.read().decode("utf-8", errors="replace")
        return "\n".join(text.splitlines()[-_TAIL_LINES:])

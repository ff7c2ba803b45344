"""One owner a data directory: an flock, which the kernel drops at the very moment the owner dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from shared.store.embedded.errors import AlreadyRunning, StartFailed

_held: set[int] = set()


def _let_go_in_child() -> None:
    # A forked child shares the lock with its parent and would keep it after the parent's death.
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_let_go_in_child)


@contextmanager
def owning(folder: Path) -> Iterator[None]:
    """Own ``folder`` for as long as the block runs, by a lock on the file ``lock`` in it.

    Raises AlreadyRunning, with the owner's pid, at once where somebody owns it: another process, or this
    one under another name. Raises StartFailed where this user may not write there.
    """
    path = folder / "lock"
    try:
        # The folder may belong to a user with fewer rights: never follow what was planted there.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except PermissionError as error:
        raise StartFailed(
            f"当前用户无权使用数据目录 {folder}。", f"This user may not use the data directory {folder}."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = _owner(descriptor)
        os.close(descriptor)
        raise AlreadyRunning(folder, pid) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    _share_owner(descriptor, folder)
    _held.add(descriptor)
    try:
        yield
    finally:
        if descriptor in _held:
            _held.discard(descriptor)
            os.ftruncate(descriptor, 0)
            os.close(descriptor)


def _owner(descriptor: int) -> int | None:
    """The pid in the lock file; waits a moment for an owner that has the lock but has not signed yet."""
    pid = None
    for _ in range(25):
        text = os.pread(descriptor, 20, 0)
        pid = int(text) if text.isdigit() else None
        if pid is not None and psutil.pid_exists(pid):
            break
        time.sleep(0.02)
    return pid


def _share_owner(descriptor: int, folder: Path) -> None:
    # After one start by root (sudo), the folder's owner must still be able to start.
    if os.geteuid() == 0:
        status = folder.stat()
        os.fchown(descriptor, status.st_uid, status.st_gid)

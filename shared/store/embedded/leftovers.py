"""What an owner that was killed left behind: perhaps a server still running, surely a postmaster.pid.

The file alone is not believed. The kernel hands a dead server's number to anybody, so the process must also
be a postgres at work in this very cluster that began when the file says.
"""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from shared.store.embedded.account import Account
from shared.store.embedded.errors import StartFailed
from shared.store.embedded.folders import forget_socket_folder

# Between the fork of a server and the moment it writes down; the file has whole seconds.
_START_TOLERANCE_SECONDS = 10.0
_ESCALATION = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
_SURVIVORS_LEAVE_SECONDS = 2.0
_SURVIVORS_DEADLINE_SECONDS = 10.0
# Above every pid_max, so that no process ever bears it.
_NOBODY = 2**31 - 1


@dataclass(frozen=True)
class PidFile:
    """The lines of postmaster.pid that matter. ``started`` is in seconds since 1970."""

    pid: int
    cluster: Path
    started: int
    socket_folder: Path | None

    @classmethod
    def read(cls, path: Path) -> "PidFile | None":
        """None where there is none, or where its writer died before it was whole."""
        try:
            lines = path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
            socket = lines[4].strip() if len(lines) > 4 else ""
            return cls(int(lines[0]), Path(lines[1]), int(lines[2]), Path(socket) if socket else None)
        except (FileNotFoundError, IndexError, ValueError):
            return None


def clear(cluster: Path, account: Account) -> None:
    """Leave no process of an earlier server in the cluster, and no file that could stop a new one.

    Call it as the owner of the data directory's lock. A server of an owner that was killed is shut down in
    order. Raises StartFailed, touching nothing, where a postgres that was not ours works in the cluster.
    """
    path = cluster / "postmaster.pid"
    written = PidFile.read(path)
    inside = _inside(cluster, account)
    if written is not None:
        for process in inside:
            if process.pid == abs(written.pid) and _check_is_ours(process, written, cluster):
                _end(process)
    _outlast_survivors(cluster, account)
    if written is None:
        path.unlink(missing_ok=True)
        return
    _disown(path)
    if written.socket_folder is not None:
        forget_socket_folder(written.socket_folder, account)


def _inside(cluster: Path, account: Account) -> list[psutil.Process]:
    """Every living postgres of the account whose working folder is the cluster, as it is for all of a
    server's processes."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.name() == "postgres" and process.uids().real == account.uid
            if ours and _working_folder(process, account) == str(cluster):
                found.append(process)
        except psutil.Error:
            continue
    return found


def _working_folder(process: psutil.Process, account: Account) -> str | None:
    try:
        return str(process.cwd())
    except psutil.AccessDenied:
        # In a container root lacks the right to look at other users' processes; their user has it.
        answer = subprocess.run(
            ["readlink", f"/proc/{process.pid}/cwd"],
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return os.fsdecode(answer.stdout).removesuffix("\n") or None


def _check_is_ours(process: psutil.Process, written: PidFile, cluster: Path) -> bool:
    """True where the file speaks of this process, False where it has ended meanwhile."""
    try:
        same_start = abs(process.create_time() - written.started) <= _START_TOLERANCE_SECONDS
    except psutil.NoSuchProcess:
        return False
    # A negative number is a postgres --single that somebody runs by hand.
    if written.pid < 0 or not same_start or written.cluster != cluster:
        raise _stranger([process], cluster)
    return True


def _stranger(processes: list[psutil.Process], cluster: Path) -> StartFailed:
    pids = ", ".join(str(process.pid) for process in processes)
    return StartFailed(
        f"另有 PostgreSQL 进程（{pids}）正在使用 {cluster}。请先停止它。",
        f"Another PostgreSQL (process {pids}) is at work in {cluster}. Stop it first.",
    )


def _end(process: psutil.Process) -> None:
    for number, patience in _ESCALATION:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            return
        if _gone(process, patience):
            return


def _gone(process: psutil.Process, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            # Where nobody reaps the orphans of a container, a dead process stays in the list.
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def _outlast_survivors(cluster: Path, account: Account) -> None:
    """Sessions outlive a killed server until they notice, which a busy one does late: wait, then insist.
    A new server beside them would ruin the cluster."""
    begin = time.monotonic()
    insisted = False
    while survivors := _inside(cluster, account):
        waited = time.monotonic() - begin
        if waited > _SURVIVORS_DEADLINE_SECONDS:
            raise _stranger(survivors, cluster)
        if waited > _SURVIVORS_LEAVE_SECONDS and not insisted:
            insisted = True
            for process in survivors:
                _insist(process)
        time.sleep(0.05)


def _insist(process: psutil.Process) -> None:
    try:
        process.send_signal(signal.SIGQUIT)
    except psutil.NoSuchProcess:
        return


def _disown(path: Path) -> None:
    """Take the number out of a stale postmaster.pid. The rest stays: by it a new server makes sure, even
    where we could not see a process, that nobody is attached to the old one's shared memory."""
    try:
        # In place, since the server's user must still own it; never through a link, since we may be root.
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    with open(descriptor, "r+b") as file:
        lines = file.readlines()
        file.seek(0)
        file.write(b"".join([b"%d\n" % _NOBODY, *lines[1:]]))
        file.truncate()

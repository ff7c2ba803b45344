"""Processes for tests without the seconds of a processor that each would take to import five services.

    process = forked("shared.testing.host")     # as ``python -m shared.testing.host`` with pipes, in milliseconds
    process.stdin.write("…\\n")
    process.wait(5)

They are real processes with real deaths, children of a nursery (:mod:`shared.testing.nursery`) that this process starts
once and that ends with it.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from typing import IO


class Forked:
    """A process as :class:`subprocess.Popen` has it, with text on both pipes."""

    def __init__(self, pid: int, stdin: IO[str], stdout: IO[str], ending: int) -> None:
        self.pid, self.stdin, self.stdout = pid, stdin, stdout
        self.returncode: int | None = None
        self._ending = ending
        self._waiting = threading.Lock()

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, negative for the signal that ended it; TimeoutExpired where it goes on."""
        with self._waiting:
            if self.returncode is None:
                if not select.select([self._ending], [], [], timeout)[0]:
                    raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
                said = os.read(self._ending, 16)
                os.close(self._ending)
                assert said, "the nursery is gone, and with it what it knew of its children"
                self.returncode = int(said)
            return self.returncode

    def kill(self) -> None:
        """End it as a power cut would; does nothing once it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def forked(module: str) -> Forked:
    """``python -m module`` in a session of its own."""
    with _asking:  # two threads would start two nurseries, and one of them be forgotten with its children
        return _nursery().fork(module)


_asking = threading.Lock()


class _Nursery:
    """The process that forks, and the one line to it."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "shared.testing.nursery", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def fork(self, module: str) -> Forked:
        stdin, to_stdin = os.pipe()
        from_stdout, stdout = os.pipe()
        ending, to_ending = os.pipe()
        socket.send_fds(self._line, [module.encode()], [stdin, stdout, to_ending])
        pid = self._line.recv(32)
        for fileno in (stdin, stdout, to_ending):
            os.close(fileno)
        assert pid, f"the nursery ended with {self._process.wait()}"
        return Forked(int(pid), os.fdopen(to_stdin, "w"), os.fdopen(from_stdout), ending)


@cache
def _nursery() -> _Nursery:
    return _Nursery()

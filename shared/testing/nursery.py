"""The process that hosts are forked from: ``python -m shared.testing.nursery FILENO``.

It makes itself green, imports every service, and then waits at a socket. Each request is the name of a module and three
descriptors: what the module is to have as standard input and output, and where to write how it ended. The answer is the
process id. :mod:`shared.testing.forking` asks it. (The fork server of multiprocessing cannot do this: what it waits at
would be green with the rest.)
"""

import gc
import os
import posix  # whose functions eventlet leaves as they are
import runpy
import signal
import sys
import traceback
from typing import Any

from shared import green

green.patch()

from eventlet import hubs, patcher  # noqa: E402  (nothing may be imported before the process is green)

import shared.bus.client  # noqa: E402
import shared.running  # noqa: E402, F401
from shared.plugins import plugins  # noqa: E402

# To wait at a green socket would start a hub, and every child would share its descriptors.
select: Any = patcher.original("select")
socket: Any = patcher.original("socket")

LONGEST_NAME = 200


class Nursery:
    """Forks, and tells of each child how it ended."""

    def __init__(self, fileno: int) -> None:
        self._requests = socket.socket(fileno=fileno)
        self._endings: dict[int, int] = {}
        """Process → where to write its exit status."""
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)

    def wait(self) -> None:
        """Until whoever asks is gone."""
        while True:
            ready, _, _ = select.select([self._requests, self._woken], [], [])
            if self._woken in ready:
                self._reap()
            if self._requests in ready:
                name, files, _, _ = socket.recv_fds(self._requests, LONGEST_NAME, 3)
                if not name:
                    return
                self._fork(name.decode(), *files)

    def _fork(self, module: str, stdin: int, stdout: int, ending: int) -> None:
        pid = os.fork()
        if pid == 0:
            self._forget(ending)
            _become(module, stdin, stdout)
        os.close(stdin)
        os.close(stdout)
        self._endings[pid] = ending
        self._requests.send(str(pid).encode())

    def _forget(self, ending: int) -> None:
        """In a child: nothing of the nursery stays open, or nobody would see the end of another."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._requests.close()
        for fileno in (self._woken, self._wake, ending, *self._endings.values()):
            os.close(fileno)

    def _reap(self) -> None:
        posix.read(self._woken, 4096)
        for pid in [*self._endings]:
            ended, status = posix.waitpid(pid, os.WNOHANG)
            if ended:
                ending = self._endings.pop(pid)
                posix.write(ending, str(os.waitstatus_to_exitcode(status)).encode())
                os.close(ending)


def _new_hub() -> None:
    """Patching made a hub; what is registered with it would be registered for the nursery and all its children."""
    hubs.get_hub().poll.close()
    hubs.use_hub()


def _become(module: str, stdin: int, stdout: int) -> None:
    """Be ``python -m module``, and end without taking the interpreter apart."""
    status = 1
    try:
        os.setsid()
        _new_hub()
        for fileno, standard in ((stdin, 0), (stdout, 1)):
            os.dup2(fileno, standard)
            os.close(fileno)
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    plugins()
    gc.freeze()
    Nursery(int(sys.argv[1])).wait()

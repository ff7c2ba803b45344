"""A Redis of the tests' own, where this machine has one (Debian: redis-server). Nothing is written to disk."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from shared.testing.rabbitmq_engines import free_ports

PROGRAM = shutil.which("redis-server")
MISSING = "此机没有 redis-server（Debian：apt install redis-server）/ there is no redis-server here"


class PrivateRedis:
    """A server on a port of its own, which can be killed, frozen and started again."""

    def __init__(self, folder: Path) -> None:
        (self.port,) = free_ports(1)
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        assert PROGRAM is not None, MISSING
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        self._process = subprocess.Popen([PROGRAM, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return self
        raise AssertionError("redis-server does not answer")

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def private_redis(tmp_path: Path) -> Iterator[PrivateRedis]:
    """A running Redis; the test is skipped where there is none to run."""
    if PROGRAM is None:
        pytest.skip(MISSING)
    server = PrivateRedis(tmp_path).start()
    yield server
    server.kill()

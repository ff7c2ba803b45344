"""An association of its own for the demonstration: temporary data, a free port, a clock that can be set."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from demo.client import Surprise

_SIGN_IN = re.compile(r"one-time secret: (\S+)")


@dataclass(frozen=True)
class Running:
    """Where it is, and the one-time secret of its administrator."""

    address: str
    secret: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(clock: str) -> Iterator[Running]:
    """Run everything in one process of its own, from ``clock`` on; gone, with its data, at the end."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="xiehui-demo-") as folder, (Path(folder) / "said").open("w+") as said:
        # As root PostgreSQL runs as another user, who must be able to enter.
        Path(folder).chmod(0o711)
        where = ["--data", str(Path(folder) / "data"), "--port", str(port), "--clock", clock]
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "shared.cli", "run", "--all", "--embedded", *where],
            stdout=said,
            stderr=subprocess.STDOUT,
            # A sign-in that is broken over two lines could not be read.
            env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
            start_new_session=True,
        )
        try:
            yield _wait(process, Path(said.name), f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], said: Path, address: str) -> Running:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            ready = httpx.get(f"{address}/readyz", timeout=2, trust_env=False).is_success
        except httpx.TransportError:
            ready = False
        match = _SIGN_IN.search(said.read_text())
        if ready and match:
            return Running(address, match[1])
        time.sleep(0.2)
    raise Surprise(f"the association did not start:\n{said.read_text()[-3000:]}")

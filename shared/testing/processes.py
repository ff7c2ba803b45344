"""``xiehui …`` as an operator starts it: a real process, its output, its signals, and HTTP to it.

with Started("run", "--all", "--embedded", "--data", data, "--port", port, log=tmp_path / "said") as process:
    process.says(r"one-time secret: (\\S+)")
    process.stop()
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import psutil  # type: ignore[import-untyped]

from shared.identity.keys import Keyring
from shared.identity.principals import issue_access
from shared.store.base import new_id

XIEHUI = (sys.executable, "-P", "-m", "shared.cli")
BIN = Path(sys.executable).parent
"""Where the environment's own commands lie, gunicorn among them."""


def environment(**given: str) -> dict[str, str]:
    """This process's environment without what an operator may have set, and ``given``."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("XIEHUI_") and k != "PORT"}
    # Rich folds lines at 80 columns where it sees no terminal.
    plain = {"COLUMNS": "250", "NO_COLOR": "1", "PYTHONWARNINGS": "ignore", "PATH": f"{BIN}:{os.environ['PATH']}"}
    return {**kept, **plain, **given}


def xiehui(*arguments: object, timeout: float = 60, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of ``xiehui`` to its end; output and errors come together in ``stdout``."""
    return subprocess.run(
        [*XIEHUI, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        env=environment(**variables),
        check=False,
    )


class Started:
    """A command that goes on until it is told to stop. Leaving the block kills what is still there."""

    def __init__(
        self,
        *arguments: object,
        log: Path,
        program: tuple[str, ...] = XIEHUI,
        variables: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self._from = output.tell()
            self.process = subprocess.Popen(
                [*program, *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment(**(variables or {})),
                cwd=folder,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def said(self) -> str:
        """What it has printed so far."""
        with self.log.open("rb") as file:
            file.seek(self._from)
            return file.read().decode(errors="replace")

    def says(self, pattern: str, *, within: float = 180) -> re.Match[str]:
        """Wait until it has printed something that fits ``pattern``."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            ended = self.process.poll() is not None
            found = re.search(pattern, self.said)
            if found:
                return found
            assert not ended, f"ended with {self.process.returncode}:\n{self.said[-3000:]}"
            time.sleep(0.05)
        raise AssertionError(f"{pattern!r} not within {within} s:\n{self.said[-3000:]}")

    def offspring(self, name: str) -> list[psutil.Process]:
        """The processes below it that bear this name."""
        below = psutil.Process(self.process.pid).children(recursive=True)
        found = []
        for process in below:
            with suppress(psutil.NoSuchProcess):
                if process.name() == name:
                    found.append(process)
        return found

    def stop(self, sign: signal.Signals = signal.SIGTERM, *, within: float = 20) -> tuple[int, float]:
        """Send a signal and wait for the end: the exit status, and the seconds it took, without those for which a
        busy machine let it and its offspring wait for a processor."""
        family = [self.process.pid, *(child.pid for child in psutil.Process(self.process.pid).children(recursive=True))]
        before, began = {pid: _waited(pid) for pid in family}, time.monotonic()
        waited = dict(before)
        self.process.send_signal(sign)
        while time.monotonic() < began + within:
            try:
                status = self.process.wait(0.02)
            except subprocess.TimeoutExpired:
                waited |= {pid: seconds for pid in family if (seconds := _waited(pid))}
                continue
            return status, max(0.0, time.monotonic() - began - sum(waited.values()) + sum(before.values()))
        raise AssertionError(f"goes on {within} s after {sign.name}:\n{self.said[-3000:]}")

    def kill(self) -> None:
        """End it as a power cut would, with what it started; does nothing once it has ended."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def _waited(pid: int) -> float:
    """Seconds that a process has been ready to run and was not given a processor; 0 where nobody says so."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


class Caller:
    """HTTP to a gateway, as anybody with any roles: tokens are signed with the deployment's own key."""

    def __init__(self, address: str, issuer: Keyring | None = None, *, token: str | None = None) -> None:
        self.address = address
        self._issuer = issuer
        self.token = token
        self.person = str(new_id())
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.Client(base_url=address, headers=headers, timeout=30, trust_env=False)

    def as_(self, *roles: str, unit: str | None = None) -> "Caller":
        """Somebody else, signed in with these roles."""
        assert self._issuer is not None
        somebody = Caller(self.address, self._issuer)
        somebody.token = issue_access(
            self._issuer,
            account=str(new_id()),
            person=somebody.person,
            session=str(new_id()),
            roles=roles,
            units=[unit] if unit else [],
        )
        somebody.http.headers["Authorization"] = f"Bearer {somebody.token}"
        return somebody

    def ask(self, method: str, path: str, expect: int | None = None, **sent: Any) -> httpx.Response:
        """One request; without ``expect`` any success will do."""
        answer = self.http.request(method, path, **sent)
        fine = answer.is_success if expect is None else answer.status_code == expect
        assert fine, f"{method} {path}: {answer.status_code} {answer.text[:2000]}"
        return answer

    def get(self, path: str, **query: Any) -> Any:
        return self.ask("GET", path, params=query).json()

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.ask("POST", path, json=body if body is not None else {}, headers=headers)
        return answer.json() if answer.content else None

    def problem(self, method: str, path: str, status: int, **sent: Any) -> dict[str, Any]:
        """The problem document of a request that must be refused."""
        answer = self.ask(method, path, status, **sent)
        assert answer.headers["content-type"] == "application/problem+json", answer.headers
        document: dict[str, Any] = answer.json()
        assert document["status"] == status, document
        return document

    def ready(self, *services: str, within: float = 60) -> None:
        """Wait until the gateway serves and knows these services as up."""
        deadline, last = time.monotonic() + within, ""
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                answer = self.http.get("/readyz", timeout=5)
                last = answer.text
                known = answer.json()["services"] if answer.is_success else {}
                if answer.is_success and all(known.get(name) == "up" for name in services):
                    return
            time.sleep(0.1)
        raise AssertionError(f"not ready within {within} s: {last}")

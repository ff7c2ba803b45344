"""Processes of the benchmark: each is started, asked, measured and ended by whoever started it, by its pid."""

import json
import os
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import psutil

LAST_WORDS = 2500
"""So many characters of its output go with the message that a role failed."""


class RoleFailed(Exception):
    """A process ended, fell silent or answered wrongly. The message ends with what it printed last."""


class Role:
    """A process ``name`` with its output in ``log``. Ctrl-C at the terminal does not reach it before ``stop`` does."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        variables: Mapping[str, str],
        folder: Path,
    ) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                list(map(str, command)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if self.speaks else output,
                stderr=output,
                env={**os.environ, **variables},
                cwd=folder,
                start_new_session=True,
            )
        self.process = psutil.Process(self._process.pid)

    speaks = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def cpu(self, *, children: bool = True) -> float:
        """Seconds of CPU it has used, with the processes it started or without."""
        total = 0.0
        for process in self._all() if children else [self.process]:
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system
        return total

    def failure(self, what: str) -> RoleFailed:
        said = self.log.read_text(errors="replace")[-LAST_WORDS:]
        return RoleFailed(f"{self.name} {what}\n{said}".rstrip())

    def stop(self) -> None:
        """Ask it to end, and end what is left of it after that."""
        family = self._all()
        if not self.ended:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(4)
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _all(self) -> list[psutil.Process]:
        try:
            return [self.process, *self.process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


class Asked(Role):
    """A process that does what it is asked, a JSON line each way (peers/common/role.py)."""

    speaks = True

    def __init__(self, *arguments: Any, within: float = 60, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._received = b""
        try:
            self._read(within)
        except BaseException:
            self.stop()
            raise

    def ask(self, *, within: float = 60, **request: Any) -> dict[str, Any]:
        """Its answer; :class:`RoleFailed` where there is none in ``within`` seconds, or an error."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self.failure("is gone") from None
        return self._read(within)

    def _read(self, within: float) -> dict[str, Any]:
        assert self._process.stdout is not None
        deadline = time.monotonic() + within
        while b"\n" not in self._received:
            readable, _, _ = select.select([self._process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            if not readable:
                raise self.failure(f"said nothing for {within:.0f} s")
            came = os.read(self._process.stdout.fileno(), 65536)
            if not came:
                raise self.failure("ended")
            self._received += came
        line, _, self._received = self._received.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise self.failure(f"failed:\n{answer['error'].strip()}\n---")
        return answer

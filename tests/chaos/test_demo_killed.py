"""The demonstration while its association is killed again and again: it ends with every line as expected.

The association is one process, and PostgreSQL. A supervisor kills it at random moments of the demonstration, starts it
again on the same data and the same port, and kills it again, sometimes before it is up. The demonstration knows nothing
of that: its client repeats what nobody answered, under the same idempotency key.
"""

import json
import os
import random
import shutil
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import pytest
from rich.console import Console

from demo.association import Running
from demo.client import Client
from demo.command import START, drive
from demo.findings import Findings
from shared.plugins import plugins
from shared.testing.counting import books_are_right
from shared.testing.processes import Started
from shared.testing.rabbitmq_engines import free_ports

KILLS = int(os.environ.get("XIEHUI_DEMO_KILLS", "3"))
"""How often. Each costs a start, some seconds; `make soak` has patience for more."""
REQUESTS = range(3, 160)
"""Between which of the demonstration's requests: not before the administrator has a password, since the secret on the
screen is another one after each start; and fewer than there are."""
MOMENT = 0.3
"""Seconds that a kill may come after the request it belongs to."""
START_SECONDS = 6.0


class Supervisor:
    """Runs an association, and has it die and start again. ``chance`` decides when and how."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.data = folder / "data"
        self.chance = chance
        self._port = free_ports(1)[0]
        where = ["--data", self.data, "--port", self._port, "--clock", START]
        self._command = ["run", "--all", "--embedded", *where]
        self._log = folder / "said"
        self._due = threading.Semaphore(0)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="supervisor")
        self.kills: list[str] = []
        self.broke: BaseException | None = None

    def __enter__(self) -> Self:
        self._running = self._start()
        self.secret = self._running.says(r"one-time secret: (\S+)")[1]
        self._up()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.end()
        finally:
            self._die(at_once=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def strike(self) -> None:
        """Have the association killed in a moment."""
        self._due.release()

    def end(self) -> None:
        """Kill no more, and have it running."""
        self._over.set()
        self._due.release()
        if self._thread.is_alive():
            self._thread.join()
        if self.broke:
            raise self.broke

    def databases(self) -> dict[str, str]:
        """Service → the address of its database, where it is running."""
        home = self.data / "postgres"
        passwords = json.loads((home / "passwords.json").read_text())
        return {
            name: f"postgresql+psycopg://{name}:{passwords[name]}@/{name}?host={home}/socket&port=5432"
            for name in plugins()
        }

    def stop(self) -> int:
        """Stop it in order: the exit status."""
        return self._running.stop()[0]

    def _work(self) -> None:
        try:
            while True:
                self._due.acquire()
                if self._over.is_set():
                    return
                time.sleep(self.chance.uniform(0, MOMENT))
                self._kill("at work")
                self._running = self._start()
                if self.chance.random() < 0.3:
                    time.sleep(self.chance.uniform(0, START_SECONDS))
                    self._kill("starting")
                    self._running = self._start()
                self._up()
        except BaseException as error:
            self.broke = error

    def _start(self) -> Started:
        return Started(*self._command, log=self._log)

    def _up(self) -> None:
        self._running.says("Ctrl-C 停止 / stops", within=120)

    def _kill(self, when: str) -> None:
        """SIGKILL, to the process alone, so that PostgreSQL goes on for a while, or to all at once."""
        at_once = self.chance.random() < 0.5
        self._die(at_once=at_once)
        self.kills.append(f"{when}, {'with PostgreSQL' if at_once else 'alone'}")

    def _die(self, *, at_once: bool) -> None:
        if self._running.process.poll() is not None:
            return
        servers = self._running.offspring("postgres")
        self._running.kill()
        for server in servers if at_once else ():
            with suppress(psutil.NoSuchProcess):
                server.send_signal(signal.SIGKILL)


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    folder = Path(tempfile.mkdtemp(prefix="xiehui-killed-"))
    # PostgreSQL's own user must be able to enter.
    folder.chmod(0o711)
    try:
        with Supervisor(folder, random.Random(seed)) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.rule(id="X7")
def test_killed_at_random_the_demonstration_ends_as_expected(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = deque(sorted(supervisor.chance.sample(REQUESTS, KILLS)))
    asked, ask = 0, Client.ask

    def counted(client: Client, *arguments: Any, **sent: Any) -> Any:
        nonlocal asked
        asked += 1
        if due and asked >= due[0]:
            due.popleft()
            supervisor.strike()
        return ask(client, *arguments, **sent)

    monkeypatch.setattr(Client, "ask", counted)
    findings = Findings()
    drive(Running(supervisor.address, supervisor.secret), findings, Console())
    supervisor.end()
    print(f"{asked} requests, killed {supervisor.kills}")
    assert not due, f"the demonstration makes only {asked} requests"
    assert [each for each in findings.found if not each.as_expected] == []
    assert len(findings.found) >= 45
    books_are_right(list(plugins().values()), supervisor.databases())
    assert supervisor.stop() == 0

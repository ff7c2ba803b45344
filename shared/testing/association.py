"""Services running for a test: on the embedded bus or on RabbitMQ, called over the bus as anybody one likes.

Any number of threads may call at once.

def test_submitting(association):
    answer = association.call("publishing", "submit_article", title="…", body="…", column="…",
                              as_=association.person("correspondent", unit=UNIT))
"""

import base64
import itertools
import json
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine

from shared.identity.keys import Keyring
from shared.identity.principals import issue_access, issue_service
from shared.store.base import new_id
from shared.store.database import make_engine
from shared.testing.forking import Forked, forked

PATIENCE = 90.0
"""Seconds after which a host that says nothing counts as stuck."""


@dataclass(frozen=True)
class Person:
    """Somebody a test lets act: the token, and the ids in it."""

    token: str
    account: str
    person: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class Answer:
    """What an operation answered over the bus."""

    status: int
    body: Any
    problem: Mapping[str, Any] | None
    etag: str | None
    file: Mapping[str, str] | None

    def __getitem__(self, key: str) -> Any:
        """A field of the body; of a problem it fails with the problem, so that a test's message says why."""
        assert self.problem is None, self.problem
        return self.body[key]

    @property
    def content(self) -> bytes:
        """The bytes of a download."""
        assert self.file is not None, self.problem
        return base64.b64decode(self.file["content"])


@dataclass
class Association:
    """Services in a process of their own, and how a test reaches them."""

    settings: dict[str, Any]
    services: list[str]
    log: Path
    issuer: Keyring
    clock: str | None = None
    joined_by: list[str] = field(default_factory=list)
    """Modules whose ``join()`` adds services to the host's."""
    host: str = "shared.testing.host"
    """The module that the process runs; shared.testing.faulty_host can be told where to die."""

    def __post_init__(self) -> None:
        self._process: Forked | None = None
        self._numbers = itertools.count(1)
        self._writing = threading.Lock()
        self._asked: dict[int, Future[Any]] = {}
        self._engines: dict[str, Engine] = {}

    # --- the process ----------------------------------------------------------------------------------------

    def start(self) -> "Association":
        self._process = forked(self.host)
        configuration = {
            "settings": self.settings,
            "services": self.services,
            "log": str(self.log),
            "clock": self.clock,
            "joined_by": self.joined_by,
        }
        self._write(configuration)
        assert self._process.stdout.readline() == '{"ready": true}\n', self._last_words()
        self._reader = threading.Thread(target=self._read, args=[self._process.stdout], daemon=True)
        self._reader.start()
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def arm(self, fault: str, passes: int) -> None:
        """Have a faulty host die by itself at the ``passes``-th time it comes by ``fault`` (shared.testing.faults)."""
        self._do("arm", fault=fault, passes=passes)

    def died(self, within: float) -> bool:
        """Whether the process ends by SIGKILL within so many seconds, without anybody's doing."""
        assert self._process is not None
        try:
            return self._process.wait(within) == -signal.SIGKILL
        except subprocess.TimeoutExpired:
            return False

    def stop(self) -> float:
        """Stop in order, as SIGTERM would; how many seconds the services took."""
        took = 0.0
        if self._process is not None and self._process.poll() is None:
            took = float(self._do("stop"))
            self._process.wait(15)
        self._close()
        return took

    def kill(self) -> None:
        """End the process as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(15)
        self._close()

    def _close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            self._reader.join(15)
            process.stdin.close()
            process.stdout.close()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()

    def _write(self, request: Mapping[str, Any]) -> None:
        assert self._process is not None
        with self._writing:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()

    def _read(self, answers: IO[str]) -> None:
        """Hand each answer to whoever waits for it, until the host is gone."""
        for line in answers:
            reply = json.loads(line)
            self._asked.pop(reply["n"]).set_result(reply)
        while self._asked:
            self._asked.popitem()[1].set_exception(AssertionError(self._last_words()))

    def _last_words(self) -> str:
        return f"the host died; see {self.log}: {self.log.read_text()[-2000:] if self.log.exists() else ''}"

    def _do(self, action: str, **request: Any) -> Any:
        number = next(self._numbers)
        answer: Future[Any] = Future()
        self._asked[number] = answer
        self._write({"n": number, "do": action, **request})
        reply = answer.result(PATIENCE)
        assert "error" not in reply, reply["error"]
        return reply.get("answer")

    # --- what a test does -----------------------------------------------------------------------------------

    def person(
        self,
        *roles: str,
        unit: uuid.UUID | str | None = None,
        person: uuid.UUID | str | None = None,
        scopes: Iterable[str] | None = None,
    ) -> Person:
        """Somebody signed in with these roles, representing ``unit``; with ``scopes``, a machine of theirs."""
        account, identity = str(new_id()), str(person or new_id())
        units = [str(unit)] if unit else []
        # Fixtures keep people for as long as the tests run, which may be longer than a person works without a break.
        token = issue_access(
            self.issuer,
            account=account,
            person=identity,
            session=str(new_id()),
            roles=roles,
            units=units,
            scopes=scopes,
            lifetime=timedelta(days=1),
        )
        return Person(token, account, identity)

    def service_token(self, keyring: Keyring) -> dict[str, str]:
        return {"authorization": f"Bearer {issue_service(keyring)}"}

    def call(
        self,
        service: str,
        operation: str,
        /,
        *,
        as_: Person | None = None,
        headers: Mapping[str, str] | None = None,
        if_match: str | None = None,
        key: str | None = None,
        deadline: float = 20.0,
        **arguments: Any,
    ) -> Answer:
        """Call an operation over the bus. ``if_match`` and ``key`` are the headers of that name over HTTP."""
        sent = {**(as_.headers if as_ else {}), **(headers or {})}
        if if_match is not None:
            sent["if-match"] = if_match
        if key is not None:
            sent["idempotency-key"] = key
        answer = self._do(
            "call",
            service=service,
            operation=operation,
            arguments=json.loads(json.dumps(arguments, default=str)),
            headers=sent,
            deadline=deadline,
        )
        return Answer(
            answer["status"], answer.get("body"), answer.get("problem"), answer.get("etag"), answer.get("file")
        )

    def set_clock(self, moment: str) -> None:
        """Business time from now on, e.g. "2020-12-17T09:00:00+08:00"."""
        self._do("set_clock", now=moment)

    def publish(
        self,
        exchange: str,
        routing_key: str,
        body: bytes,
        *,
        headers: Mapping[str, Any] | None = None,
        content_type: str | None = "application/json",
        properties: Mapping[str, Any] | None = None,
    ) -> None:
        """Put a raw message on the bus."""
        self._do(
            "publish",
            exchange=exchange,
            routing_key=routing_key,
            body=base64.b64encode(body).decode(),
            headers=dict(headers or {}),
            content_type=content_type,
            properties=dict(properties or {}),
        )

    def ask(
        self,
        routing_key: str,
        body: bytes,
        *,
        headers: Mapping[str, Any] | None = None,
        content_type: str | None = "application/json",
        within: float = 10.0,
    ) -> Any:
        """What comes back for a raw request ("<service>.<operation>"), in nameko's form; None when nothing does."""
        return self._do(
            "ask",
            routing_key=routing_key,
            body=base64.b64encode(body).decode(),
            headers=dict(headers or {}),
            content_type=content_type,
            within=within,
        )

    def logged(self, **values: Any) -> list[dict[str, Any]]:
        """The lines of the log that have these values."""
        lines = (json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{"))
        return [line for line in lines if values.items() <= line.items()]

    def database(self, service: str) -> Engine:
        """The service's own database, for looking and counting."""
        if service not in self._engines:
            self._engines[service] = make_engine(self.settings["database_urls"][service], pool_size=2)
        return self._engines[service]

    def rows(self, service: str, sql: str) -> list[dict[str, Any]]:
        """The rows of a query on the service's database."""
        with self.database(service).connect() as connection:
            return [dict(row) for row in connection.exec_driver_sql(sql).mappings()]


def eventually(check: Callable[[], Any], *, within: float = 10.0, every: float = 0.05) -> Any:
    """What ``check`` gives once it is truthy and raises no AssertionError; after ``within`` it fails with the last."""
    deadline = time.monotonic() + within
    while True:
        try:
            found = check()
            if found:
                return found
            last: object = found
        except AssertionError as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {last!r}")
        time.sleep(every)

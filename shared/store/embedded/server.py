"""The embedded PostgreSQL itself: start, stop, addresses."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from sqlalchemy import URL

from shared.store.databases import SUPERUSER, check_name, close_to_public, drop, ensure
from shared.store.embedded.account import Account
from shared.store.embedded.binaries import binaries_for
from shared.store.embedded.cluster import ENVIRONMENT, check_version, initialise, launch_command
from shared.store.embedded.errors import StartFailed
from shared.store.embedded.folders import POINTER, PORT, home_of, make_folder, make_socket_folder, settle
from shared.store.embedded.leftovers import clear
from shared.store.embedded.lock import owning
from shared.store.embedded.log import Log
from shared.store.embedded.passwords import Passwords, write_private
from shared.store.embedded.signals import leaving_in_order

# A slow disk can take seconds to write the last checkpoint, and whoever pressed Ctrl-C waits. Immediate shutdown loses
# nothing either: the next start replays the log.
_ESCALATION = ((signal.SIGINT, 0.8), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 3.0))


@dataclass(frozen=True)
class _Run:
    """What exists from start to stop."""

    owner_pid: int
    process: subprocess.Popen[bytes]
    binaries: Path
    socket: Path
    passwords: Passwords


class EmbeddedPostgres:
    """A PostgreSQL server of this process, on a Unix socket only.

        with EmbeddedPostgres(Path("data"), databases=["membership", "finance"]) as server:
            create_engine(server.url("membership"))

    ``databases``: for each name a role and a database that it owns; no other role can connect to it.
    ``durable=False`` is for tests: faster, and a power cut may destroy everything.
    ``start_timeout``: seconds for the server to answer, recovery after a crash included.

    The server has a session of its own, so Ctrl-C at the terminal does not reach it before ``stop()`` does.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        databases: Sequence[str],
        durable: bool = True,
        start_timeout: float = 60.0,
    ) -> None:
        for name in databases:
            check_name(name)
        self._data = Path(data_dir).resolve()
        self._databases = set(databases)
        self._durable = durable
        self._start_timeout = start_timeout
        self._changing = threading.Lock()
        self._run: _Run | None = None
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start, make what is missing, and return when every database can be used.

        Raises AlreadyRunning at once where the data directory has an owner, StartFailed with the end of the
        server's log where it does not come up. A server left by an owner that was killed is ended first.
        """
        make_folder(self._data, 0o711 if os.geteuid() == 0 else 0o700)
        with ExitStack() as undo:
            undo.enter_context(leaving_in_order(self.stop))
            undo.enter_context(owning(self._data))
            account, home = settle(self._data)
            if home != self._data:
                # A copied data directory has a lock of its own, but its pointer names the same cluster.
                undo.enter_context(owning(home))
            log = Log(self._data / "postgres.log")
            passwords = Passwords(self._data / "passwords.json")
            binaries = binaries_for(account)
            if (home / "cluster").exists():
                _reopen(home / "cluster", account)
            else:
                initialise(binaries, home, account, passwords.of(SUPERUSER), log, durable=self._durable)
                if home != self._data:
                    write_private(self._data / POINTER, f"{home}\n")
            socket = make_socket_folder(home, account)
            # Not the end of a generator: that would also run when a forked child collects its garbage.
            undo.callback(shutil.rmtree, socket, ignore_errors=True)
            command = launch_command(binaries, home / "cluster", socket, durable=self._durable)
            process = _launch(command, account, log)
            undo.callback(_end, process)
            run = _Run(os.getpid(), process, binaries, socket, passwords)
            with self._connect_when_ready(run, log) as connection:
                close_to_public(connection, SUPERUSER)
                close_to_public(connection, "template1")
                for name in sorted(self._databases):
                    ensure(connection, name, passwords.of(name))
            self._undo, self._run = undo.pop_all(), run

    def check_free(self) -> None:
        """Raise AlreadyRunning where the data directory has an owner now. It may have one by the time of a start."""
        if self._data.is_dir():
            with owning(self._data):
                pass

    def stop(self) -> None:
        """Shut down in order: sessions end, everything is on disk. Does nothing where nothing runs, and
        nothing in a forked child, whose parent the server belongs to."""
        if self._run is None or self._run.owner_pid != os.getpid():
            return
        self._run = None
        self._undo.close()

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database, as its role. Raises LookupError for one not made here."""
        if name not in self._databases:
            raise LookupError(f"{name!r} is not a database of this server")
        return _url(self._running(), name)

    @property
    def admin_url(self) -> str:
        """The SQLAlchemy URL of the superuser, who may enter every database."""
        return _url(self._running(), SUPERUSER)

    @property
    def pid(self) -> int:
        """The pid of the server (the postmaster)."""
        return self._running().process.pid

    @property
    def binaries(self) -> Path:
        """The folder with psql, pg_dump and pg_restore of the server's own version."""
        return self._running().binaries

    def create_database(self, name: str) -> None:
        """Make a role and a database that it owns, or see to it that both are there. Raises ValueError for
        a name that is not [a-z][a-z0-9_-]*, is longer than 63, or is PostgreSQL's own."""
        check_name(name)
        run = self._running()
        with self._changing, _connect(run) as connection:
            ensure(connection, name, run.passwords.of(name))
            self._databases.add(name)

    def drop_database(self, name: str) -> None:
        """Remove a database and its role, ending the sessions in it. Does nothing where neither exists."""
        check_name(name)
        run = self._running()
        with self._changing, _connect(run) as connection:
            drop(connection, name)
            self._databases.discard(name)
            run.passwords.forget(name)

    def destroy(self) -> None:
        """Stop, and delete the cluster with all its data, secrets and log. The data directory stays, with
        only its lock. Raises AlreadyRunning where another process owns it."""
        self.stop()
        if not self._data.is_dir():
            return
        with ExitStack() as undo:
            undo.enter_context(owning(self._data))
            home = home_of(self._data)
            if (home / "cluster").exists():
                if home != self._data:
                    undo.enter_context(owning(home))
                account, _ = settle(self._data)
                clear(home / "cluster", account)
                shutil.rmtree(home / "cluster")
            if home != self._data and home.exists():
                shutil.rmtree(home)
            for name in (POINTER, "passwords.json", "postgres.log", "postgres.log.1"):
                (self._data / name).unlink(missing_ok=True)

    def _running(self) -> _Run:
        if self._run is None:
            raise RuntimeError("the embedded PostgreSQL is not running")
        return self._run

    def _connect_when_ready(self, run: _Run, log: Log) -> psycopg.Connection[Any]:
        deadline = time.monotonic() + self._start_timeout
        while True:
            if run.process.poll() is not None:
                raise StartFailed(
                    f"PostgreSQL 启动时即已退出（代码 {run.process.returncode}）。",
                    f"PostgreSQL ended while starting (code {run.process.returncode}).",
                    log=log.tail(),
                )
            try:
                return _connect(run)
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise StartFailed(
                        f"{self._data / 'passwords.json'} 中的口令与数据库不符。",
                        f"The password in {self._data / 'passwords.json'} is not the cluster's.",
                    ) from error
            if time.monotonic() > deadline:
                raise StartFailed(
                    f"PostgreSQL 在 {self._start_timeout:g} 秒内未就绪。",
                    f"PostgreSQL was not ready within {self._start_timeout:g} s.",
                    log=log.tail(),
                )
            time.sleep(0.02)


def _reopen(cluster: Path, account: Account) -> None:
    check_version(cluster)
    clear(cluster, account)
    if cluster.stat().st_uid != account.uid:
        account.take(cluster)


def _launch(command: list[str], account: Account, log: Log) -> subprocess.Popen[bytes]:
    with log.open() as output:
        return subprocess.Popen(
            command,
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=ENVIRONMENT,
            cwd="/",
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        for number, patience in _ESCALATION:
            process.send_signal(number)
            try:
                process.wait(patience)
                return
            except subprocess.TimeoutExpired:
                continue
    except BaseException:
        # A second Ctrl-C: whoever sent it will not wait, and must not leave a server behind either.
        process.send_signal(signal.SIGQUIT)
        raise


def _connect(run: _Run) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=str(run.socket),
        port=PORT,
        user=SUPERUSER,
        dbname=SUPERUSER,
        password=run.passwords.of(SUPERUSER),
        connect_timeout=10,
        autocommit=True,
    )


def _url(run: _Run, role: str) -> str:
    return URL.create(
        "postgresql+psycopg",
        username=role,
        password=run.passwords.of(role),
        database=role,
        query={"host": str(run.socket), "port": str(PORT)},
    ).render_as_string(hide_password=False)

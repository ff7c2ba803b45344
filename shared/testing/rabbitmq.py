"""A RabbitMQ node that belongs to the tests alone, and the fixtures that hand it out.

A test module (or a conftest) asks for them with ``pytest_plugins = ("shared.testing.rabbitmq",)``:

    rabbitmq_node    one node for the session, up in about 7 s
    rabbitmq_url     the AMQP address of a fresh virtual host of that node (about 15 ms), gone after the test

The node reads commands from its standard input, a line of Erlang each, and answers in its log: hundreds of
times quicker than rabbitmqctl, which starts an Erlang machine a command. That pipe is also its lifeline. A
small guard process holds another one: when this process ends, even by SIGKILL, the guard ends the node and
its port mapper and removes the folder.

PYTEST_DONT_REWRITE: test modules may import this one before pytest loads it, and it asserts nothing for them.
"""

import atexit
import contextlib
import itertools
import json
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote

import amqp
import pytest

from shared.testing.rabbitmq_engines import (
    Engine,
    MakeEngine,
    RabbitMQMissing,
    Seat,
    ensure_rabbitmq,
    free_ports,
)

__all__ = ["BrokerFailed", "PrivateRabbitMQ", "RabbitMQMissing", "ensure_rabbitmq"]

START_SECONDS = 120.0
STOP_SECONDS = 30.0

# Every command runs in an Erlang process of its own, so that a slow one does not keep the loop from seeing
# the end of the input, which is the end of the tests.
COMMAND_LOOP = """
spawn(fun() ->
    Loop = fun(Again) ->
        case io:get_line("") of
            Line when is_list(Line) ->
                spawn(fun() ->
                    [Mark, Text] = string:split(string:trim(Line), " "),
                    Answer = try
                        {ok, Tokens, _} = erl_scan:string(Text),
                        {ok, Expressions} = erl_parse:parse_exprs(Tokens),
                        {value, Value, _} = erl_eval:exprs(Expressions, []),
                        {ok, Value}
                    catch Class:Reason -> {Class, Reason} end,
                    io:format("~n~s ~0p~n", [Mark, Answer])
                end),
                Again(Again);
            _ ->
                erlang:halt(0)
        end
    end,
    Loop(Loop)
end).
"""

GUARD = """
trap '' HUP INT TERM
folder=$1; shift
cat > /dev/null
"$@" > /dev/null 2>&1
rm -rf -- "$folder" || { sleep 1; rm -rf -- "$folder"; }
"""


class BrokerFailed(RuntimeError):
    """The node did not do what it was told; the message ends with the last lines of its log."""


class PrivateRabbitMQ:
    """One node on 127.0.0.1 with its own name, ports, user and data. ``stop`` leaves nothing behind.

    The port stays the same through ``kill``, ``start`` and ``restart``, and so does what queues hold on disk.
    """

    def __init__(self, engine: MakeEngine | None = None) -> None:
        self._make_engine = engine or ensure_rabbitmq()
        self._marks = itertools.count(1)
        self._owner = 0
        self._seat: Seat | None = None
        self._engine: Engine | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process of the Erlang machine (of the docker client, where the node is a container)."""
        return self._running().pid

    @property
    def port(self) -> int:
        return self._settled().port

    @property
    def user(self) -> str:
        return self._settled().user

    @property
    def password(self) -> str:
        return self._settled().password

    def url(self, vhost: str = "/", user: str = "", password: str = "") -> str:
        """The AMQP address of one virtual host for the node's user or another, password included."""
        seat = self._settled()
        who = f"{user or seat.user}:{password or seat.password}"
        return f"amqp://{who}@127.0.0.1:{seat.port}/{quote(vhost, safe='')}"

    def start(self) -> None:
        """Start the node, or start it again after ``kill``; returns when it serves AMQP."""
        if self._process is not None:
            return
        if self._seat is not None:
            self._launch()
            return
        for attempt in range(3):
            try:
                self._settle()
                self._launch()
            except BrokerFailed as failure:
                self.stop()
                # Somebody took one of the ports between choosing and listening.
                if attempt < 2 and ("eaddrinuse" in str(failure) or "in use" in str(failure)):
                    continue
                raise
            except BaseException:
                self.stop()
                raise
            return

    def stop(self) -> None:
        """End the node and everything started for it, and remove its data. Does nothing the second time."""
        # A forked child inherits this object, and the end of the child is not the end of the node.
        if self._seat is None or self._owner != os.getpid():
            return
        atexit.unregister(self.stop)
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=STOP_SECONDS)
            self._forget(self._process)
        if self._guard is not None:
            assert self._guard.stdin is not None
            self._guard.stdin.close()
            self._guard.wait(timeout=STOP_SECONDS)
        if self._engine is not None:
            self._engine.close()
        shutil.rmtree(self._seat.folder, ignore_errors=True)
        self._seat = self._engine = self._guard = None

    def restart(self) -> None:
        """Shut down in good order and come back on the same data and port. Takes about 6 s."""
        process = self._running()
        self._send("init:stop()")
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired as late:
            raise self._failure(f"did not shut down within {STOP_SECONDS:.0f} s") from late
        self._forget(process)
        self.start()

    def kill(self) -> None:
        """SIGKILL the node, as a power cut would; ``start`` brings it back on what it had on disk."""
        process = self._running()
        assert self._engine is not None
        if process.poll() is None:
            self._engine.kill(process)
            process.wait(timeout=STOP_SECONDS)
        self._forget(process)

    def stop_app(self) -> None:
        """The broker goes away (connections close, the port refuses), its Erlang machine stays. Quick."""
        self.eval("ok = rabbit:stop()", timeout=STOP_SECONDS)

    def start_app(self) -> None:
        """The broker comes back after ``stop_app``; returns when it serves AMQP."""
        self.eval("ok = rabbit:start()", timeout=START_SECONDS)
        self._wait_until_served(time.monotonic() + START_SECONDS)

    def set_memory_alarm(self, on: bool) -> None:
        """Raise the memory alarm, or end it. A connection is blocked (and told so) by its next publish."""
        # A watermark of nothing is what a full machine looks like, and raises the alarm by the real path.
        self.eval(f"ok = vm_memory_monitor:set_vm_memory_high_watermark({0 if on else 0.6})")
        # Connections hear of it by message. Asking each one something means that it has heard.
        self.eval(
            "_ = rabbit_alarm:get_alarms(),"
            " _ = [catch rabbit_reader:info(Pid, [state]) || Pid <- rabbit_networking:connections()]"
        )

    def create_vhost(self, name: str) -> str:
        """A virtual host in which the node's user may do everything; answers its AMQP address."""
        vhost, user = _binary(name), _binary(self.user)
        self.eval(
            f"ok = rabbit_vhost:add({vhost}, {user}),"
            f" ok = rabbit_auth_backend_internal:set_permissions("
            f'{user}, {vhost}, <<".*">>, <<".*">>, <<".*">>, {user})'
        )
        return self.url(name)

    def delete_vhost(self, name: str) -> None:
        """Remove a virtual host with all it holds; connections to it are closed."""
        self.eval(f"ok = rabbit_vhost:delete({_binary(name)}, {_binary(self.user)})")

    def import_definitions(self, definitions: Mapping[str, Any]) -> None:
        """What a broker does at its start with the file that ``load_definitions`` names."""
        self.eval(f"ok = rabbit_definitions:import_raw({_binary(json.dumps(definitions))})")

    def delete_user(self, name: str) -> None:
        self.eval(f"ok = rabbit_auth_backend_internal:delete_user({_binary(name)}, {_binary(self.user)})")

    def eval(self, expression: str, timeout: float = 30.0) -> str:
        """Run Erlang in the node, on one line and without the final full stop; answers the value as printed.

        Raises BrokerFailed when it throws, and when there is no answer within ``timeout`` seconds.
        """
        with self._console().open("rb") as answers:
            answers.seek(0, os.SEEK_END)
            mark = self._send(expression)
            answer = self._await_answer(answers, mark, time.monotonic() + timeout)
        kind, _, value = answer[1:-1].partition(",")
        if kind != "ok":
            raise self._failure(f"{expression} gave {answer}")
        return value

    def _send(self, expression: str) -> bytes:
        process = self._running()
        assert process.stdin is not None
        mark = f"@{next(self._marks)}".encode()
        try:
            process.stdin.write(mark + f" {expression}.\n".encode())
            process.stdin.flush()
        except BrokenPipeError as gone:
            raise self._failure("is gone") from gone
        return mark

    def _await_answer(self, answers: IO[bytes], mark: bytes, deadline: float) -> str:
        heard, pause = b"\n", 0.001
        while time.monotonic() < deadline:
            heard += answers.read()
            _, found, rest = heard.partition(b"\n" + mark + b" ")
            answer, ended, _ = rest.partition(b"\n")
            if found and ended:
                return answer.decode(errors="replace")
            if self._running().poll() is not None:
                raise self._failure("ended while it was asked")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.05)
        raise self._failure("did not answer in time")

    def _settle(self) -> None:
        """A new folder, port and password, and the guard that clears up after us whatever happens."""
        folder = Path(tempfile.mkdtemp(prefix="xiehui-rabbitmq-"))
        self._seat = Seat(folder, free_ports(1)[0], "tester", secrets.token_hex(12))
        self._owner = os.getpid()
        atexit.register(self.stop)
        self._engine = self._make_engine(self._seat)
        clear_away = self._engine.prepare()
        self._guard = subprocess.Popen(
            ["sh", "-c", GUARD, "guard", str(folder), *clear_away],
            stdin=subprocess.PIPE,
            cwd="/",
            start_new_session=True,
        )

    def _launch(self) -> None:
        assert self._engine is not None
        arguments = ["-noshell", "-eval", " ".join(COMMAND_LOOP.split())]
        with self._console().open("ab") as output:
            self._process = self._engine.launch(arguments, output)
        self._wait_until_served(time.monotonic() + START_SECONDS)

    def _wait_until_served(self, deadline: float) -> None:
        """Until a client has shaken hands and opened a virtual host: an open port alone means little."""
        seat, process = self._settled(), self._running()
        while time.monotonic() < deadline:
            client = amqp.Connection(
                f"127.0.0.1:{seat.port}",
                userid=seat.user,
                password=seat.password,
                connect_timeout=2,
                read_timeout=5,
            )
            with contextlib.suppress(OSError, amqp.AMQPError):
                client.connect()
                client.close()
                return
            if process.poll() is not None:
                failure = self._failure("ended while starting")
                self._forget(process)
                raise failure
            time.sleep(0.05)
        raise self._failure(f"did not serve AMQP within {START_SECONDS:.0f} s")

    def _settled(self) -> Seat:
        if self._seat is None:
            raise BrokerFailed("the private RabbitMQ node has not been started")
        return self._seat

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise BrokerFailed("the private RabbitMQ node is not running")
        return self._process

    def _forget(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        self._process = None

    def _console(self) -> Path:
        return self._settled().folder / "console.log"

    def _failure(self, what: str) -> BrokerFailed:
        tail = self._console().read_text(errors="replace").splitlines()[-25:]
        return BrokerFailed("\n".join([f"the private RabbitMQ node {what}", *tail]))


def _binary(text: str) -> str:
    """Text as an Erlang binary, whatever it contains."""
    return f"<<{','.join(str(byte) for byte in text.encode())}>>"


@pytest.fixture(scope="session")
def rabbitmq_node() -> Iterator[PrivateRabbitMQ]:
    """The session's own node. A test that stops it must have it running again at its end."""
    with PrivateRabbitMQ() as node:
        yield node


@pytest.fixture
def rabbitmq_url(rabbitmq_node: PrivateRabbitMQ) -> Iterator[str]:
    """The AMQP address of a virtual host that only this test has."""
    name = f"test-{secrets.token_hex(6)}"
    yield rabbitmq_node.create_vhost(name)
    rabbitmq_node.delete_vhost(name)

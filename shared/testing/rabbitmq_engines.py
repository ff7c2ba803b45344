"""Where a private RabbitMQ node comes from: the machine's own package, apt, or a Docker engine.

``ensure_rabbitmq()`` finds one or gets one, in this order:

    installed     /usr/lib/rabbitmq/bin/rabbitmq-server (the wrapper in /usr/sbin insists on a system account)
    apt           as root on Debian and Ubuntu; the system service it would start is held back
    Docker        where an engine answers
    otherwise     RabbitMQMissing, in one line

``python -m shared.testing.rabbitmq_engines`` does the same from the command line, before any test runs.
"""

import contextlib
import functools
import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

# An address instead of a name: some containers resolve nothing, not even localhost.
NODE = "xiehui@127.0.0.1"
DEBIAN_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
OTHER_SERVERS = (Path("/opt/homebrew/sbin/rabbitmq-server"), Path("/usr/local/sbin/rabbitmq-server"))
DOCKER_IMAGE = "rabbitmq:4"
INSTALL_SECONDS = 900


class RabbitMQMissing(RuntimeError):
    """There is no RabbitMQ here and no way to get one. The message is one line, Chinese and English."""


@dataclass(frozen=True)
class Seat:
    """What one node is given: a folder of its own (0700), its AMQP port on 127.0.0.1, and its only user."""

    folder: Path
    port: int
    user: str
    password: str


class Engine(Protocol):
    """One way to run one node. Standard input of what ``launch`` starts is the node's command line."""

    def prepare(self) -> list[str]:
        """Get ready to launch; answers the command that clears away everything, whatever state it is in."""

    def launch(self, arguments: list[str], output: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start the node, or start it again on the data it has."""

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL the Erlang machine of this node and nothing else."""

    def close(self) -> None:
        """End helper processes, where the clearing command has not done so yet."""


MakeEngine = Callable[[Seat], Engine]


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on.

    They lie below the range from which the kernel serves outgoing connections, so that nothing slips onto
    the port of a node while it is down in the middle of a test.
    """
    held: list[socket.socket] = []
    try:
        for port in random.SystemRandom().sample(range(20_000, 32_000), 500):
            candidate = socket.socket()
            held.append(candidate)
            with contextlib.suppress(OSError):
                candidate.bind(("127.0.0.1", port))
            if len(bound := [s for s in held if s.getsockname()[1]]) == count:
                return [int(s.getsockname()[1]) for s in bound]
    finally:
        for candidate in held:
            candidate.close()
    raise RuntimeError(f"no {count} free ports between 20000 and 32000 on 127.0.0.1")


class HostEngine:
    """The RabbitMQ of this machine, with a name, ports, port mapper, cookie and data of its own."""

    def __init__(self, server: Path, seat: Seat) -> None:
        self._server = server
        self._seat = seat
        self._epmd_port, self._distribution_port = free_ports(2)
        self._epmd: subprocess.Popen[bytes] | None = None

    def prepare(self) -> list[str]:
        folder = self._seat.folder
        (folder / "home").mkdir()
        cookie = folder / "home" / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)
        (folder / "plugins").write_text("[].")
        (folder / "env.conf").touch()
        (folder / "advanced.config").write_text("[].")
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self._seat.port}\n"
            f"default_user = {self._seat.user}\ndefault_pass = {self._seat.password}\n"
            "log.file = false\nlog.console = true\n"
            # A developer's full disk must not block publishers in the middle of a test.
            "disk_free_limit.absolute = 50MB\n"
            # The write-ahead log of quorum queues grows to 512 MB otherwise.
            "raft.wal_max_size_bytes = 33554432\n"
        )
        # The port mapper leads the process group that the node joins: one signal reaches exactly these.
        self._epmd = subprocess.Popen(
            [_program("epmd"), "-port", str(self._epmd_port), "-address", "127.0.0.1"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        self._wait_for_epmd()
        return ["kill", "-s", "KILL", "--", f"-{self._epmd.pid}"]

    def launch(self, arguments: list[str], output: IO[bytes]) -> subprocess.Popen[bytes]:
        assert self._epmd is not None, "prepare() comes first"
        return subprocess.Popen(
            [str(self._server), *arguments],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=self._environment(),
            cwd=self._seat.folder,
            process_group=self._epmd.pid,
        )

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()

    def close(self) -> None:
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()

    def _environment(self) -> dict[str, str]:
        folder = self._seat.folder
        inherited = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("RABBITMQ_", "ERL_")) and key != "NOTIFY_SOCKET"
        }
        return inherited | {
            "HOME": str(folder / "home"),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            # The start script then becomes the Erlang machine (its process is ours) and leaves it our pipe.
            "RABBITMQ_ALLOW_INPUT": "true",
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_USE_LONGNAME": "true",
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "env.conf"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def _wait_for_epmd(self) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._epmd_port), 1):
                return
            time.sleep(0.01)
        raise RuntimeError(f"epmd did not come up on port {self._epmd_port}")


class DockerEngine:
    """A container. It ends when its standard input does, as the node on the machine does."""

    def __init__(self, docker: str, seat: Seat) -> None:
        self._docker = docker
        self._seat = seat
        self._container = f"xiehui-test-{secrets.token_hex(6)}"
        self._launched = False

    def prepare(self) -> list[str]:
        return [self._docker, "rm", "--force", "--volumes", self._container]

    def launch(self, arguments: list[str], output: IO[bytes]) -> subprocess.Popen[bytes]:
        first = [
            *("run", "--interactive", "--name", self._container),
            *("--publish", f"127.0.0.1:{self._seat.port}:5672"),
            *("--env", "RABBITMQ_ALLOW_INPUT=true", "--env", "RABBITMQ_USE_LONGNAME=true"),
            *("--env", f"RABBITMQ_NODENAME={NODE}"),
            *("--env", f"RABBITMQ_DEFAULT_USER={self._seat.user}"),
            *("--env", f"RABBITMQ_DEFAULT_PASS={self._seat.password}"),
            *(DOCKER_IMAGE, "rabbitmq-server", *arguments),
        ]
        # The container keeps its command and its data; starting it once more continues on them.
        again = ["start", "--attach", "--interactive", self._container]
        process = subprocess.Popen(
            [self._docker, *(again if self._launched else first)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            process_group=0,
        )
        self._launched = True
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        subprocess.run([self._docker, "kill", "--signal", "KILL", self._container], check=True, capture_output=True)

    def close(self) -> None:
        """A container has no helpers outside it."""


@functools.cache
def ensure_rabbitmq() -> MakeEngine:
    """Find RabbitMQ, or get it. Raises RabbitMQMissing with one line that says what to do."""
    if server := _installed_server():
        return functools.partial(HostEngine, server)
    apt_failure = _install_with_apt() if _is_root_on_debian() else None
    if server := _installed_server():
        return functools.partial(HostEngine, server)
    if docker := _docker_that_answers():
        return functools.partial(DockerEngine, docker)
    because = f" (apt: {apt_failure})" if apt_failure else ""
    raise RabbitMQMissing(
        f"测试需要 RabbitMQ:请安装 rabbitmq-server(3.8 以上)或启动 Docker。"
        f"The tests need RabbitMQ: install rabbitmq-server (3.8 or later) or start Docker.{because}"
    )


def _installed_server() -> Path | None:
    on_path = shutil.which("rabbitmq-server")
    candidates = [DEBIAN_SERVER, *OTHER_SERVERS, *([Path(on_path)] if on_path else [])]
    return next((path for path in candidates if os.access(path, os.X_OK)), None)


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/lib/erlang/bin:/usr/lib64/erlang/bin")
    if found is None:
        raise RabbitMQMissing(f"缺少 Erlang 的 {name}。{name}, a part of Erlang, is missing beside RabbitMQ.")
    return found


def _is_root_on_debian() -> bool:
    return os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def _install_with_apt() -> str | None:
    """Install the package without starting its service. Answers why it failed, in a line, or None."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    install = [*apt, "install", "--yes", "--no-install-recommends", "rabbitmq-server"]
    sys.stderr.write("正在安装 rabbitmq-server / Installing rabbitmq-server with apt\n")
    with _no_service_starts():
        for command in ([*apt, "update"], install):
            try:
                done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=INSTALL_SECONDS)
            except subprocess.TimeoutExpired:
                return f"{command[-1]}: no end within {INSTALL_SECONDS} s"
    if done.returncode == 0:
        return None
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if lines else f"exit status {done.returncode}"


@contextlib.contextmanager
def _no_service_starts(policy: Path = Path("/usr/sbin/policy-rc.d")) -> Iterator[None]:
    """While this lasts, packages are told that no service may start (101); a policy already there returns."""
    before = policy.read_bytes() if policy.exists() else None
    mode = policy.stat().st_mode if before is not None else 0o755
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        if before is None:
            policy.unlink()
        else:
            policy.write_bytes(before)
            policy.chmod(mode)


def _docker_that_answers() -> str | None:
    """The docker client, where its engine answers and has the image or can get it."""
    docker = shutil.which("docker")
    if docker is None:
        return None
    question = [docker, "version", "--format", "{{.Server.Version}}"]
    try:
        answer = subprocess.run(question, capture_output=True, timeout=20)
    except subprocess.TimeoutExpired:
        return None
    if answer.returncode != 0:
        return None
    # Pulled here, since a node has two minutes to come up and an image can take longer.
    if subprocess.run([docker, "image", "inspect", DOCKER_IMAGE], capture_output=True).returncode != 0:
        sys.stderr.write(f"正在下载 {DOCKER_IMAGE} / Pulling {DOCKER_IMAGE}\n")
        if subprocess.run([docker, "pull", "--quiet", DOCKER_IMAGE], capture_output=True).returncode != 0:
            return None
    return docker


def main() -> int:
    """Get RabbitMQ ready for the tests; exit status 1 and one line where that can't be."""
    try:
        ensure_rabbitmq()
    except RabbitMQMissing as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

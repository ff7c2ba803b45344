"""Runs services: any subset of them against RabbitMQ, or the whole association in this one process."""

import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import structlog
from nameko.runners import ServiceRunner

from shared.bus.connection import EMBEDDED
from shared.bus.container import OperationContainer
from shared.bus.entrypoints import ABSENCE_KEY
from shared.bus.listening import subscriptions_of
from shared.bus.topology import declare_queues
from shared.chassis import Chassis
from shared.identity.keys import TOKENS, make_keys
from shared.identity.principals import Principal
from shared.plugins import Plugin, plugins
from shared.runtime import CONFIG_KEY, Runtime
from shared.settings import Settings
from shared.store.database import make_engine
from shared.store.embedded import EmbeddedPostgres
from shared.store.migrations import upgrade
from shared.store.tx import Origin
from shared.text import Text

log = structlog.get_logger()

GATEWAY = "xiehui.gateway"
"""The entry-point group of the WSGI application in front: ``create_app(settings) -> application``."""
BACKLOG = 128
PATIENCE = 8.0
"""Seconds that services have for what is in hand when the process is told to stop."""
ANSWERING = 4.0
"""Seconds that the embedded server has for the answers it is giving then, and its services for what is left."""


class CannotRun(Exception):
    """What keeps a process from running, said in both languages to whoever started it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Text(zh, en)


def chosen(names: Iterable[str]) -> list[Plugin]:
    """The plugins of these names; for a name nobody has, :class:`CannotRun` tells those there are."""
    wanted, installed = list(names), plugins()
    unknown, known = ", ".join(sorted(set(wanted) - set(installed))), ", ".join(sorted(installed))
    if unknown:
        raise CannotRun(f"没有服务 {unknown}，现有：{known}", f"There is no service {unknown}; there are: {known}")
    return [installed[name] for name in wanted]


def prepare_keys(folder: Path, *, apart: bool = False) -> list[str]:
    """Make the keys that are missing, for every service and the gateway; in a folder each with ``apart``."""
    services = {plugin.name: [TOKENS] if plugin.issues_tokens else [] for plugin in plugins().values()}
    holders = {**services, "gateway": []}
    if apart:
        return make_keys(folder / "root", holders, home=lambda name: folder / name)
    return make_keys(folder, holders)


def migrate(settings: Settings, names: Sequence[str], *, told: Callable[[str], None] = lambda _name: None) -> None:
    """Bring the databases of these services up to date and load what the association starts with."""
    for plugin in chosen(names):
        engine = make_engine(settings.database_url_of(plugin.name), pool_size=2)
        try:
            upgrade(engine, plugin)
        finally:
            engine.dispose()
        if plugin.seed:
            with once(plugin, settings) as runtime, runtime.begin(_as_itself(plugin, "seed")) as tx:
                plugin.seed(tx)
        told(plugin.name)


@contextmanager
def once(plugin: Plugin, settings: Settings) -> Iterator[Runtime]:
    """A service's runtime for a moment, outside of its container."""
    runtime = Runtime(plugin, settings)
    try:
        yield runtime
    finally:
        runtime.close()


def _as_itself(plugin: Plugin, why: str) -> Origin:
    return Origin(Principal("service", service=plugin.name), why)


def welcomes(settings: Settings, names: Sequence[str]) -> list[str]:
    """What the services have to say to whoever started them."""
    said = []
    for plugin in chosen(names):
        if plugin.welcome:
            with once(plugin, settings) as runtime, runtime.begin(_as_itself(plugin, "welcome")) as tx:
                message = plugin.welcome(tx)
            if message:
                said.append(message)
    return said


def open_port(host: str, port: int) -> socket.socket:
    """A socket that holds the port and does not listen yet; :class:`CannotRun` where it cannot be had."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port))
    except (OSError, OverflowError) as error:
        held.close()
        raise _port_refused(host, port, error) from error
    return held


def listen(held: socket.socket) -> None:
    """Let clients come; :class:`CannotRun` where somebody else began to listen on the port meanwhile."""
    try:
        held.listen(BACKLOG)
    except OSError as error:
        host, port = held.getsockname()
        raise _port_refused(host, port, error) from error


def _port_refused(host: str, port: int, error: Exception) -> CannotRun:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return CannotRun(
            f"端口 {port} 已被占用，请停止占用它的程序，或用 PORT 另选端口",
            f"Port {port} is in use: stop what uses it, or choose another with PORT",
        )
    return CannotRun(f"无法使用地址 {host}:{port}（{error}）", f"The address {host}:{port} cannot be used ({error})")


def make_runner(settings: Settings, names: Sequence[str]) -> ServiceRunner:
    """These services, ready to be started in this process, which must be green (shared.green)."""
    import kombu.pools

    kombu.pools.set_limit(200)
    config = {
        "AMQP_URI": settings.amqp_url,
        "max_workers": settings.max_workers,
        "SERVICE_CONTAINER_CLS": f"{OperationContainer.__module__}.{OperationContainer.__name__}",
        ABSENCE_KEY: settings.absence,
        CONFIG_KEY: settings,
    }
    if settings.amqp_url.startswith(EMBEDDED):
        import shared.bus.embedded

        shared.bus.embedded.register()
    runner = ServiceRunner(config)
    for plugin in chosen(names):
        runner.add_service(plugin.service)
    return runner


def start(settings: Settings, names: Sequence[str]) -> ServiceRunner:
    """Start these services in this process, which must be green (shared.green)."""
    runner = make_runner(settings, names)
    begin(runner, settings)
    return runner


def begin(runner: ServiceRunner, settings: Settings) -> None:
    """Start what :func:`make_runner` made, once the queues of every installed service are there."""
    declare_queues(settings.amqp_url, {plugin.name: subscriptions_of(plugin.service) for plugin in plugins().values()})
    runner.start()


def watch(runner: ServiceRunner, told: Callable[[str, BaseException], None]) -> None:
    """Have ``told`` hear of a service that dies by itself: a process without its services is of no use to anybody."""
    import eventlet

    def wait(name: str, container: Any) -> None:
        try:
            container.wait()
        except Exception as error:
            told(name, error)

    for name, container in runner.service_map.items():
        eventlet.spawn(wait, name, container)


def stop_services(runner: ServiceRunner, patience: float = PATIENCE) -> None:
    """Let the services finish what they have in hand, requests, events and jobs at once. One that cannot (the bus may
    be away) is left behind, with what it holds unacknowledged, after ``patience`` seconds."""
    import eventlet

    ask_to_stop(runner)
    try:
        with eventlet.Timeout(patience):
            runner.stop()
    except eventlet.Timeout:
        log.warning("services did not stop in time", seconds=patience)


def ask_to_stop(runner: ServiceRunner) -> None:
    """Have the services take up no event and no job any more; requests are still answered."""
    for container in runner.containers:
        for dependency in container.dependencies:
            if isinstance(dependency, Chassis):
                dependency.ask_to_stop()


def gateway_app(settings: Settings) -> Any:
    """The gateway's WSGI application, found as an entry point: the chassis knows no gateway."""
    for entry in entry_points(group=GATEWAY):
        return entry.load()(settings)
    raise LookupError("no gateway is installed")


class Embedded:
    """The whole association in one process, on an embedded PostgreSQL and an in-process bus."""

    def __init__(self, data: Path, settings: Settings) -> None:
        self.data = data
        self._settings = settings
        self._names = sorted(plugins())
        self._postgres = EmbeddedPostgres(data / "postgres", databases=self._names)
        self._socket: socket.socket | None = None
        self._runner: ServiceRunner | None = None
        self._application: Any = None

    @property
    def address(self) -> str:
        """Where people reach it."""
        return self._settings.address

    def start(self, told: Callable[[str], None], died: Callable[[str, BaseException], None]) -> None:
        """Start everything but the HTTP server. ``told`` hears each step and may end them by raising; ``died`` hears
        of a service that dies later.

        Raises AlreadyRunning where the data directory has an owner and :class:`CannotRun` where the port is taken.
        """
        try:
            self._socket = open_port(self._settings.host, self._settings.port)
        except CannotRun:
            # Of two starts on one data directory the second shall hear of the first, not of its port.
            self._postgres.check_free()
            raise
        told("PostgreSQL")
        self._postgres.start()
        prepare_keys(self.data / "keys")
        self._settings = replace(
            self._settings,
            port=self._socket.getsockname()[1],
            amqp_url=f"{EMBEDDED}xiehui/",
            database_urls={name: self._postgres.url(name) for name in self._names},
            keys=self.data / "keys",
            state=self.data / "state",
            mail_folder=self.data / "outbox",
        )
        migrate(self._settings, self._names, told=told)
        self._runner = start(self._settings, self._names)
        watch(self._runner, died)

    def welcomes(self) -> list[str]:
        return welcomes(self._settings, self._names)

    def serve(self, listening: Callable[[], None], stop: threading.Event) -> None:
        """Serve HTTP until ``stop``; ``listening`` is called once clients can come."""
        import eventlet
        from eventlet import wsgi
        from eventlet.support.greenlets import GreenletExit

        assert self._socket is not None, "start() comes first"
        self._application = gateway_app(self._settings)
        listen(self._socket)
        server = eventlet.spawn(
            wsgi.server, self._socket, self._application, log_output=False, minimum_chunk_size=0, keepalive=30
        )
        listening()
        stop.wait()
        log.info("association stopping")
        if self._runner is not None:
            ask_to_stop(self._runner)
        # The server ends its idle connections and waits for the others; a slow client must not keep us.
        server.kill()
        with suppress(GreenletExit), eventlet.Timeout(ANSWERING, False):
            server.wait()

    def stop(self) -> None:
        """Stop in the order of dependence: front, services, database."""
        if self._socket is not None:
            self._socket.close()
        if self._application is not None and hasattr(self._application, "shut_down"):
            self._application.shut_down()
        if self._runner is not None:
            stop_services(self._runner, ANSWERING)
        self._postgres.stop()


@contextmanager
def until_told() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set; a second signal ends the process at once."""
    told = threading.Event()

    def hear(*_: Any) -> None:
        if told.is_set():
            raise SystemExit(130)
        told.set()

    before = {sign: signal.signal(sign, hear) for sign in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)

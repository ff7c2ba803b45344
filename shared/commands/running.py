"""``xiehui run``: start, say where it is, wait, stop in order."""

import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog
from nameko.runners import ServiceRunner
from rich.console import Console
from rich.panel import Panel

from shared import clock as business_clock
from shared.observe.health import HealthDoor
from shared.observe.logs import configure
from shared.plugins import plugins
from shared.running import CannotRun, Embedded, begin, chosen, make_runner, stop_services, until_told, watch
from shared.runtime import Runtime
from shared.settings import Settings, from_environment

log = structlog.get_logger()


class _ToldToStop(Exception):
    """Somebody pressed Ctrl-C while things were starting."""


class _Deaths:
    """Remembers the services that died by themselves, and ends the waiting."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self.names: list[str] = []

    def note(self, name: str, error: BaseException) -> None:
        log.critical("service died", service=name, error=f"{type(error).__name__}: {error}"[:500])
        self.names.append(name)
        self._stop.set()


def run_embedded(data: Path, *, port: int | None, clock: datetime | None) -> None:
    """The whole association in this process, until Ctrl-C. Logs go to ``data``/xiehui.log."""
    console = Console()
    settings = from_environment()
    if port is not None:
        settings = replace(settings, port=port)
    data.mkdir(parents=True, exist_ok=True)
    if clock is not None:
        business_clock.use(business_clock.SettableClock(clock, kept=data / "clock.json"))
    association = Embedded(data.resolve(), settings)
    with until_told() as stop, (data / "xiehui.log").open("a", buffering=1) as logfile:
        configure(stream=logfile)
        deaths = _Deaths(stop)
        try:
            with console.status("…") as status:
                association.start(_steps(status.update, stop), deaths.note)
            association.serve(lambda: _say_where(console, association), stop)
        except _ToldToStop:
            log.info("told to stop while starting")
        finally:
            association.stop()
    if deaths.names:
        raise CannotRun(
            f"服务 {'、'.join(deaths.names)} 意外停止，详见 {data / 'xiehui.log'}",
            f"{', '.join(deaths.names)} died; see {data / 'xiehui.log'}",
        )
    console.print("已停止 / stopped")


def _steps(show: Callable[[str], None], stop: threading.Event) -> Callable[[str], None]:
    def step(name: str) -> None:
        if stop.is_set():
            raise _ToldToStop
        show(f"正在启动 / starting: {name}")

    return step


def _say_where(console: Console, association: Embedded) -> None:
    lines = [association.address, f"{association.address}/docs", *association.welcomes()]
    console.print(Panel("\n".join(lines), title="协会 Xiehui", subtitle="Ctrl-C 停止 / stops", expand=False))


def run_on_rabbitmq(names: list[str] | None) -> None:
    """These services (or all) against RabbitMQ and their databases, until told to stop.

    A bus that is away is waited for; a service that dies by itself ends the process with 1, so that whoever runs it
    starts it again.
    """
    configure()
    logging.getLogger("nameko").setLevel(logging.WARNING)
    settings = from_environment()
    selected = [plugin.name for plugin in chosen(names)] if names else sorted(plugins())
    runner = make_runner(settings, selected)
    started = threading.Event()
    with until_told() as stop:
        door = _open_door(
            settings, lambda: started.is_set() and not stop.is_set() and all(map(_ready, runner.containers))
        )
        deaths = _Deaths(stop)
        try:
            threading.Thread(target=_start, args=(runner, settings, started, deaths), daemon=True).start()
            stop.wait()
            log.info("services stopping", services=selected)
        finally:
            # Services that are still waiting for the bus have nothing in hand, and nameko cannot stop them.
            if started.is_set():
                stop_services(runner)
            door.stop()
    if deaths.names:
        sys.exit(1)


def _open_door(settings: Settings, ready: Callable[[], bool]) -> HealthDoor:
    try:
        return HealthDoor(settings.host, settings.health_port, ready)
    except (OSError, OverflowError) as error:
        raise CannotRun(
            f"监测端口 {settings.health_port} 不可用（{error}），请用 XIEHUI_HEALTH_PORT 另选",
            f"The port for health checks, {settings.health_port}, cannot be used ({error}): "
            "choose another with XIEHUI_HEALTH_PORT",
        ) from error


def _start(runner: ServiceRunner, settings: Settings, started: threading.Event, deaths: _Deaths) -> None:
    """Beside the main thread, which must hear a signal even while the bus is awaited."""
    try:
        begin(runner, settings)
    except Exception as error:
        for name in runner.service_names:
            deaths.note(name, error)
        return
    started.set()
    log.info("services started", services=list(runner.service_names))
    watch(runner, deaths.note)


def _ready(container: object) -> bool:
    return Runtime.of(container).ready()

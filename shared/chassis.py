"""What a service class gets from the chassis, and what goes on in its process beside requests.

A service is a class of mixins, one a feature::

    class CertificationService(Service, Batches, Candidates, Certificates):
        name = "certification"
"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

from nameko.extensions import DependencyProvider

from shared.api.administration import Administration
from shared.api.execution import execute
from shared.api.job_runner import JobRunner
from shared.api.jobs import jobs_of
from shared.api.manifest import manifest_of
from shared.api.operations import Operation
from shared.api.timer import EVERY, Timer
from shared.bus.connection import EMBEDDED
from shared.bus.consumer import EventConsumer
from shared.bus.discovery import Announcer
from shared.bus.inbox import Inbox
from shared.bus.listening import subscriptions_of
from shared.bus.relay import Relay
from shared.bus.withdrawing import Withdrawing
from shared.loops import Loop
from shared.mail.sending import MailSender
from shared.runtime import Runtime
from shared.store.audit import BATCH, seal_batch

ALONE = 10
"""How many times longer loops sleep where there is no other process of the service."""
STOP_SECONDS = 6.0
"""What an event or a step of a job in hand may take to its end when the process stops. Nothing idle takes long."""


class _Stoppable(Protocol):
    def ask_to_stop(self) -> None: ...

    def stop(self, timeout: float) -> None: ...


class WorkerChassis:
    """What one request sees of the chassis: its service's runtime and its message's headers."""

    def __init__(self, runtime: Runtime, headers: Mapping[str, Any]) -> None:
        self._runtime = runtime
        self._headers = headers

    def execute(
        self, operation: Operation, function: Callable[..., Any], arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        return execute(self._runtime, operation, function, arguments, self._headers)


class Chassis(DependencyProvider):
    """Starts and stops a service's loops with its container."""

    def setup(self) -> None:
        runtime = self.runtime = Runtime.of(self.container)
        service = self.container.service_cls
        settings = runtime.settings
        subscriptions = subscriptions_of(service)
        handlers = [
            (subscription, partial(getattr(service, subscription.method), service()))
            for several in subscriptions.values()
            for subscription in several
        ]
        methods = {
            kind: (spec, partial(getattr(service, spec.method), service())) for kind, spec in jobs_of(service).items()
        }
        self._relay = Relay(runtime)
        self._jobs = JobRunner(runtime, methods)
        inbox = Inbox(runtime, handlers)
        # Whatever there is to do in this process wakes who does it. Others only leave something behind on a bus that
        # has others: there a look now and then finds what they could not finish.
        pause = settings.poll_every * (ALONE if settings.amqp_url.startswith(EMBEDDED) else 1)
        signals = runtime.signals
        self._loops = [
            Loop(f"{runtime.name} relay", self._relay.work, interval=pause, wake=signals.relay),
            Loop(f"{runtime.name} retry", inbox.work, interval=pause, wake=signals.retry),
            Loop(f"{runtime.name} jobs", self._jobs.work, interval=pause, wake=signals.jobs),
            Loop(f"{runtime.name} seal", self._seal, interval=pause, wake=signals.seal, calm=settings.poll_every),
        ]
        timer = Timer(runtime, jobs_of(service).values())
        if timer.daily and settings.timers:
            self._loops.append(Loop(f"{runtime.name} timer", timer.work, interval=EVERY))
        self._mails = MailSender(runtime) if runtime.plugin.mailed else None
        if self._mails:
            self._loops.append(Loop(f"{runtime.name} mails", self._mails.work, interval=pause, wake=signals.mails))
        self._consumer = EventConsumer(settings.amqp_url, runtime.name, subscriptions, inbox) if subscriptions else None
        self._announcer = Announcer(
            settings.amqp_url, runtime.keyring, manifest_of(runtime.plugin), every=settings.announce_every
        )
        self._withdrawing = Withdrawing(runtime)

    def start(self) -> None:
        self.runtime.on_bus = lambda: self._announcer.connected
        if self._consumer:
            self._consumer.start()
        for loop in self._loops:
            loop.start()
        self._announcer.start()
        self._withdrawing.start()

    def ask_to_stop(self) -> None:
        """Say goodbye on the bus, and begin nothing new beside requests; what is in hand goes on."""
        self._jobs.stop()
        if self._mails:
            self._mails.stop()
        self._relay.give_up()
        for thread in self._threads():
            thread.ask_to_stop()

    def stop(self) -> None:
        """Finish what is in hand within :data:`STOP_SECONDS`. What takes longer is safe to leave: it has not been
        committed, and is heard, told or done again by the next process."""
        self.ask_to_stop()
        end = time.monotonic() + STOP_SECONDS
        for thread in self._threads():
            thread.stop(max(0.0, end - time.monotonic()))
        self._relay.close()
        self.runtime.close()

    def _threads(self) -> list[_Stoppable]:
        return [self._announcer, self._withdrawing, *self._loops, *([self._consumer] if self._consumer else [])]

    def _seal(self) -> bool:
        with self.runtime.speaking_of_absence:
            return seal_batch(self.runtime.engine) == BATCH

    def kill(self) -> None:
        self.stop()

    def get_dependency(self, worker_ctx: Any) -> WorkerChassis:
        return WorkerChassis(self.runtime, worker_ctx.data)


class Service(Administration):
    """The base of every service class; derived classes name themselves and mix in their features."""

    name: str
    chassis = Chassis()

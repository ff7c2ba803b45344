"""Every service's inbox queue, declared before anybody tells anything.

An exchange drops what no queue is bound for. Were a service's queue declared by that service alone, what others tell
before it has run for the first time would be lost to it; so whoever starts first declares the queues of all that are
installed. The same holds of a broker that comes back empty: whoever tells sees first to those who listen. Where each
service has a broker user of its own, who may not declare another's, the broker's definitions do it (ADR 0031).
"""

import time
from collections.abc import Iterable, Mapping

import structlog
from amqp.exceptions import AccessRefused
from kombu import Connection

from shared.bus.connection import BusErrors, connect
from shared.bus.consumer import queues_of
from shared.bus.declaring import declare
from shared.bus.listening import subscriptions_of
from shared.plugins import plugins

log = structlog.get_logger()


def listeners_of(source: str) -> dict[str, set[tuple[str, str]]]:
    """What each installed service hears, for those that hear ``source``: name → (source, event type)."""
    hears = {name: set(subscriptions_of(plugin.service)) for name, plugin in plugins().items()}
    return {name: heard for name, heard in hears.items() if any(told_by == source for told_by, _ in heard)}


def declare_queues(url: str, subscriptions: Mapping[str, Iterable[tuple[str, str]]]) -> None:
    """Declare the queues of each service in ``subscriptions`` (name → (source, event type)) that hears anything.

    A bus that is away is waited for. A broker user who may not declare another's queues leaves them alone.
    """
    while True:
        try:
            with connect(url) as connection:
                declare_on(connection, subscriptions)
        except BusErrors as error:
            log.warning("the bus is away: queues wait to be declared", error=str(error)[:200])
            time.sleep(1)
        else:
            return


def declare_on(connection: Connection, subscriptions: Mapping[str, Iterable[tuple[str, str]]]) -> None:
    """Declare the queues of each service in ``subscriptions``, over a connection that is open."""
    for service, heard in subscriptions.items():
        wanted = list(heard)
        if not wanted:
            continue
        try:
            for queue in queues_of(service, wanted):
                declare(queue, connection)
        except AccessRefused:
            log.info("the queues of another service are not ours to declare", service=service)

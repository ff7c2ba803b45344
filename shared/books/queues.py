"""Queues: nothing is under way on the bus."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from amqp.exceptions import NotFound

from shared.books.declared import Finding
from shared.bus.connection import connect
from shared.bus.events import dead_queue, inbox_queue
from shared.bus.listening import subscriptions_of
from shared.plugins import Plugin
from shared.text import Text

CHECK = "queues"


class Depth(NamedTuple):
    """Messages of a queue that wait, and those handed to a consumer and not settled (None: not known)."""

    ready: int
    unacknowledged: int | None = None


def queues_to_be(services: Iterable[Plugin]) -> dict[str, str]:
    """The queues that must be there and whose they are: of each service that hears anything, its inbox and what the
    broker gave up."""
    hearing = [plugin.name for plugin in services if subscriptions_of(plugin.service)]
    return {queue: name for name in hearing for queue in (inbox_queue(name), dead_queue(name))}


def queues_of(services: Sequence[Plugin]) -> dict[str, str]:
    """Every queue of these services and whose it is; that of requests is there from a service's first start on."""
    return {**queues_to_be(services), **{f"rpc-{plugin.name}": plugin.name for plugin in services}}


def depths(url: str, services: Sequence[Plugin]) -> dict[str, Depth]:
    """How many messages wait in the queues of these services; a queue that is not there is absent.

    AMQP tells of messages that wait, not of those a consumer holds. Raises one of
    :data:`shared.bus.connection.BusErrors` where the bus is away.
    """
    found = {}
    with connect(url) as connection:
        for queue in queues_of(services):
            channel = connection.channel()
            try:
                found[queue] = Depth(channel.queue_declare(queue=queue, passive=True).message_count)
            except NotFound:
                continue  # and the broker has closed the channel
            channel.close()
    return found


def check_queues(services: Sequence[Plugin], found: Mapping[str, Depth]) -> Iterator[Finding]:
    """Each queue that services hear events on is there, and every queue is empty."""
    for queue, name in queues_to_be(services).items():
        if queue not in found:
            yield Finding(name, CHECK, queue, Text("队列不存在", "The queue is not there"))
    owners = queues_of(services)
    for queue, depth in found.items():
        held = depth.unacknowledged or 0
        if depth.ready or held:
            what = Text(f"{depth.ready} 条待投递，{held} 条未确认", f"{depth.ready} wait, {held} are not acknowledged")
            yield Finding(owners.get(queue, "—"), CHECK, queue, what)

"""Declaring what is on the bus, with no more rights than it takes.

Whoever may declare an exchange may delete it, and RabbitMQ asks for that right even where the exchange is there
already. Nobody but its owner has it (ADR 0031), so everybody looks first, which takes no right at all.
"""

from amqp.exceptions import NotFound
from kombu import Connection, Queue, binding


def have_exchange(connection: Connection, name: str, type: str) -> None:
    """Declare a durable exchange unless it is there. AccessRefused where it is not and is another's to declare."""
    channel = connection.channel()
    try:
        channel.exchange_declare(exchange=name, type=type, passive=True)
    except NotFound:
        # And the broker has closed the channel.
        channel = connection.channel()
        channel.exchange_declare(exchange=name, type=type, durable=True, auto_delete=False)
    channel.close()


def declare(queue: Queue, connection: Connection) -> None:
    """Declare a queue, the exchanges it is bound to where they are missing, and its bindings.

    AccessRefused where it is another's, PreconditionFailed where it is there and differs.
    """
    bindings = bindings_of(queue)
    for name, type in sorted({(each.exchange.name, each.exchange.type) for each in bindings}):
        have_exchange(connection, name, type)
    channel = connection.channel()
    bound = queue(channel)
    bound.queue_declare()
    for each in bindings:
        each.bind(bound)
    channel.close()


def bindings_of(queue: Queue) -> list[binding]:
    """By what a queue hears, whether it names one exchange or lists several bindings."""
    return list(queue.bindings) or [binding(queue.exchange, queue.routing_key)]

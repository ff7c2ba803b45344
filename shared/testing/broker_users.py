"""A virtual host as deploy/rabbitmq/definitions.json prepares one, with a broker user for each service.

with broker_users(node, plugins().values()) as buses:
    RpcClient(buses["gateway"])
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from shared.generating.rabbitmq import definitions, users_of, with_passwords
from shared.plugins import Plugin
from shared.testing.rabbitmq import PrivateRabbitMQ


@contextmanager
def broker_users(node: PrivateRabbitMQ, services: Iterable[Plugin]) -> Iterator[dict[str, str]]:
    """The address of a fresh virtual host for each user: service, "gateway" or "xiehui" → address."""
    services = list(services)
    vhost = f"users-{secrets.token_hex(4)}"
    passwords = {user: secrets.token_urlsafe(24) for user in users_of(plugin.name for plugin in services)}
    node.import_definitions(with_passwords(definitions(services, vhost), passwords))
    try:
        yield {user: f"py{node.url(vhost, user, password)}" for user, password in passwords.items()}
    finally:
        node.delete_vhost(vhost)
        for user in passwords:
            node.delete_user(user)

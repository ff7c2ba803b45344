"""deploy/rabbitmq/definitions.json: a broker user for each service and for the gateway, who may touch what it needs.

RabbitMQ asks three rights, each a regular expression over names: to configure (make and delete), to write (publish on
an exchange, bind a queue) and to read (consume, bind a queue to an exchange). A right on a topic exchange can be
narrowed to routing keys. Exchanges, queues and bindings of events are in the file too, since nobody may declare those
of another (ADR 0031).
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kombu import Queue

from shared.bus.client import EXCHANGE
from shared.bus.consumer import queues_of
from shared.bus.declaring import bindings_of
from shared.bus.discovery import MANIFESTS, QUESTIONS
from shared.bus.events import dead_queue, exchange_name, inbox_queue
from shared.bus.listening import subscriptions_of
from shared.bus.withdrawing import QUESTIONS as WITHDRAWALS_ASKED
from shared.bus.withdrawing import WITHDRAWALS
from shared.generating import Generated
from shared.plugins import Plugin, plugins

PATH = "deploy/rabbitmq/definitions.json"
GATEWAY = "gateway"
OPERATOR = "xiehui"
"""Who may do everything: for people, and for `xiehui check`, which looks at all queues."""
HASHING = "rabbit_password_hashing_sha256"

UUID = "[0-9a-f-]{36}"
PRIVATE = r"amq\.gen-.*"
"""Queues the broker itself names. Each belongs to the connection that made it, and the broker lets no other near."""
ALL, NONE = ".*", "^$"


class Narrowed(NamedTuple):
    """The routing keys that may be written to a topic exchange, and those that may be bound on it."""

    write: str
    read: str


class Rights(NamedTuple):
    """What a broker user may configure, write and read, and what is narrowed: exchange → routing keys."""

    configure: str
    write: str
    read: str
    topics: Mapping[str, Narrowed]


def rights_of(plugin: Plugin) -> Rights:
    """What is its own, whole; of what is shared, to call, to answer, to announce itself and to hear which tokens were
    withdrawn, which only who issues them says; of others' events, those it hears."""
    name = plugin.name
    says, hears = [EXCHANGE, MANIFESTS, WITHDRAWALS_ASKED], [EXCHANGE, QUESTIONS, WITHDRAWALS]
    if plugin.issues_tokens:
        says, hears = [*says, WITHDRAWALS], [*hears, WITHDRAWALS_ASKED]
    queues = [_literal(f"rpc-{name}", inbox_queue(name), dead_queue(name)), *_own_answers(name)]
    own = [_literal(exchange_name(name)), *queues]
    heard = _heard(plugin)
    topics = {EXCHANGE: Narrowed(ALL, _one_of(rf"{_literal(name)}\.\*", _address(name)))}
    for source, types in heard.items():
        topics[exchange_name(source)] = Narrowed(ALL if source == name else NONE, _one_of(_literal(*types)))
    return Rights(
        configure=_one_of(*own),
        write=_one_of(*own, _literal(*says)),
        read=_one_of(*queues, _literal(*hears, *map(exchange_name, heard))),
        topics=topics,
    )


def rights_of_gateway() -> Rights:
    """To call whoever there is, to hear the answers, and to hear who is there. It answers nobody and tells nothing."""
    queues = _own_answers(GATEWAY)
    return Rights(
        configure=_one_of(*queues),
        write=_one_of(*queues, _literal(EXCHANGE, QUESTIONS)),
        read=_one_of(*queues, _literal(EXCHANGE, MANIFESTS)),
        topics={EXCHANGE: Narrowed(r"^[^.]+\.[^.]+$", _one_of(_address(GATEWAY)))},
    )


def _heard(plugin: Plugin) -> dict[str, list[str]]:
    """What a service hears: source → event types."""
    heard: dict[str, list[str]] = {}
    for source, type in sorted(subscriptions_of(plugin.service)):
        heard.setdefault(source, []).append(type)
    return heard


def _address(owner: str) -> str:
    """Where answers to a user go (shared.bus.client)."""
    return f"{_literal(owner)}-{UUID}"


def _own_answers(owner: str) -> list[str]:
    return [rf"rpc\.reply-{_address(owner)}", PRIVATE]


def _literal(*names: str) -> str:
    return "|".join(re.escape(name).replace(r"\-", "-") for name in names)


def _one_of(*patterns: str) -> str:
    return f"^({'|'.join(patterns)})$"


def definitions(services: Iterable[Plugin], vhost: str = "/") -> dict[str, Any]:
    """The file as data, in the form of RabbitMQ's ``load_definitions``. Its users cannot sign in: they have no password
    yet, see :func:`with_passwords`."""
    services = list(services)
    rights = {plugin.name: rights_of(plugin) for plugin in services} | {GATEWAY: rights_of_gateway()}
    queues = [queue for plugin in services for queue in _queues(plugin)]
    whole = {"user": OPERATOR, "vhost": vhost, "configure": ALL, "write": ALL, "read": ALL}
    return {
        "vhosts": [{"name": vhost}],
        "users": [
            {"name": OPERATOR, "tags": ["administrator"]},
            *({"name": user, "tags": []} for user in rights),
        ],
        "permissions": [
            whole,
            *(
                {"user": user, "vhost": vhost, "configure": may.configure, "write": may.write, "read": may.read}
                for user, may in rights.items()
            ),
        ],
        "topic_permissions": [
            {"user": user, "vhost": vhost, "exchange": exchange, "write": keys.write, "read": keys.read}
            for user, may in rights.items()
            for exchange, keys in may.topics.items()
        ],
        "exchanges": [
            {
                "name": name,
                "vhost": vhost,
                "type": type,
                "durable": True,
                "auto_delete": False,
                "internal": False,
                "arguments": {},
            }
            for name, type in sorted(_exchanges(services, queues).items())
        ],
        "queues": [
            {
                "name": queue.name,
                "vhost": vhost,
                "durable": True,
                "auto_delete": False,
                "arguments": queue.queue_arguments,
            }
            for queue in queues
        ],
        "bindings": [
            {
                "source": exchange,
                "vhost": vhost,
                "destination": queue.name,
                "destination_type": "queue",
                "routing_key": key,
                "arguments": {},
            }
            for queue in queues
            for exchange, key in sorted((each.exchange.name, each.routing_key) for each in bindings_of(queue))
        ],
    }


def _queues(plugin: Plugin) -> Sequence[Queue]:
    """Those that events come to. That of requests is made by the service, and goes when the service stays away."""
    subscriptions = subscriptions_of(plugin.service)
    return queues_of(plugin.name, subscriptions) if subscriptions else ()


def _exchanges(services: Iterable[Plugin], queues: Iterable[Queue]) -> dict[str, str]:
    """Every exchange there is to be: name → type."""
    return {
        EXCHANGE: "topic",
        MANIFESTS: "fanout",
        QUESTIONS: "fanout",
        WITHDRAWALS: "fanout",
        WITHDRAWALS_ASKED: "fanout",
        **{exchange_name(plugin.name): "topic" for plugin in services},
        **{each.exchange.name: each.exchange.type for queue in queues for each in bindings_of(queue)},
    }


def password_variable(user: str) -> str:
    """Where a user's password stands, in the environment and in .env."""
    return "RABBITMQ_PASSWORD" if user == OPERATOR else f"XIEHUI_AMQP_PASSWORD_{user.upper().replace('-', '_')}"


def users_of(services: Iterable[str]) -> list[str]:
    """Every broker user, where these services are installed."""
    return [OPERATOR, *services, GATEWAY]


def with_passwords(defined: Mapping[str, Any], passwords: Mapping[str, str]) -> dict[str, Any]:
    """The definitions with a hash of each user's password in them: user → password."""
    users = [
        {**user, "password_hash": hashed(passwords[user["name"]]), "hashing_algorithm": HASHING}
        for user in defined["users"]
    ]
    return {**defined, "users": users}


def hashed(password: str) -> str:
    """A password as RabbitMQ keeps it: a salt of four bytes, and the SHA-256 of salt and password."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def text_of(defined: Mapping[str, Any]) -> str:
    return json.dumps(defined, indent=2) + "\n"


def generate() -> Iterator[Generated]:
    yield Generated(PATH, text_of(definitions(plugins().values())))

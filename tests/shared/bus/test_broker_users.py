"""A broker user for each service: whatever is its own it may do, and none can speak as another or overhear it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from amqp.exceptions import AccessRefused, ResourceLocked

from shared.bus.client import EXCHANGE
from shared.bus.connection import connect
from shared.bus.consumer import queues_of
from shared.bus.declaring import declare
from shared.bus.discovery import MANIFESTS, QUESTIONS
from shared.bus.events import dead_queue, exchange_name, inbox_queue
from shared.bus.listening import subscriptions_of
from shared.bus.publisher import ConfirmedPublisher, Outgoing
from shared.bus.topology import declare_queues
from shared.bus.withdrawing import QUESTIONS as ASKED
from shared.bus.withdrawing import WITHDRAWALS
from shared.errors import Unavailable
from shared.plugins import plugins
from shared.store.base import new_id
from shared.testing.association import eventually
from shared.testing.broker_users import broker_users
from shared.testing.rabbitmq import PrivateRabbitMQ

pytestmark = pytest.mark.rabbitmq

SERVICES = sorted(plugins())
USERS = [*SERVICES, "gateway"]
ADOPTED = "resolution.adopted.v1"
Act = Callable[[Any], object]
"""What somebody does on a channel."""


@pytest.fixture(scope="module")
def buses(rabbitmq_node: PrivateRabbitMQ) -> Iterator[dict[str, str]]:
    """Each user's address of a bus that all services share; their queues of requests are there too."""
    with broker_users(rabbitmq_node, plugins().values()) as addresses:
        for name in SERVICES:
            does(addresses[name], declares(f"rpc-{name}"))
        yield addresses


def does(address: str, act: Act) -> None:
    """Do it and wait until the broker has looked at it: AccessRefused where it may not be done."""
    with connect(address) as connection:
        channel = connection.channel()
        act(channel)
        # It takes what comes on a channel in order, and a publish is not answered.
        channel.basic_qos(0, 1, False)


def refused(address: str, act: Act) -> None:
    with pytest.raises(AccessRefused):
        does(address, act)


def publish(exchange: str, routing_key: str) -> Act:
    def act(channel: Any) -> None:
        channel.basic_publish(channel.prepare_message(b"{}"), exchange=exchange, routing_key=routing_key)

    return act


def declares(queue: str) -> Act:
    return lambda channel: channel.queue_declare(queue, durable=True, auto_delete=False)


def consume(queue: str) -> Act:
    return lambda channel: channel.basic_consume(queue, no_ack=False)


def bind(queue: str, exchange: str, routing_key: str) -> Act:
    return lambda channel: channel.queue_bind(queue, exchange, routing_key)


def overhear(exchange: str, routing_key: str, queue: str = "") -> Act:
    """Bind a queue of one's own to what others say."""

    def act(channel: Any) -> None:
        name = channel.queue_declare(queue, exclusive=True).queue
        channel.queue_bind(name, exchange, routing_key)

    return act


def others(name: str) -> list[str]:
    return [other for other in USERS if other != name]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_tells_events_on_its_own_exchange_and_nobody_else_does(buses: dict[str, str], name: str) -> None:
    tell = publish(exchange_name(name), "something.happened.v1")
    does(buses[name], tell)
    for other in others(name):
        refused(buses[other], tell)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_consumes_its_own_queues_and_nobody_else_does(buses: dict[str, str], name: str) -> None:
    queues = [f"rpc-{name}"]
    if subscriptions_of(plugins()[name].service):
        queues += [inbox_queue(name), dead_queue(name)]
    for queue in queues:
        does(buses[name], consume(queue))
        for other in others(name):
            refused(buses[other], consume(queue))
            refused(buses[other], lambda channel, queue=queue: channel.basic_get(queue))
            refused(buses[other], lambda channel, queue=queue: channel.queue_purge(queue))
            refused(buses[other], lambda channel, queue=queue: channel.queue_delete(queue))
            refused(buses[other], publish("", queue))


def test_a_forged_event_is_refused_and_nobody_hears_it(buses: dict[str, str]) -> None:
    def waiting() -> int:
        with connect(buses["membership"]) as connection:
            count: int = connection.channel().queue_declare(inbox_queue("membership"), passive=True).message_count
            return count

    before = waiting()
    forge = publish(exchange_name("governance"), ADOPTED)
    for user in ("finance", "membership", "gateway"):
        refused(buses[user], forge)
    assert waiting() == before
    does(buses["governance"], forge)
    assert eventually(lambda: waiting() == before + 1), "whom it is forged for hears the real one"
    forger = ConfirmedPublisher(buses["finance"], [])
    with pytest.raises(Unavailable):
        forger.publish([Outgoing(exchange_name("governance"), ADOPTED, "{}", str(new_id()))])


def test_what_the_broker_gave_up_cannot_be_forged_or_overheard(buses: dict[str, str]) -> None:
    give_up = publish(dead_queue("finance"), "finance")
    does(buses["finance"], give_up)
    refused(buses["governance"], give_up)
    refused(buses["governance"], overhear(dead_queue("finance"), "finance"))
    refused(buses["governance"], bind(dead_queue("governance"), dead_queue("finance"), "finance"))


@pytest.mark.parametrize("user", USERS)
def test_requests_and_answers_reach_only_whom_they_are_for(buses: dict[str, str], user: str) -> None:
    address = f"{user}-{new_id()}"
    does(buses[user], overhear(EXCHANGE, address, f"rpc.reply-{address}"))
    for other in others(user):
        refused(buses[user], overhear(EXCHANGE, f"{other}.*"))
        refused(buses[user], overhear(EXCHANGE, f"{other}-{new_id()}"))
        refused(buses[user], overhear(EXCHANGE, address, f"rpc.reply-{other}-{new_id()}"))
    for much in ("#", "*", "*.*", f"{user}.#", str(new_id())):
        refused(buses[user], overhear(EXCHANGE, much))


def test_the_gateway_asks_and_does_not_answer(buses: dict[str, str]) -> None:
    does(buses["gateway"], publish(EXCHANGE, "finance.list_vouchers"))
    refused(buses["gateway"], publish(EXCHANGE, f"finance-{new_id()}"))
    does(buses["finance"], publish(EXCHANGE, f"gateway-{new_id()}"))


def test_a_service_hears_the_events_that_it_says_it_hears(buses: dict[str, str]) -> None:
    does(buses["finance"], bind(inbox_queue("finance"), exchange_name("governance"), ADOPTED))
    for much in ("#", "resolution.*.v1", "meeting.closed.v1"):
        refused(buses["finance"], bind(inbox_queue("finance"), exchange_name("governance"), much))
    refused(buses["finance"], bind(inbox_queue("finance"), exchange_name("certification"), "candidate.qualified.v1"))
    refused(buses["finance"], bind(inbox_queue("membership"), exchange_name("governance"), ADOPTED))
    refused(buses["gateway"], overhear(exchange_name("governance"), ADOPTED))


def test_services_are_announced_and_the_gateway_asks_who_is_there(buses: dict[str, str]) -> None:
    does(buses["finance"], publish(MANIFESTS, ""))
    does(buses["finance"], overhear(QUESTIONS, ""))
    does(buses["gateway"], publish(QUESTIONS, ""))
    does(buses["gateway"], overhear(MANIFESTS, ""))
    refused(buses["gateway"], publish(MANIFESTS, ""))
    refused(buses["finance"], overhear(MANIFESTS, ""))


def test_withdrawn_tokens_are_told_by_who_issues_them_and_heard_by_every_service(buses: dict[str, str]) -> None:
    (issuer,) = (name for name, plugin in plugins().items() if plugin.issues_tokens)
    does(buses[issuer], publish(WITHDRAWALS, ""))
    does(buses[issuer], overhear(ASKED, ""))
    for name in SERVICES:
        does(buses[name], overhear(WITHDRAWALS, ""))
        does(buses[name], publish(ASKED, ""))
    for name in others(issuer):
        refused(buses[name], publish(WITHDRAWALS, ""))
        refused(buses[name], overhear(ASKED, ""))
    refused(buses["gateway"], overhear(WITHDRAWALS, ""))
    refused(buses["gateway"], publish(ASKED, ""))


def test_a_queue_that_the_broker_named_is_closed_to_others_although_their_rights_fit_it(buses: dict[str, str]) -> None:
    with connect(buses["gateway"]) as connection:
        name = connection.channel().queue_declare("", exclusive=True).queue
        for act in (consume(name), bind(name, QUESTIONS, "")):
            with pytest.raises(ResourceLocked):
                does(buses["finance"], act)


@pytest.mark.parametrize("user", USERS)
def test_nothing_strange_is_declared_and_nothing_shared_taken_away(buses: dict[str, str], user: str) -> None:
    address = buses[user]
    for queue in (
        "loot",
        f"{user}-loot",
        f"{user}.inbox.more",
        f"rpc-{user}-more",
        "rpc.reply-",
        f"rpc.reply-{user}-1",
    ):
        refused(address, declares(queue))
    for exchange in (
        "loot",
        f"{user}.more",
        EXCHANGE,
        MANIFESTS,
        QUESTIONS,
        WITHDRAWALS,
        ASKED,
        exchange_name(others(user)[0]),
    ):
        refused(address, lambda channel, exchange=exchange: channel.exchange_declare(exchange, "topic", durable=True))
        refused(address, lambda channel, exchange=exchange: channel.exchange_delete(exchange))
    # Nor by way of what is its own: where it gives up or cannot route, the broker would publish for it.
    target = exchange_name(others(user)[0])
    name = f"rpc.reply-{user}-{new_id()}"
    refused(address, lambda channel: channel.queue_declare(name, arguments={"x-dead-letter-exchange": target}))
    refused(address, lambda channel: channel.exchange_bind(target, EXCHANGE, "#"))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_finds_what_is_its_own_makes_it_anew_and_leaves_the_rest(buses: dict[str, str], name: str) -> None:
    heard = {each: list(subscriptions_of(plugins()[each].service)) for each in SERVICES}
    own = queues_of(name, heard[name]) if heard[name] else ()
    with connect(buses[name]) as connection:
        for queue in own:
            declare(queue, connection)
            connection.channel().queue_delete(queue.name)
    declare_queues(buses[name], heard)
    with connect(buses[name]) as connection:
        for queue in own:
            assert connection.channel().queue_declare(queue.name, passive=True).queue == queue.name
    teller = ConfirmedPublisher(buses[name], [exchange_name(name)])
    assert teller.publish([Outgoing(exchange_name(name), "something.happened.v1", "{}", str(new_id()))]) == 1
    teller.close()


def test_a_queue_of_anothers_is_refused_where_it_would_be_declared(buses: dict[str, str]) -> None:
    for queue in queues_of("finance", subscriptions_of(plugins()["finance"].service)):
        with connect(buses["finance"]) as connection:
            declare(queue, connection)
        with connect(buses["governance"]) as connection, pytest.raises(AccessRefused):
            declare(queue, connection)

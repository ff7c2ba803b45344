"""Where a message on the embedded bus goes."""

import pytest
from amqp.exceptions import AccessRefused, InvalidCommand, NotFound, PreconditionFailed
from kombu import Exchange

from shared.bus import embedded
from shared.bus.embedded.routing import topic_matches
from shared.testing.embedded_bus import EmbeddedBus


@pytest.mark.parametrize(
    ("pattern", "key", "matches"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.c", False),
        ("a.*", "a.b", True),
        ("a.*", "a", False),
        ("a.*", "a.b.c", False),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("#", "", True),
        ("#.z", "a.b.z", True),
        ("#.z", "z", True),
        ("a.#.z", "a.z", True),
        ("a.#.*.z", "a.z", False),
        ("a.+", "a.x", False),
        ("a", "aXb", False),
    ],
)
def test_topics_match_by_words(pattern: str, key: str, matches: bool) -> None:
    assert topic_matches(pattern, key) is matches


def test_exchanges_of_each_kind_reach_their_queues(bus: EmbeddedBus) -> None:
    channel = bus.connect().channel()
    for kind in ("direct", "topic", "fanout"):
        channel.exchange_declare(kind, type=kind)
        for key in ("a.b", "a.*"):
            channel.queue_declare(f"{kind} {key}")
            channel.queue_bind(f"{kind} {key}", exchange=kind, routing_key=key)
        channel.basic_publish(channel.prepare_message("x"), exchange=kind, routing_key="a.b")

    assert {name for name, depth in embedded.queue_depths(bus.name).items() if depth == (1, 0)} == {
        "direct a.b",
        "topic a.b",
        "topic a.*",
        "fanout a.b",
        "fanout a.*",
    }


def test_a_queue_bound_twice_gets_one_copy(bus: EmbeddedBus) -> None:
    letters = Exchange("letters", "topic")
    channel = bus.connect().channel()
    bus.declare(exchange=letters, routing_key="a.#")
    channel.queue_bind("mail", exchange="letters", routing_key="#.b")
    bus.send("x", to="a.b", exchange=letters)
    assert bus.depth() == (1, 0)


def test_routes_follow_bindings_that_change(bus: EmbeddedBus) -> None:
    letters = Exchange("letters", "direct")
    channel = bus.connect().channel()
    bus.declare("first", exchange=letters, routing_key="k")
    bus.declare("second")

    def send() -> dict[str, int]:
        bus.send("x", to="k", exchange=letters)
        depths = {name: ready for name, (ready, _) in embedded.queue_depths(bus.name).items()}
        for name in depths:
            channel.queue_purge(name)
        return depths

    assert send() == {"first": 1, "second": 0}
    channel.queue_bind("second", exchange="letters", routing_key="k")
    assert send() == {"first": 1, "second": 1}
    channel.queue_unbind("first", exchange="letters", routing_key="k")
    assert send() == {"first": 0, "second": 1}
    channel.queue_delete("second")
    assert send() == {"first": 0}
    channel.exchange_delete("letters")
    with pytest.raises(NotFound):
        channel.basic_publish(channel.prepare_message("x"), exchange="letters", routing_key="k")


def test_an_auto_delete_exchange_goes_with_its_last_binding(bus: EmbeddedBus) -> None:
    channel = bus.connect().channel()
    channel.exchange_declare("brief", type="topic", auto_delete=True)
    channel.queue_declare("mail")
    channel.queue_bind("mail", exchange="brief", routing_key="#")
    channel.queue_unbind("mail", exchange="brief", routing_key="#")
    with pytest.raises(NotFound):
        channel.exchange_declare("brief", passive=True)


def test_what_is_not_there_or_differs_is_refused(bus: EmbeddedBus) -> None:
    channel = bus.connect().channel()
    channel.exchange_declare("e", type="topic", durable=True, auto_delete=False)
    channel.queue_declare("q", durable=True, auto_delete=False, arguments={"x-expires": 1000})

    channel.exchange_declare("e", type="topic", durable=True, auto_delete=False)
    channel.queue_declare("q", durable=True, auto_delete=False, arguments={"x-expires": 1000})
    with pytest.raises(PreconditionFailed):
        channel.exchange_declare("e", type="direct", durable=True, auto_delete=False)
    with pytest.raises(PreconditionFailed):
        channel.queue_declare("q", durable=True, auto_delete=False)
    with pytest.raises(InvalidCommand):
        channel.exchange_declare("h", type="headers")
    with pytest.raises(NotFound):
        channel.queue_declare("none", passive=True)
    with pytest.raises(NotFound):
        channel.queue_bind("q", exchange="none")
    with pytest.raises(NotFound):
        channel.basic_consume("none")
    with pytest.raises(AccessRefused):
        channel.queue_bind("q", exchange="")
    with pytest.raises(PreconditionFailed):
        channel.basic_ack(99)
    assert channel.queue_declare("q", passive=True).message_count == 0

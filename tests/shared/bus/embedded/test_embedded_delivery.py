"""Whatever happens on the embedded bus, each message is out until it is settled, once, and none is lost."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from kombu import Connection, Queue

from shared.testing.embedded_bus import EmbeddedBus

PREFETCH = st.sampled_from([0, 1, 2, 5])


class Client:
    """A connection with one consumer, and what it was handed and has not settled: number → message."""

    def __init__(self, connection: Connection, prefetch: int, handed: dict[int, Any]) -> None:
        self.connection = connection
        self.channel = connection.channel()
        self.channel.basic_qos(0, prefetch, False)
        self.prefetch = prefetch
        self.holds: dict[int, Any] = {}
        self.tag: str | None = None
        self._handed = handed

    def consume(self) -> None:
        self.tag = self.channel.basic_consume("mail", callback=self._on_message)

    def cancel(self) -> None:
        self.channel.basic_cancel(self.tag)
        self.tag = None

    def _on_message(self, message: Any) -> None:
        self._handed[message.decode()] = self
        self.holds[message.decode()] = message

    @property
    def full(self) -> bool:
        return bool(self.prefetch) and len(self.holds) >= self.prefetch


class Delivery(RuleBasedStateMachine):
    """The queue against a model of it: a sorted line of numbers, and who holds the others."""

    @initialize(single_active=st.booleans())
    def start(self, single_active: bool) -> None:
        self.bus = EmbeddedBus()
        self.single_active = single_active
        self.bus.declare(queue_arguments={"x-single-active-consumer": single_active})
        self.publishing = self.bus.connect()
        self.publisher = self.publishing.channel()
        self.publisher.confirm_select()
        self.confirmed: list[int] = []
        self.publisher.events["basic_ack"].add(lambda tag, multiple: self.confirmed.append(tag - 1))
        self.published = 0
        self.line: list[int] = []
        self.seen: set[int] = set()
        self.settled: set[int] = set()
        self.handed: dict[int, Client] = {}
        self.clients: list[Client] = []

    def pick(self, data: st.DataObject, *, holding: bool = False) -> Client:
        return data.draw(st.sampled_from([c for c in self.clients if c.holds or not holding]))

    def back_in_line(self, *numbers: int) -> None:
        self.line = sorted([*self.line, *numbers])

    @rule(many=st.integers(1, 4))
    def publish(self, many: int) -> None:
        for _ in range(many):
            message = self.publisher.prepare_message(
                str(self.published), content_type="application/json", content_encoding="utf-8"
            )
            self.publisher.basic_publish(message, routing_key="mail")
            self.line.append(self.published)
            self.published += 1

    @precondition(lambda self: len(self.clients) < 4)
    @rule(prefetch=PREFETCH)
    def join(self, prefetch: int) -> None:
        client = Client(self.bus.connect(), prefetch, self.handed)
        client.consume()
        self.clients.append(client)

    @precondition(lambda self: self.clients)
    @rule(data=st.data(), tries=st.integers(1, 5))
    def drain(self, data: st.DataObject, tries: int) -> None:
        client = self.pick(data)
        for _ in range(tries):
            self.handed.clear()
            try:
                client.connection.drain_events(timeout=0)
            except TimeoutError:
                assert not self.handed
                return
            for number, receiver in self.handed.items():
                assert receiver is client
                assert number == self.line.pop(0), "the first in line goes first"
                assert client.holds[number].delivery_info["redelivered"] is (number in self.seen)
                assert not client.prefetch or len(client.holds) <= client.prefetch
                self.seen.add(number)

    @precondition(lambda self: any(c.holds for c in self.clients))
    @rule(data=st.data(), multiple=st.booleans())
    def acknowledge(self, data: st.DataObject, multiple: bool) -> None:
        client = self.pick(data, holding=True)
        number = data.draw(st.sampled_from(list(client.holds)))
        message = client.holds[number]
        covered = (
            [n for n, m in client.holds.items() if m.delivery_tag <= message.delivery_tag] if multiple else [number]
        )
        message.ack(multiple=multiple)
        for each in covered:
            del client.holds[each]
            self.settled.add(each)

    @precondition(lambda self: any(c.holds for c in self.clients))
    @rule(data=st.data(), requeue=st.booleans())
    def reject(self, data: st.DataObject, requeue: bool) -> None:
        client = self.pick(data, holding=True)
        number = data.draw(st.sampled_from(list(client.holds)))
        client.holds.pop(number).reject(requeue=requeue)
        if requeue:
            self.back_in_line(number)
        else:
            self.settled.add(number)

    @precondition(lambda self: self.clients)
    @rule(data=st.data())
    def cancel_or_resume(self, data: st.DataObject) -> None:
        client = self.pick(data)
        if client.tag is None:
            client.consume()
        else:
            client.cancel()

    @precondition(lambda self: self.clients)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        client = self.pick(data)
        self.clients.remove(client)
        self.back_in_line(*client.holds)
        client.connection.release()

    @rule()
    def get(self) -> None:
        message = Queue("mail")(self.bus.connect().default_channel).get(no_ack=True)
        assert (message is None) is (not self.line)
        if message is not None:
            assert message.decode() == self.line.pop(0)
            self.settled.add(message.decode())

    @precondition(lambda self: not self.single_active)
    @rule()
    def nobody_with_room_is_left_waiting(self) -> None:
        progress = True
        while progress:
            progress = False
            for client in self.clients:
                self.handed.clear()
                try:
                    client.connection.drain_events(timeout=0)
                except TimeoutError:
                    continue
                progress = True
                for number in self.handed:
                    assert number == self.line.pop(0)
                    self.seen.add(number)
        assert not self.line or all(client.full for client in self.clients if client.tag is not None)

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "bus"):
            held = sum(len(client.holds) for client in self.clients)
            assert self.bus.depth() == (len(self.line), held)

    @invariant()
    def each_settled_message_is_confirmed_once(self) -> None:
        if hasattr(self, "bus"):
            while len(self.confirmed) < len(self.settled):
                self.publishing.drain_events(timeout=0)
            assert sorted(self.confirmed) == sorted(self.settled)

    def teardown(self) -> None:
        if not hasattr(self, "bus"):
            return
        for client in self.clients:
            self.back_in_line(*client.holds)
            client.connection.release()
        try:
            assert self.bus.reader().drain().bodies == self.line
        finally:
            self.bus.close()


Delivery.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestDelivery = Delivery.TestCase

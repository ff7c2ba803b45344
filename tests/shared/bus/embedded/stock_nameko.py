"""Stock nameko on the embedded bus, in a process that eventlet has patched. Prints what it saw, as JSON.

Run by test_embedded_nameko.py; patching must come before everything else, so it needs a process of its own.
"""

import eventlet

eventlet.monkey_patch()

import json  # noqa: E402
import time  # noqa: E402
from typing import Any  # noqa: E402

from kombu import Connection, Exchange, Queue  # noqa: E402
from nameko.constants import AMQP_URI_CONFIG_KEY  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402
from nameko.events import BROADCAST, EventDispatcher, event_handler  # noqa: E402
from nameko.exceptions import RemoteError, RpcTimeout, UnknownService  # noqa: E402
from nameko.messaging import QueueConsumer  # noqa: E402
from nameko.rpc import Rpc, RpcConsumer, RpcProxy, rpc  # noqa: E402
from nameko.standalone.rpc import ClusterRpcProxy  # noqa: E402

from shared.bus import embedded  # noqa: E402
from shared.bus.embedded.broker import broker_named  # noqa: E402

BROKER = "nameko"
CONFIG = {AMQP_URI_CONFIG_KEY: f"embedded://{BROKER}/"}
heard: list[tuple[str, Any]] = []


class Greeter:
    name = "greeter"
    dispatch = EventDispatcher()

    @rpc
    def greet(self, whom: str) -> str:
        self.dispatch("greeted", {"whom": whom})
        return f"您好，{whom}"

    @rpc
    def slow(self) -> str:
        eventlet.sleep(0.2)
        return "at last"

    @rpc
    def fail(self) -> None:
        raise ValueError("no")


class Secretary:
    name = "secretary"
    greeter = RpcProxy("greeter")
    nobody = RpcProxy("nobody")

    @rpc
    def greet_for(self, whom: str) -> str:
        answer: str = self.greeter.greet(whom)
        return answer

    @rpc
    def ask_nobody(self) -> str:
        try:
            self.nobody.anything()
        except UnknownService as error:
            return str(error)
        return "answered"

    @event_handler("greeter", "greeted")
    def note(self, event: dict[str, Any]) -> None:
        heard.append(("pool", event["whom"]))

    @event_handler("greeter", "greeted", handler_type=BROADCAST, reliable_delivery=False)
    def overhear(self, event: dict[str, Any]) -> None:
        heard.append(("broadcast", event["whom"]))


class PromptQueueConsumer(QueueConsumer):
    """Looks up from waiting when it shall stop, instead of at its next turn a second later."""

    def on_consume_ready(self, connection: Connection, *args: Any, **kwargs: Any) -> None:
        self.consuming = connection
        super().on_consume_ready(connection, *args, **kwargs)

    def unregister_provider(self, provider: Any) -> None:
        embedded.wake(self.consuming)
        super().unregister_provider(provider)


class PromptRpcConsumer(RpcConsumer):
    queue_consumer = PromptQueueConsumer()


class PromptRpc(Rpc):
    rpc_consumer = PromptRpcConsumer()


class Prompt:
    name = "prompt"

    @PromptRpc.decorator
    def greet(self) -> str:
        return "hi"


def raised(call: Any) -> str:
    try:
        call()
    except (RemoteError, RpcTimeout, UnknownService) as error:
        return f"{type(error).__name__}: {error}"
    return "nothing"


def confirm_after_the_handler() -> list[int]:
    """Tags confirmed before and after a consumer in another greenlet acknowledged."""
    confirmed: list[int] = []
    with Connection(CONFIG[AMQP_URI_CONFIG_KEY]) as ours, Connection(CONFIG[AMQP_URI_CONFIG_KEY]) as theirs:
        inbox = Queue("inbox", Exchange("x", "topic"), routing_key="#")
        channel = ours.channel()
        channel.confirm_select()
        channel.events["basic_ack"].add(lambda tag, multiple: confirmed.append(tag))
        inbox(theirs.default_channel).declare()
        channel.basic_publish(channel.prepare_message("x"), exchange="x", routing_key="k")

        def consume() -> None:
            eventlet.sleep(0.1)
            inbox(theirs.default_channel).get().ack()

        eventlet.spawn(consume)
        ours.drain_events(timeout=2)
    return confirmed


def let_others_in() -> float:
    """Seconds that a sleep of 0.05 takes beside a consumer that is never short of messages."""
    with Connection(CONFIG[AMQP_URI_CONFIG_KEY]) as connection:
        channel = connection.channel()
        channel.queue_declare("busy")
        channel.basic_consume("busy", callback=lambda message: message.requeue())
        channel.basic_publish(channel.prepare_message("x"), routing_key="busy")

        def consume() -> None:
            while True:
                connection.drain_events()

        busy = eventlet.spawn(consume)
        began = time.monotonic()
        eventlet.sleep(0.05)
        busy.kill()
        return time.monotonic() - began


def stop_promptly() -> float:
    container = ServiceContainer(Prompt, CONFIG)
    container.start()
    eventlet.sleep(0.1)
    began = time.monotonic()
    container.stop()
    return time.monotonic() - began


def kill_while_working() -> dict[str, tuple[int, int]]:
    """Depths of the greeter's queue before and after its container was killed with a call in hand."""
    container = ServiceContainer(Greeter, CONFIG)
    container.start()
    with ClusterRpcProxy(CONFIG) as cluster:
        cluster.greeter.slow.call_async()
        eventlet.sleep(0.05)
        before = embedded.queue_depths(BROKER)["rpc-greeter"]
        container.kill()
        return {"before": before, "after": embedded.queue_depths(BROKER)["rpc-greeter"]}


def scenario() -> dict[str, Any]:
    seen: dict[str, Any] = {}
    containers = [ServiceContainer(service, CONFIG) for service in (Greeter, Secretary)]
    for container in containers:
        container.start()
    with ClusterRpcProxy(CONFIG) as cluster:
        seen["answer"] = cluster.greeter.greet("世界")
        seen["through a service"] = cluster.secretary.greet_for("理事")
        seen["remote error"] = raised(cluster.greeter.fail)
        seen["unknown to a client"] = raised(cluster.nobody.anything)
        seen["unknown to a service"] = cluster.secretary.ask_nobody()
        seen["after the error"] = cluster.greeter.greet("again")
        began = time.monotonic()
        for _ in range(200):
            cluster.greeter.greet("speed")
        seen["seconds for 200 calls"] = time.monotonic() - began
    with ClusterRpcProxy(CONFIG, timeout=0.05) as cluster:
        seen["timeout"] = raised(cluster.greeter.slow)

    def call(number: int) -> str:
        with ClusterRpcProxy(CONFIG) as cluster:
            answer: str = cluster.greeter.greet(str(number))
            return answer

    pool = eventlet.GreenPool(50)
    seen["fifty at a time"] = sorted(pool.imap(call, range(50))) == sorted(f"您好，{n}" for n in range(50))
    eventlet.sleep(0.3)
    seen["heard by the pool"] = sum(kind == "pool" for kind, _ in heard)
    seen["heard by broadcast"] = sum(kind == "broadcast" for kind, _ in heard)
    seen["confirmed"] = confirm_after_the_handler()
    seen["seconds beside a busy consumer"] = let_others_in()
    seen["left in queues"] = {name: depth for name, depth in embedded.queue_depths(BROKER).items() if any(depth)}

    eventlet.sleep(0.2)
    worked = time.process_time()
    eventlet.sleep(2)
    seen["idle share of a core"] = (time.process_time() - worked) / 2

    connections = len(broker_named(BROKER).connections)
    began = time.monotonic()
    for container in containers:
        container.stop()
    seen["seconds to stop"] = time.monotonic() - began
    seen["connections closed by stopping"] = connections - len(broker_named(BROKER).connections)
    seen["broadcast queues left"] = [n for n in embedded.queue_depths(BROKER) if "overhear" in n]
    seen["seconds to stop promptly"] = stop_promptly()
    seen["killed"] = kill_while_working()
    return seen


if __name__ == "__main__":
    print(json.dumps(scenario()))

"""A private RabbitMQ node serves, fails on demand, comes back, and leaves nothing behind."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import amqp
import pytest

from shared.testing.rabbitmq import BrokerFailed, PrivateRabbitMQ
from shared.testing.rabbitmq_engines import free_ports

pytestmark = pytest.mark.rabbitmq

PERSISTENT = 2


@contextlib.contextmanager
def connected(node: PrivateRabbitMQ, vhost: str = "/") -> Iterator[Any]:
    client = amqp.Connection(
        f"127.0.0.1:{node.port}",
        userid=node.user,
        password=node.password,
        virtual_host=vhost,
        confirm_publish=True,
    )
    client.connect()
    try:
        yield client
    finally:
        with contextlib.suppress(OSError, amqp.AMQPError):
            client.close()


@pytest.fixture
def vhost(rabbitmq_node: PrivateRabbitMQ, rabbitmq_url: str) -> str:
    return rabbitmq_url.rpartition("/")[2]


def eventually(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def keep_one_message(node: PrivateRabbitMQ, vhost: str) -> None:
    with connected(node, vhost) as client:
        channel = client.channel()
        channel.queue_declare("kept", durable=True, auto_delete=False)
        channel.basic_publish(amqp.Message("minutes", delivery_mode=PERSISTENT), routing_key="kept")


def kept_message(node: PrivateRabbitMQ, vhost: str) -> str | None:
    with connected(node, vhost) as client:
        message = client.channel().basic_get("kept", no_ack=True)
        return None if message is None else str(message.body)


def test_every_test_has_a_virtual_host_of_its_own(
    rabbitmq_node: PrivateRabbitMQ, rabbitmq_url: str, vhost: str
) -> None:
    assert rabbitmq_url == rabbitmq_node.url(vhost)
    keep_one_message(rabbitmq_node, vhost)

    rabbitmq_node.create_vhost("next door/隔壁")
    with connected(rabbitmq_node, "next door/隔壁") as client, pytest.raises(amqp.NotFound):
        client.channel().queue_declare("kept", passive=True)

    rabbitmq_node.delete_vhost("next door/隔壁")
    with pytest.raises((amqp.NotAllowed, amqp.AccessRefused)), connected(rabbitmq_node, "next door/隔壁"):
        pass
    assert rabbitmq_node.url("next door/隔壁").endswith("/next%20door%2F%E9%9A%94%E5%A3%81")


def test_a_virtual_host_costs_milliseconds(rabbitmq_node: PrivateRabbitMQ) -> None:
    began = time.monotonic()
    for number in range(5):
        rabbitmq_node.create_vhost(f"quick-{number}")
        rabbitmq_node.delete_vhost(f"quick-{number}")

    # Starting rabbitmqctl ten times instead costs ten seconds.
    assert time.monotonic() - began < 5


def test_a_command_answers_its_value_and_a_wrong_one_says_why(rabbitmq_node: PrivateRabbitMQ) -> None:
    assert rabbitmq_node.eval("{one, {2, 3}}") == "{one,{2,3}}"
    with pytest.raises(BrokerFailed, match="badarith"):
        rabbitmq_node.eval("1 / 0")
    with pytest.raises(BrokerFailed, match="syntax error"):
        rabbitmq_node.eval("1 +")


def test_a_command_that_hangs_does_not_hold_up_the_next(rabbitmq_node: PrivateRabbitMQ) -> None:
    with pytest.raises(BrokerFailed, match="did not answer"):
        rabbitmq_node.eval("timer:sleep(60000)", timeout=0.2)

    assert rabbitmq_node.eval("1 + 1") == "2"


def test_it_is_not_the_broker_of_the_machine(rabbitmq_node: PrivateRabbitMQ) -> None:
    assert rabbitmq_node.port != 5672
    with pytest.raises(amqp.AccessRefused):
        amqp.Connection(f"127.0.0.1:{rabbitmq_node.port}", userid="guest", password="guest").connect()


def test_a_memory_alarm_blocks_publishers_until_it_ends(rabbitmq_node: PrivateRabbitMQ, vhost: str) -> None:
    told: list[str] = []
    client = amqp.Connection(
        f"127.0.0.1:{rabbitmq_node.port}",
        userid=rabbitmq_node.user,
        password=rabbitmq_node.password,
        virtual_host=vhost,
        on_blocked=lambda reason: told.append("blocked"),
        on_unblocked=lambda: told.append("unblocked"),
    )
    client.connect()
    channel = client.channel()
    rabbitmq_node.set_memory_alarm(True)
    try:
        # The broker tells a connection only once it tries to publish.
        channel.basic_publish(amqp.Message("x"), routing_key="nowhere")
        client.drain_events(timeout=10)
    finally:
        rabbitmq_node.set_memory_alarm(False)
    client.drain_events(timeout=10)
    client.close()

    assert told == ["blocked", "unblocked"]


def test_a_stopped_broker_refuses_and_a_started_one_serves_again(rabbitmq_node: PrivateRabbitMQ, vhost: str) -> None:
    keep_one_message(rabbitmq_node, vhost)
    rabbitmq_node.stop_app()
    try:
        with pytest.raises(OSError, match=r"refused|reset"):
            socket.create_connection(("127.0.0.1", rabbitmq_node.port), timeout=2)
    finally:
        rabbitmq_node.start_app()

    assert kept_message(rabbitmq_node, vhost) == "minutes"


def test_a_restart_keeps_the_port_and_what_was_on_disk(rabbitmq_node: PrivateRabbitMQ, vhost: str) -> None:
    keep_one_message(rabbitmq_node, vhost)
    port, pid = rabbitmq_node.port, rabbitmq_node.pid

    rabbitmq_node.restart()

    assert rabbitmq_node.port == port
    assert rabbitmq_node.pid != pid
    assert kept_message(rabbitmq_node, vhost) == "minutes"


def test_after_a_kill_the_confirmed_message_is_still_there(rabbitmq_node: PrivateRabbitMQ, vhost: str) -> None:
    keep_one_message(rabbitmq_node, vhost)

    rabbitmq_node.kill()
    with pytest.raises(BrokerFailed, match="not running"):
        rabbitmq_node.eval("1")
    rabbitmq_node.start()

    assert kept_message(rabbitmq_node, vhost) == "minutes"


def test_free_ports_differ_and_can_be_listened_on() -> None:
    ports = free_ports(5)

    assert len(set(ports)) == 5
    for port in ports:
        with socket.create_server(("127.0.0.1", port)):
            pass


def test_nothing_is_left_when_the_tests_are_killed() -> None:
    """SIGKILL gives nobody a chance to clear up: the guard does, and takes the port mapper with it."""
    program = (
        "import time\n"
        "from shared.testing.rabbitmq import PrivateRabbitMQ\n"
        "node = PrivateRabbitMQ()\n"
        "node.start()\n"
        "print(node.pid, node.port, node._console().parent, flush=True)\n"
        "time.sleep(600)\n"
    )
    tests = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert tests.stdout is not None
    pid, port, folder = tests.stdout.readline().split()
    group = os.getpgid(int(pid))
    assert len(members(group)) >= 2, "the node and its port mapper"

    tests.send_signal(signal.SIGKILL)
    tests.wait()
    tests.stdout.close()

    assert eventually(lambda: not members(group))
    assert eventually(lambda: not Path(folder).exists())
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(port)), timeout=2)


def members(group: int) -> list[str]:
    """The live processes of a process group; one that has ended but was not collected does not count."""
    table = subprocess.run(["ps", "-e", "-o", "pgid=,stat=,args="], check=True, capture_output=True, text=True).stdout
    rows = [line.split(None, 2) for line in table.splitlines()]
    return [row[2] for row in rows if int(row[0]) == group and not row[1].startswith("Z")]

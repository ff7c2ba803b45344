"""The stock echo and its caller in one process, on kombu's memory transport looking for messages every millisecond."""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402

import eventlet.tpool  # noqa: E402
from callers import Call, Callers  # noqa: E402
from echo import EchoService  # noqa: E402
from kombu.transport import memory  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402
from nameko.standalone.rpc import ClusterRpcProxy  # noqa: E402
from role import obey  # noqa: E402

# The standalone proxy takes no transport options, so the default itself is set.
memory.Transport.polling_interval = 0.001


class Message(memory.Channel.Message):
    """nameko reads the content type of a request among its properties, where RabbitMQ's messages have it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.properties.setdefault("content_type", self.content_type)


memory.Channel.Message = Message
CONFIG = {"AMQP_URI": "memory://localhost"}


def connect() -> Call:
    services = ClusterRpcProxy(CONFIG, timeout=10).start()
    return lambda text: services.echo.echo(text)["text"]


if __name__ == "__main__":
    container = ServiceContainer(EchoService, CONFIG)
    container.start()
    obey(Callers(connect, most=1).burst, read=lambda: eventlet.tpool.execute(sys.stdin.readline))

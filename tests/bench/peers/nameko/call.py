"""Calls the stock echo: a ClusterRpcProxy a thread. ``python call.py URL``."""

import sys

from callers import Call, Callers
from nameko.standalone.rpc import ClusterRpcProxy
from role import obey


def connect() -> Call:
    services = ClusterRpcProxy({"AMQP_URI": sys.argv[1]}, timeout=10).start()
    return lambda text: services.echo.echo(text)["text"]


if __name__ == "__main__":
    obey(Callers(connect).burst)

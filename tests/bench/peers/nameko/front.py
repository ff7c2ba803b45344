"""HTTP in front of the stock services: Flask in threads, an RPC proxy a thread, since a proxy is not for sharing."""

import os
import threading

from flask import Flask, request
from nameko.standalone.rpc import ClusterRpcProxy

app = Flask(__name__)
own = threading.local()


def services():
    if not hasattr(own, "services"):
        own.services = ClusterRpcProxy({"AMQP_URI": os.environ["BENCH_AMQP_URL"]}, timeout=10).start()
    return own.services


@app.post("/v1/notes/notes")
def take_note():
    return services().notes.take_note(request.get_json()["text"]), 201

"""Calls our echo as the gateway does: one RpcClient for all threads, a token with each call. The bus and the token
are in ``XIEHUI_AMQP_URL`` and ``BENCH_TOKEN``."""

import os
import uuid

from callers import Call, Callers
from role import obey

from shared.bus.client import RpcClient


def caller(client: RpcClient) -> Call:
    """A way to call the echo through ``client``."""
    authorization = f"Bearer {os.environ['BENCH_TOKEN']}"

    def call(text: str) -> str:
        headers = {"authorization": authorization, "correlation-id": str(uuid.uuid4())}
        answer = client.call("notes", "echo", {"text": text}, headers=headers)
        if answer["status"] != 200:
            raise AssertionError(answer)
        return str(answer["body"]["text"])

    return call


if __name__ == "__main__":
    shared_by_all = RpcClient(os.environ["XIEHUI_AMQP_URL"])
    obey(Callers(lambda: caller(shared_by_all)).burst)

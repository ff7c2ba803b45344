"""The calling end of RPC: what is refused before anything is sent."""

import pytest

from shared.bus import client
from shared.bus.client import RpcClient
from shared.errors import Malformed, TooLarge, Unavailable

NOBODY = "amqp://127.0.0.1:1//"


def test_a_request_that_the_bus_would_not_take_is_refused_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LARGEST_MESSAGE", 2**20)
    caller = RpcClient(NOBODY)
    with pytest.raises(TooLarge, match="1 MiB"):
        caller.call("teller", "echo", {"text": "x" * 2**20})
    with pytest.raises(Unavailable):
        caller.call("teller", "echo", {"text": "x" * (2**20 - 100)})


def test_a_request_that_is_no_json_is_refused_here() -> None:
    with pytest.raises(Malformed):
        RpcClient(NOBODY).call("teller", "echo", {"text": object()})

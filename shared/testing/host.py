"""A process that runs services for tests, and does what the test tells it, a JSON line at a time.

``python -m shared.testing.host`` reads one line of configuration from standard input, starts the services it names
and answers each further line with a line that has the same number; lines are worked on side by side. It is how tests
reach services on the embedded bus (which lives in one process), set the business clock, put raw messages on the bus,
and kill things for real.
"""

import base64
import json
import sys
import time
import uuid
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from shared import green

green.patch()

from shared import clock  # noqa: E402  (nothing may be imported before the process is green)
from shared.bus.client import EXCHANGE, RpcClient  # noqa: E402
from shared.bus.connection import connect  # noqa: E402
from shared.errors import Problem  # noqa: E402
from shared.observe.logs import configure  # noqa: E402
from shared.running import start  # noqa: E402
from shared.settings import Settings  # noqa: E402


class Host:
    """What the test can have done here."""

    def __init__(self, configuration: dict[str, Any]) -> None:
        if configuration.get("clock"):
            clock.use(clock.SettableClock(datetime.fromisoformat(configuration["clock"])))
        self.log = Path(configuration["log"]).open("a", buffering=1)  # noqa: SIM115 (open as long as the process)
        configure(stream=self.log)
        for module in configuration.get("joined_by", []):
            import_module(module).join()
        settings = configuration["settings"]
        self.settings = replace(
            Settings(),
            **{
                **settings,
                "keys": Path(settings["keys"]),
                "retry_delays": tuple(settings.get("retry_delays", Settings.retry_delays)),
                "mail_retry_delays": tuple(settings.get("mail_retry_delays", Settings.mail_retry_delays)),
            },
        )
        names = configuration["services"]
        self.runner = start(self.settings, names) if names else None
        self.client = RpcClient(self.settings.amqp_url)

    def set_clock(self, now: str) -> None:
        settable = clock.settable()
        assert settable is not None
        settable.set(datetime.fromisoformat(now))

    def call(
        self, service: str, operation: str, arguments: dict[str, Any], headers: dict[str, Any], deadline: float
    ) -> Any:
        try:
            return self.client.call(service, operation, arguments, headers=headers, deadline=deadline)
        except Problem as problem:
            return {"status": problem.status, "problem": problem.as_dict("zh"), "raised": True}

    def publish(
        self,
        exchange: str,
        routing_key: str,
        headers: dict[str, Any],
        body: str,
        content_type: str | None,
        properties: dict[str, Any],
    ) -> None:
        with connect(self.settings.amqp_url) as connection:
            self._put(connection.channel(), exchange, routing_key, headers, body, content_type, properties)

    def ask(
        self,
        routing_key: str,
        headers: dict[str, Any],
        body: str,
        content_type: str | None,
        within: float,
    ) -> Any:
        """What comes back for a raw request on the RPC exchange; None when nothing does."""
        reply_to = f"asked-{uuid.uuid4()}"
        replies: list[str | bytes] = []
        with connect(self.settings.amqp_url) as connection:
            channel = connection.channel()
            channel.queue_declare(queue=reply_to, exclusive=True, auto_delete=True)
            channel.queue_bind(queue=reply_to, exchange=EXCHANGE, routing_key=reply_to)
            channel.basic_consume(queue=reply_to, no_ack=True, callback=lambda reply: replies.append(reply.body))
            self._put(channel, EXCHANGE, routing_key, headers, body, content_type, {"reply_to": reply_to})
            deadline = time.monotonic() + within
            while not replies and time.monotonic() < deadline:
                try:
                    connection.drain_events(timeout=0.2)
                except TimeoutError:
                    continue
        return json.loads(replies[0]) if replies else None

    @staticmethod
    def _put(
        channel: Any,
        exchange: str,
        routing_key: str,
        headers: dict[str, Any],
        body: str,
        content_type: str | None,
        properties: dict[str, Any],
    ) -> None:
        message = channel.prepare_message(
            base64.b64decode(body),
            content_type=content_type,
            content_encoding="utf-8",
            headers=headers,
            properties={"delivery_mode": 2, **properties},
        )
        channel.basic_publish(message, exchange=exchange, routing_key=routing_key)

    def stop(self) -> float:
        """Stop in order; how many seconds the services took."""
        self.client.close()
        began = time.monotonic()
        if self.runner is not None:
            self.runner.stop()
        return time.monotonic() - began

    def answer(self, request: dict[str, Any]) -> None:
        number, action = request.pop("n"), request.pop("do")
        try:
            reply = {"n": number, "answer": getattr(self, action)(**request)}
        except Exception as error:
            reply = {"n": number, "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply, default=str), flush=True)


def main(kind: type[Host] = Host) -> None:
    host = kind(json.loads(sys.stdin.readline()))
    print(json.dumps({"ready": True}), flush=True)
    import eventlet
    import eventlet.tpool

    while True:
        # Reading a pipe would block the hub and every service with it.
        line = eventlet.tpool.execute(sys.stdin.readline)
        if not line:
            break
        request = json.loads(line)
        if request["do"] == "stop":
            host.answer(request)
            break
        eventlet.spawn(host.answer, request)


if __name__ == "__main__":
    main()

"""Calls over HTTP/1.1 from one loop, a kept connection a caller, and checks each answer.

``python httpcaller.py PORT GET /path`` sends the text as ``?text=``, ``POST /path`` in a JSON body. Each further
argument is a header. It does no more than it must, so that the machine's time goes to who is measured.
"""

import asyncio
import itertools
import json
import sys
import threading
import time
from urllib.parse import quote

from callers import summary, text_of
from role import obey

PORT, METHOD, PATH = int(sys.argv[1]), sys.argv[2], sys.argv[3]
HEADERS = "".join(f"{header}\r\n" for header in ("Host: 127.0.0.1", "Accept: application/json", *sys.argv[4:]))
EXPECTED = b"200" if METHOD == "GET" else b"201"
PATIENCE = 20.0

numbers = itertools.count(1)


def request(text: str) -> bytes:
    if METHOD == "GET":
        return f"GET {PATH}?text={quote(text)} HTTP/1.1\r\n{HEADERS}\r\n".encode()
    body = json.dumps({"text": text}, ensure_ascii=False).encode()
    head = f"POST {PATH} HTTP/1.1\r\n{HEADERS}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One caller's connection: what has come in, until it is a whole answer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.waiting: asyncio.Future[bytes] | None = None

    def ask(self, sent: bytes) -> "asyncio.Future[bytes]":
        self.received = b""
        self.wanted: int | None = None
        self.waiting = asyncio.get_running_loop().create_future()
        self.transport.write(sent)
        return self.waiting

    def data_received(self, data: bytes) -> None:
        self.received += data
        if self.wanted is None:
            head, found, _ = self.received.partition(b"\r\n\r\n")
            if not found:
                return
            lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            self.wanted = len(head) + 4 + int(lengths[0].partition(b":")[2])
        if len(self.received) >= self.wanted and self.waiting and not self.waiting.done():
            self.waiting.set_result(self.received)

    def connection_lost(self, error: Exception | None) -> None:
        if self.waiting and not self.waiting.done():
            self.waiting.set_exception(ConnectionError(f"the server hung up: {error}"))


async def work(caller: int, end: float) -> list[float]:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(Connection, "127.0.0.1", PORT)
    latencies = []
    began = time.perf_counter()
    try:
        while began < end:
            text = text_of(caller, next(numbers))
            answer = await asyncio.wait_for(connection.ask(request(text)), PATIENCE)
            now = time.perf_counter()
            head, _, body = answer.partition(b"\r\n\r\n")
            if head[9:12] != EXPECTED or json.loads(body)["text"] != text:
                raise AssertionError(f"asked {text!r}, answered {answer.decode(errors='replace')}")
            latencies.append(now - began)
            began = now
    finally:
        connection.transport.close()
    return latencies


async def do(callers: int, seconds: float) -> dict:
    began = time.perf_counter()
    done = await asyncio.gather(*(work(caller, began + seconds) for caller in range(callers)))
    return summary([each for latencies in done for each in latencies], time.perf_counter() - began)


if __name__ == "__main__":
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    obey(lambda callers, seconds: asyncio.run_coroutine_threadsafe(do(callers, seconds), loop).result())

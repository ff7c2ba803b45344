"""Calls the FastStream subscriber from tasks of one loop: ``broker.request``. ``python call.py URL``."""

import asyncio
import itertools
import sys
import threading
import time

import uvloop
from callers import summary, text_of
from faststream.rabbit import RabbitBroker
from role import obey

broker = RabbitBroker(sys.argv[1])
loop = uvloop.new_event_loop()
numbers = itertools.count(1)


async def work(caller: int, end: float) -> list[float]:
    latencies = []
    began = time.perf_counter()
    while began < end:
        text = text_of(caller, next(numbers))
        reply = await broker.request({"text": text}, queue="echo", timeout=10)
        answer = (await reply.decode())["text"]
        now = time.perf_counter()
        if answer != text:
            raise AssertionError(f"asked {text!r}, answered {answer!r}")
        latencies.append(now - began)
        began = now
    return latencies


async def do(callers: int, seconds: float) -> dict:
    began = time.perf_counter()
    done = await asyncio.gather(*(work(caller, began + seconds) for caller in range(callers)))
    return summary([each for latencies in done for each in latencies], time.perf_counter() - began)


def burst(callers: int, seconds: float) -> dict:
    return asyncio.run_coroutine_threadsafe(do(callers, seconds), loop).result()


if __name__ == "__main__":
    threading.Thread(target=loop.run_forever, daemon=True).start()
    asyncio.run_coroutine_threadsafe(broker.connect(), loop).result(30)
    obey(burst)

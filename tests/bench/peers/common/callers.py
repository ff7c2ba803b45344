"""Callers in threads: each calls, checks what comes back, and calls again, until the time of a burst is over.

Every contender that calls from threads does it through here, so that the callers are the same and only the clients
differ. The threads, and whatever they are connected to, stay from one burst to the next.
"""

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

Call = Callable[[str], str]
"""Sends a text, and gives back the text that came in return."""


def text_of(caller: int, number: int) -> str:
    """What caller ``caller`` sends in its call ``number``: no two are alike, so a mixed-up answer shows."""
    return f"第 {number} 号来文，经办人 {caller}：请协会秘书处阅办。"


def summary(latencies: list[float], seconds: float) -> dict[str, Any]:
    """What a burst tells: how many calls in how many seconds; latencies in milliseconds."""
    ranked = sorted(latencies)
    return {
        "calls": len(ranked),
        "seconds": seconds,
        "p50": ranked[len(ranked) // 2] * 1000,
        "p99": ranked[int(len(ranked) * 0.99)] * 1000,
    }


class Callers:
    """``connect`` is called once in each of ``most`` threads and gives that thread's way to call."""

    def __init__(self, connect: Callable[[], Call], most: int = 16) -> None:
        self._connect = connect
        self._orders: list[SimpleQueue[float]] = [SimpleQueue() for _ in range(most)]
        self._done: SimpleQueue[list[float] | Exception] = SimpleQueue()
        self._numbers = [0] * most
        for caller in range(most):
            threading.Thread(target=self._live, args=[caller], daemon=True).start()

    def burst(self, callers: int, seconds: float) -> dict[str, Any]:
        """``callers`` of them call for ``seconds``. Any answer that is wrong, or does not come, fails the burst."""
        began = time.perf_counter()
        for order in self._orders[:callers]:
            order.put(began + seconds)
        latencies: list[float] = []
        failed: Exception | None = None
        for _ in range(callers):
            done = self._done.get()
            if isinstance(done, Exception):
                failed = done
            else:
                latencies += done
        if failed is not None:
            raise failed
        return summary(latencies, time.perf_counter() - began)

    def _live(self, caller: int) -> None:
        call: Call | None = None
        while True:
            end = self._orders[caller].get()
            try:
                call = call or self._connect()
                self._done.put(self._work(caller, call, end))
            except Exception as error:
                self._done.put(error)

    def _work(self, caller: int, call: Call, end: float) -> list[float]:
        latencies = []
        began = time.perf_counter()
        while began < end:
            self._numbers[caller] += 1
            text = text_of(caller, self._numbers[caller])
            answer = call(text)
            now = time.perf_counter()
            if answer != text:
                raise AssertionError(f"asked {text!r}, answered {answer!r}")
            latencies.append(now - began)
            began = now
        return latencies

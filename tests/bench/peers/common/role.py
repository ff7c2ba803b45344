"""A process of the benchmark that does what it is told: a JSON line comes in, a JSON line goes out.

Plain Python and nothing else, since the interpreters of all peers import it.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any


def obey(
    do: Callable[..., dict[str, Any]], *, read: Callable[[], str] = sys.stdin.readline, ready: bool = True
) -> None:
    """Call ``do(**request)`` for each request, until the input ends. What it raises is answered as ``error``."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a library prints is no answer
    if ready:
        print(json.dumps({"ready": True}), file=answers, flush=True)
    while line := read():
        try:
            answer = do(**json.loads(line))
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), file=answers, flush=True)

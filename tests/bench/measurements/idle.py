"""What the whole association costs while nobody asks it anything: ``xiehui run --all --embedded``, as it is started.

CPU of the process itself, in percent of one core, once it has settled. Its PostgreSQL is counted apart.
"""

import re
import sys
import time
from collections.abc import Sequence

from tests.bench.harness.outcome import Outcome
from tests.bench.harness.place import Place
from tests.bench.harness.roles import Role

KEYS = ("embedded_idle_cpu",)
STARTING = 120.0
SETTLING = 5.0
SECONDS = 20.0
STANDS = re.compile(r"Ctrl-C 停止 / stops")


def measure(place: Place, keys: Sequence[str], rounds: int | None = None) -> Outcome:
    outcome = Outcome()
    command = (sys.executable, "-P", "-m", "shared.cli", "run", "--all", "--embedded", "--port", "0")
    place.told("idle …")
    with place.start("the association", *command, "--data", place.folder / "idle") as process:
        try:
            _stands(process)
        except Exception as error:
            outcome.failures["idle"] = str(error)
            return outcome
        place.told(f"idle · {SETTLING + SECONDS:.0f} s")
        time.sleep(SETTLING)
        own, all_before = process.cpu(children=False), process.cpu()
        began = time.monotonic()
        time.sleep(SECONDS)
        seconds = time.monotonic() - began
        own = process.cpu(children=False) - own
        children = process.cpu() - all_before - own
    for key in keys:
        outcome.values[key] = own / seconds * 100
    outcome.values["embedded_idle_cpu_of_postgresql"] = children / seconds * 100
    outcome.notes.append(
        f"空闲 / idle: 进程 process {own / seconds:.2%}, PostgreSQL {children / seconds:.2%} ({SECONDS:.0f} s)"
    )
    return outcome


def _stands(process: Role) -> None:
    deadline = time.monotonic() + STARTING
    while not STANDS.search(process.log.read_text(errors="replace")):
        if process.ended:
            raise process.failure("ended")
        if time.monotonic() > deadline:
            raise process.failure(f"does not stand after {STARTING:.0f} s")
        time.sleep(0.2)

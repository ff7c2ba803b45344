"""Hosts are forked: as real as those that Python starts, with deaths of their own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from shared.testing.forking import Forked, forked

HOST = "shared.testing.host"


def started(folder: Path) -> Forked:
    process = forked(HOST)
    process.stdin.write(json.dumps({"services": [], "settings": {"keys": str(folder)}, "log": f"{folder}/log"}) + "\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline()) == {"ready": True}
    return process


def test_each_is_a_process_of_its_own_session_that_dies_its_own_death(tmp_path: Path) -> None:
    one, other, third = (started(tmp_path) for _ in range(3))
    assert len({os.getpid(), one.pid, other.pid, third.pid}) == 4
    assert [os.getsid(process.pid) for process in (one, other)] == [one.pid, other.pid]
    with pytest.raises(subprocess.TimeoutExpired):
        one.wait(0.05)

    one.kill()
    assert (one.wait(5), other.poll(), third.poll()) == (-signal.SIGKILL, None, None)
    os.kill(other.pid, signal.SIGTERM)
    assert other.wait(5) == -signal.SIGTERM
    third.stdin.close()
    assert third.wait(5) == 0, "the end of its input is no secret: nobody else holds that pipe"
    assert not any(psutil.pid_exists(process.pid) for process in (one, other, third))


def test_a_module_that_fails_says_so_by_its_status() -> None:
    process = forked("shared.testing.no_such_module")
    assert (process.wait(5), process.poll(), process.stdout.read()) == (1, 1, "")


def test_threads_that_ask_at_once_ask_one_nursery() -> None:
    program = """
from concurrent.futures import ThreadPoolExecutor
import psutil
from shared.testing.forking import forked
with ThreadPoolExecutor(4) as pool:
    hosts = list(pool.map(forked, 4 * ["shared.testing.host"]))
print(len({host.pid for host in hosts}), len({psutil.Process(host.pid).ppid() for host in hosts}))
"""
    asked = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True)
    assert asked.stdout.split() == ["4", "1"]


def test_all_end_with_who_asked_for_them(tmp_path: Path) -> None:
    program = f"""
import os, psutil
from pathlib import Path
from tests.shared.testing.test_forking import started
process = started(Path({str(tmp_path)!r}))
print(process.pid, psutil.Process(process.pid).ppid(), flush=True)
os.kill(os.getpid(), 9)
"""
    asked = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=False)
    assert asked.returncode == -signal.SIGKILL
    left = [psutil.Process(pid) for pid in map(int, asked.stdout.split()) if psutil.pid_exists(pid)]
    assert psutil.wait_procs(left, timeout=10)[1] == []

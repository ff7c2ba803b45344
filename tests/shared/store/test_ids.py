"""Ids: in order of making, within a process and among processes."""

import subprocess
import sys
import threading
import time
import uuid

import pytest

from shared.store import base
from shared.store.base import new_id

MANY = 20_000


def milliseconds(id: uuid.UUID) -> int:
    return id.int >> 80


def test_an_id_is_a_uuid_of_version_7() -> None:
    ids = {new_id() for _ in range(MANY)}
    assert len(ids) == MANY
    assert {(id.version, id.variant) for id in ids} == {(7, uuid.RFC_4122)}


def test_ids_come_in_order_and_never_from_the_future_however_many_are_made() -> None:
    began = time.time_ns() // 1_000_000
    ids = [new_id() for _ in range(MANY)]
    ended = time.time_ns() // 1_000_000
    assert ids == sorted(ids)
    assert began <= milliseconds(ids[0]) <= milliseconds(ids[-1]) <= ended + 1


def test_what_another_process_makes_later_comes_later() -> None:
    program = "from shared.store.base import new_id\nfor _ in range(5000): last = new_id()\nprint(last)"
    elsewhere = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert uuid.UUID(elsewhere.stdout.strip()) < new_id()


def test_threads_get_different_ids_in_order() -> None:
    made: list[list[uuid.UUID]] = []

    def work() -> None:
        made.append([new_id() for _ in range(2000)])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(ids == sorted(ids) for ids in made)
    assert len({id for ids in made for id in ids}) == 8000


def test_a_clock_that_is_set_back_does_not_set_back_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    before = new_id()
    monkeypatch.setattr(base.time, "time_ns", lambda: 1_000_000_000)
    assert before < new_id() < new_id()

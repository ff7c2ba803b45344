"""A loop runs when woken and now and then, never dies, and stops at once."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from shared.errors import Unavailable
from shared.loops import Loop
from shared.testing.association import eventually

LONG = 600.0


class Work:
    """Counts how often it is done; does what it is told the n-th time, else has nothing more to do."""

    def __init__(self) -> None:
        self.done = 0
        self.plan: list[Callable[[], bool | float]] = []
        self.at: list[float] = []

    def __call__(self) -> bool | float:
        self.done += 1
        self.at.append(time.monotonic())
        return self.plan.pop(0)() if self.plan else False


def away() -> bool:
    raise Unavailable("不在", "Away")


def broken() -> bool:
    raise RuntimeError("a bug")


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def start(work: Work) -> Iterator[Callable[..., Loop]]:
    loops: list[Loop] = []

    def start(interval: float = LONG, calm: float = 0.0) -> Loop:
        loop = Loop("test", work, interval=interval, calm=calm)
        loops.append(loop)
        loop.start()
        return loop

    yield start
    for loop in loops:
        loop.stop()


def test_it_works_at_once_and_then_waits(work: Work, start: Callable[..., Loop]) -> None:
    start()
    eventually(lambda: work.done == 1)


def test_it_works_when_woken(work: Work, start: Callable[..., Loop]) -> None:
    loop = start()
    for turn in (1, 2, 3):
        eventually(lambda: work.done == turn)  # noqa: B023 (asked at once)
        loop.wake.set()


def test_it_works_now_and_then_by_itself(work: Work, start: Callable[..., Loop]) -> None:
    start(interval=0.01)
    eventually(lambda: work.done >= 5)


def test_it_works_again_when_its_work_says_so(work: Work, start: Callable[..., Loop]) -> None:
    work.plan = [lambda: 0.01] * 5
    start()
    eventually(lambda: work.done == 6)


def test_what_wakes_it_in_one_go_is_done_in_one_go(work: Work, start: Callable[..., Loop]) -> None:
    loop = start(calm=1.0)
    eventually(lambda: work.done == 1)
    for _ in range(20):
        loop.wake.set()
        time.sleep(0.01)
    eventually(lambda: work.done >= 2)
    assert work.done == 2


def test_it_goes_on_at_once_while_there_is_more(work: Work, start: Callable[..., Loop]) -> None:
    work.plan = [lambda: True] * 50
    start()
    eventually(lambda: work.done == 51)


def test_it_is_not_deaf_while_it_works(work: Work, start: Callable[..., Loop]) -> None:
    entered, leave = threading.Event(), threading.Event()

    def busy() -> bool:
        entered.set()
        return leave.wait(30) and False

    work.plan = [busy]
    loop = start()
    assert entered.wait(30)
    loop.wake.set()
    leave.set()
    eventually(lambda: work.done == 2)


@pytest.mark.parametrize("fails", [away, broken])
def test_it_survives_what_its_work_raises_and_pauses_longer_each_time(
    work: Work, start: Callable[..., Loop], fails: Callable[[], bool]
) -> None:
    work.plan = [fails] * 3
    loop = start()
    # Whoever wakes it meanwhile does not make a storm of it.
    eventually(lambda: loop.wake.set() or work.done >= 4, within=30)
    first, second, third = (b - a for a, b in zip(work.at, work.at[1:4], strict=False))
    assert (first >= 0.25, second >= 0.5, third >= 1.0) == (True, True, True)


def test_success_makes_the_pauses_short_again(work: Work, start: Callable[..., Loop]) -> None:
    days = [broken, broken, lambda: True, broken, lambda: True]
    work.plan = days * 3
    start()
    eventually(lambda: work.done == len(days) * 3 + 1, within=60)
    after_success = [work.at[day + 4] - work.at[day + 3] for day in range(0, len(days) * 3, len(days))]
    # On a machine that is busy elsewhere one of them may be longer than was asked for.
    assert min(after_success) < 1.0, "a third pause in a row would be that long"


@pytest.mark.parametrize("fails", [None, broken], ids=["idle", "pausing"])
def test_it_stops_at_once(work: Work, start: Callable[..., Loop], fails: Callable[[], bool] | None) -> None:
    work.plan = [fails] * 6 if fails else []
    loop = start()
    eventually(lambda: work.done >= (4 if fails else 1), within=30)
    asked = time.monotonic()
    loop.stop(30)
    assert time.monotonic() - asked < 1.5
    assert not loop._thread.is_alive()
    done = work.done
    loop.wake.set()
    assert work.done == done


def test_it_finishes_what_it_has_in_hand(work: Work, start: Callable[..., Loop]) -> None:
    entered, leave = threading.Event(), threading.Event()
    work.plan = [lambda: bool(entered.set()) or leave.wait(30)]
    loop = start()
    assert entered.wait(30)
    loop.ask_to_stop()
    leave.set()
    loop.stop(30)
    assert not loop._thread.is_alive()
    assert work.done == 1

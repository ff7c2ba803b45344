"""Each test runs in a process of its own, since monkey-patching can't be taken back."""

import subprocess
import sys
import textwrap


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


PATCHED = """
    import eventlet
    eventlet.monkey_patch()
    from eventlet import patcher
    from shared.offload import off_hub, thread_lock
    hold = patcher.original("time").sleep      # blocks a real thread, as a long computation does
"""


def test_another_green_thread_goes_on_during_one_second_of_blocking_work() -> None:
    output = run(
        PATCHED
        + """
    ticks = 0
    def tick():
        global ticks
        while True:
            ticks += 1
            eventlet.sleep(0.01)
    eventlet.spawn(tick)
    eventlet.sleep(0.05)

    before = ticks
    hold(1)
    assert ticks == before, "the control: straight on the hub nothing else moves"
    off_hub(hold, 1)
    print(ticks - before)
    """
    )
    assert int(output) > 50


def test_results_errors_and_context_come_back_from_the_real_thread() -> None:
    output = run(
        PATCHED
        + """
    import contextvars
    real_threading = patcher.original("threading")
    who = contextvars.ContextVar("who")
    who.set("caller")

    def work(*, name):
        return name, who.get(), real_threading.get_ident()
    name, context, thread = off_hub(work, name="甲")
    assert (name, context) == ("甲", "caller")
    assert thread != real_threading.get_ident()

    looks_like_an_error = (ValueError, ValueError("x"), None)
    assert off_hub(lambda: looks_like_an_error) is looks_like_an_error
    assert off_hub(lambda: off_hub(lambda: "nested")) == "nested"

    class Panic(BaseException):
        pass
    def fail(kind):
        raise kind("why")
    for kind in (ValueError, Panic, SystemExit):
        with eventlet.Timeout(5):
            try:
                off_hub(fail, kind)
            except kind as error:
                assert str(error) == "why"
            else:
                raise AssertionError(kind)
    print("ok")
    """
    )
    assert output == "ok"


def test_the_lock_holds_between_real_threads_of_a_patched_process() -> None:
    output = run(
        PATCHED
        + """
    lock = thread_lock()
    inside = most = 0
    def work():
        global inside, most
        with lock:
            inside += 1
            most = max(most, inside)
            hold(0.02)
            inside -= 1
    threads = [eventlet.spawn(off_hub, work) for _ in range(10)]
    for thread in threads:
        thread.wait()
    print(most)
    """
    )
    assert output == "1"


def test_an_unpatched_process_runs_the_work_on_the_spot_and_never_loads_eventlet() -> None:
    output = run(
        """
    import sys, threading
    from shared.offload import off_hub, thread_lock
    assert off_hub(threading.get_ident) == threading.get_ident()
    with thread_lock():
        pass
    assert "eventlet" not in sys.modules
    print("ok")
    """
    )
    assert output == "ok"


def test_eventlet_loaded_but_not_patched_in_runs_the_work_on_the_spot() -> None:
    output = run(
        """
    import threading, eventlet
    from shared.offload import off_hub
    assert off_hub(threading.get_ident) == threading.get_ident()
    print("ok")
    """
    )
    assert output == "ok"

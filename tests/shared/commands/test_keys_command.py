"""``xiehui keys`` against services that run: they are never restarted, and callers notice nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shared.identity.rotating import Keyrings
from shared.identity.watching import LOOK_EVERY
from shared.store.base import new_id
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import Person, eventually
from shared.testing.processes import xiehui
from shared.testing.telling import Pair


@pytest.fixture
def pair(postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[Pair]:
    with Pair.on("embedded://rotating/", postgres, tmp_path) as pair:
        yield pair


@dataclass
class Calls:
    """What came of calls that need a permission."""

    fine: int = 0
    refused: list[object] = field(default_factory=list)

    def one(self, pair: Pair, who: Person) -> bool:
        answer = pair.call("teller", "open_topic", as_=who, name=f"topic {new_id()}", key=str(new_id()))
        if answer.problem is not None:
            self.refused.append(dict(answer.problem))
            return False
        self.fine += 1
        return True


@contextmanager
def calling(pair: Pair, calls: Calls, who: Person | None = None) -> Iterator[None]:
    """Calls all the while: as ``who``, or each time as somebody who has signed in just now."""
    stop = threading.Event()

    def call() -> None:
        while not stop.is_set():
            calls.one(pair, who or pair.person("teller"))

    thread = threading.Thread(target=call)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def key_of(pair: Pair, name: str) -> str:
    holders = Keyrings(Path(str(pair.settings["keys"]))).holders()
    return next(holder.key for holder in holders if holder.service == name)


def run(pair: Pair, *arguments: str, expect: int = 0) -> str:
    done = xiehui("keys", *arguments, XIEHUI_KEYS=str(pair.settings["keys"]))
    assert done.returncode == expect, done.stdout
    return done.stdout


def test_no_call_is_refused_while_keys_and_root_are_rotated(pair: Pair) -> None:
    before = pair.person("teller")
    old_key = key_of(pair, "teller")
    fresh, kept = Calls(), Calls()
    with calling(pair, fresh), calling(pair, kept, before):
        assert run(pair, "rotate", "--all").count(":") == 2
        run(pair, "rotate", "teller")
        run(pair, "rotate-root")
        already = fresh.fine
        eventually(lambda: fresh.fine > already + 20, within=30)
    assert (fresh.refused, kept.refused) == ([], [])
    assert kept.fine > 20
    listed = run(pair, "list")
    assert key_of(pair, "teller") in listed
    assert old_key in listed, "whoever retires a key has to see it"

    # A key that leaked is heeded within the time in which processes look, without a restart.
    run(pair, "retire", "teller", old_key)
    now = pair.person("teller")
    eventually(lambda: not Calls().one(pair, before), within=LOOK_EVERY + 5)
    after = Calls()
    assert not after.one(pair, before)
    assert [problem["code"] for problem in after.refused] == ["bad-token"]  # type: ignore[index]
    assert Calls().one(pair, now)


def test_what_cannot_be_done_is_said_in_a_line_and_changes_nothing(pair: Pair, tmp_path: Path) -> None:
    files = {path: path.read_text() for path in (tmp_path / "keys").iterdir()}
    said = run(pair, "retire", "teller", key_of(pair, "teller"), expect=1)
    assert "请先更换" in said
    assert "Traceback" not in said
    assert "nothing to finish" in run(pair, "finish-root", expect=1)
    assert "There are no keys of stranger" in run(pair, "rotate", "stranger", expect=1)
    run(pair, "rotate", expect=2)
    assert "There is no root key" in run(pair, "list", "--keys", str(tmp_path / "nowhere"), expect=1)
    assert {path: path.read_text() for path in (tmp_path / "keys").iterdir()} == files


def test_the_root_is_finished_only_when_no_token_needs_it_or_it_must_be(pair: Pair) -> None:
    run(pair, "rotate-root")
    assert "15 minutes" in run(pair, "finish-root", expect=1)
    run(pair, "finish-root", "--at-once")
    assert Calls().one(pair, pair.person("teller"))

"""What scenarios share: an association that serves HTTP, and the way of an article into print."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shared.identity.keys import Keyring
from shared.testing.processes import Caller, Started

UNIT = "0192f0c1-2a7b-7cc3-98a4-5d1f0e6b7a90"


class Press:
    """Writers and editors at one gateway."""

    def __init__(self, anybody: Caller) -> None:
        self.author = anybody.as_("correspondent", unit=UNIT)
        self.colleague = anybody.as_("correspondent", unit=UNIT)
        self.editor = anybody.as_("editor")
        self.accountant = anybody.as_("accountant")

    def prepare(self, title: str = "通信保障") -> tuple[str, str]:
        """A reviewed article of 1,450 characters, placed in an issue: the ids of both."""
        body = "通信保障无小事。" * 181 + "完毕"
        sent = {"title": title, "body": body, "column": "association_news"}
        article = self.author.post("/v1/publishing/articles", sent)["id"]
        review = {"revision": 1, "passed": True}
        for reviewer, kind in ((self.editor, "editorial"), (self.colleague, "facts"), (self.editor, "secrecy")):
            reviewer.post(f"/v1/publishing/articles/{article}/reviews", {**review, "kind": kind})
        issue = self.editor.post("/v1/publishing/issues")["id"]
        self.editor.post(f"/v1/publishing/issues/{issue}/articles", {"article_id": article})
        return article, issue

    def publish(self, issue: str, **headers: str) -> None:
        self.editor.post(f"/v1/publishing/issues/{issue}/publication", **headers)

    def fees(self, article: str) -> list[Any]:
        """What finance has of an article."""
        found: list[Any] = self.accountant.get("/v1/finance/manuscript-fees", article_id=article)["items"]
        return found


@pytest.fixture(scope="session")
def press() -> Callable[[Caller], Press]:
    """``press(anybody)`` → writers and editors who reach the gateway that ``anybody`` does."""
    return Press


@dataclass(frozen=True)
class Front:
    """A running association: whoever calls it, and what its services wrote into the log."""

    anybody: Caller
    log: Path

    def set_clock(self, moment: str) -> None:
        self.anybody.ask("PUT", "/testing/clock", json={"now": moment})

    def logged(self, **wanted: str) -> list[dict[str, Any]]:
        """The lines of the log with these values."""
        lines = map(json.loads, self.log.read_text().splitlines())
        return [line for line in lines if all(line.get(name) == value for name, value in wanted.items())]


@pytest.fixture(scope="session")
def front() -> Iterator[Front]:
    """One association for all that ask it over HTTP, started as the demonstration starts its own; bodies of at most
    300,000 bytes. Tests make what they need, and those that care about the day set the clock."""
    place = Path(tempfile.mkdtemp(prefix="xiehui-front-"))
    # PostgreSQL's own user must be able to enter.
    place.chmod(0o711)
    where = ["--data", place / "data", "--port", 0, "--clock", "2020-12-01T08:00:00+08:00"]
    limit = {"XIEHUI_MAX_BODY": "300000"}
    try:
        with Started("run", "--all", "--embedded", *where, log=place / "said", variables=limit) as process:
            address = process.says(r"(http://127\.0\.0\.1:\d+)\s")[1]
            process.says("Ctrl-C 停止 / stops")
            anybody = Caller(address, Keyring.load(place / "data" / "keys", "membership"))
            anybody.ready("certification", "finance", "governance", "membership", "publishing")
            yield Front(anybody, place / "data" / "xiehui.log")
            process.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)

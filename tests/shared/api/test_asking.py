"""One service asks another: answers come back as they are, absence names who is away, other problems are ours."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from shared.api import asking
from shared.api.asking import Answered, Asker
from shared.bus.client import away
from shared.errors import DeadlineExceeded, NotFound, Problem, Unavailable
from shared.identity.keys import Keyring
from shared.identity.principals import Principal, authenticate


class Line:
    """An RPC client that gives what a test lets it give."""

    gives: ClassVar[dict[str, Any] | Problem] = {}
    made: ClassVar[list["Line"]] = []

    def __init__(self, url: str, *, deadline: float) -> None:
        self.asked: list[tuple[str, str, Mapping[str, Any], Mapping[str, str]]] = []
        self.closed = False
        self.made.append(self)

    def call(
        self, service: str, operation: str, arguments: Mapping[str, Any], *, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        self.asked.append((service, operation, arguments, headers))
        if isinstance(self.gives, Problem):
            raise self.gives
        return self.gives

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def keyring(keys: Path) -> Keyring:
    return Keyring.load(keys, "finance")


@pytest.fixture
def asker(monkeypatch: pytest.MonkeyPatch, keyring: Keyring) -> Asker:
    monkeypatch.setattr(asking, "RpcClient", Line)
    monkeypatch.setattr(Line, "made", [])
    return Asker("embedded://nowhere/", keyring)


def ask(asker: Asker, gives: dict[str, Any] | Problem, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(Line, "gives", gives)
    return asker.ask("teller", "echo", {"text": "x"}, correlation_id="c-1")


def test_it_asks_as_the_service_itself_in_the_chain_of_its_cause(
    asker: Asker, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(asker, {"status": 200, "body": {"text": "x"}}, monkeypatch) == {"text": "x"}
    assert ask(asker, {"status": 204, "body": None}, monkeypatch) is None
    (line,) = Line.made
    service, operation, arguments, headers = line.asked[0]
    assert (service, operation, arguments, headers["correlation-id"]) == ("teller", "echo", {"text": "x"}, "c-1")
    assert authenticate(keyring, headers["authorization"]) == Principal("service", service="finance")


@pytest.mark.parametrize(
    "gives",
    [
        away("teller"),
        DeadlineExceeded("未答复", "no answer"),
        {"status": 503, "problem": {"status": 503, "code": "database-away"}},
        {"status": 504, "problem": {"status": 504, "code": "deadline-exceeded"}},
    ],
)
def test_who_is_away_is_named_and_may_be_asked_again(
    asker: Asker, gives: dict[str, Any] | Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unavailable) as raised:
        ask(asker, gives, monkeypatch)
    assert (raised.value.status, raised.value.code, raised.value.retry_after) == (503, "service-away", 5)
    assert all("teller" in sentence for sentence in raised.value.detail)


@pytest.mark.parametrize(
    "gives",
    [
        {"status": 403, "problem": {"status": 403, "code": "not-permitted", "rule": None}},
        NotFound("没有", "none", code="not-permitted"),
    ],
)
def test_any_other_problem_is_ours_and_can_be_told_apart(
    asker: Asker, gives: dict[str, Any] | Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Answered) as raised:
        ask(asker, gives, monkeypatch)
    assert (raised.value.status, raised.value.code) == (500, "not-permitted")
    assert raised.value.document["code"] == "not-permitted"


def test_closed_it_lets_go_of_its_line_and_opens_another_when_asked_again(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker.close()
    ask(asker, {"status": 200, "body": 1}, monkeypatch)
    asker.close()
    ask(asker, {"status": 200, "body": 2}, monkeypatch)
    assert [line.closed for line in Line.made] == [True, False]

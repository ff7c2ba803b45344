"""What declares ``apart`` asks ``tx.keep_apart``, and no other does: found at import, refused at run time (X8)."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.api.execution import execute
from shared.api.operations import Operation, operation
from shared.errors import Problem, Unauthenticated
from shared.identity.duties import Act, own
from shared.identity.principals import PUBLIC, issue_access
from shared.runtime import Runtime
from shared.store.base import new_id
from shared.store.tables import Audit
from shared.store.tx import Tx
from shared.testing import echo
from shared.testing.echo import Topic
from shared.text import Text

PERSON = new_id()


def declare(route: str, function: Callable[..., Any], apart: Act | None) -> Operation:
    declared: Operation = operation(route, permission=PUBLIC, label=("事", "Thing"), kind="action", apart=apart)(
        function
    ).operation  # type: ignore[attr-defined]
    return declared


def asks(_self: Any, tx: Tx) -> None:
    """Stores, and asks whose it is."""
    tx.add(Topic(name="asked", told=0))
    tx.keep_apart(own(Text("主题", "topic"), [PERSON]))


def asks_only_if(_self: Any, tx: Tx, *, ask: bool = False) -> None:
    """Stores, and forgets to ask on one of its ways."""
    tx.add(Topic(name="forgot", told=0))
    if ask:
        tx.keep_apart()


def asks_and_answers_a_problem(_self: Any, tx: Tx) -> Problem | None:
    """Answers a problem whose effect would stay, before it asked."""
    tx.add(Topic(name="forgot", told=0))
    if tx.today:
        return Unauthenticated("否", "No")
    tx.keep_apart()
    return None


def asks_elsewhere(_self: Any, tx: Tx) -> None:
    """Stores, and asks through another, which no look at the declaration can see."""
    tx.add(Topic(name="undeclared", told=0))
    _ask(tx)


def _ask(tx: Tx) -> None:
    tx.keep_apart()


def asks_nothing(_self: Any, _tx: Tx) -> None:
    """Asks nothing."""


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime]) -> Iterator[Runtime]:
    return make_runtime(echo.TELLER)


def answer(runtime: Runtime, spec: Operation, function: Callable[..., Any], person: Any = None) -> dict[str, Any]:
    token = issue_access(runtime.keyring, account=str(new_id()), person=str(person or new_id()), session="s", roles=())
    headers = {"authorization": f"Bearer {token}"}
    return execute(runtime, spec, functools.partial(function, None), {}, headers)


def kept(runtime: Runtime) -> tuple[int, int]:
    """How many topics and audit rows there are."""
    with Session(runtime.engine) as session:
        counts = (session.scalar(select(func.count()).select_from(table)) for table in (Topic, Audit))
        topics, rows = counts
        return int(topics or 0), int(rows or 0)


@pytest.mark.rule(id="X8")
@pytest.mark.parametrize(
    ("route", "function", "apart"),
    [
        ("POST /things", asks_nothing, Act.SIGNS),
        ("POST /things", asks, None),
        ("GET /things", asks, Act.SIGNS),
    ],
)
def test_a_declaration_that_does_not_fit_is_found_at_import(
    route: str, function: Callable[..., Any], apart: Act | None
) -> None:
    with pytest.raises(TypeError):
        declare(route, function, apart)


@pytest.mark.rule(id="X8")
def test_whoever_is_tied_is_refused_and_nothing_happened(runtime: Runtime) -> None:
    spec = declare("POST /things", asks, Act.SIGNS)
    refused = answer(runtime, spec, asks, PERSON)
    assert (refused["status"], refused["problem"]["rule"]) == (409, "X8")
    assert kept(runtime) == (0, 0)
    assert answer(runtime, spec, asks)["status"] == 204
    assert kept(runtime) == (1, 1)


@pytest.mark.rule(id="X8")
@pytest.mark.parametrize(
    ("function", "apart"),
    [(asks_only_if, Act.SIGNS), (asks_and_answers_a_problem, Act.SIGNS), (asks_elsewhere, None)],
)
def test_a_way_that_leaves_it_out_or_does_it_unsaid_commits_nothing(
    runtime: Runtime, function: Callable[..., Any], apart: Act | None
) -> None:
    broke = answer(runtime, declare("POST /things", function, apart), function)
    assert (broke["status"], broke["problem"]["code"]) == (500, "broken")
    assert kept(runtime) == (0, 0)

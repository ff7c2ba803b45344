"""What is only handed out is written down and takes no key; an answer that was erased is no fault (X11, X12)."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from shared.api.operations import operation
from shared.books import keys
from shared.chassis import Service
from shared.runtime import Runtime
from shared.testing import echo


class Shop(Service):
    name = "shop"

    @operation("GET /people", permission="public", label=("人员", "People"), kind="figure", exports=True)
    def list_everybody(self, tx: Any) -> None:
        """Everybody."""

    @operation("POST /people", permission="public", label=("登记", "Register"), kind="action")
    def register(self, tx: Any) -> None:
        """Somebody."""


AUDIT = (
    "INSERT INTO chassis.audit (at, principal, operation, digest, correlation_id)"
    " VALUES (now(), 'account:a', '{}', 'd', 'c')"
)
KEY = (
    "INSERT INTO chassis.idempotency (principal, key, operation, digest, answer, created_at)"
    " VALUES ('account:a', 'k', 'register', 'd', {}, now())"
)


@pytest.fixture
def engine(make_runtime: Any) -> Engine:
    runtime: Runtime = make_runtime(echo.TELLER)
    return runtime.engine


def faults(engine: Engine, *statements: str) -> list[str]:
    with Session(engine) as session:
        for statement in statements:
            session.execute(text(statement))
        plugin: Any = SimpleNamespace(service=Shop)
        found = [fault.where for fault in keys.check_keys(session, plugin)]
        session.rollback()
    return found


@pytest.mark.rule(id="X12")
def test_an_export_stands_in_the_trail_without_a_key_and_a_command_does_not(engine: Engine) -> None:
    assert faults(engine, AUDIT.format("list_everybody"), AUDIT.format("list_everybody")) == []
    assert faults(engine, AUDIT.format("register")) == ["chassis.audit register d"]


@pytest.mark.rule(id="X11")
def test_an_answer_that_was_erased_is_told_from_one_that_was_never_kept(engine: Engine) -> None:
    assert faults(engine, AUDIT.format("register"), KEY.format("'null'")) == []
    assert faults(engine, AUDIT.format("register"), KEY.format("NULL")) == ["chassis.idempotency k"]

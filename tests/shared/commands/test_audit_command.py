"""``xiehui audit``: what an operator finds, and how it ends."""

from collections.abc import Callable
from datetime import datetime

import pytest
import typer
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from shared.commands import audit
from shared.plugins import Plugin
from shared.runtime import Runtime
from shared.store.audit import seal_batch
from shared.store.tables import Audit
from shared.testing import echo

Run = Callable[..., tuple[int, str]]
AT = "2026-11-{}T09:00:00+08:00"


@pytest.fixture
def engines(make_runtime: Callable[..., Runtime]) -> dict[str, Engine]:
    return {plugin.name: make_runtime(plugin).engine for plugin in (echo.TELLER, echo.LISTENER)}


@pytest.fixture
def run(engines: dict[str, Engine], monkeypatch: pytest.MonkeyPatch) -> Run:
    """``run(*arguments)`` → exit status and output, where teller and listener are all services there are."""
    services: dict[str, Plugin] = {plugin.name: plugin for plugin in (echo.TELLER, echo.LISTENER)}
    monkeypatch.setattr(audit, "plugins", lambda: services)
    monkeypatch.setattr(audit, "chosen", lambda names: [services[name] for name in names])
    for name, engine in engines.items():
        url = engine.url.render_as_string(hide_password=False)
        monkeypatch.setenv(f"XIEHUI_DATABASE_URL_{name.upper()}", url)

    def run(*arguments: str) -> tuple[int, str]:
        app = typer.Typer()
        audit.register(app)
        done = CliRunner().invoke(app, ["audit", *arguments], env={"COLUMNS": "220"})
        return done.exit_code, done.stdout

    return run


def write(engine: Engine, day: int, operation: str, **columns: str) -> None:
    row = {"principal": "account:a", "target": None, "digest": "d", "correlation_id": "c", **columns}
    with Session(engine) as session, session.begin():
        session.add(Audit(at=datetime.fromisoformat(AT.format(day)), operation=operation, **row))


def found(said: str) -> list[str]:
    """The operations, in the order in which they are shown."""
    return [line.split("│")[4].strip() for line in said.splitlines() if "│" in line]


@pytest.mark.rule(id="X7")
def test_what_was_done_in_all_services_is_shown_newest_first(engines: dict[str, Engine], run: Run) -> None:
    write(engines["teller"], 20, "first", target="thing [1]")
    write(engines["listener"], 21, "second", principal="account:b")
    write(engines["teller"], 22, "third", correlation_id="a chain")
    seal_batch(engines["teller"])
    status, said = run("search")
    assert status == 0
    assert found(said) == ["third", "second", "first"]
    for part in ("2026-11-20 09:00:00+08:00", "thing [1]", "account:b", "a chain", "teller", "listener"):
        assert part in said
    for arguments, wanted in (
        (["--limit", "2"], ["third", "second"]),
        (["--service", "listener"], ["second"]),
        (["--service", "listener", "--service", "teller"], ["third", "second", "first"]),
        (["--principal", "account:b"], ["second"]),
        (["--operation", "first"], ["first"]),
        (["--target", "thing [1]"], ["first"]),
        (["--correlation", "a chain"], ["third"]),
        (["--from", "2026-11-21", "--to", "2026-11-22"], ["second"]),
        (["--from", "2026-11-22T09:00:00"], ["third"]),
        (["--to", "2026-11-20T09:00:00"], []),
    ):
        assert found(run("search", *arguments)[1]) == wanted, arguments


@pytest.mark.rule(id="X7")
def test_a_trail_cut_off_at_its_end_ends_with_1(engines: dict[str, Engine], run: Run) -> None:
    for day in (20, 21, 22):
        write(engines["teller"], day, "act")
    seal_batch(engines["teller"])
    assert run("verify")[0] == 0
    with engines["teller"].begin() as connection:
        connection.execute(text("DELETE FROM chassis.audit WHERE seal_no > 1"))
    status, said = run("verify")
    assert status == 1
    assert "2, 3" in said

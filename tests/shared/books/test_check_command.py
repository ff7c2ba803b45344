"""``xiehui check``: what an operator reads, and how it ends."""

from collections.abc import Callable

import pytest
import typer
from typer.testing import CliRunner

from shared.books.declared import Finding
from shared.commands import check
from shared.text import Text

WRONG = Finding("finance", "vouchers balance", "vouchers 记-2021-03-0001", Text("借贷不平", "Debits [x] differ"))
NOWHERE = "pyamqp://guest:guest@127.0.0.1:1//"

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """``run(findings, *arguments)`` → exit status and output, where the databases have these findings."""

    def run(findings: list[Finding], *arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(check, "count", lambda *_: findings)
        monkeypatch.setenv("XIEHUI_AMQP_URL", NOWHERE)
        app = typer.Typer()
        check.register(app)
        done = CliRunner().invoke(app, ["--patience", "0", *arguments], env={"COLUMNS": "200"})
        return done.exit_code, done.stdout

    return run


def test_nothing_wrong_ends_with_0_and_names_who_was_counted(run: Run) -> None:
    status, said = run([], "--no-bus", "finance", "governance")
    assert (status, said) == (0, "账实相符 / the books are right: finance, governance\n")


def test_a_discrepancy_is_shown_in_both_languages_and_ends_with_1(run: Run) -> None:
    status, said = run([WRONG], "--no-bus")
    assert status == 1
    for part in ("finance", "vouchers balance", "vouchers 记-2021-03-0001", "借贷不平", "Debits [x] differ"):
        assert part in said
    assert "1 处不符 / discrepancies" in said


def test_of_very_many_the_first_are_shown_and_all_are_counted(run: Run) -> None:
    many = [Finding("finance", "outbox", f"chassis.outbox {n}", Text("未送", "unsent")) for n in range(check.SHOWN + 7)]
    status, said = run(many, "--no-bus")
    assert status == 1
    assert f"chassis.outbox {check.SHOWN - 1}" in said
    assert f"chassis.outbox {check.SHOWN}" not in said
    assert f"{check.SHOWN + 7} 处不符 / discrepancies (+7)" in said


def test_a_bus_that_is_away_is_a_finding_and_no_password_is_shown(run: Run) -> None:
    status, said = run([])
    assert status == 1
    assert "总线无法连接" in said
    assert "127.0.0.1:1" in said
    assert "guest:guest" not in said


def test_the_embedded_bus_has_no_queues_to_look_at(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.NOWHERE", "embedded://xiehui/")
    assert run([])[0] == 0

"""The demonstration ends as expected, and would say so if it did not."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from demo import command
from demo.association import Running
from demo.client import Surprise
from demo.findings import Findings


def test_the_demonstration_ends_with_every_line_as_expected() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "shared.cli", "demo"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "✗" not in done.stdout
    assert done.stdout.count("✓") >= 45
    for flow in ("the batch of 2020", "an article becomes a fee", "/ dues", "/ expenditure", "/ separation of duties"):
        assert flow in done.stdout


def test_a_difference_is_seen_and_shown() -> None:
    findings = Findings()
    findings.begin("a flow")
    findings.see("the same", 262, "262")
    assert findings.all_as_expected
    findings.see("another", 262, "261 [/v1/x]")
    assert not findings.all_as_expected
    shown = io.StringIO()
    findings.print(Console(file=shown, width=100))
    assert "✗" in shown.getvalue()
    assert "261 [/v1/x]" in shown.getvalue()


def test_nothing_seen_is_not_as_expected() -> None:
    assert not Findings().all_as_expected


@pytest.mark.parametrize(
    ("seen", "status", "says"),
    [
        (262, 0, "everything as expected"),
        (261, 1, "something was not as expected"),
        (Surprise("GET /v1/x: 409 [/v1/x] [bold] no"), 1, "GET /v1/x: 409 [/v1/x] [bold] no"),
    ],
)
def test_a_difference_or_a_surprise_ends_the_command_with_1(
    monkeypatch: pytest.MonkeyPatch, seen: object, status: int, says: str
) -> None:
    @contextmanager
    def running(_clock: str) -> Iterator[Running]:
        yield Running("http://127.0.0.1:1", "secret")

    def run(_office: object, findings: Findings, _progress: object) -> None:
        findings.begin("a flow")
        if isinstance(seen, Exception):
            raise seen
        findings.see("certificates", 262, seen)

    monkeypatch.setattr(command, "running", running)
    closed: list[bool] = []
    monkeypatch.setattr(command, "open_office", lambda *_: SimpleNamespace(close=lambda: closed.append(True)))
    monkeypatch.setattr(command, "FLOWS", (SimpleNamespace(run=run),))
    app: Any = typer.Typer()
    app.command()(command.demo)
    done = CliRunner().invoke(app, [])
    assert done.exit_code == status
    assert says in " ".join(done.output.split())
    assert closed == [True]

"""What an operator reads when a command cannot do its work, and which commands make no sense."""

import re
from pathlib import Path

import psycopg
import pytest
import typer
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from shared.cli import main, run
from shared.commands.deploy import env
from shared.commands.refusals import refusal
from shared.errors import Unavailable
from shared.running import CannotRun, chosen, listen, open_port
from shared.store.embedded.errors import AlreadyRunning

ALL = ["run", "--all", "--embedded"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "finance", "--clock", "2020-12-17T09:00:00+08:00"], "--clock is for --embedded only"),
        ([*ALL, "--clock", "2020-12-17T09:00:00"], "a moment with its offset"),
        ([*ALL, "--clock", "noon"], "a moment with its offset"),
        ([*ALL, "--port", "70000"], "--port"),
        ([*ALL, "finance"], "name no service"),
        (["run", "--embedded"], "--embedded runs everything"),
        (["run"], "name the services"),
        (["run", "--all", "finance"], "name the services"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_word(arguments: list[str], says: str, tmp_path: Path) -> None:
    xiehui = typer.Typer()
    for command in (run, env):
        xiehui.command()(command)
    refused = CliRunner().invoke(xiehui, arguments, env={"XIEHUI_DATA": str(tmp_path / "data")})
    assert refused.exit_code == 2
    assert says in " ".join(re.sub("[│\n]", " ", refused.output).split())
    assert not (tmp_path / "data").exists()


def test_an_unknown_service_is_told_apart_from_those_there_are() -> None:
    with pytest.raises(CannotRun) as refused:
        chosen(["finance", "fiance", "finnance"])
    assert "fiance, finnance" in refused.value.message.zh
    assert "membership" in refused.value.message.en
    assert [plugin.name for plugin in chosen(["finance", "publishing"])] == ["finance", "publishing"]


def test_a_command_that_cannot_ends_with_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.argv", ["xiehui", "env", str(tmp_path / ".env"), "--example", str(tmp_path / "none")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said == f"没有文件 {tmp_path / 'none'}。 There is no file {tmp_path / 'none'}.\n"


def test_a_port_is_held_before_it_listens_and_refused_once_it_is_taken() -> None:
    held = open_port("127.0.0.1", 0)
    host, port = held.getsockname()
    with open_port(host, port) as early:
        listen(held)
        with pytest.raises(CannotRun, match=f"Port {port} is in use"):
            listen(early)
    with pytest.raises(CannotRun, match=f"Port {port} is in use"):
        open_port(host, port)
    held.close()


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 99_999), ("192.0.2.1", 8000), ("no such host", 8000)])
def test_an_address_that_cannot_be_had_is_named(host: str, port: int) -> None:
    with pytest.raises(CannotRun) as refused:
        open_port(host, port)
    assert f"{host}:{port}" in refused.value.message.zh


def test_what_is_told_in_words() -> None:
    said = refusal(AlreadyRunning(Path("data"), 42))
    assert said is not None
    assert "42" in said.zh
    assert "42" in said.en
    said = refusal(Unavailable("暂不可用", "away"))
    assert said == ("暂不可用", "away")
    with pytest.raises(psycopg.OperationalError) as away:
        psycopg.connect("host=127.0.0.1 port=1 user=finance password=secret")
    said = refusal(away.value)
    assert said is not None
    assert "secret" not in said.en
    assert "\n" not in said.en
    with (
        pytest.raises(OperationalError) as wrapped,
        create_engine("postgresql+psycopg://finance:secret@127.0.0.1:1/finance").connect() as connection,
    ):
        connection.execute(text("SELECT 1"))
    assert refusal(wrapped.value) == said


@pytest.mark.parametrize("fault", [RuntimeError("a bug"), LookupError("x"), FileNotFoundError("x"), typer.Abort()])
def test_a_fault_of_ours_keeps_its_traceback(fault: Exception) -> None:
    assert refusal(fault) is None

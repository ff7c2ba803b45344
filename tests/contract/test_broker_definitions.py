"""deploy/rabbitmq/definitions.json, and the command that puts hashes of the passwords into it."""

import base64
import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from shared.bus.events import exchange_name, inbox_queue
from shared.bus.listening import subscriptions_of
from shared.bus.withdrawing import QUESTIONS as ASKED
from shared.bus.withdrawing import WITHDRAWALS
from shared.commands import deploy, rabbitmq
from shared.generating.rabbitmq import PATH, definitions, password_variable, rights_of, users_of
from shared.plugins import plugins
from shared.running import CannotRun

ROOT = Path(__file__).parents[2]
USERS = users_of(plugins())


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / PATH).read_text("utf-8"))
    return loaded


@pytest.fixture(autouse=True)
def no_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    for user in USERS:
        monkeypatch.delenv(password_variable(user), raising=False)


def run(*arguments: object) -> Any:
    app = typer.Typer()
    deploy.register(app)
    rabbitmq.register(app)
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_the_file_is_what_the_services_make_it_and_holds_no_secret(written: dict[str, Any]) -> None:
    assert written == definitions(plugins().values())
    assert [user["name"] for user in written["users"]] == USERS
    assert "password" not in json.dumps(written)


def test_each_right_is_held_by_whom_it_belongs_to(written: dict[str, Any]) -> None:
    def who(right: str, name: str) -> set[str]:
        may = {entry["user"] for entry in written["permissions"] if re.search(entry[right], name)}
        return may - {"xiehui"}

    hears = {name: {source for source, _ in subscriptions_of(plugin.service)} for name, plugin in plugins().items()}
    for name in plugins():
        assert who("write", exchange_name(name)) == who("configure", exchange_name(name)) == {name}
        assert who("read", inbox_queue(name)) == who("configure", inbox_queue(name)) == {name}
        assert who("read", f"rpc-{name}") == who("configure", f"rpc-{name}") == {name}
        assert who("read", exchange_name(name)) == {each for each, sources in hears.items() if name in sources}
    assert who("configure", "nameko-rpc") == who("write", "amq.default") == set()
    assert who("write", "nameko-rpc") == {*plugins(), "gateway"}
    issuers = {name for name, plugin in plugins().items() if plugin.issues_tokens}
    assert who("write", WITHDRAWALS) == who("read", ASKED) == issuers
    assert who("read", WITHDRAWALS) == who("write", ASKED) == set(plugins())
    assert who("configure", WITHDRAWALS) == who("configure", ASKED) == set()


def test_every_subscription_has_a_binding(written: dict[str, Any]) -> None:
    bound = {(each["destination"], each["source"], each["routing_key"]) for each in written["bindings"]}
    wanted = {
        (inbox_queue(name), exchange_name(source), type)
        for name, plugin in plugins().items()
        for source, type in subscriptions_of(plugin.service)
    }
    assert {each for each in bound if not each[0].endswith(".dead")} == wanted
    assert len(bound) == len(written["bindings"])
    there = {each["name"] for each in written["exchanges"]}
    assert {source for _, source, _ in bound} < there
    arguments = {each["name"]: each["arguments"] for each in written["queues"]}
    assert all(arguments[inbox]["x-dead-letter-exchange"] in there for inbox, _, _ in wanted)


def test_a_name_is_taken_by_the_letter_and_no_longer_one_passes_for_it() -> None:
    may = rights_of(plugins()["finance"])
    assert re.search(may.write, "finance.events")
    for near in ("financeXevents", "finance.events.more", "my.finance.events"):
        assert not re.search(may.write, near)


def test_the_command_puts_in_hashes_as_rabbitmq_checks_them(
    written: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run("env", tmp_path / ".env", "--example", ROOT / ".env.example")
    assert done.exit_code == 0, done.output
    monkeypatch.setenv(password_variable("finance"), "of the environment")
    target = tmp_path / "definitions.json"
    done = run("rabbitmq", "definitions", target, "--env", tmp_path / ".env", "--owner", os.getuid())
    assert done.exit_code == 0, (done.output, done.exception)
    assert target.stat().st_mode & 0o077 == 0
    made = json.loads(target.read_text())
    passwords = deploy.assignments((tmp_path / ".env").read_text())
    for user in made["users"]:
        password = passwords[password_variable(user["name"])] if user["name"] != "finance" else "of the environment"
        whole = base64.b64decode(user.pop("password_hash"))
        assert whole[4:] == hashlib.sha256(whole[:4] + password.encode()).digest()
        assert user.pop("hashing_algorithm") == "rabbit_password_hashing_sha256"
        assert password not in target.read_text()
    assert made == written


def test_the_command_prints_where_no_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for user in USERS:
        monkeypatch.setenv(password_variable(user), f"the password of {user}")
    done = run("rabbitmq", "definitions", "--env", tmp_path / "none")
    assert [user["name"] for user in json.loads(done.stdout)["users"]] == USERS


def test_a_missing_password_is_named_and_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for user in USERS:
        monkeypatch.setenv(password_variable(user), "" if user == "gateway" else "x" * 24)
    target = tmp_path / "definitions.json"
    done = run("rabbitmq", "definitions", target, "--env", tmp_path / "none")
    assert isinstance(done.exception, CannotRun)
    assert str(done.exception) == "Passwords are missing: XIEHUI_AMQP_PASSWORD_GATEWAY"
    assert not target.exists()

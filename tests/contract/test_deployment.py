"""docker-compose.yml and what it names: checked without an engine, by looking each thing up."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from sqlalchemy import make_url
from typer.testing import CliRunner

from gateway import serving
from shared.commands import deploy
from shared.generating.compose import SERVICE_UID, compose, env_example, url_variable
from shared.generating.rabbitmq import password_variable, users_of
from shared.plugins import plugins
from shared.running import PATIENCE
from shared.settings import from_environment
from shared.store.embedded import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::[?-][^}]*)?\}")


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return loaded


def test_the_file_is_what_the_services_make_it(written: dict[str, Any]) -> None:
    assert written == compose()


def test_every_service_has_a_container_of_its_own_and_can_be_scaled(written: dict[str, Any]) -> None:
    assert set(plugins()) < set(written["services"])
    for service in written["services"].values():
        assert "container_name" not in service
        assert ("healthcheck" in service) == (service["restart"] != "no")
    for name in plugins():
        assert written["services"][name]["command"] == ["run", name]
        assert "ports" not in written["services"][name]


def test_every_variable_is_one_that_make_env_fills(written: dict[str, Any]) -> None:
    offered = {line.partition("=")[0] for line in env_example().splitlines() if not line.startswith("#")}
    assert set(VARIABLE.findall(yaml.safe_dump(written))) == offered


def test_no_secret_has_a_default(written: dict[str, Any]) -> None:
    for variable in re.findall(r"\$\{([A-Z_]*PASSWORD[A-Z_]*)([^}]*)\}", yaml.safe_dump(written)):
        assert variable[1].startswith(":?"), variable


def test_gateways_count_together_where_nobody_else_can_reach(written: dict[str, Any]) -> None:
    address = make_url(written["services"]["gateway"]["environment"]["XIEHUI_LIMIT_STORE"])
    store = written["services"][str(address.host)]
    (network,) = store["networks"]
    assert written["networks"][network] == {"internal": True}
    assert "ports" not in store
    on_it = {name for name, service in written["services"].items() if network in service.get("networks", [])}
    assert on_it == {"redis", "gateway"}
    assert written["services"]["gateway"]["networks"] == ["default", network], "it must reach the bus as well"


def test_every_volume_and_dependency_exists(written: dict[str, Any]) -> None:
    used = set()
    for service in written["services"].values():
        volumes = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        lying_here = {volume for volume in volumes if volume.startswith("./")}
        assert all((ROOT / path).is_file() for path in lying_here)
        used |= volumes - lying_here
        assert set(service.get("depends_on", {})) <= set(written["services"])
    assert used == set(written["volumes"])


def test_every_command_exists(written: dict[str, Any]) -> None:
    listed = subprocess.run(
        [sys.executable, "-P", "-m", "shared.cli", "--help"], capture_output=True, text=True, check=True
    ).stdout
    for name, service in written["services"].items():
        if service["image"].startswith("xiehui") and name != "gateway":
            assert re.search(rf"│ {service['command'][0]} ", listed)
    assert written["services"]["gateway"]["entrypoint"] == ["gunicorn"]
    config, target = written["services"]["gateway"]["command"]
    import_module(config.removeprefix("--config=python:"))
    module, _, factory = target.removesuffix("()").partition(":")
    assert callable(getattr(import_module(module), factory))


def test_every_setting_is_one_that_is_read(written: dict[str, Any]) -> None:
    source = (ROOT / "shared/settings.py").read_text("utf-8") + (ROOT / "shared/commands/deploy.py").read_text("utf-8")
    source += (ROOT / "gateway/serving.py").read_text("utf-8")
    for service in written["services"].values():
        for name in service.get("environment", {}):
            if name.startswith("XIEHUI_DATABASE_URL_"):
                assert name in map(url_variable, plugins())
            elif name.startswith("XIEHUI_AMQP_PASSWORD_"):
                assert name in map(password_variable, users_of(plugins()))
            elif name.startswith("XIEHUI_"):
                assert name in source or f'"{name.removeprefix("XIEHUI_")}"' in source


def test_each_joins_the_bus_as_a_user_of_its_own_with_the_password_that_the_broker_is_given(
    written: dict[str, Any],
) -> None:
    given = written["services"]["definitions"]["environment"]
    for name in [*plugins(), "gateway"]:
        address = written["services"][name]["environment"]["XIEHUI_AMQP_URL"]
        assert address == f"pyamqp://{name}:{given[password_variable(name)]}@rabbitmq:5672//"
    assert set(given) == set(map(password_variable, users_of(plugins())))


def test_the_broker_loads_the_definitions_that_are_written_for_it(written: dict[str, Any]) -> None:
    mounted = dict(volume.split(":")[:2] for volume in written["services"]["rabbitmq"]["volumes"])
    command = written["services"]["definitions"]["command"]
    (volume,) = written["services"]["definitions"]["volumes"]
    name, _, folder = volume.partition(":")
    (configuration,) = (path for path in mounted if path.startswith("./"))
    assert mounted[configuration].startswith("/etc/rabbitmq/conf.d/")
    loaded = re.findall("^load_definitions = (.+)$", (ROOT / configuration).read_text(), re.MULTILINE)
    assert loaded == [command[2].replace(folder, mounted[name], 1)]
    waits = written["services"]["rabbitmq"]["depends_on"]
    assert waits == {"definitions": {"condition": "service_completed_successfully"}}


def test_a_service_with_a_dash_in_its_name_finds_its_database(monkeypatch: pytest.MonkeyPatch) -> None:
    assert re.fullmatch("[A-Z_]+", url_variable("quality-circles"))
    monkeypatch.setenv(url_variable("quality-circles"), "postgresql+psycopg://one@here/one")
    assert from_environment().database_url_of("quality-circles") == "postgresql+psycopg://one@here/one"


def test_the_gateway_is_given_the_time_it_takes_to_stop(written: dict[str, Any]) -> None:
    for name in plugins():
        assert int(written["services"][name]["stop_grace_period"].removesuffix("s")) > PATIENCE
    grace = int(written["services"]["gateway"]["stop_grace_period"].removesuffix("s"))
    assert grace > serving.graceful_timeout > serving.keepalive


def test_the_image_is_made_of_files_that_exist_by_the_user_the_keys_are_given_to() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    for source in re.findall(r"^COPY (?!--from)(\S+)", dockerfile, re.MULTILINE):
        assert (ROOT / source).exists()
    assert f"--uid {SERVICE_UID} " in dockerfile
    assert dockerfile.rstrip().endswith('ENTRYPOINT ["xiehui"]')


def test_make_env_fills_every_secret_and_keeps_those_there_are(tmp_path: Path) -> None:
    run = [
        sys.executable,
        "-P",
        "-m",
        "shared.cli",
        "env",
        str(tmp_path / ".env"),
        "--example",
        str(ROOT / ".env.example"),
    ]
    subprocess.run(run, check=True, capture_output=True)
    first = (tmp_path / ".env").read_text()
    values = dict(line.split("=", 1) for line in first.splitlines())
    secrets = [value for name, value in values.items() if "PASSWORD" in name]
    assert len(secrets) == len(set(secrets)) == 2 * len(plugins()) + 3
    assert min(map(len, secrets)) >= 24
    assert (values["CORS_ORIGINS"], values["TRUSTED_PROXIES"]) == ("", "0"), "what is no secret is not made up"
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    subprocess.run(run, check=True, capture_output=True)
    assert (tmp_path / ".env").read_text() == first


def _compose_works() -> bool:
    docker = shutil.which("docker")
    asked = docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    return bool(asked) and asked.returncode == 0


@pytest.mark.skipif(not _compose_works(), reason="此机没有 docker compose / there is no docker compose here")
def test_docker_compose_reads_it_as_it_is_meant(tmp_path: Path) -> None:
    for name in ("docker-compose.yml", "Dockerfile"):
        shutil.copy(ROOT / name, tmp_path / name)
    read = ["docker", "compose", "config", "--format", "json"]
    refused = subprocess.run(read, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert refused.returncode != 0
    assert "run make env" in refused.stderr
    command = [sys.executable, "-P", "-m", "shared.cli", "env", str(tmp_path / ".env")]
    subprocess.run([*command, "--example", str(ROOT / ".env.example")], check=True, capture_output=True)
    shown = subprocess.run(read, capture_output=True, text=True, cwd=tmp_path, check=True).stdout
    assert set(json.loads(shown)["services"]) == set(compose()["services"])


def test_setup_makes_databases_and_keys_apart(
    postgres: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = make_url(postgres.admin_url)
    urls = {}
    for name in plugins():
        database = f"setup_{name}"
        urls[name] = admin.set(username=database, password="s" * 24, database=database)
        monkeypatch.setenv(f"XIEHUI_DATABASE_URL_{name.upper()}", urls[name].render_as_string(hide_password=False))
    app = typer.Typer()
    app.command()(deploy.setup)
    arguments = ["--keys", str(tmp_path / "keys"), "--admin-url", postgres.admin_url, "--owner", str(os.getuid())]
    try:
        for _ in range(2):
            done = CliRunner().invoke(app, arguments)
            assert done.exit_code == 0, (done.output, done.exception)
            assert "一次性密码 / one-time secret:" in done.output, "whoever sets it up is told how to sign in"
        for name in [*plugins(), "gateway"]:
            assert [path.name for path in (tmp_path / "keys" / name).iterdir()] == [f"{name}.json"]
        assert (tmp_path / "keys/root/root.json").stat().st_mode & 0o077 == 0
    finally:
        for url in urls.values():
            postgres.drop_database(str(url.database))

"""The association as it is deployed: a process a service on RabbitMQ, broker users, databases and keys apart, gunicorn
in front.

Prepared by `xiehui setup` and started by the commands of docker-compose.yml.
"""

import re
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url

from shared.generating.compose import compose
from shared.identity.keys import Keyring
from shared.plugins import plugins
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import eventually
from shared.testing.broker_users import broker_users
from shared.testing.processes import Caller, Started, xiehui
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.rabbitmq_engines import free_ports

pytestmark = pytest.mark.rabbitmq

ANNOUNCED_EVERY = 1.0
FEES = "/v1/finance/manuscript-fees"


class Deployment:
    """Processes of services and of the gateway, each with what docker-compose.yml gives it."""

    def __init__(self, folder: Path, buses: dict[str, str], databases: dict[str, str], rooms: ExitStack) -> None:
        self.folder = folder
        self.buses = buses
        self.keys = folder / "keys"
        self._databases = databases
        self._rooms = rooms
        self._common = {
            "XIEHUI_ANNOUNCE_EVERY": str(ANNOUNCED_EVERY),
            "XIEHUI_POLL_EVERY": "0.2",
            "XIEHUI_RPC_DEADLINE": "5",
            "XIEHUI_PUBLIC_URL": "https://xiehui.example",
        }
        self.doors: dict[int, str] = {}

    def service(self, name: str) -> Started:
        """Another process of a service; the address of its health door is kept by its pid."""
        (port,) = free_ports(1)
        own = {
            "XIEHUI_AMQP_URL": self.buses[name],
            "XIEHUI_DATABASE_URL": self._databases[name],
            "XIEHUI_KEYS": str(self.keys / name),
        }
        process = Started(
            *compose()["services"][name]["command"],
            log=self.folder / f"{name}-{port}.log",
            variables={**self._common, **own, "XIEHUI_HEALTH_PORT": str(port)},
            folder=self.folder,
        )
        self.doors[process.process.pid] = f"http://127.0.0.1:{port}"
        return self._rooms.enter_context(process)

    def gateway(self, *options: str, port: int | None = None) -> tuple[Started, Caller]:
        """The gateway under gunicorn, and anybody who calls it."""
        declared = compose()["services"]["gateway"]
        port = port or free_ports(1)[0]
        own = {
            "XIEHUI_AMQP_URL": self.buses["gateway"],
            "XIEHUI_KEYS": str(self.keys / "gateway"),
            "XIEHUI_STATE": str(self.folder / "state"),
            "XIEHUI_HOST": "127.0.0.1",
            "XIEHUI_PORT": str(port),
        }
        process = Started(
            *declared["command"],
            *options,
            program=tuple(declared["entrypoint"]),
            log=self.folder / f"gateway-{port}.log",
            variables={**self._common, **own},
            folder=self.folder,
        )
        self._rooms.enter_context(process)
        issuer = Keyring.load(self.keys / "membership", "membership")
        return process, Caller(f"http://127.0.0.1:{port}", issuer)

    def door(self, process: Started, path: str) -> httpx.Response:
        """What a service's health door answers."""
        return httpx.get(self.doors[process.process.pid] + path, timeout=5, trust_env=False)


@pytest.fixture(scope="module")
def deployment(
    rabbitmq_node: PrivateRabbitMQ, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """Databases, keys and tables as `xiehui setup` makes them; nothing runs yet."""
    folder, mark = tmp_path_factory.mktemp("deployment"), secrets.token_hex(4)
    admin = make_url(postgres.admin_url)
    databases = {}
    for name in plugins():
        own = f"mq_{mark}_{name}"
        url = admin.set(username=own, password=secrets.token_urlsafe(24), database=own)
        databases[name] = url.render_as_string(hide_password=False)
    variables = {f"XIEHUI_DATABASE_URL_{name.upper()}": url for name, url in databases.items()}
    done = xiehui("setup", "--keys", folder / "keys", XIEHUI_ADMIN_DATABASE_URL=postgres.admin_url, **variables)
    assert done.returncode == 0, done.stdout
    assert "一次性密码 / one-time secret:" in done.stdout, "whoever sets it up is told how to sign in"
    try:
        with broker_users(rabbitmq_node, plugins().values()) as buses, ExitStack() as rooms:
            yield Deployment(folder, buses, databases, rooms)
    finally:
        for url in databases.values():
            postgres.drop_database(str(make_url(url).database))


class Running:
    """What runs for the whole module; tests that stop something start it again."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.services = {name: deployment.service(name) for name in plugins()}
        self.second = deployment.service("publishing")
        self.gateway, self.anybody = deployment.gateway()
        self.anybody.ready(*plugins())

    def start_again(self, name: str) -> None:
        self.services[name] = self.deployment.service(name)
        self.anybody.ready(name)


@pytest.fixture(scope="module")
def running(deployment: Deployment) -> Running:
    return Running(deployment)


@pytest.fixture
def office(running: Running, press: Callable[..., Any]) -> Any:
    return press(running.anybody)


def accrued(office: Any, article: str) -> list[tuple[str, str]]:
    return [(fee["amount"], fee["state"]) for fee in office.fees(article)]


def test_an_article_becomes_a_fee_from_one_process_to_another(office: Any) -> None:
    article, issue = office.prepare()
    office.publish(issue)
    assert eventually(lambda: accrued(office, article)) == [("150.00", "accrued")]


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_finance_away_holds_nobody_up_and_misses_nothing(running: Running, office: Any, sign: signal.Signals) -> None:
    article, issue = office.prepare()
    status, seconds = running.services["finance"].stop(sign)
    if sign == signal.SIGTERM:
        assert (status, seconds < 3) == (0, True), f"{status} after {seconds:.1f} s"

    def told_away() -> bool:
        # Nobody says goodbye who is killed: then it takes three announcements that do not come.
        answer = office.accountant.http.get(FEES)
        assert answer.status_code in (503, 504), answer.text
        return answer.json()["code"] == "service-away"

    assert eventually(told_away, within=5 * ANNOUNCED_EVERY + 6)
    answer = office.accountant.ask("GET", FEES, 503)
    assert int(answer.headers["Retry-After"]) > 0
    assert "finance" in answer.json()["detail"]
    assert running.anybody.get("/readyz")["services"]["finance"] == "away"

    office.publish(issue)
    events = running.anybody.as_("administrator")

    def sent() -> Any:
        told = events.get("/v1/publishing/events", subject=f"article/{article}")["items"]
        return [event for event in told if event["sent_at"]]

    assert len(eventually(sent)) == 1, "the broker has it and keeps it"

    running.start_again("finance")
    assert eventually(lambda: accrued(office, article)) == [("150.00", "accrued")]
    time.sleep(0.5)
    assert accrued(office, article) == [("150.00", "accrued")]


def test_two_processes_of_one_service_share_the_work_and_tell_each_event_once(running: Running, office: Any) -> None:
    def answered(process: Started) -> float:
        metrics = running.deployment.door(process, "/metrics").text
        counted = r'xiehui_operations_total\{operation="list_articles",service="publishing",status="200"\} (\S+)'
        found = re.search(counted, metrics)
        return float(found[1]) if found else 0.0

    both = (running.services["publishing"], running.second)
    before = [answered(process) for process in both]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: office.editor.get("/v1/publishing/articles", limit=1), range(60)))
        assert len(answers) == 60
        issues = list(pool.map(lambda n: office.prepare(f"第{n}篇"), range(4)))
        for _, issue in issues:
            office.publish(issue)
    shares = [answered(process) - was for process, was in zip(both, before, strict=True)]
    assert sum(shares) == 60
    assert min(shares) > 0
    for article, _ in issues:
        assert eventually(lambda article=article: accrued(office, article)) == [("150.00", "accrued")]

    running.second.stop()
    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(lambda _: office.editor.get("/v1/publishing/articles"), range(20)))) == 20


@pytest.mark.rule(id="M11")
def test_whoever_loses_a_right_or_signs_out_is_refused_by_every_process(running: Running) -> None:
    accounts = "/v1/membership/accounts"
    administrator, anybody = running.anybody.as_("administrator"), running.anybody
    person = administrator.post("/v1/membership/people", {"name": "田间"})["id"]
    opening = {"username": f"u{secrets.token_hex(6)}", "person_id": person, "roles": ["editor", "accountant"]}
    account = administrator.post(accounts, opening)
    password = {"old_password": account["one_time_secret"], "new_password": "汾河水长流-2021年"}

    def with_token(token: str) -> Caller:
        somebody = Caller(anybody.address, token=token)
        somebody.http.headers["Authorization"] = f"Bearer {token}"
        return somebody

    def sign_in(password: str) -> dict[str, Any]:
        given = {"username": opening["username"], "password": password}
        session: dict[str, Any] = anybody.post("/v1/membership/sessions", given)
        return session

    def codes(somebody: Caller) -> set[str]:
        """What finance and each of publishing's processes answer."""
        answers = [somebody.http.get(path) for path in (FEES, *["/v1/publishing/articles"] * 6)]
        return {"answered" if answer.is_success else answer.json()["code"] for answer in answers}

    first = with_token(sign_in(account["one_time_secret"])["access_token"])
    first.ask("PUT", f"{accounts}/me/password", json=password)
    session = sign_in(password["new_password"])
    holder = with_token(session["access_token"])
    assert codes(holder) == {"answered"}
    administrator.ask("PUT", f"{accounts}/{account['id']}/roles", json={"roles": ["editor"]}, headers={"If-Match": "*"})
    eventually(lambda: codes(holder) == {"token-withdrawn"}, within=5)
    assert 'error="invalid_token"' in holder.ask("GET", FEES, 401).headers["WWW-Authenticate"]
    went_on = anybody.post("/v1/membership/sessions/refresh", {"refresh_token": session["refresh_token"]})
    holder = with_token(went_on["access_token"])
    assert codes(holder) == {"answered", "not-permitted"}
    holder.ask("DELETE", "/v1/membership/sessions/current", 204)
    eventually(lambda: codes(holder) == {"token-withdrawn"}, within=5)
    running.services["finance"].stop()
    running.start_again("finance")
    eventually(lambda: codes(holder) == {"token-withdrawn"}, within=5)


def test_a_service_can_be_watched_at_its_own_door(running: Running) -> None:
    for name, process in running.services.items():
        assert running.deployment.door(process, "/healthz").status_code == 200, name
        assert running.deployment.door(process, "/readyz").status_code == 200, name
        assert f'service="{name}"' in running.deployment.door(process, "/metrics").text
    assert running.deployment.door(running.services["finance"], "/elsewhere").status_code == 404


def test_threads_serve_as_well(running: Running, press: Callable[..., Any]) -> None:
    process, anybody = running.deployment.gateway("--worker-class=gthread", "--threads=4")
    anybody.ready(*plugins())
    assert press(anybody).editor.get("/v1/publishing/articles")["items"]
    status, _ = process.stop()
    assert status == 0


def test_a_gateway_that_starts_while_a_service_is_away_still_knows_it(running: Running) -> None:
    running.services["finance"].stop()
    status, _ = running.gateway.stop()
    assert status == 0
    port = int(running.anybody.address.rpartition(":")[2])
    running.gateway, _ = running.deployment.gateway(port=port)
    running.anybody.ready("membership", "publishing")

    problem = running.anybody.as_("accountant").problem("GET", FEES, 503)
    assert problem["code"] == "service-away"
    assert "finance" in problem["detail"]
    assert running.anybody.problem("GET", "/v1/finance/no-such-thing", 404)["code"] == "no-such-path"
    assert "finance.list_manuscript_fees" in running.anybody.ask("GET", "/openapi.json").text
    running.start_again("finance")
    assert "items" in running.anybody.as_("accountant").get(FEES)


def test_a_service_waits_for_the_bus_and_can_be_stopped_meanwhile(deployment: Deployment, tmp_path: Path) -> None:
    (port, nobody) = free_ports(2)
    waiting = Started(
        *("run", "finance"),
        log=tmp_path / "waiting.log",
        variables={
            "XIEHUI_AMQP_URL": f"pyamqp://guest:guest@127.0.0.1:{nobody}//",
            "XIEHUI_KEYS": str(deployment.keys / "finance"),
            "XIEHUI_HEALTH_PORT": str(port),
        },
    )
    with waiting:
        deployment.doors[waiting.process.pid] = f"http://127.0.0.1:{port}"

        def alive() -> bool:
            try:
                return deployment.door(waiting, "/healthz").status_code == 200
            except httpx.TransportError:
                return False

        eventually(alive, within=20)
        assert deployment.door(waiting, "/readyz").status_code == 503
        time.sleep(1)
        status, seconds = waiting.stop()
        assert (status, seconds < 10) == (0, True), f"{status} after {seconds:.1f} s:\n{waiting.said[-2000:]}"


def test_without_its_keys_a_service_says_so_and_ends(deployment: Deployment, tmp_path: Path) -> None:
    done = xiehui(
        *("run", "finance"),
        XIEHUI_AMQP_URL=deployment.buses["finance"],
        XIEHUI_KEYS=str(tmp_path),
        XIEHUI_HEALTH_PORT=str(free_ports(1)[0]),
    )
    assert done.returncode == 1
    assert "no keys of finance" in done.stdout

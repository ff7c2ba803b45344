"""The first administrator: one secret on the console, no default password (M11)."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.membership.accounts.first_start import welcome
from services.membership.accounts.operations import Accounts
from services.membership.plugin import PLUGIN
from services.membership.seed import seed
from services.membership.sessions.operations import Sessions
from services.membership.sessions.own import OwnAccount
from shared.api.execution import execute
from shared.identity.principals import ANONYMOUS, Principal
from shared.runtime import Runtime
from shared.settings import Settings
from shared.store.database import make_engine
from shared.store.migrations import upgrade
from shared.store.tx import Origin
from shared.testing.postgres import FreshDatabase

PASSWORD = "汾河水长流-2021年"
ITSELF = Origin(Principal("service", service="membership"), "test")


@dataclass
class Fresh:
    """Membership in an empty database, without a bus."""

    runtime: Runtime

    def welcome(self) -> str | None:
        with self.runtime.begin(ITSELF) as tx:
            return welcome(tx)

    def call(self, mixin: type[Any], name: str, token: str | None = None, **arguments: Any) -> dict[str, Any]:
        method = getattr(mixin(), name)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return execute(
            self.runtime,
            method.operation,
            lambda tx, **given: method.__wrapped__(mixin(), tx, **given),
            arguments,
            headers,
        )

    def sign_in(self, username: str, password: str) -> dict[str, Any]:
        return self.call(Sessions, "sign_in", username=username, password=password)

    def exchange(self, username: str, secret: str) -> str:
        """Exchange a one-time secret for PASSWORD; the access token of then."""
        token = self.sign_in(username, secret)["body"]["access_token"]
        changed = self.call(OwnAccount, "change_my_password", token, old_password=secret, new_password=PASSWORD)
        assert changed["status"] == 200, changed
        return str(changed["body"]["access_token"])


@pytest.fixture
def fresh(fresh_database: FreshDatabase, keys: Path) -> Iterator[Fresh]:
    url = fresh_database()
    engine = make_engine(url, pool_size=2)
    upgrade(engine, PLUGIN)
    engine.dispose()
    runtime = Runtime(PLUGIN, Settings(database_urls={"membership": url}, keys=keys))
    yield Fresh(runtime)
    runtime.close()


def told(message: str | None) -> tuple[str, str]:
    """User name and secret of a message."""
    assert message is not None
    username = re.search(r"user name: (\S+)", message)
    secret = re.search(r"one-time secret: (\S+)", message)
    assert username, message
    assert secret, message
    return username[1], secret[1]


@pytest.mark.rule(id="M11")
def test_the_first_start_makes_an_administrator_with_a_secret_of_its_own(fresh: Fresh) -> None:
    message = fresh.welcome()
    username, secret = told(message)
    assert username == "admin"
    assert re.fullmatch(r"([A-Z2-9]{4}-){3}[A-Z2-9]{4}", secret)
    assert message is not None
    assert "一次性密码" in message
    signed_in = fresh.sign_in(username, secret)
    assert (signed_in["status"], signed_in["body"]["roles"]) == (201, [])
    with fresh.runtime.engine.connect() as connection:
        [kept] = connection.exec_driver_sql("SELECT t::text FROM accounts t").scalars()
    assert secret not in kept
    assert "$argon2id$" in kept


@pytest.mark.rule(id="M11")
def test_each_start_gives_another_secret_until_one_is_exchanged(fresh: Fresh) -> None:
    _, first = told(fresh.welcome())
    session = fresh.sign_in("admin", first)["body"]
    username, second = told(fresh.welcome())
    assert (username, second != first) == ("admin", True)
    assert fresh.sign_in("admin", first)["status"] == 401
    refreshed = fresh.call(Sessions, "refresh_session", refresh_token=session["refresh_token"])
    assert refreshed["status"] == 401
    fresh.exchange("admin", second)
    assert fresh.welcome() is None
    assert fresh.sign_in("admin", PASSWORD)["body"]["roles"] == ["administrator"]


@pytest.mark.rule(id="M11")
def test_two_starts_at_once_make_one_administrator(fresh: Fresh) -> None:
    messages: list[str | None] = []
    starts = [threading.Thread(target=lambda: messages.append(fresh.welcome())) for _ in range(3)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert {told(message)[0] for message in messages} == {"admin"}
    with fresh.runtime.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM accounts").scalar_one() == 1
    assert sum(fresh.sign_in(*told(message))["status"] == 201 for message in messages) == 1


@pytest.mark.rule(id="M11")
def test_the_last_who_can_administer_cannot_be_taken_away(fresh: Fresh) -> None:
    """Two administrators, each about to take the other away: the second finds nobody left beside."""
    first = fresh.exchange(*told(fresh.welcome()))
    opened = fresh.call(Accounts, "open_account", first, username="second", roles=["administrator"])["body"]
    second = fresh.exchange("second", opened["one_time_secret"])
    admin = fresh.call(Accounts, "list_accounts", first)["body"]["items"][0]
    assert admin["username"] == "admin"
    gone = fresh.call(Accounts, "close_account", first, id=opened["id"], reason="调离")
    assert gone["status"] == 200
    refused = fresh.call(Accounts, "close_account", second, id=admin["id"], reason="调离")
    assert refused["problem"]["code"] == "last-administrator"
    assert fresh.welcome() is None


@pytest.mark.rule(id="M11")
def test_where_nobody_can_administer_any_more_another_is_made(fresh: Fresh) -> None:
    fresh.exchange(*told(fresh.welcome()))
    with fresh.runtime.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE accounts SET closed_at = now()")
    assert told(fresh.welcome())[0] == "admin2"


def test_seeding_twice_changes_nothing_and_makes_no_account(fresh: Fresh) -> None:
    def state() -> list[int]:
        with fresh.runtime.engine.connect() as connection:
            return [
                connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
                for table in ("units", "people", "accounts", "chassis.outbox")
            ]

    for _ in range(2):
        with fresh.runtime.begin(ITSELF) as tx:
            seed(tx)
        assert state() == [11, 21, 0, 39]


def test_what_was_completed_is_not_loaded_over(fresh: Fresh) -> None:
    with fresh.runtime.begin(ITSELF) as tx:
        seed(tx)
    with fresh.runtime.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE units SET name = '全称', tier = 'director'")
    with fresh.runtime.begin(Origin(ANONYMOUS, "test")) as tx:
        seed(tx)
    with fresh.runtime.engine.connect() as connection:
        assert set(connection.exec_driver_sql("SELECT name, tier FROM units").all()) == {("全称", "director")}

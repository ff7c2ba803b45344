"""Membership's process and a real SMTP server: mail that leaves, a server that comes back, a process that is killed
between sending and noting it."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.membership.plugin import PLUGIN
from shared.identity.keys import Keyring
from shared.identity.principals import Principal
from shared.mail.letters import Letter
from shared.mail.posting import post
from shared.runtime import Runtime
from shared.settings import Settings
from shared.standards.mail_address import MailAddress
from shared.store.database import make_engine
from shared.store.migrations import upgrade
from shared.store.tx import Origin
from shared.testing.association import Association, eventually
from shared.testing.postgres import FreshDatabase
from shared.testing.smtp import MailServer

TO = "unit@example.com"


class Post:
    """Membership alone, in a process of its own, and letters that it is given behind its back."""

    def __init__(self, url: str, keys: Path, issuer: Keyring, folder: Path, server: MailServer) -> None:
        settings: dict[str, Any] = {
            "amqp_url": "embedded://post/",
            "database_urls": {"membership": url},
            "keys": str(keys),
            "poll_every": 0.1,
            "mail": f"smtp://127.0.0.1:{server.port}?tls=none",
            "mail_from": "dues@association.example",
            "mail_retry_delays": [0.2] * 50,
        }
        clock = "2021-02-01T10:00:00+08:00"
        self.association = Association(settings, ["membership"], folder / "log.jsonl", issuer, clock=clock)
        self.runtime = Runtime(PLUGIN, Settings(database_urls={"membership": url}, keys=keys))

    def write(self, to: str = TO) -> str:
        with self.runtime.begin(Origin(Principal("service", service="membership"), "c")) as tx:
            letter = Letter("会费", "请缴纳会费。")
            return str(post(tx, MailAddress.parse(to), letter, kind="test", keep_days=1))

    def state(self, id: str) -> tuple[str, str | None]:
        (row,) = self.association.rows("membership", f"SELECT state, error FROM chassis.mails WHERE id = '{id}'")
        return row["state"], row["error"]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


@pytest.fixture
def post_office(
    fresh_database: FreshDatabase, keys: Path, issuer: Keyring, tmp_path: Path, server: MailServer
) -> Iterator[Post]:
    url = fresh_database()
    engine = make_engine(url, pool_size=2)
    upgrade(engine, PLUGIN)
    engine.dispose()
    running = Post(url, keys, issuer, tmp_path, server)
    running.association.start()
    try:
        yield running
    finally:
        running.association.stop()
        running.runtime.close()


def test_mail_leaves_a_green_process_and_bad_answers_are_dealt_with(post_office: Post, server: MailServer) -> None:
    server.refuse("no@example.com", "550 no such mailbox no@example.com")
    server.refuse("full@example.com", "452 full@example.com is full")
    refused, full, good = (post_office.write(to) for to in ("no@example.com", "full@example.com", TO))
    eventually(lambda: post_office.state(good) == ("sent", None), within=30)
    eventually(lambda: post_office.state(refused) == ("parked", "recipient-refused 550"))
    eventually(lambda: post_office.state(full) == ("queued", "recipient-refused 452"))
    server.take_again("full@example.com")
    eventually(lambda: post_office.state(full) == ("sent", None), within=30)
    server.break_off(1)
    broken = post_office.write()
    eventually(lambda: post_office.state(broken) == ("sent", None), within=30)
    # It had the message when it hung up, and knows the second by its id.
    assert server.ids().count(f"<{broken}@association.example>") == 2
    log = post_office.association.log.read_text()
    assert good in log
    assert not any(said in log for said in ("example.com", "请缴纳会费"))


def test_a_server_that_is_away_is_waited_for(post_office: Post, server: MailServer) -> None:
    server.stop()
    id = post_office.write()
    eventually(lambda: post_office.state(id) == ("queued", "away"), within=30)
    server.start()
    eventually(lambda: post_office.state(id) == ("sent", None), within=30)
    assert server.ids() == [f"<{id}@association.example>"]


def test_killed_between_sending_and_noting_it_is_sent_again_under_the_same_id(
    post_office: Post, server: MailServer
) -> None:
    kill: Callable[[], None] = lambda: os.kill(post_office.association.pid, signal.SIGKILL)  # noqa: E731
    server.when_taken = kill
    id = post_office.write()
    assert post_office.association.died(30)
    server.when_taken = lambda: None
    assert post_office.state(id) == ("queued", None)
    post_office.association.kill()
    post_office.association.start()
    eventually(lambda: post_office.state(id) == ("sent", None), within=30)
    assert server.ids() == [f"<{id}@association.example>"] * 2


@pytest.mark.rule(id="M4")
def test_reminders_and_standings_are_looked_after_each_day_by_themselves(post_office: Post) -> None:
    jobs = "SELECT kind, state, principal FROM chassis.jobs ORDER BY kind"
    itself = {"state": "done", "principal": "service:membership"}
    wanted = [{"kind": kind, **itself} for kind in ("remind-of-dues", "review-standings")]
    eventually(lambda: post_office.association.rows("membership", jobs) == wanted, within=30)

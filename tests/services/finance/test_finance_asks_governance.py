"""Finance asks governance who signs: what happens while governance is away, and after (G11, X6)."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from shared.identity.keys import Keyring
from shared.identity.principals import issue_access
from shared.running import migrate
from shared.settings import Settings
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import Answer, Association, Person

SECRETARY_GENERAL = "01771113-1801-7e22-acf4-8a2dfe5e17d9"
NAMES = ["finance", "governance"]


class Alone:
    """Finance and governance in databases of their own, either running or not."""

    def __init__(self, postgres: EmbeddedPostgres, keys: Path, issuer: Keyring, log: Path) -> None:
        self.keys, self.issuer, self.log = keys, issuer, log
        databases = {name: f"{name}_{uuid.uuid4().hex[:12]}" for name in NAMES}
        for database in databases.values():
            postgres.create_database(database)
        self.urls = {name: postgres.url(database) for name, database in databases.items()}
        migrate(Settings(database_urls=self.urls, keys=keys), NAMES)

    @contextmanager
    def running(self, *services: str) -> Iterator[Association]:
        settings: dict[str, Any] = {
            "amqp_url": "embedded://alone/",
            "database_urls": self.urls,
            "keys": str(self.keys),
            "retry_delays": [0.2, 0.4],
            "poll_every": 0.2,
        }
        association = Association(settings, list(services), self.log, self.issuer, clock="2062-03-10T09:00:00+08:00")
        association.start()
        try:
            yield association
        finally:
            association.stop()

    def officer(self) -> Person:
        """The secretary-general, signed in."""
        account, session = str(uuid.uuid4()), str(uuid.uuid4())
        token = issue_access(self.issuer, account=account, person=SECRETARY_GENERAL, session=session, roles=["officer"])
        return Person(token, account, SECRETARY_GENERAL)


@pytest.fixture
def alone(postgres: EmbeddedPostgres, keys: Path, issuer: Keyring, tmp_path: Path) -> Alone:
    return Alone(postgres, keys, issuer, tmp_path / "log.jsonl")


@pytest.mark.rule(id="X6")
def test_while_governance_is_away_nothing_is_signed_and_it_goes_on_when_it_is_back(alone: Alone) -> None:
    officer, key = alone.officer(), str(uuid.uuid4())

    def act(operation: str, **arguments: Any) -> Answer:
        return association.call("finance", operation, as_=officer, id=id, **arguments)

    with alone.running("finance") as association:
        id = association.call(
            "finance",
            "request_expenditure",
            as_=association.person("accountant"),
            kind="utilities",
            payee="太原供电",
            purpose="二月电费",
            amount="2999.99",
        )["id"]
        before = act("get_expenditure")
        for operation, arguments in (("sign_expenditure", {"key": key}), ("refuse_expenditure", {"reason": "x"})):
            answer = act(operation, **arguments)
            assert answer.problem is not None
            assert (answer.status, answer.problem["code"]) == (503, "service-away")
            assert "governance" in answer.problem["detail"]
            assert answer.problem["retry_after"] > 0
        after = act("get_expenditure")
        assert (after.body, after.etag) == (before.body, before.etag)
        assert association.rows("finance", "SELECT * FROM expenditure_signatures") == []
        assert association.rows("finance", "SELECT * FROM chassis.idempotency") == []
    with alone.running("finance", "governance") as association:
        signed = act("sign_expenditure", key=key)
        assert signed["state"] == "approved"
        assert act("sign_expenditure", key=key).body == signed.body
        told = association.rows("finance", "SELECT body FROM chassis.outbox WHERE type = 'expenditure.approved.v1'")
        assert [json.loads(row["body"])["expenditure_id"] for row in told] == [id]


@pytest.mark.rule(id="G11")
def test_governances_database_away_is_governance_away(alone: Alone) -> None:
    alone.urls["governance"] = alone.urls["governance"].replace("@", "@nowhere.invalid/", 1)
    with alone.running("finance", "governance") as association:
        itself = association.call("governance", "list_bodies", as_=alone.officer())
        assert (itself.status, (itself.problem or {})["code"]) == (503, "database-away")
        answer = association.call("finance", "sign_expenditure", as_=alone.officer(), id=uuid.uuid4())
        assert answer.problem is not None
        assert (answer.status, answer.problem["code"]) == (503, "service-away")
        assert "governance" in answer.problem["detail"]

"""Requests and erasures while a service is away: they wait, and go on when it is back (X11, X12)."""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from shared.books.look import Look
from shared.identity.keys import Keyring
from shared.plugins import plugins
from shared.running import migrate
from shared.settings import Settings
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import Association, Person, eventually

NAMES = sorted(plugins())
BUT_ONE = [name for name in NAMES if name != "certification"]


class Alone:
    """All services in databases of their own, some of them running."""

    def __init__(self, postgres: EmbeddedPostgres, keys: Path, issuer: Keyring, log: Path) -> None:
        self.keys, self.issuer, self.log = keys, issuer, log
        databases = {name: f"{name}_{uuid.uuid4().hex[:12]}" for name in NAMES}
        for database in databases.values():
            postgres.create_database(database)
        self.urls = {name: postgres.url(database) for name, database in databases.items()}
        migrate(Settings(database_urls=self.urls, keys=keys), NAMES)

    @contextmanager
    def running(self, services: list[str]) -> Iterator[Association]:
        settings: dict[str, Any] = {
            "amqp_url": "embedded://alone/",
            "database_urls": self.urls,
            "keys": str(self.keys),
            "retry_delays": [0.2, 0.4],
            "poll_every": 0.2,
        }
        association = Association(settings, services, self.log, self.issuer, clock="2023-05-08T09:00:00+08:00").start()
        try:
            yield association
        finally:
            association.stop()


@pytest.fixture
def alone(postgres: EmbeddedPostgres, keys: Path, issuer: Keyring, tmp_path: Path) -> Alone:
    return Alone(postgres, keys, issuer, tmp_path / "log.jsonl")


def made(association: Association, clerk: Person, kind: str, **given: Any) -> tuple[str, str]:
    """A new person and a request about them that is assigned to the clerk."""
    person = association.call("membership", "register_person", as_=clerk, name="田间")["id"]
    request = association.call(
        "membership", "enter_personal_data_request", as_=clerk, person_id=person, kind=kind, **given
    )["id"]
    association.call("membership", "assign_personal_data_request", as_=clerk, id=request, person_id=clerk.person)[
        "state"
    ]
    return person, request


@pytest.mark.rule(id="X12")
def test_while_a_service_is_away_a_request_waits_and_says_for_whom(alone: Alone) -> None:
    with alone.running(BUT_ONE) as association:
        clerk = association.person("clerk")
        _, request = made(association, clerk, "see")
        answer = {"id": request, "decision": "granted"}
        refused = association.call("membership", "answer_personal_data_request", as_=clerk, **answer)
        assert refused.problem is not None
        assert refused.status == 503
        assert "certification" in refused.problem["detail"]
        waiting = association.call("membership", "get_personal_data_request", as_=clerk, id=request)
        assert (waiting["state"], waiting["decision"]) == ("assigned", None)
    with alone.running(NAMES) as association:
        granted = association.call("membership", "answer_personal_data_request", as_=clerk, **answer)
        assert (granted["state"], granted["fetch_until"]) == ("answered", "2023-06-07")
        assert association.call("membership", "export_personal_data", as_=clerk, id=request).content
    with alone.running(BUT_ONE) as association:
        away = association.call("membership", "export_personal_data", as_=clerk, id=request)
        assert away.status == 503, "half of it would look like all of it"
        noted = association.rows("membership", "SELECT * FROM chassis.audit WHERE operation = 'export_personal_data'")
        assert len(noted) == 1, "what was not handed out is not written down as if it had been"


@pytest.mark.rule(id="X11")
def test_an_erasure_waits_for_a_service_that_had_not_heard_of_it(alone: Alone) -> None:
    with alone.running(NAMES) as association:
        clerk = association.person("clerk")
        _, request = made(association, clerk, "delete", classes=["identity-number"])

        def state() -> Any:
            return association.call("membership", "get_personal_data_request", as_=clerk, id=request)["state"]

        association.call("membership", "answer_personal_data_request", as_=clerk, id=request, decision="granted")
        eventually(lambda: state() == "answered", within=20)
        # As it would be had certification been away from the moment of the order on.
        with association.database("certification").begin() as connection:
            connection.exec_driver_sql("DELETE FROM chassis.inbox")
            connection.exec_driver_sql("DELETE FROM chassis.outbox")
        with association.database("membership").begin() as connection:
            connection.exec_driver_sql("DELETE FROM erasure_answers WHERE service = 'certification'")
            connection.exec_driver_sql("UPDATE erasures SET completed_at = NULL")
            connection.exec_driver_sql("UPDATE personal_data_requests SET state = 'erasing', answered_at = NULL")
            connection.exec_driver_sql("DELETE FROM chassis.inbox WHERE source = 'certification'")
    with association.database("membership").begin() as connection:
        connection.exec_driver_sql("UPDATE chassis.outbox SET sent_at = NULL WHERE type LIKE 'person.erasure%%'")
    with alone.running(BUT_ONE) as association:
        waiting = association.call("membership", "get_personal_data_request", as_=clerk, id=request)
        assert (waiting["state"], waiting["erasure"]["waiting_for"]) == ("erasing", ["certification"])
    with alone.running(NAMES) as association:
        eventually(lambda: state() == "answered", within=30)
        done = association.call("membership", "get_personal_data_request", as_=clerk, id=request)["erasure"]
        assert done["waiting_for"] == []
        services = [answer["service"] for answer in done["answers"]]
        assert sorted(services) == NAMES, "those that had heard of it counted it once"


@pytest.mark.rule(id="X11")
def test_the_books_know_of_erasures(alone: Alone) -> None:
    with alone.running(NAMES) as association:
        clerk = association.person("clerk")
        _, request = made(association, clerk, "delete", classes=["identity-number"])
        answer = {"id": request, "decision": "granted"}
        association.call("membership", "answer_personal_data_request", as_=clerk, **answer)
        eventually(
            lambda: (
                association.call("membership", "get_personal_data_request", as_=clerk, id=request)["state"]
                == "answered"
            ),
            within=20,
        )
    with ExitStack() as closing:
        sessions: dict[str, Session] = {}
        for name, url in alone.urls.items():
            engine = create_engine(url)
            closing.callback(engine.dispose)
            sessions[name] = closing.enter_context(Session(engine))

        def faults() -> list[str]:
            looks = [(plugin.books, Look(plugin, sessions)) for plugin in plugins().values()]
            checks = [(check, look) for books, look in looks if books for check in books.checks]
            erasing = [(check, look) for check, look in checks if "X11" in str(check.__doc__)]
            assert {look.plugin.name for _, look in erasing} == set(NAMES)
            return [fault.where for check, look in erasing for fault in check(look)]

        assert faults() == []
        for service, statement, where in (
            ("membership", "DELETE FROM erasure_answers WHERE service = 'finance'", "erasure_answers"),
            ("membership", "UPDATE erasure_answers SET rows = 7 WHERE service = 'finance'", "erasure_answers"),
            ("publishing", "DELETE FROM chassis.outbox", "chassis.outbox person.erased.v1"),
            ("membership", "DELETE FROM erasure_answers", "erasure_answers"),
        ):
            sessions[service].execute(text(statement))
            assert any(fault.startswith(where) for fault in faults()), statement
            sessions[service].rollback()

"""The books of teller and listener: right after a real flow, and whatever is done to a row afterwards is found."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url

import shared.testing.echo as echo
from shared.books.counting import count, findings_in, settled
from shared.books.declared import Finding
from shared.store.base import new_id
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import eventually
from shared.testing.counting import books_are_right
from shared.testing.spoiling import Spoiler, spoiling
from shared.testing.telling import Pair
from shared.text import Text

PLUGINS = [echo.TELLER, echo.LISTENER]
TABLES = [
    *(("teller", f"chassis.{table}") for table in ("outbox", "audit", "seals", "idempotency", "counters")),
    ("teller", "topics"),
    *(("listener", table) for table in ("chassis.inbox", "heard_notes")),
]
IDS = [f"{service}-{table}" for service, table in TABLES]

_LAST = "position = (SELECT max(position) FROM chassis.outbox)"

FEW = settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

UNSEEN = {
    # When something happened is written in one place only, and what people call a thing says nothing of others.
    "chassis.outbox": {"position", "created_at", "sent_at"},
    "chassis.audit": set(),
    "chassis.seals": set(),
    "chassis.idempotency": {"key", "answer", "created_at"},
    "chassis.counters": set(),
    "chassis.inbox": {"seq", "attempts", "body", "headers", "error", "received_at", "next_attempt_at", "settled_at"},
    "topics": {"name", "version"},
    "heard_notes": {"id"},
}
"""Columns that nothing else speaks of. One that comes to a table is seen, or gets a place here."""


def a_row(spoiler: Spoiler, table: str, where: str = "true") -> st.SearchStrategy[str]:
    return st.sampled_from(spoiler.rows(table, where))


@dataclass
class Flow:
    """What a flow left behind: databases on a server. Whatever is done to one is seen and undone."""

    postgres: EmbeddedPostgres
    urls: dict[str, str]

    @contextmanager
    def spoiled(self, service: str) -> Iterator[Spoiler]:
        with spoiling(self.postgres.admin_url, str(make_url(self.urls[service]).database)) as spoiler:
            yield spoiler

    def found(self, service: str, spoil: Callable[[Spoiler], None]) -> list[Finding]:
        """What is found once this has been done to the database of a service."""
        with ExitStack() as rooms:
            spoilers = {name: rooms.enter_context(self.spoiled(name)) for name in self.urls}
            spoil(spoilers[service])
            return findings_in(PLUGINS, {name: spoiler.session for name, spoiler in spoilers.items()})


@pytest.fixture(scope="module")
def told(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The databases after a flow with everything in it: commands repeated, notes that fail at first, a job."""
    with Pair.on("embedded://books/", postgres, tmp_path_factory.mktemp("books")) as pair:
        teller = pair.person("teller")

        def do(operation: str, **given: object) -> dict[str, object]:
            key = str(new_id())
            first, again = (pair.call("teller", operation, as_=teller, key=key, **given) for _ in range(2))
            assert first.problem is None
            assert first.body == again.body
            return dict(first.body)

        topics = [do("open_topic", name=f"topic {number}")["id"] for number in range(3)]
        for number, topic in enumerate(topics):
            for text in ("one", f"fail 1 {number}", "three"):
                do("tell", id=topic, texts=[text, f"{text} again"])
        assert pair.call("teller", "open_topic", as_=teller, name="forbidden", key="forbidden").status == 409
        job = do("start_counting", steps=2)["id"]
        eventually(lambda: pair.call("teller", "get_job", as_=teller, id=job)["state"] == "done", within=30)
        urls = dict(pair.settings["database_urls"])
        books_are_right(PLUGINS, urls)
        pair.stop()
        yield urls


@pytest.fixture
def flow(postgres: EmbeddedPostgres, told: dict[str, str]) -> Flow:
    return Flow(postgres, told)


def test_after_a_flow_the_books_are_right(flow: Flow) -> None:
    assert count(PLUGINS, flow.urls.__getitem__) == []


@given(st.data())
@FEW
@pytest.mark.parametrize(("service", "table"), TABLES, ids=IDS)
def test_a_row_taken_away_is_found(flow: Flow, service: str, table: str, data: st.DataObject) -> None:
    assert flow.found(service, lambda spoiler: spoiler.take_away(table, data.draw(a_row(spoiler, table))))


@given(st.data())
@FEW
@pytest.mark.parametrize(("service", "table"), TABLES, ids=IDS)
def test_a_row_doubled_is_found_where_it_is(flow: Flow, service: str, table: str, data: st.DataObject) -> None:
    found = flow.found(service, lambda spoiler: spoiler.double(table, data.draw(a_row(spoiler, table))))
    assert (service, "constraints", table) in {(each.service, each.check, each.where.split()[0]) for each in found}


@given(st.data())
@FEW
@pytest.mark.parametrize(("service", "table"), TABLES[-3::2], ids=IDS[-3::2])
def test_a_row_doubled_under_an_id_of_its_own_is_found(
    flow: Flow, service: str, table: str, data: st.DataObject
) -> None:
    found = flow.found(service, lambda spoiler: spoiler.double(table, data.draw(a_row(spoiler, table)), new_id=True))
    assert table in {finding.where.split()[0] for finding in found}


@given(st.data())
@FEW
@pytest.mark.parametrize(("service", "table"), TABLES, ids=IDS)
def test_a_row_changed_in_any_column_that_matters_is_found(
    flow: Flow, service: str, table: str, data: st.DataObject
) -> None:
    with flow.spoiled(service) as spoiler:
        columns = sorted(spoiler.columns(table).keys() - UNSEEN[table])
    for column in columns:

        def change(spoiler: Spoiler, column: str = column) -> None:
            # Nothing points at the topic that counting left.
            where = "name NOT LIKE 'counted %'" if table == "topics" else "true"
            spoiler.change(table, data.draw(a_row(spoiler, table, where)), column)

        assert flow.found(service, change), column


# --- what is found is located ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "statement", "wanted"),
    [
        (
            "teller",
            f"UPDATE chassis.outbox SET sent_at = NULL WHERE {_LAST}",
            ("teller", "outbox", "chassis.outbox"),
        ),
        (
            "teller",
            f"UPDATE chassis.outbox SET body = '{{\"text\": 1}}' WHERE {_LAST}",
            ("teller", "outbox", "chassis.outbox"),
        ),
        (
            "teller",
            f"UPDATE chassis.outbox SET body = '{{' WHERE {_LAST}",
            ("teller", "outbox", "chassis.outbox"),
        ),
        (
            "listener",
            "DELETE FROM chassis.inbox WHERE seq = (SELECT max(seq) FROM chassis.inbox)",
            ("listener", "heard", "chassis.inbox"),
        ),
        (
            "listener",
            "UPDATE chassis.inbox SET source = 'nobody' WHERE seq = (SELECT max(seq) FROM chassis.inbox)",
            ("listener", "heard", "chassis.inbox"),
        ),
        (
            "listener",
            "UPDATE chassis.inbox SET state = 'dead' WHERE seq = (SELECT max(seq) FROM chassis.inbox)",
            ("listener", "inbox", "chassis.inbox"),
        ),
        ("teller", "UPDATE chassis.jobs SET state = 'running'", ("teller", "jobs", "chassis.jobs")),
        ("teller", "UPDATE chassis.audit SET principal = 'x' WHERE seal_no = 2", ("teller", "audit", "chassis.audit")),
        ("teller", "DELETE FROM chassis.audit WHERE seal_no = 2", ("teller", "keys", "chassis.audit")),
        ("teller", "DELETE FROM chassis.audit WHERE seal_no > 2", ("teller", "audit", "chassis.audit")),
        ("teller", "UPDATE chassis.seals SET last = last - 1", ("teller", "audit", "chassis.audit")),
        (
            "teller",
            "UPDATE chassis.idempotency SET answer = NULL WHERE operation = 'start_counting'",
            ("teller", "keys", "chassis.idempotency"),
        ),
        ("teller", "UPDATE chassis.counters SET last = 4", ("teller", "numbers", "topics")),
        ("teller", "UPDATE chassis.counters SET last = 2", ("teller", "numbers", "chassis.counters")),
        (
            "teller",
            "INSERT INTO chassis.counters VALUES ('nobody knows', 1)",
            ("teller", "numbers", "chassis.counters"),
        ),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_what_is_wrong_is_said_where_it_is(
    flow: Flow, service: str, statement: str, wanted: tuple[str, str, str]
) -> None:
    found = flow.found(service, lambda spoiler: spoiler.execute(statement))
    assert wanted in {(each.service, each.check, each.where.split()[0]) for each in found}


def test_an_event_that_a_person_gave_up_is_no_discrepancy(flow: Flow) -> None:
    last = "(SELECT topic_id FROM heard_notes ORDER BY id DESC LIMIT 1)"

    def drop(spoiler: Spoiler) -> None:
        spoiler.execute(
            "UPDATE chassis.inbox SET state = 'dropped' WHERE seq ="
            f" (SELECT max(seq) FROM chassis.inbox WHERE aggregate = 'teller/topic/' || {last})"
        )
        spoiler.execute(f"DELETE FROM heard_notes WHERE topic_id = {last} AND position = 6")

    assert flow.found("listener", drop) == []


def test_a_service_is_counted_without_the_others(flow: Flow) -> None:
    assert count([echo.TELLER], flow.urls.__getitem__) == []


# --- what is under way ----------------------------------------------------------------------------------------


def finding(what: str) -> Finding:
    return Finding("teller", "outbox", what, Text(what, what))


def test_what_is_gone_at_the_next_look_does_not_count() -> None:
    looks = iter([[finding("a")], [finding("b"), finding("c")], []])
    assert settled(lambda: next(looks), patience=60, every=0) == []


def test_what_stands_in_the_last_two_looks_counts() -> None:
    looks = iter([[finding("a")], [finding("b"), finding("c")], [finding("d"), finding("c")]])
    found: list[list[Finding]] = []

    def look() -> list[Finding]:
        found.append(next(looks, [finding("d"), finding("c")]))
        return found[-1]

    assert finding("c") in settled(look, patience=0.05, every=0.01)
    assert len(found) > 2

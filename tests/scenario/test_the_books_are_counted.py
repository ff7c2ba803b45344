"""The books of an association in which something of everything happened: right, until somebody touches a row.

The flows are those of the demonstration, over HTTP; then the association stops and its databases are looked at.
"""

import json
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from marshmallow import Schema
from rich.progress import Progress
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from demo import article_fee, batch_of_2020, dues, expenditure
from demo.findings import Findings
from demo.office import open_office
from shared.books.counting import findings_in
from shared.books.declared import Finding
from shared.books.look import Look, Told
from shared.bus.events import EventSchema
from shared.bus.listening import subscriptions_of
from shared.plugins import plugins
from shared.store.embedded import EmbeddedPostgres
from shared.store.tables import Outbox
from shared.testing.processes import Started, xiehui
from shared.testing.spoiling import Spoiler, spoiling

FLOWS = (batch_of_2020, article_fee, dues, expenditure)


@dataclass
class Books:
    """What the flows left behind, on a server that nobody else uses, and a session on each database."""

    server: EmbeddedPostgres
    sessions: dict[str, Session]

    def found(self, service: str, spoil: Callable[[Spoiler], None]) -> list[Finding]:
        """What the first service that notices finds, the service itself before others, once this has been done to its
        database; it is undone at the end."""
        others = [plugin for name, plugin in plugins().items() if name != service]
        # What it has read before it holds, and a constraint could not be dropped.
        self.sessions[service].rollback()
        with spoiling(self.server.admin_url, service) as spoiler:
            spoil(spoiler)
            sessions = {**self.sessions, service: spoiler.session}
            for plugin in (plugins()[service], *others):
                if findings := findings_in([plugin], sessions):
                    return findings
        return []


@pytest.fixture(scope="module")
def books() -> Iterator[Books]:
    place = Path(tempfile.mkdtemp(prefix="xiehui-books-"))
    # PostgreSQL's own user must be able to enter.
    place.chmod(0o711)
    names = sorted(plugins())
    where = ["--data", place / "data", "--port", 0, "--clock", "2020-12-01T08:00:00+08:00"]
    try:
        with Started("run", "--all", "--embedded", *where, log=place / "said") as process:
            secret = process.says(r"one-time secret: (\S+)")[1]
            address = process.says(r"http://127\.0\.0\.1:\d+")[0]
            findings = Findings()
            with closing(open_office(address, secret)) as office, Progress(disable=True) as progress:
                for flow in FLOWS:
                    flow.run(office, findings, progress)
            assert findings.all_as_expected
            passwords = json.loads((place / "data" / "postgres" / "passwords.json").read_text())
            there = f"?host={place}/data/postgres/socket&port=5432"
            urls = {
                f"XIEHUI_DATABASE_URL_{name.upper()}": f"postgresql+psycopg://{name}:{passwords[name]}@/{name}{there}"
                for name in names
            }
            counted = xiehui("check", "--no-bus", "--patience", 30, **urls)
            assert counted.returncode == 0, counted.stdout
            assert "账实相符 / the books are right" in counted.stdout
            process.stop()
        with EmbeddedPostgres(place / "data" / "postgres", databases=names) as server, ExitStack() as rooms:
            yield Books(server, {name: rooms.enter_context(spoiling(server.admin_url, name)).session for name in names})
    finally:
        shutil.rmtree(place, ignore_errors=True)


SERVICES = sorted(plugins())
FEW = settings(
    max_examples=1,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

SEEN = {
    "certification": {
        "batches": "id state",
        "steps": "batch_id state",
        "candidates": "id batch_id",
        "certificates": "id number site year level serial batch_id candidate_id issued_at",
    },
    "finance": {
        "vouchers": "number period chart source_kind source_id total lines",
        "voucher_entries": "voucher_id position account debit credit",
        "receivables": "id unit_id year amount owes state due_on voucher slip",
        "dues_payments": "id invoice_id amount unused voucher",
        "dues_allocations": "invoice_id payment_id amount",
        "collection_slips": "number invoice_id amount",
        "manuscript_fees": "article_id author_id unit_id issue_id amount terms state published_at retracted_at",
        "manuscript_fee_entries": "fee_id kind amount",
        "expenditures": "id paid voucher state resolution_id",
        "expenditure_resolutions": "resolution_id number body matter request_id amount adopted_on ended_on used_by",
        "signer_tenures": "tenure_id post person_id since until",
        "signer_absences": "absence_id post person_id since until",
    },
    "governance": {
        "resolutions": "id number body year serial motion_id vote_id matter adopted_on subject_id standing",
        "motions": "id state",
        "tenures": "id person_id since",
        "absences": "id person_id since",
        "wanted_resolutions": "expenditure_id amount kind state resolution_id",
    },
    "membership": {
        "units": "id standing",
        "people": "id",
        "representatives": "id unit_id person_id",
        "accounts": "id person_id role_changes",
        "heard_tenures": "tenure_id post person_id since until ended_on",
        "heard_absences": "absence_id post person_id since until ended_on",
        "dues_standards": "id resolution_id resolution adopted_on effective_from ended_on",
        "dues_amounts": "standard_id tier amount",
        "dues_invoices": "id unit_id year tier amount owes state due_on standard_id issued_on slip",
        "statistics_periods": "id year month due_on",
        "statistics_editions": "id period_id number basis expected reported",
        "statistics_totals": "edition_id value growth",
    },
    "publishing": {
        "articles": "id author_id unit_id characters published_at retracted_at fee",
        "issues": "id kind year serial",
        "placements": "issue_id article_id",
    },
}
"""What is counted, by service, table and column: each is looked for in what others say."""

TABLES = [(service, table) for service, tables in SEEN.items() for table in tables]
IDS = [f"{service}-{table}" for service, table in TABLES]
CHASSIS = [
    (service, f"chassis.{table}")
    for service in SERVICES
    for table in ("outbox", "inbox", "audit", "seals", "idempotency", "counters")
    # Publishing listens to nobody and numbers without a counter, membership numbers nothing.
    if (service, table) not in {("publishing", "inbox"), ("publishing", "counters"), ("membership", "counters")}
]


KNOWN = {"expenditures": "state <> 'awaiting_signature'"}
"""Rows that somebody knows of: of a request that waits for a signature nothing was told yet."""


def rows_of(spoiler: Spoiler, table: str) -> list[str]:
    rows = spoiler.rows(table, KNOWN.get(table, "true"))
    assert rows, f"the flows left nothing in {table}"
    return rows


def a_row(spoiler: Spoiler, table: str) -> st.SearchStrategy[str]:
    return st.sampled_from(rows_of(spoiler, table))


def test_after_all_flows_the_books_are_right(books: Books) -> None:
    assert findings_in(list(plugins().values()), books.sessions) == []


def test_every_event_that_is_heard_has_its_effect_counted(books: Books) -> None:
    """A service that listens to something says in its books what must come of it."""
    asked: set[tuple[str, str, str]] = set()

    class Noting(Look):
        def heard(self, source: str, type: str, schema: type[Schema], *, read_model: str = "") -> list[Told]:
            asked.add((self.plugin.name, source, type))
            return super().heard(source, type, schema, read_model=read_model)

    for plugin in plugins().values():
        assert plugin.books is not None
        for check in plugin.books.checks:
            assert check.__doc__, check.__name__
            assert list(check(Noting(plugin, books.sessions))) == []
    heard = {(name, *key) for name, plugin in plugins().items() for key in subscriptions_of(plugin.service)}
    assert asked == heard


def test_every_event_that_nobody_hears_is_counted(books: Books) -> None:
    """What some service hears is missed there; what nobody hears, only its own service can miss."""
    asked: set[tuple[str, str]] = set()

    class Noting(Look):
        def told(self, schema: type[EventSchema]) -> list[Told]:
            asked.add((self.plugin.name, schema.type()))
            return super().told(schema)

    for plugin in plugins().values():
        assert plugin.books is not None
        for check in plugin.books.checks:
            assert list(check(Noting(plugin, books.sessions))) == []
    heard = {key for plugin in plugins().values() for key in subscriptions_of(plugin.service)}
    told = {(name, schema.type()) for name, plugin in plugins().items() for schema in plugin.events}
    assert told - heard - asked == set()


@pytest.mark.parametrize("service", SERVICES)
def test_an_event_of_any_type_taken_away_is_found(books: Books, service: str) -> None:
    table = "chassis.outbox"
    chosen = random.Random(service)
    for schema in plugins()[service].events:

        def take(spoiler: Spoiler, type: str = schema.type()) -> None:
            spoiler.take_away(table, chosen.choice(spoiler.rows(table, f"type = '{type}'")))

        # The flows do not tell every event there is.
        if books.sessions[service].scalar(select(func.count()).where(Outbox.type == schema.type())):
            assert books.found(service, take), schema.type()


@pytest.mark.rule(id="M11")
def test_a_change_of_rights_of_which_nothing_was_told_is_found(books: Books) -> None:
    one = "SELECT min(position) FROM chassis.outbox WHERE type = 'account.roles-changed.v1'"
    assert books.sessions["membership"].execute(text(one)).scalar() is not None
    found = books.found(
        "membership", lambda spoiler: spoiler.execute(f"DELETE FROM chassis.outbox WHERE position = ({one})")
    )
    assert "each change of rights was told" in {finding.check for finding in found}


@given(st.data())
@FEW
@pytest.mark.parametrize(("service", "table"), [*TABLES, *CHASSIS], ids=[*IDS, *map("-".join, CHASSIS)])
def test_a_row_taken_away_is_found(books: Books, service: str, table: str, data: st.DataObject) -> None:
    assert books.found(service, lambda spoiler: spoiler.take_away(table, data.draw(a_row(spoiler, table))))


@given(st.data())
@FEW
@pytest.mark.parametrize(("service", "table"), TABLES, ids=IDS)
def test_a_row_doubled_under_an_id_of_its_own_is_found(
    books: Books, service: str, table: str, data: st.DataObject
) -> None:
    assert books.found(service, lambda spoiler: spoiler.double(table, data.draw(a_row(spoiler, table)), new_id=True))


@pytest.mark.parametrize(("service", "table"), TABLES, ids=IDS)
def test_a_row_changed_in_any_column_that_is_counted_is_found(books: Books, service: str, table: str) -> None:
    chosen = random.Random(f"{service} {table}")
    for column in SEEN[service][table].split():

        def change(spoiler: Spoiler, column: str = column) -> None:
            spoiler.change(table, chosen.choice(rows_of(spoiler, table)), column)

        assert books.found(service, change), column

"""All members invoiced their dues of a year in one run: previewed, carried out, repeated, resumed after a kill (M1, M2,
M3, X6), through to finance and back.

The association is one of this file's own, so that it is known who all are.
"""

import itertools
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from services.membership.units.rules import check_character
from shared.identity.keys import Keyring
from shared.plugins import plugins
from shared.running import migrate
from shared.settings import Settings
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import Answer, Association, Person, eventually
from shared.testing.counting import books_are_right

SERVICES = ("finance", "governance", "membership")
MANY = 400
"""Units of the big run. `make soak` bills 5,000 on RabbitMQ, with kills."""
PATIENCE = 180.0
AMOUNTS = {"member": "2000.00", "director": "5000.00", "standing_director": "10000.00"}

_years = itertools.count(2051)


class Town:
    """The secretariat and the cashier of an association, and what is in its databases."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.clerk, self.cashier = association.person("clerk"), association.person("cashier")

    def ask(self, service: str, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        # As the gateway does, every command gets a key.
        return self.association.call(service, operation, as_=as_ or self.clerk, **{"key": str(uuid.uuid4()), **given})

    def do(self, service: str, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        answer = self.ask(service, operation, as_, **given)
        assert answer.problem is None, answer.problem
        return answer

    def year(self, **said: Any) -> int:
        """A year that has begun, in which the assembly set the dues on the first day."""
        year = next(_years)
        day = f"{year}-01-01"
        self.association.set_clock(f"{day}T09:00:00+08:00")
        called = {"body": "assembly", "held_on": day, "roll": 100}
        meeting = self.do("governance", "call_meeting", **called)["id"]
        self.do("governance", "open_meeting", id=meeting, present=100)
        amounts = [{"tier": tier, "amount": amount} for tier, amount in AMOUNTS.items()]
        payload = {"amounts": amounts, "effective_from": day, **said}
        motion = {"matter": "dues-standard", "title": "会费标准", "payload": payload}
        put = self.do("governance", "put_motion", id=meeting, **motion)["id"]
        count = {"present": 68, "issued": 68, "returned": 68, "invalid": 0, "abstained": 0, "yes": 68, "no": 0}
        tellers = {"scrutineer": uuid.uuid4(), "counter": uuid.uuid4()}
        self.do("governance", "vote_on_motion", id=put, **count, ballot="secret", tellers=tellers)
        kept = f"SELECT 1 FROM dues_standards WHERE effective_from = '{day}'"
        eventually(lambda: self.association.rows("membership", kept))
        return year

    def unit(self, **given: Any) -> str:
        first17 = f"91140000M{next(_codes):08d}"
        given = {"name": "汾河信息公司", "credit_code": first17 + check_character(first17), "tier": "director", **given}
        return str(self.do("membership", "admit_unit", **given)["id"])

    def leave(self, unit: str, last_day: str) -> None:
        """The unit withdraws on its last day; the clock stands there afterwards."""
        self.association.set_clock(f"{last_day}T09:00:00+08:00")
        self.do("membership", "withdraw_unit", id=unit, last_day=last_day)

    def start(self, year: int, as_: Person | None = None, **given: Any) -> Answer:
        return self.ask("membership", "start_billing_run", as_, year=year, **given)

    def run(self, year: int, **given: Any) -> Answer:
        """A billing run, once it is over."""
        started = self.start(year, **given)
        assert started.status == 201, started.problem
        return self.over(started["id"])

    def over(self, run: str) -> Answer:
        def ended() -> Answer | None:
            answer = self.do("membership", "get_billing_run", id=run)
            return answer if answer["ended_at"] else None

        found: Answer = eventually(ended, within=PATIENCE)
        return found

    def lines(self, run: str, **which: Any) -> dict[str, dict[str, Any]]:
        """What a run found, by unit."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = self.do("membership", "list_billing_lines", id=run, limit=200, cursor=cursor, **which)
            found += page["items"]
            cursor = page["next"]
            if cursor is None:
                break
        by_unit = {line["unit_id"]: line for line in found}
        assert len(by_unit) == len(found)
        return by_unit

    def invoices(self, year: int) -> dict[str, tuple[str, int, str]]:
        """Every invoice of the year: its unit, amount in fen and day."""
        rows = self.association.rows(
            "membership", f"SELECT id, unit_id, amount, issued_on FROM dues_invoices WHERE year = {year}"
        )
        return {str(row["id"]): (str(row["unit_id"]), row["amount"], str(row["issued_on"])) for row in rows}

    def receivables(self, year: int) -> dict[str, tuple[str, int]]:
        rows = self.association.rows("finance", f"SELECT id, unit_id, amount FROM receivables WHERE year = {year}")
        return {str(row["id"]): (str(row["unit_id"]), row["amount"]) for row in rows}

    def version(self, unit: str) -> int:
        (row,) = self.association.rows("membership", f"SELECT version FROM units WHERE id = '{unit}'")
        return int(row["version"])

    def told_last(self, unit: str) -> int:
        """The version of the unit that its last event tells of."""
        rows = self.association.rows(
            "membership", f"SELECT headers FROM chassis.outbox WHERE subject = 'unit/{unit}' ORDER BY position"
        )
        return int(rows[-1]["headers"]["cloudEvents_aggregateversion"])

    def taken_on(self, year: int, *, within: float = 30) -> None:
        """Wait until finance has taken on each invoice of the year, once and as it is."""
        wanted = {id: (unit, amount) for id, (unit, amount, _) in self.invoices(year).items()}

        def all_of_it() -> bool:
            assert self.receivables(year) == wanted
            return True

        eventually(all_of_it, within=within)

    def books(self) -> None:
        services = [plugins()[name] for name in SERVICES]
        books_are_right(services, self.association.settings["database_urls"])


_codes = itertools.count(1)


@pytest.fixture(scope="module")
def town(
    postgres: EmbeddedPostgres, keys: Path, issuer: Keyring, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    urls = {}
    for name in SERVICES:
        postgres.create_database(f"{name}-billing")
        urls[name] = postgres.url(f"{name}-billing")
    migrate(Settings(database_urls=urls, keys=keys), SERVICES)
    settings = {"amqp_url": "embedded://billing/", "database_urls": urls, "keys": str(keys), "poll_every": 0.5}
    log = tmp_path_factory.mktemp("billing") / "log.jsonl"
    running = Association(settings, list(SERVICES), log, issuer, clock="2050-12-01T09:00:00+08:00").start()
    try:
        yield Town(running)
    finally:
        running.stop()
        for name in SERVICES:
            postgres.drop_database(f"{name}-billing")


def refusal(answer: Answer) -> tuple[int, str | None, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem.get("rule"), answer.problem["code"]


def said(run: Answer) -> tuple[int, int, int, str]:
    return run["invoiced"], run["already"], run["passed_over"], run["amount"]


@pytest.mark.rule(id="M3")
@pytest.mark.rule(id="M2")
@pytest.mark.rule(id="M1")
def test_a_run_is_previewed_carried_out_and_repeated(town: Town) -> None:
    waived = town.unit()
    year = town.year(joining="by_month", waivers=[{"unit": waived, "reason": "受灾停产"}])
    known = town.association.rows("membership", "SELECT id, tier FROM units")
    outsiders = {str(row["id"]) for row in known if row["tier"] is None}
    left = town.unit(admitted_on=f"{year}-01-01")
    town.leave(left, f"{year}-08-30")
    town.association.set_clock(f"{year}-08-31T09:00:00+08:00")
    joined = town.unit(tier="standing_director", admitted_on=f"{year}-08-31")
    there, before = town.unit(tier="member"), town.unit()
    unpriced = town.unit(tier="vice_president", admitted_on="2040-01-01")
    first = town.do("membership", "issue_invoice", unit_id=before, year=year)["id"]

    expected: dict[str, tuple[Any, ...]] = {
        joined: ("invoiced", "4166.67", 8, 12, None, None),
        there: ("invoiced", "833.33", 8, 12, None, None),
        before: ("already", None, None, None, None, None),
        left: ("passed_over", None, None, None, "M1", "unit-left"),
        waived: ("passed_over", None, None, None, "M3", "waived"),
        unpriced: ("passed_over", None, None, None, "M3", "tier-without-amount"),
        **dict.fromkeys(outsiders, ("passed_over", None, None, None, "M2", "unit-without-tier")),
    }

    def found(run: Answer) -> dict[str, tuple[Any, ...]]:
        names = ("outcome", "amount", "first_month", "last_month", "rule", "code")
        return {unit: tuple(line[name] for name in names) for unit, line in town.lines(run["id"]).items()}

    preview = town.run(year, preview=True)
    assert found(preview) == expected
    assert said(preview) == (2, 1, 3 + len(outsiders), "5000.00")
    assert preview["done"] == len(known) + 5
    assert preview["tiers"] == [
        {"tier": "member", "units": 1, "amount": "833.33"},
        {"tier": "standing_director", "units": 1, "amount": "4166.67"},
    ]
    assert [(each["rule"], each["code"], each["units"]) for each in preview["reasons"]] == [
        ("M1", "unit-left", 1),
        ("M2", "unit-without-tier", len(outsiders)),
        ("M3", "tier-without-amount", 1),
        ("M3", "waived", 1),
    ]
    assert set(town.invoices(year)) == {first}, "a preview changes nothing"

    run = town.run(year)
    assert (found(run), said(run), run["tiers"]) == (expected, said(preview), preview["tiers"])
    lines = town.lines(run["id"])
    assert {lines[unit]["invoice_id"] for unit in (joined, there, before)} == set(town.invoices(year))
    assert lines[waived]["reason"]["zh"].startswith("会员代表大会决议减免")
    assert {line["unit_id"] for line in town.lines(run["id"], code="waived").values()} == {waived}
    assert set(town.lines(run["id"], outcome="already")) == {before}
    invoice = town.do("membership", "get_invoice", id=lines[joined]["invoice_id"])
    assert (invoice["run_id"], invoice["issued_on"]) == (run["id"], f"{year}-08-31")
    assert town.do("membership", "get_unit", id=joined)["standing"] == "owing"
    assert town.told_last(joined) == town.version(joined)

    again = town.run(year)
    assert said(again) == (0, 3, 3 + len(outsiders), "0.00")
    town.taken_on(year)
    town.books()


@pytest.mark.rule(id="M3")
def test_credit_and_payments_in_part_through_a_run(town: Town) -> None:
    """6000.00 for 5000.00 leave 1000.00 for the next invoice; 4000.00 in two parts settle it."""
    first, unit = town.year(), town.unit()
    invoice = town.lines(town.run(first)["id"])[unit]["invoice_id"]
    town.taken_on(first)

    def pay(invoice: str, amount: str) -> Answer:
        paid = {"invoice_id": invoice, "amount": amount, "means": "bank"}
        return town.do("finance", "record_payment", town.cashier, **paid)

    def stands(*wanted: str) -> None:
        def as_wanted() -> bool:
            standing = town.do("membership", "get_standing", id=unit)
            assert (standing["standing"], standing["owes"]) == wanted
            return True

        eventually(as_wanted)

    assert pay(invoice, "6000.00")["credit"] == "1000.00"
    stands("good", "0.00")
    second = town.year()
    invoice = town.lines(town.run(second)["id"])[unit]["invoice_id"]
    stands("owing", "4000.00")
    line = town.do("membership", "get_invoice", id=invoice)
    assert (line["amount"], line["paid"], line["owes"]) == ("5000.00", "1000.00", "4000.00")
    pay(invoice, "1500.00")
    stands("owing", "2500.00")
    assert pay(invoice, "2500.00")["slip"]
    stands("good", "0.00")
    town.books()


@pytest.mark.rule(id="M3")
def test_of_runs_at_once_each_unit_is_invoiced_by_one(town: Town) -> None:
    for _ in range(30):
        town.unit()
    year = town.year()
    started = [town.start(year)["id"] for _ in range(3)]
    runs = [town.over(id) for id in started]
    invoices = town.invoices(year)
    assert sum(run["invoiced"] for run in runs) == len(invoices) == len({unit for unit, *_ in invoices.values()})
    for run in runs:
        assert run["invoiced"] + run["already"] == len(invoices)


@pytest.mark.rule(id="M3")
def test_without_a_standard_and_for_a_year_to_come_no_run_begins(town: Town) -> None:
    year = town.year()
    assert refusal(town.start(year + 1)) == (409, "M3", "year-to-come")
    assert refusal(town.start(2049)) == (409, "M3", "no-standard")
    assert town.do("membership", "list_billing_runs", year=2049)["items"] == []


@pytest.mark.rule(id="X6")
def test_a_run_asked_for_twice_under_one_key_is_one_run(town: Town) -> None:
    year, key = town.year(), str(uuid.uuid4())
    first = town.start(year, key=key)
    assert town.start(year, key=key).body == first.body
    town.over(first["id"])
    (line,) = town.do("membership", "list_billing_runs", year=year, preview=False)["items"]
    assert (line["id"], line["started_by"]) == (first["id"], f"account:{town.clerk.account}")
    job = town.do("membership", "get_job", id=first["job_id"])
    assert (job["state"], job["result"]["billing_run_id"]) == ("done", first["id"])
    assert job["done"] == job["total"] == line["done"]


@pytest.mark.parametrize("given", [{"year": 20510}, {"year": None}, {"year": "２０５１"}, {"year": 2051, "preview": 1}])
def test_what_is_no_run_is_refused(town: Town, given: dict[str, Any]) -> None:
    assert town.ask("membership", "start_billing_run", **given).status == 422


@pytest.mark.parametrize(
    ("role", "starts", "reads"),
    [
        ("accountant", 403, 404),
        ("cashier", 403, 404),
        ("officer", 403, 404),
        ("representative", 403, 403),
        ("editor", 403, 403),
        ("inspector", 403, 403),
    ],
)
def test_who_may_do_what(town: Town, role: str, starts: int, reads: int) -> None:
    person = town.association.person(role)
    assert town.start(2051, person).status == starts
    assert town.ask("membership", "get_billing_run", person, id=uuid.uuid4()).status == reads
    assert town.ask("membership", "list_billing_lines", person, id=uuid.uuid4()).status == reads


# --- many, and killed ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(town: Town) -> Sequence[str]:
    """Units, as many as there are in ``MANY``."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: town.unit(), range(MANY)))


@pytest.mark.rule(id="M3")
def test_every_unit_is_invoiced_once_and_taken_on_once(town: Town, many: Sequence[str]) -> None:
    year = town.year()
    run = town.run(year)
    assert run["invoiced"] == len(town.invoices(year)) >= MANY
    assert set(many) <= {unit for unit, *_ in town.invoices(year).values()}
    town.taken_on(year, within=PATIENCE)
    told = "SELECT subject FROM chassis.outbox WHERE type = 'invoice.issued.v1'"
    subjects = [row["subject"].partition("/")[2] for row in town.association.rows("membership", told)]
    invoices = town.invoices(year)
    assert sorted(id for id in subjects if id in invoices) == sorted(invoices)


@pytest.mark.rule(id="X6")
def test_killed_in_the_middle_a_run_goes_on_where_it_stood(town: Town, many: Sequence[str]) -> None:
    year = town.year()
    membership = town.association.database("membership")
    # The last unit is held, so the run stands in the middle of its last batch when it is killed.
    with membership.begin() as holding:
        holding.exec_driver_sql(f"SELECT 1 FROM units WHERE id = '{max(many)}' FOR UPDATE")
        started = town.start(year)["id"]
        waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'transactionid'"
        eventually(lambda: town.invoices(year) and town.association.rows("membership", waiting), within=PATIENCE)
        town.association.kill()
    invoiced = town.invoices(year)
    assert invoiced
    assert set(many) - {unit for unit, *_ in invoiced.values()}, "it was over before it was killed"
    town.association.clock = f"{year}-01-02T09:00:00+08:00"
    town.association.start()
    run = town.over(started)
    assert run["invoiced"] == len(town.invoices(year)) >= MANY
    assert run["already"] == 0
    assert invoiced.items() <= town.invoices(year).items()
    assert {day for *_, day in town.invoices(year).values()} == {f"{year}-01-01"}, "all of it is of one day"
    town.taken_on(year, within=PATIENCE)
    town.books()

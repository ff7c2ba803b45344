"""The aging of dues through the bus: summed to the fen, with what is behind it, and as a workbook (M4, X4).

The association is one of this file's own, so that it is known who owes what.
"""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from shared.identity.keys import Keyring
from shared.running import migrate
from shared.settings import Settings
from shared.store.base import new_id
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import Answer, Association, Person

TODAY = date(2026, 6, 30)
OWED = [
    # unit, tier, days overdue, fen open of 500000
    ("甲", "member", -10, 500_000),
    ("甲", "member", 0, 1),
    ("甲", "director", 1, 499_999),
    ("乙", "director", 30, 100_000),
    ("乙", "director", 31, 200_000),
    ("乙", "member", 90, 300_000),
    ("丙", "member", 91, 400_000),
    ("丙", "member", 365, 33),
    ("丙", "member", 366, 67),
    ("丙", "standing_director", 2000, 500_000),
    ("丙", "standing_director", 2001, 0),
]
MAY = {
    "accountant": 200,
    "cashier": 200,
    "officer": 200,
    "clerk": 200,
    "representative": 403,
    "editor": 403,
    "inspector": 403,
}


class Office:
    def __init__(self, association: Association) -> None:
        self.association = association
        self.accountant = association.person("accountant")
        self.units = {name: str(new_id()) for name in "甲乙丙"}

    def ask(self, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        return self.association.call("membership", operation, as_=as_ or self.accountant, **given)

    def owe(self) -> None:
        """Invoices as they are kept, since nobody may issue one for a day that is past."""
        standard = new_id()
        with self.association.database("membership").begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO dues_standards (id, resolution_id, resolution, adopted_on, effective_from, recorded_at)"
                f" VALUES ('{standard}', '{standard}', '1', '2015-01-01', '2015-01-01', now())"
            )
            for name, unit in self.units.items():
                connection.exec_driver_sql(
                    "INSERT INTO units (id, name, basis, recorded_at, version)"
                    f" VALUES ('{unit}', '{name}公司', 'admitted', now(), 1)"
                )
            for place, (name, tier, overdue, owes) in enumerate(OWED):
                due_on = TODAY - timedelta(days=overdue)
                connection.exec_driver_sql(
                    "INSERT INTO dues_invoices (id, unit_id, year, tier, amount, owes, state, due_on, standard_id,"
                    " terms, issued_on, issued_at, version)"
                    f" VALUES ('{new_id()}', '{self.units[name]}', {2000 + place}, '{tier}', 500000, {owes},"
                    f" '{'open' if owes else 'settled'}', '{due_on}', '{standard}', 'x', '{due_on}', now(), 1)"
                )

    def behind(self, **which: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = self.ask("list_aged_invoices", limit=3, cursor=cursor, **which)
            found += page["items"]
            cursor = page["next"]
            if cursor is None:
                return found


@pytest.fixture(scope="module")
def office(
    postgres: EmbeddedPostgres, keys: Path, issuer: Keyring, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    postgres.create_database("membership-aging")
    urls = {"membership": postgres.url("membership-aging")}
    migrate(Settings(database_urls=urls, keys=keys), ["membership"])
    settings = {"amqp_url": "embedded://aging/", "database_urls": urls, "keys": str(keys)}
    log = tmp_path_factory.mktemp("aging") / "log.jsonl"
    clock = f"{TODAY.isoformat()}T09:00:00+08:00"
    running = Association(settings, ["membership"], log, issuer, clock=clock).start()
    try:
        office = Office(running)
        nothing = office.ask("get_dues_aging")
        assert {line["invoices"] for line in (*nothing["tiers"], nothing["total"])} == {0}
        assert nothing["total"]["owes"] == "0.00"
        office.owe()
        yield office
    finally:
        running.stop()
        postgres.drop_database("membership-aging")


def cells(line: dict[str, Any]) -> list[tuple[int, int, str]]:
    return [(cell["invoices"], cell["units"], cell["owes"]) for cell in (*line["bands"], line)]


@pytest.mark.rule(id="M4")
def test_what_is_open_by_tier_and_by_how_long_it_is_overdue(office: Office) -> None:
    report = office.ask("get_dues_aging")
    assert (report["as_of"], report["terms"]) == ("2026-06-30", "dues-aging-2014-07-25")
    assert [(band["band"], band["since"], band["through"]) for band in report["bands"]] == [
        ("not_due", None, 0),
        ("1-30", 1, 30),
        ("31-90", 31, 90),
        ("91-365", 91, 365),
        ("over-365", 366, None),
    ]
    nothing = (0, 0, "0.00")
    assert {line["tier"]: cells(line) for line in report["tiers"]} == {
        "member": [
            (2, 1, "5000.01"),
            nothing,
            (1, 1, "3000.00"),
            (2, 1, "4000.33"),
            (1, 1, "0.67"),
            (6, 3, "12001.01"),
        ],
        "director": [nothing, (2, 2, "5999.99"), (1, 1, "2000.00"), nothing, nothing, (3, 2, "7999.99")],
        "standing_director": [nothing, nothing, nothing, nothing, (1, 1, "5000.00"), (1, 1, "5000.00")],
        "vice_president": [nothing] * 6,
    }
    assert cells(report["total"]) == [
        *((2, 1, "5000.01"), (2, 2, "5999.99"), (2, 1, "5000.00"), (2, 1, "4000.33"), (2, 1, "5000.67")),
        (10, 3, "25001.00"),
    ]


@pytest.mark.rule(id="M4")
def test_a_day_to_come_shows_what_will_be_overdue_and_a_past_one_is_refused(office: Office) -> None:
    later = office.ask("get_dues_aging", as_of="2026-07-11")
    assert cells(later["total"])[:2] == [(0, 0, "0.00"), (3, 1, "10000.00")]
    for operation in ("get_dues_aging", "list_aged_invoices", "download_dues_aging"):
        past = office.ask(operation, as_of="2026-06-29")
        assert past.problem is not None
        assert (past.status, past.problem["rule"], past.problem["code"]) == (409, "M4", "aging-past")
        assert office.ask(operation, as_of="30.6.2026").status == 422


@pytest.mark.rule(id="M4")
def test_behind_each_figure_stand_its_invoices(office: Office) -> None:
    report = office.ask("get_dues_aging")
    for line in (*report["tiers"], report["total"]):
        for cell in (*line["bands"], {**line, "band": None}):
            found = office.behind(tier=line["tier"], band=cell["band"])
            assert len(found) == cell["invoices"]
            assert len({each["unit_id"] for each in found}) == cell["units"]
            assert sum(Decimal(each["owes"]) for each in found) == Decimal(cell["owes"])
    everything = office.behind()
    assert [each["days_overdue"] for each in everything] == [2000, 366, 365, 91, 90, 31, 30, 1, 0, 0]
    assert (everything[0]["unit"], everything[0]["unit_id"]) == ("丙公司", office.units["丙"])
    refused = office.ask("list_aged_invoices", band="31")
    assert refused.problem is not None
    assert (refused.status, refused.problem["code"]) == (409, "unknown-band")


@pytest.mark.rule(id="M4")
def test_the_workbook_has_the_report_and_what_is_behind_it(office: Office) -> None:
    workbook = load_workbook(io.BytesIO(office.ask("download_dues_aging").content))
    report, invoices = workbook.worksheets
    table = [[cell.value for cell in row] for row in report.iter_rows()]
    assert table[0][:4] == ["会员层级", "未到期（元）", "未到期（单位数）", "逾期1—30天（元）"]
    assert [row[0] for row in table[1:]] == ["会员单位", "理事单位", "常务理事单位", "副理事长单位", "合计"]
    assert table[-1][1:] == [5000.01, 1, 5999.99, 2, 5000, 1, 4000.33, 1, 5000.67, 1, 25001, 3]
    assert invoices.max_row == 11
    assert [cell.value for cell in invoices[2]][:5] == ["丙公司", "常务理事单位", 2009, 5000, 5000]


@pytest.mark.parametrize(("role", "status"), MAY.items())
def test_who_may_see_it(office: Office, role: str, status: int) -> None:
    person = office.association.person(role, unit=office.units["甲"])
    for operation in ("get_dues_aging", "list_aged_invoices", "download_dues_aging"):
        assert office.ask(operation, person).status == status

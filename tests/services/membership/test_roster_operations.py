"""The roster through the bus: searched, exported, previewed, imported, and interrupted (M1, M2, X6, X8, X12)."""

import base64
import csv
import io
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from services.membership.dues.rules import Standing
from services.membership.roster import operations
from services.membership.roster.columns import COLUMNS
from services.membership.service import MembershipService
from services.membership.units.rules import check_character
from shared.api.job_runner import JobRunner
from shared.api.jobs import jobs_of
from shared.documents.csv_tables import write_csv
from shared.documents.rows import Cell
from shared.documents.spreadsheets import Table, write_rows
from shared.identity.keys import Keyring
from shared.identity.principals import issue_access
from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person, eventually

CLOCK = "2021-02-01T09:00:00+08:00"
DAY = "2021-02-01"
_serials = itertools.count(int(new_id()) % 10**7)

Cells = Mapping[str, Cell]


def fresh_code() -> str:
    first17 = f"91140000R{next(_serials) % 10**8:08d}"
    return first17 + check_character(first17)


def fresh_name() -> str:
    return f"名册{new_id().hex[-8:]}公司"


def a_unit(**given: Cell) -> dict[str, Cell]:
    """A row about a unit nobody knows yet."""
    return {
        "name": fresh_name(),
        "credit_code": fresh_code(),
        "tier": "理事单位",
        "place": "大同市",
        "admitted_on": "2020年6月1日",
        **given,
    }


def table(rows: Sequence[Cells]) -> Table:
    empty = dict.fromkeys(column.key for column in COLUMNS)
    return Table("会员名册", COLUMNS, [{**empty, **row} for row in rows])


def workbook(*rows: Cells) -> bytes:
    return write_rows([table(rows)])


class Desk:
    """Clerks who keep the roster."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.clerk = association.person("clerk")
        association.set_clock(CLOCK)

    def do(self, operation: str, *, as_: Person | None = None, **given: Any) -> Answer:
        return self.association.call("membership", operation, as_=as_ or self.clerk, **given)

    def send(self, content: bytes, *, as_: Person | None = None, **given: Any) -> Answer:
        sheet = {"filename": "名册.xlsx", "content": base64.b64encode(content).decode()}
        return self.do("import_roster", as_=as_, sheet=sheet, **given)

    def bring(self, content: bytes, **given: Any) -> dict[str, Any]:
        """The ended job of an import."""
        started = self.send(content, **given)
        assert started.status == 202, started.problem

        def ended() -> Any:
            job = self.do("get_job", id=started["id"]).body
            return job["state"] in ("done", "failed") and job

        return dict(eventually(ended, within=30))

    def listed(self, **filters: Any) -> list[dict[str, Any]]:
        return list(self.do("list_units", limit=200, **filters)["items"])

    def names(self, **filters: Any) -> set[str]:
        return {unit["name"] for unit in self.listed(**filters)}

    def unit(self, code: Cell) -> dict[str, Any]:
        (unit,) = self.listed(credit_code=code)
        return unit

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.association.rows("membership", sql)

    def told(self, unit: str) -> list[tuple[str, dict[str, Any]]]:
        sql = f"SELECT type, body FROM chassis.outbox WHERE subject = 'unit/{unit}' ORDER BY position"
        return [(row["type"], json.loads(row["body"])) for row in self.rows(sql)]

    def count(self) -> int:
        return int(self.rows("SELECT count(*) FROM units")[0]["count"])


@pytest.fixture(scope="module")
def desk(association: Association) -> Desk:
    return Desk(association)


def refusal(answer: Answer) -> tuple[int, str | None, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem.get("rule"), answer.problem["code"]


# --- searching ---------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M1")
def test_units_are_found_by_name_short_name_code_tier_place_and_standing(desk: Desk) -> None:
    mark = new_id().hex[-8:]
    one = a_unit(name=f"查询{mark}甲", short_name=f"Abc{mark}", place="阳泉市", tier="理事单位")
    two = a_unit(name=f"查询{mark}乙", place="吕梁市", tier="会员单位")
    assert desk.bring(workbook(one, two))["state"] == "done"
    both = {one["name"], two["name"]}
    assert desk.names(name=f"查询{mark}") == both
    assert desk.names(name=f"aBC{mark}") == {one["name"]}
    code = str(one["credit_code"])
    assert desk.names(credit_code=code) == desk.names(credit_code=code.lower()) == {one["name"]}
    assert one["name"] in desk.names(credit_code=code[:16])
    assert desk.names(credit_code=code[1:]) == set()
    for given, found in (
        ({"tier": "director"}, {one["name"]}),
        ({"place": "140300"}, {one["name"]}),
        ({"place": "141100"}, {two["name"]}),
        ({"place": "140900"}, set()),
        ({"standing": "good"}, both),
        ({"standing": "overdue"}, set()),
        ({"place": "141100", "tier": "director"}, set()),
    ):
        assert desk.names(name=f"查询{mark}", **given) == found


@pytest.mark.rule(id="M1")
def test_units_are_found_by_whether_they_are_members_today(desk: Desk) -> None:
    row = a_unit()
    desk.bring(workbook(row))
    named = {"name": row["name"]}
    assert desk.names(**named, member=True) == {row["name"]}
    assert desk.names(**named, member=False) == set()
    for left_on, member in ((DAY, False), ("2021-02-02", True)):
        with desk.association.database("membership").begin() as connection:
            sql = text("UPDATE units SET left_on = :day WHERE credit_code = :code")
            connection.execute(sql, {"day": left_on, "code": row["credit_code"]})
        assert desk.names(**named, member=member) == {row["name"]}
        assert desk.names(**named, member=not member) == set()
        assert desk.names(**named) == {row["name"]}


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize("operation", ["list_units", "export_roster", "export_roster_csv"])
def test_a_place_nobody_knows_is_refused(desk: Desk, operation: str) -> None:
    assert refusal(desk.do(operation, place="110000")) == (409, "M1", "unknown-place")


@pytest.mark.parametrize(
    "given",
    [{"tier": "president"}, {"standing": "fine"}, {"member": "1"}, {"credit_code": "9" * 19}, {"colour": "red"}],
)
def test_filters_that_mean_nothing_are_named(desk: Desk, given: dict[str, str]) -> None:
    for operation in ("list_units", "export_roster"):
        answer = desk.do(operation, **given)
        assert (answer.status, set(answer.problem["errors"]) if answer.problem else None) == (422, set(given))


def test_signs_of_patterns_mean_themselves(desk: Desk) -> None:
    for given in ({"name": "%公司"}, {"name": "_"}, {"credit_code": "%"}, {"credit_code": "_1"}):
        assert desk.listed(**given) == []


# --- exporting ---------------------------------------------------------------------------------------------

HOSTILE = '=HYPERLINK("http://x","点")'


@pytest.mark.rule(id="M1")
def test_a_workbook_has_chinese_headings_text_codes_and_no_formula(desk: Desk) -> None:
    mark = new_id().hex[-8:]
    row = a_unit(name=f"{HOSTILE}{mark}", short_name="+86")
    assert desk.bring(workbook(row))["state"] == "done"
    exported = desk.do("export_roster", name=mark)
    assert exported.file is not None
    assert exported.file["filename"] == "会员名册-2021-02-01.xlsx"
    sheet = load_workbook(io.BytesIO(exported.content)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == [column.header.zh for column in COLUMNS]
    cells = {column.key: cell for column, cell in zip(COLUMNS, sheet[2], strict=True)}
    assert cells["name"].data_type == cells["credit_code"].data_type == "s"
    assert (cells["name"].quotePrefix, cells["short_name"].quotePrefix) == (True, True)
    assert (cells["credit_code"].value, cells["credit_code"].number_format) == (row["credit_code"], "@")
    assert [cells[key].value for key in ("tier", "place", "basis")] == ["理事单位", "大同市", "入会登记"]
    assert cells["standing"].value == Standing.GOOD.label.zh
    assert str(cells["admitted_on"].value.date()) == "2020-06-01"
    assert sheet.max_row == 2


@pytest.mark.rule(id="M1")
def test_a_csv_file_opens_right_in_excel(desk: Desk) -> None:
    row = a_unit(name=f"{HOSTILE}{new_id().hex[-8:]}", short_name='汾河,"甲"')
    assert desk.bring(workbook(row))["state"] == "done"
    exported = desk.do("export_roster_csv", credit_code=row["credit_code"])
    assert exported.file is not None
    assert (exported.file["filename"], exported.file["content_type"]) == ("会员名册-2021-02-01.csv", "text/csv")
    assert exported.content.startswith(b"\xef\xbb\xbf")
    assert exported.content.endswith(b"\r\n")
    header, line = csv.reader(io.StringIO(exported.content.decode("utf-8-sig"), newline=""))
    assert header == [column.header.zh for column in COLUMNS]
    assert line[1:5] == [f"'{row['name']}", row["short_name"], row["credit_code"], "理事单位"]


@pytest.mark.rule(id="M1")
def test_who_reads_english_gets_english_headings_and_words(desk: Desk) -> None:
    row = a_unit()
    desk.bring(workbook(row))
    english = {"headers": {"accept-language": "en"}, "credit_code": row["credit_code"]}
    exported = desk.do("export_roster_csv", **english)
    assert exported.file is not None
    assert exported.file["filename"] == "Roster-2021-02-01.csv"
    header, line = csv.reader(io.StringIO(exported.content.decode("utf-8-sig")))
    assert header == [column.header.en for column in COLUMNS]
    assert line[4:6] == ["Director unit", "Datong"]
    sheet = load_workbook(io.BytesIO(desk.do("export_roster", **english).content)).worksheets[0]
    assert (sheet.title, sheet["B1"].value) == ("Roster", "Name")


@pytest.mark.rule(id="X12")
@pytest.mark.parametrize("operation", ["export_roster", "export_roster_csv"])
def test_who_exported_is_on_record(desk: Desk, operation: str) -> None:
    clerk = desk.association.person("clerk")
    assert desk.do(operation, as_=clerk).status == 200
    assert desk.do(operation, as_=clerk, place="1").status == 409
    kept = desk.rows(f"SELECT operation FROM chassis.audit WHERE principal = 'account:{clerk.account}'")
    assert [row["operation"] for row in kept] == [operation]


# --- importing ---------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize("encoding", ["xlsx", "utf-8-sig", "utf-8", "gb18030"])
def test_new_units_are_recorded_and_told_whichever_file_they_come_in(desk: Desk, encoding: str) -> None:
    row = a_unit(short_name=new_id().hex[-8:])
    content = workbook(row) if encoding == "xlsx" else write_csv(table([row])).decode("utf-8-sig").encode(encoding)
    job = desk.bring(content)
    assert (job["state"], job["done"], job["total"]) == ("done", 1, 1)
    unit = desk.unit(row["credit_code"])
    assert (job["result"]["new"], job["result"]["rows"]) == (
        1,
        [{"row": 2, "outcome": "new", "unit_id": None, "changes": []}],
    )
    assert {field: unit[field] for field in ("name", "short_name", "tier", "basis", "admitted_on")} == {
        "name": row["name"],
        "short_name": row["short_name"],
        "tier": "director",
        "basis": "admitted",
        "admitted_on": "2020-06-01",
    }
    assert desk.told(unit["id"]) == [("unit.admitted.v1", {"unit_id": unit["id"], "tier": "director"})]


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="X7")
def test_every_changed_field_leaves_its_history_and_is_told(desk: Desk) -> None:
    row = a_unit()
    desk.bring(workbook(row))
    unit = desk.unit(row["credit_code"])["id"]
    job = desk.bring(workbook({"name": "改名公司" + unit[-6:], "credit_code": row["credit_code"], "place": "朔州"}))
    assert {each["field"]: (each["before"], each["after"]) for each in job["result"]["rows"][0]["changes"]} == {
        "name": (row["name"], "改名公司" + unit[-6:]),
        "place": ("140200", "140600"),
    }
    history = desk.do("list_unit_changes", id=unit)["items"]
    assert {(h["field"], h["before"], h["after"], h["changed_by"]) for h in history} == {
        ("name", row["name"], "改名公司" + unit[-6:], f"account:{desk.clerk.account}"),
        ("place", "140200", "140600", f"account:{desk.clerk.account}"),
    }
    told = [body for type_, body in desk.told(unit) if type_ == "unit.changed.v1"]
    assert [(sorted(each["fields_changed"]), each["tier"]) for each in told] == [(["name", "place"], "director")]
    assert "改名" not in json.dumps(told, ensure_ascii=False)


@pytest.mark.rule(id="M1")
def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    content = workbook(a_unit(), a_unit())
    first, again = desk.bring(content), desk.bring(content)
    assert [first["result"][each] for each in ("new", "changed", "unchanged")] == [2, 0, 0]
    assert [again["result"][each] for each in ("new", "changed", "unchanged", "rows")] == [0, 0, 2, []]


@pytest.mark.rule(id="M1")
def test_a_unit_of_the_document_is_completed_by_its_id_and_never_by_its_name(desk: Desk) -> None:
    (unit,) = [each for each in desk.listed(name="山西铁塔") if each["basis"] != "admitted"][:1]
    row = a_unit(name=unit["name"], tier="副理事长单位")
    before = desk.count()
    refused = desk.bring(workbook(row))
    assert refused["state"] == "failed"
    (said,) = refused["problem"]["zh"]["errors"]["rows.2.name"]
    assert said.startswith("第2行“单位名称”：可能就是已登记的")
    assert unit["id"] in said
    job = desk.bring(workbook(row | {"id": unit["id"]}))
    assert (job["state"], job["result"]["changed"]) == ("done", 1)
    seen = desk.unit(row["credit_code"])
    assert (seen["id"], seen["tier"], seen["admitted_on"]) == (unit["id"], "vice_president", "2020-06-01")
    assert seen["basis"] == unit["basis"]
    assert desk.count() == before
    history = desk.do("list_unit_changes", id=unit["id"])["items"]
    assert {each["field"] for each in history} == {"credit_code", "tier", "place", "admitted_on"}


BROKEN = (
    {"credit_code": "911"},
    {"tier": "会长单位"},
    {"place": "北京市"},
    {"admitted_on": "2021-02-02"},
)


@pytest.mark.rule(id="X6")
def test_one_wrong_row_ends_the_import_with_every_row_and_column_named(desk: Desk) -> None:
    before = desk.count()
    job = desk.bring(workbook(a_unit(), *(a_unit(**broken) for broken in BROKEN)))
    assert (job["state"], job["result"]) == ("failed", None)
    named = {f"rows.{row}.{next(iter(broken))}" for row, broken in enumerate(BROKEN, 3)}
    for language in ("zh", "en"):
        assert set(job["problem"][language]["errors"]) == named
    assert job["problem"]["en"]["errors"]["rows.4.tier"] == ["Row 4, “Tier”: There is no such tier"]
    assert desk.count() == before


@pytest.mark.rule(id="X6")
def test_the_rest_is_taken_when_told_so(desk: Desk) -> None:
    good = a_unit()
    before = desk.count()
    job = desk.bring(workbook(*(a_unit(**broken) for broken in BROKEN), good), take_rest=True)
    assert (job["state"], job["result"]["new"], job["result"]["refused"]) == ("done", 1, 4)
    assert [(each["row"], each["column"]) for each in job["result"]["refused_rows"]] == [
        (row, next(iter(broken))) for row, broken in enumerate(BROKEN, 2)
    ]
    assert all(set(each["message"]) == {"zh", "en"} for each in job["result"]["refused_rows"])
    assert desk.names(credit_code=good["credit_code"]) == {good["name"]}
    assert desk.count() == before + 1


@pytest.mark.rule(id="X6")
def test_a_preview_says_what_would_be_done_and_changes_nothing(desk: Desk) -> None:
    known, other = a_unit(), a_unit()
    desk.bring(workbook(known, other))
    unit = desk.unit(known["credit_code"])
    before = desk.rows("SELECT (SELECT count(*) FROM units), (SELECT count(*) FROM unit_changes) AS changes")
    told = desk.told(unit["id"])
    content = workbook(known | {"tier": "常务理事单位"}, other, a_unit(), a_unit(place="北京"))
    seen = desk.bring(content, preview=True)["result"]
    assert [seen[each] for each in ("preview", "new", "changed", "unchanged", "refused")] == [True, 1, 1, 1, 1]
    assert seen["rows"] == [
        {
            "row": 2,
            "outcome": "changed",
            "unit_id": unit["id"],
            "changes": [{"field": "tier", "before": "director", "after": "standing_director"}],
        },
        {"row": 4, "outcome": "new", "unit_id": None, "changes": []},
    ]
    assert [(each["row"], each["column"]) for each in seen["refused_rows"]] == [(5, "place")]
    assert desk.rows("SELECT (SELECT count(*) FROM units), (SELECT count(*) FROM unit_changes) AS changes") == before
    assert (desk.unit(known["credit_code"]), desk.told(unit["id"])) == (unit, told)
    real = desk.bring(content, take_rest=True)["result"]
    assert real == seen | {"preview": False}, "the import does what its preview said"


@pytest.mark.rule(id="M1")
def test_headings_nobody_knows_are_said(desk: Desk) -> None:
    content = write_csv(table([a_unit()])).replace("简称".encode(), "简秤".encode())
    assert desk.bring(content)["result"]["unknown_headings"] == ["简秤"]


def test_the_same_key_starts_one_import(desk: Desk) -> None:
    content, key = workbook(a_unit()), str(new_id())
    first, second = (desk.send(content, key=key) for _ in range(2))
    assert first.status == 202
    assert second["id"] == first["id"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "headers"),
        (b"\0" * 100, 400, "csv-encoding"),
        (b"PK\x03\x04", 400, "spreadsheet-type"),
        ("单位名称\n".encode(), 422, "no-rows"),
        ("简称,统一社会信用代码\n甲,乙\n".encode(), 422, "headers"),
        ("单位名称,单位名称\n甲,乙\n".encode(), 422, "headers"),
        ('单位名称\n"甲'.encode(), 400, "csv-damaged"),
        ("单位名称\n".encode() + b"a" * (5 * 1024 * 1024), 413, "spreadsheet-size"),
        ("单位名称\n".encode() + b"a\n" * 10_001, 413, "spreadsheet-size"),
        ("单位名称".encode() + b"," * 1_000_000, 413, "spreadsheet-size"),
    ],
    ids=["empty", "NUL", "zip", "no rows", "no name", "twice", "quotes", "large", "long", "wide"],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(desk: Desk, content: bytes, status: int, code: str) -> None:
    jobs = "SELECT count(*) FROM chassis.jobs"
    before = desk.rows(jobs)
    answer = desk.send(content)
    assert answer.problem is not None
    assert (answer.status, answer.problem["code"]) == (status, code)
    assert desk.rows(jobs) == before


@pytest.mark.rule(id="X8")
def test_nobody_sets_the_tier_of_their_own_unit_by_a_sheet(desk: Desk) -> None:
    row = a_unit()
    desk.bring(workbook(row))
    unit = desk.unit(row["credit_code"])["id"]
    own = desk.association.person("clerk", unit=unit)
    for given in ({"tier": "副理事长单位"}, {"tier": "vice_president", "id": unit, "credit_code": None}):
        assert refusal(desk.send(workbook(row | given), as_=own)) == (409, "X8", "own-unit")
        assert refusal(desk.send(workbook(row | given), as_=own, preview=True)) == (409, "X8", "own-unit")
    started = desk.send(workbook(row | {"place": "忻州市"}), as_=own)
    assert started.status == 202
    eventually(lambda: desk.unit(row["credit_code"])["id"] in {each["id"] for each in desk.listed(place="140900")})


@pytest.mark.rule(id="X8")
def test_a_sheet_is_looked_at_again_when_its_job_begins(direct: Callable[..., Any], issuer: Keyring) -> None:
    """The unit has another tier by then, so the sheet that said nothing new would set it."""
    office = Office(direct(), issuer)
    row = a_unit()
    office.bring(workbook(row))
    (unit,) = office.rows("SELECT id FROM units")
    own = office.token("clerk", unit=str(unit["id"]))
    started = office.send(workbook(row), token=own)
    office.rows("UPDATE units SET tier = 'member' RETURNING id")
    office.work()
    job = office.job(started)
    assert (job["state"], job["problem"]["zh"]["code"]) == ("failed", "own-unit")
    assert office.rows("SELECT tier FROM units") == [{"tier": "member"}]


def test_who_may_export_and_import(desk: Desk) -> None:
    person, content = desk.association.person, workbook(a_unit())
    unit = new_id()
    for stranger in (person("editor"), person("accountant"), person("representative", "correspondent", unit=unit)):
        for operation in ("export_roster", "export_roster_csv"):
            assert desk.do(operation, as_=stranger).status == 403
        assert desk.send(content, as_=stranger).status == 403
    for reader in (person("officer"), person("administrator")):
        assert desk.do("export_roster", as_=reader).status == 200
    assert desk.send(content, as_=person("officer")).status == 403
    assert desk.association.call("membership", "export_roster").status == 401


# --- many rows, and interruptions --------------------------------------------------------------------------


class Office:
    """Membership in a database of its own, whose jobs are done when the test says so."""

    def __init__(self, membership: Any, issuer: Keyring) -> None:
        self.membership, self.issuer = membership, issuer
        jobs = jobs_of(MembershipService).items()
        methods = {kind: (spec, partial(getattr(MembershipService, spec.method), None)) for kind, spec in jobs}
        self.runner = JobRunner(membership.runtime, methods)

    def token(self, *roles: str, unit: str | None = None) -> str:
        who = {"account": str(new_id()), "person": str(new_id()), "session": str(new_id())}
        return issue_access(self.issuer, **who, roles=roles, units=[unit] if unit else [])

    def send(self, content: bytes, *, token: str | None = None, **given: Any) -> str:
        sheet = {"filename": "x", "content": base64.b64encode(content).decode()}
        answer = self.membership.call("import_roster", token or self.token("clerk"), sheet=sheet, **given)
        assert answer["status"] == 202, answer
        return str(answer["body"]["id"])

    def work(self) -> None:
        assert self.runner.work()

    def bring(self, content: bytes, **given: Any) -> dict[str, Any]:
        started = self.send(content, **given)
        self.work()
        return self.job(started)

    def export(self, operation: str) -> bytes:
        answer = self.membership.call(operation, self.token("clerk"))
        return base64.b64decode(answer["file"]["content"])

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with self.membership.runtime.engine.begin() as connection:
            return [dict(row) for row in connection.execute(text(sql)).mappings()]

    def job(self, started: str) -> dict[str, Any]:
        (row,) = self.rows(f"SELECT * FROM chassis.jobs WHERE id = '{started}'")
        return row


COUNTS = (
    "SELECT (SELECT count(*) FROM units) AS units, (SELECT count(*) FROM unit_changes) AS changes,"
    " (SELECT count(*) FROM chassis.outbox WHERE type = 'unit.admitted.v1') AS admitted,"
    " (SELECT count(*) FROM chassis.outbox WHERE type = 'unit.changed.v1') AS changed"
)


@pytest.mark.rule(id="M1")
def test_five_thousand_units_come_in_and_go_out_and_come_in_again(direct: Callable[..., Any], issuer: Keyring) -> None:
    office = Office(direct(), issuer)
    rows = [a_unit(name=f"第{number}号单位") for number in range(5_000)]
    job = office.bring(workbook(*rows))
    assert (job["state"], job["done"], job["total"]) == ("done", 5_000, 5_000)
    result = job["result"]
    assert (result["new"], len(result["rows"])) == (5_000, operations.SHOWN_AT_MOST)
    assert office.rows(COUNTS) == [{"units": 5_000, "changes": 0, "admitted": 5_000, "changed": 0}]
    (sheet,) = load_workbook(io.BytesIO(office.export("export_roster")), read_only=True).worksheets
    assert sum(1 for _ in sheet.iter_rows(max_col=1)) == 5_001
    again = office.bring(office.export("export_roster_csv"))["result"]
    assert [again[each] for each in ("new", "changed", "unchanged", "refused")] == [0, 0, 5_000, 0]
    moved = office.bring(write_csv(table([row | {"place": "晋城"} for row in rows])))["result"]
    assert moved["changed"] == 5_000
    assert office.rows(COUNTS) == [{"units": 5_000, "changes": 5_000, "admitted": 5_000, "changed": 5_000}]


@pytest.mark.rule(id="X6")
def test_an_import_that_was_cut_short_begins_again_and_counts_once(
    direct: Callable[..., Any], issuer: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(direct(), issuer)
    known = a_unit()
    office.bring(workbook(known))
    before = office.rows(COUNTS)
    started = office.send(workbook(known | {"tier": "会员单位"}, a_unit(), a_unit()))
    passes = itertools.count()
    tell = operations.tell_admission

    def dies_at_the_second(*given: Any) -> None:
        if next(passes):
            raise RuntimeError("cut")
        tell(*given)

    with monkeypatch.context() as patched:
        patched.setattr(operations, "tell_admission", dies_at_the_second)
        with pytest.raises(RuntimeError, match="cut"):
            office.work()
    assert office.job(started)["state"] == "running"
    assert office.rows(COUNTS) == before
    office.work()
    job = office.job(started)
    assert (job["state"], job["attempts"], job["content"]) == ("done", 2, None)
    assert [job["result"][each] for each in ("new", "changed")] == [2, 1]
    assert office.rows(COUNTS) == [{"units": 3, "changes": 1, "admitted": 3, "changed": 1}]
    assert not office.runner.work()


@pytest.mark.rule(id="X5")
def test_a_sheet_waits_sealed_for_whatever_else_is_in_it(direct: Callable[..., Any], issuer: Keyring) -> None:
    office = Office(direct(), issuer)
    content = write_csv(table([a_unit(name="封存公司")]))
    job = office.job(office.send(content))
    assert "封存公司".encode() not in bytes(job["content"])
    assert "封存公司" not in str(job["input"])

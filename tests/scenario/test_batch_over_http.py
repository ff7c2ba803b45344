"""A batch over HTTP with what people really send: sheets with bad rows, scores that are none (C1, C5, C7, X5, X6)."""

import io
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import openpyxl
import pytest

from services.certification import sample
from shared.testing.processes import Caller

API = "/v1/certification"
LEVELS = ("三级", "四级")
SCOPE = [{"occupation": "呼叫中心服务员", "level": level} for level in (3, 4)] + [
    {"occupation": "信息通信网络线务员", "work_type": work_type, "level": level}
    for work_type in ("光缆线务员", "天线线务员")
    for level in (3, 4)
]
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def altered(sheet: str, changes: Mapping[tuple[int, str], object], *, rows: int = 284) -> bytes:
    """The sample workbook with some cells of a sheet changed, by row and heading, cut after ``rows`` candidates."""
    book = openpyxl.load_workbook(io.BytesIO(sample.workbook()))
    for table in book.worksheets:
        table.delete_rows(rows + 2, table.max_row)
    table = book[sheet]
    columns = {cell.value: cell.column for cell in table[1]}
    for (row, heading), value in changes.items():
        table.cell(row, columns[heading]).value = value  # type: ignore[union-attr]
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


class Office:
    """An examination officer with a batch that is open for enrolment, those who score it, who reviews it."""

    def __init__(self, front: Any) -> None:
        self.front = front
        front.set_clock("2020-12-01T09:00:00+08:00")
        self.officer: Caller = front.anybody.as_("exam_officer")
        self.assessor: Caller = front.anybody.as_("assessor")
        self.both: Caller = front.anybody.as_("assessor", "exam_supervisor")
        self.reviewer: Caller = front.anybody.as_("exam_supervisor")
        self.batch = self.officer.post(f"{API}/batches", {"name": f"批次 {uuid4()}", "scope": SCOPE})["id"]
        self.here = f"{API}/batches/{self.batch}"
        for step in ("plan-report", "announcement", "enrolment-opening"):
            self.step(step)

    def step(self, name: str, body: Any = None, by: Caller | None = None) -> Any:
        return (by or self.officer).post(f"{self.here}/{name}", body)

    def upload(self, kind: str, content: bytes, **fields: str) -> dict[str, Any]:
        """Send a sheet as a browser's form does, and the job once it has ended."""
        files = {"sheet": ("报名表.xlsx", content, EXCEL)}
        if kind == "enrolments":
            fields["identity_consent"] = "true"
        answer = self.officer.ask("POST", f"{self.here}/{kind}", 202, files=files, data=fields)
        place, deadline = answer.headers["Location"], time.monotonic() + 60
        while (job := self.officer.get(place))["state"] in ("waiting", "running"):
            assert time.monotonic() < deadline, job
            time.sleep(0.1)
        return dict(job)

    def enrolled(self) -> int:
        count: int = self.officer.get(self.here)["enrolled"]
        return count

    def examined(self) -> None:
        self.front.set_clock("2020-12-23T18:00:00+08:00")
        self.step("examination", {"days": ["2020-12-17", "2020-12-18"]})


@pytest.mark.rule(id="C1")
@pytest.mark.rule(id="X6")
def test_three_bad_rows_of_284_are_named_and_nothing_is_imported_unless_told(front: Any) -> None:
    office = Office(front)
    good = sample.enrolment_rows()
    number = str(good[8]["identity_number"])
    bad = {
        (10, "身份证号"): number[:-1] + ("0" if number[-1] != "0" else "1"),
        (100, "职业"): "电焊工",
        (285, "级别"): "九级",
    }
    sheet = altered("报名", bad)

    job = office.upload("enrolments", sheet)
    assert job["state"] == "failed"
    assert (job["problem"]["zh"]["status"], job["problem"]["zh"]["code"]) == (422, "rows")
    named = {"rows.10.identity_number", "rows.100.occupation", "rows.285.level"}
    assert set(job["problem"]["zh"]["errors"]) == set(job["problem"]["en"]["errors"])
    assert set(job["problem"]["zh"]["errors"]) == named
    assert number[:-1] not in str(job), "no cell is quoted (X5)"
    assert office.enrolled() == 0

    job = office.upload("enrolments", sheet, take_rest="true")
    assert (job["state"], job["result"]["imported"], office.enrolled()) == ("done", 281, 281)
    refused = {(row["row"], row["column"]) for row in job["result"]["refused_rows"]}
    assert refused == {(10, "identity_number"), (100, "occupation"), (285, "level")}
    assert all(row["message"]["zh"] and row["message"]["en"] for row in job["result"]["refused_rows"])


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 400), (b"not a workbook", 400), (b"PK\x03\x04" + bytes(200), 400), (bytes(310_000), 413)],
)
def test_what_is_no_workbook_is_refused_at_once(front: Any, content: bytes, status: int) -> None:
    office = Office(front)
    files = {"sheet": ("报名表.xlsx", content, EXCEL)}
    problem = office.officer.problem("POST", f"{office.here}/enrolments", status, files=files)
    assert problem["detail"]
    assert office.enrolled() == 0


def test_a_form_says_each_thing_once_and_nothing_unknown(front: Any) -> None:
    office = Office(front)
    sheet = ("sheet", ("报名表.xlsx", altered("报名", {}, rows=1), EXCEL))
    place = f"{office.here}/enrolments"
    assert office.officer.problem("POST", place, 422, files=[sheet], data={"rest": "true"})["errors"].keys() == {"rest"}
    assert office.officer.problem("POST", place, 422, files=[sheet], data={"take_rest": "perhaps"})
    assert office.officer.problem("POST", place, 400, files=[sheet, sheet])
    assert office.officer.problem("POST", place, 422, files={"other": sheet[1]})
    assert office.officer.problem("POST", place, 422, data={"sheet": "text"}, files={"take_rest": (None, "true")})
    assert office.enrolled() == 0


@pytest.mark.parametrize("path", ["batches/{}", "batches/{}/public-notice", "batches/{}/candidates", "candidates/{}"])
def test_an_unknown_batch_or_candidate_is_not_found(front: Any, path: str) -> None:
    officer = front.anybody.as_("exam_officer")
    problem = officer.problem("GET", f"{API}/{path.format(uuid4())}", 404)
    assert problem["detail"]
    assert officer.problem("POST", f"{API}/batches/{uuid4()}/plan-report", 404)


@pytest.mark.rule(id="C5")
@pytest.mark.rule(id="C7")
@pytest.mark.rule(id="X6")
def test_59_5_is_stored_and_fails_and_what_is_no_score_is_refused_and_burns_no_number(front: Any) -> None:
    office = Office(front)
    job = office.upload("enrolments", altered("报名", {}, rows=3))
    assert job["result"]["imported"] == 3, job
    first, second, third = (c["id"] for c in office.officer.get(f"{office.here}/candidates")["items"])
    office.examined()

    def mark(candidate: str, **marks: object) -> Any:
        return office.both.post(f"{API}/candidates/{candidate}/scores", marks)

    for wrong in (
        "100.5",
        "-1",
        "NaN",
        "六十",
        "Infinity",
        "1e1",
        "60.55",
        "６０",
        "",
        True,
        ["60"],
        {"x": "60"},
    ):
        problem = office.assessor.problem("POST", f"{API}/candidates/{first}/scores", 409, json={"theory": wrong})
        assert (problem["rule"], set(problem["errors"])) == ("C5", {"theory"}), wrong
    assert office.officer.get(f"{API}/candidates/{first}")["theory"] is None

    failed = mark(first, theory="59.5", practical="88")
    assert (failed["theory"], failed["passed"]) == ("59.5", False)
    for candidate in (second, third):
        assert mark(candidate, theory="60", practical="60.0")["passed"] is True
    assert office.reviewer.problem("POST", f"{office.here}/review", 409, json={})["rule"] == "C2"

    office.step("scoring-close", by=office.assessor)
    front.set_clock("2020-12-24T09:00:00+08:00")
    for by in (office.officer, office.assessor):
        assert by.problem("POST", f"{office.here}/review", 403, json={})["code"] == "not-permitted"
    refused = office.both.problem("POST", f"{office.here}/review", 409, json={})
    assert (refused["rule"], refused["code"]) == ("C4", "own-scores")
    office.step("review", by=office.reviewer)
    assert office.assessor.problem("POST", f"{API}/candidates/{first}/scores", 409, json={"theory": "61"})
    office.step("public-notice")
    assert office.officer.problem("POST", f"{office.here}/results-report", 409, json={})["rule"] == "C6"
    front.set_clock("2020-12-31T09:00:00+08:00")
    office.step("results-report")

    certificates = _settled(lambda: office.officer.get(f"{API}/certificates", batch_id=office.batch)["items"], 2)
    assert sorted(certificate["number"] for certificate in certificates) == [
        "S000014000001203000001",
        "S000014000001203000002",
    ]
    assert {certificate["candidate_id"] for certificate in certificates} == {second, third}


def _settled(items: Callable[[], list[Any]], count: int) -> list[Any]:
    """The items once there are as many, and still as many a moment later."""
    deadline = time.monotonic() + 20
    while len(items()) < count:
        assert time.monotonic() < deadline, items()
        time.sleep(0.1)
    time.sleep(0.5)
    found = items()
    assert len(found) == count
    return found

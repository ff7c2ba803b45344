import json

import pytest

from services.certification import sample
from shared.documents.rows import Column
from shared.documents.spreadsheets import Table, write_rows
from shared.errors import Invalid
from shared.text import Text


def broken_sheet(office):
    """284 rows of which three are bad: rows 4, 101 and 285 of the sheet."""
    rows = [dict(row) for row in sample.enrolment_rows()]
    number = rows[2]["identity_number"]
    rows[2]["identity_number"] = number[:17] + ("1" if number[17] != "1" else "2")
    rows[99]["occupation"] = "厨师"
    rows[283]["name"] = None
    return office.workbook(rows)


BAD = {"rows.4.identity_number", "rows.101.occupation", "rows.285.name"}


@pytest.mark.rule(id="X6")
def test_three_bad_rows_of_284_are_named_and_nothing_is_imported(office):
    batch = office.batch("enrolling")
    job = office.upload("enrol_candidates", batch, broken_sheet(office))
    assert job["state"] == "failed"
    assert job["result"] is None
    for language in ("zh", "en"):
        problem = job["problem"][language]
        assert (problem["status"], problem["code"]) == (Invalid.status, "rows")
        assert set(problem["errors"]) == BAD
    assert job["problem"]["zh"]["errors"]["rows.101.occupation"][0].startswith("第101行“职业”：")
    assert job["problem"]["en"]["errors"]["rows.4.identity_number"][0].startswith("Row 4, “Identity number”: ")
    assert office.candidates(batch) == []


@pytest.mark.rule(id="X6")
def test_the_rest_is_taken_when_told_so(office):
    batch = office.batch("enrolling")
    job = office.upload("enrol_candidates", batch, broken_sheet(office), take_rest=True)
    assert (job["state"], job["done"], job["total"]) == ("done", 284, 284)
    assert job["result"]["imported"] == 281
    refused = job["result"]["refused_rows"]
    assert {f"rows.{each['row']}.{each['column']}" for each in refused} == BAD
    assert all(set(each["message"]) == {"zh", "en"} for each in refused)
    assert office.do("get_batch", id=batch)["enrolled"] == 281


@pytest.mark.rule(id="X5")
def test_an_import_tells_no_identity_number(office):
    batch = office.batch("enrolling")
    rows, _ = office.pick(0, 1)
    rows[1]["level"] = "九级"
    rows.append(dict(rows[0], name="另一个名字"))
    job = office.upload("enrol_candidates", batch, office.workbook(rows))
    assert job["state"] == "failed"
    told = json.dumps(job, ensure_ascii=False)
    assert not [row for row in rows if row["identity_number"] in told]


@pytest.mark.rule(id="X5")
def test_identity_numbers_are_sealed_and_only_their_last_four_shown(office):
    batch = office.batch("enrolling")
    rows, _ = office.pick(0, 6)
    office.upload("enrol_candidates", batch, office.workbook(rows))
    kept = office.rows(f"SELECT * FROM candidates WHERE batch_id = '{batch}' ORDER BY place")
    for row, stored in zip(rows, kept, strict=True):
        assert row["identity_number"].encode() not in bytes(stored["identity_sealed"])
        assert row["identity_number"] not in str(stored)
        assert stored["identity_last4"] == row["identity_number"][-4:]
    shown = [office.do("get_candidate", id=each["id"]).body for each in office.candidates(batch)]
    assert [each["identity_last4"] for each in shown] == ["0025", "0141"]
    assert not [row for row in rows if row["identity_number"] in json.dumps(shown)]


@pytest.mark.rule(id="X11")
@pytest.mark.parametrize("ends", ["done", "failed"])
def test_a_sheet_is_erased_once_its_job_has_ended(office, ends):
    batch = office.batch("enrolling")
    content = office.workbook(office.pick(0)[0]) if ends == "done" else broken_sheet(office)
    job = office.upload("enrol_candidates", batch, content)
    assert job["state"] == ends
    (kept,) = office.rows(f"SELECT content FROM chassis.jobs WHERE id = '{job['id']}'")
    assert kept["content"] is None


@pytest.mark.rule(id="C2")
def test_a_person_enrols_once_for_an_occupation(office):
    batch, other = office.batch("enrolling"), office.batch("enrolling")
    rows, _ = office.pick(0, 1)
    assert office.upload("enrol_candidates", batch, office.workbook(rows[:1]))["state"] == "done"
    again = office.upload("enrol_candidates", batch, office.workbook(rows))
    assert set(again["problem"]["zh"]["errors"]) == {"rows.2.identity_number"}
    assert [each["place"] for each in office.candidates(batch)] == [1]
    line_worker = dict(rows[0], occupation="线务员", work_type="光缆线务员")
    assert office.upload("enrol_candidates", batch, office.workbook([line_worker]))["state"] == "done"
    assert [each["occupation"] for each in office.candidates(batch)] == ["call-centre-agent", "line-worker"]
    assert office.upload("enrol_candidates", other, office.workbook(rows))["state"] == "done"


@pytest.mark.rule(id="C2")
def test_what_the_batch_does_not_examine_is_refused(office):
    office.at("2022-03-01T09:00:00+08:00")
    batch = office.plan(scope=[{"occupation": "call-centre-agent", "level": 4}])["id"]
    for operation in ("report_plan", "announce_batch", "open_enrolment"):
        office.do(operation, id=batch)
    job = office.upload("enrol_candidates", batch, office.workbook(office.pick(0)[0]))
    assert set(job["problem"]["zh"]["errors"]) == {"rows.2.occupation"}


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"", 400, None), (b"not a spreadsheet", 400, None), (None, 422, "no-rows")],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(office, content, status, code):
    batch = office.batch("enrolling")
    answer = office.do(
        "enrol_candidates", id=batch, sheet=office.file(office.workbook() if content is None else content)
    )
    assert office.refused(answer, status)[1] == (code or answer.problem["code"])
    assert office.rows(f"SELECT * FROM chassis.jobs WHERE input ->> 'batch_id' = '{batch}'") == []


def test_a_workbook_without_the_sheet_or_its_headings_is_refused_at_once(office):
    batch = office.batch("enrolling")
    column = Column("x", Text("随便", "Whatever"))
    for name, code in (("报名", "headers"), ("别的", "sheet")):
        content = write_rows([Table(name, [column], [{"x": "1"}])])
        assert office.refused(office.do("enrol_candidates", id=batch, sheet=office.file(content)), 422)[1] == code


@pytest.mark.rule(id="C2")
@pytest.mark.parametrize("state", ["draft", "announced", "examined"])
def test_enrolment_is_open_only_while_it_is(office, state):
    batch = office.batch(state)
    before = office.candidates(batch)
    answer = office.do("enrol_candidates", id=batch, sheet=office.file(office.workbook(office.pick(3)[0])))
    assert office.refused(answer) == ("C2", "not-enrolling")
    assert office.candidates(batch) == before


def test_candidates_are_listed_in_the_order_of_enrolment(office):
    batch = office.batch("enrolling")
    places = (250, 0, 120, 6)
    office.upload("enrol_candidates", batch, office.workbook(office.pick(*places)[0]))
    people = [sample.candidates()[place] for place in places]
    listed = office.candidates(batch)
    assert [each["name"] for each in listed] == [person.name for person in people]
    assert [each["place"] for each in listed] == [1, 2, 3, 4]
    assert [each["sex"] for each in listed] == [person.identity_number.sex.value for person in people]
    assert {each["passed"] for each in listed} == {None}
    assert [each["name"] for each in office.candidates(batch, occupation="line-worker")] == [people[0].name]
    assert [each["name"] for each in office.candidates(batch, level=4)] == [
        person.name for person in people if person.qualification.level == 4
    ]


@pytest.mark.rule(id="X5")
def test_a_namesake_is_another_person(office):
    batch = office.batch("enrolling")
    office.upload("enrol_candidates", batch, office.workbook(office.pick(16, 203)[0]))
    one, other = office.candidates(batch)
    assert one["name"] == other["name"] == "王丽"
    assert one["identity_last4"] != other["identity_last4"]

import pytest

from services.certification.service import CertificationService
from shared.api.operations import operations_of
from shared.identity.principals import issue_access
from shared.testing.association import Person

STEPS = ("report_plan", "announce_batch", "open_enrolment", "record_examination", "close_scoring")
LATER_STEPS = ("review_results", "post_notice", "report_results")
AGENT = {"occupation": "call-centre-agent", "level": 3}
GUARDED = [
    spec for spec in operations_of(CertificationService).values() if spec.permission.startswith("certification.")
]


def body_of(operation):
    return {"days": ["2022-03-10"]} if operation == "record_examination" else {}


@pytest.mark.rule(id="C1")
def test_the_catalogue_is_public(office):
    office.at("2022-03-01T09:00:00+08:00")
    occupations = office.anybody("list_occupations")["items"]
    assert len(occupations) == 6
    line_worker = next(each for each in occupations if each["code"] == "line-worker")
    assert line_worker["name"] == "信息通信网络线务员"
    assert [branch["name"] for branch in line_worker["work_types"]] == ["光缆线务员", "天线线务员"]
    levels = office.anybody("list_levels")["items"]
    assert [each["number"] for each in levels] == [5, 4, 3, 2, 1]


@pytest.mark.rule(id="C2")
def test_a_batch_begins_as_a_draft_with_the_rules_it_was_planned_by(office):
    office.at("2022-03-01T09:00:00+08:00")
    made = office.plan(name=" 春季批次 ", scope=[{"occupation": "线务员", "work_type": "光缆线务员", "level": 3}])
    assert made.status == 201
    assert (made["name"], made["state"], made["site"]) == ("春季批次", "draft", "000001")
    assert made["scope"] == [{"occupation": "line-worker", "work_type": "optical-cable-line-worker", "level": 3}]
    assert made["catalogue"] == "catalogue-2020-09-16"
    assert made["statistics"] is None
    assert (made["enrolled"], made["certificates"]) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "rule", "code"),
    [
        ({"scope": [{"occupation": "厨师", "level": 3}]}, "C1", "occupation-unknown"),
        ({"scope": [{"occupation": "line-worker", "level": 3}]}, "C1", "work-type-required"),
        ({"scope": [{**AGENT, "level": 6}]}, "C1", "level-unknown"),
        ({"scope": []}, "C2", "scope-required"),
        ({"scope": [AGENT, AGENT]}, "C2", "scope-twice"),
        ({"name": "  "}, "C2", "name-required"),
        ({"site": "000002"}, "C7", "site"),
    ],
)
def test_a_plan_outside_the_rules_is_refused_and_leaves_nothing(office, changes, rule, code):
    office.at("2022-03-01T09:00:00+08:00")
    before = office.rows("SELECT count(*) FROM batches")
    assert office.refused(office.plan(**changes)) == (rule, code)
    assert office.rows("SELECT count(*) FROM batches") == before


@pytest.mark.rule(id="X4")
def test_nothing_is_planned_before_the_accreditation(office):
    office.at("2020-09-15T23:59:00+08:00")
    assert office.refused(office.plan())[0] == "X4"


@pytest.mark.rule(id="C2")
@pytest.mark.parametrize("operation", [*STEPS[1:], *LATER_STEPS])
def test_no_step_is_skipped(office, operation):
    office.at("2022-03-01T09:00:00+08:00")
    batch = office.plan()["id"]
    answer = office.do(operation, id=batch, **body_of(operation))
    assert office.refused(answer) == ("C2", "batch-step")
    assert office.state(batch) == "draft"


@pytest.mark.rule(id="C2")
def test_no_step_is_taken_twice(office):
    batch = office.batch("announced")
    assert office.refused(office.do("announce_batch", id=batch)) == ("C2", "batch-step")
    assert len(office.events("batch.announced.v1", batch)) == 1


@pytest.mark.rule(id="X7")
def test_a_batch_tells_who_took_which_step_when(office):
    batch = office.batch("announced")
    steps = office.do("get_batch", id=batch)["steps"]
    assert [step["state"] for step in steps] == ["plan_reported", "announced"]
    assert {step["taken_by"] for step in steps} == {office.officer.person}
    assert steps[0]["taken_at"].startswith("2022-03-01T09:00:")


@pytest.mark.parametrize(
    ("days", "rule"),
    [
        ([], "C2"),
        (["2022-03-10", "2022-03-10"], "C2"),
        (["2022-03-10", "2022-03-11"], "C2"),
        (["2020-09-15"], "X4"),
    ],
)
def test_an_examination_has_real_days_within_the_accreditation(office, days, rule):
    batch = office.batch("enrolling")
    office.upload("enrol_candidates", batch, office.workbook(office.pick(0)[0]))
    office.at("2022-03-10T18:00:00+08:00")
    assert office.refused(office.do("record_examination", id=batch, days=days))[0] == rule
    assert office.state(batch) == "enrolling"


@pytest.mark.rule(id="C2")
def test_nobody_enrolled_is_no_examination(office):
    batch = office.batch("enrolling")
    office.at("2022-03-10T18:00:00+08:00")
    assert office.refused(office.do("record_examination", id=batch, days=["2022-03-10"])) == ("C2", "nobody-enrolled")


def test_a_step_for_an_older_version_is_stale(office):
    office.at("2022-03-01T09:00:00+08:00")
    made = office.plan()
    assert office.do("report_plan", id=made["id"], if_match=made.etag).status == 200
    assert office.do("announce_batch", id=made["id"], if_match=made.etag).status == 412
    assert office.state(made["id"]) == "plan_reported"


def test_the_same_key_plans_one_batch(office):
    office.at("2022-03-01T09:00:00+08:00")
    first, second = office.plan(key="plan-once"), office.plan(key="plan-once")
    assert first["id"] == second["id"]
    assert office.plan(key="plan-once", name="另一批次").status == 409


def test_an_unknown_batch_is_not_found(office):
    nobody = "01a00000-0000-7000-8000-000000000000"
    for operation in ("get_batch", "report_plan", "list_candidates", "list_objections", "get_notice"):
        assert office.do(operation, id=nobody).status == 404
    for operation in ("enrol_candidates", "import_scores"):
        assert office.do(operation, id=nobody, sheet=office.file(b"")).status == 404


def test_batches_are_listed_with_their_rates(office):
    batch = office.batch("scored")
    [listed] = [each for each in office.do("list_batches", state="scored")["items"] if each["id"] == batch]
    assert listed["statistics"]["text"] == "2/3 = 66.67%"
    assert listed["statistics"]["occupations"] == [
        {"occupation": "call-centre-agent", "taken": 3, "passed": 2, "percent": "66.67", "text": "2/3 = 66.67%"}
    ]
    assert batch not in [each["id"] for each in office.do("list_batches", state="draft")["items"]]


@pytest.mark.parametrize("spec", GUARDED, ids=lambda spec: spec.name)
def test_only_whose_work_it_is_may(office, spec):
    """Administrators look after messages; they do not examine (X8)."""
    given = dict.fromkeys(spec.parameters, "01a00000-0000-7000-8000-000000000000")
    assert office.association.call("certification", spec.name, **given).status == 401
    for role in ("administrator", "editor", "correspondent", "accountant", "clerk"):
        somebody = office.association.person(role)
        assert office.association.call("certification", spec.name, as_=somebody, **given).status == 403
    assert office.do(spec.name, **given).status not in (401, 403)


@pytest.mark.rule(id="X8")
def test_an_account_without_a_person_takes_no_step(office):
    office.at("2022-03-01T09:00:00+08:00")
    batch = office.plan()["id"]
    token = issue_access(office.association.issuer, account="machine", person=None, session="s", roles=["exam_officer"])
    answer = office.do("report_plan", as_=Person(token, "machine", ""), id=batch)
    assert office.refused(answer, 403)[1] == "no-person"

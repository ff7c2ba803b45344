"""The batch of December 2020, day by day as it was, from its plan to 262 certificates."""

import base64
import json
from collections import Counter

import pytest

from services.certification import sample
from services.certification.data import BATCH_2020
from shared.testing.association import Association, eventually

pytestmark = [pytest.mark.rule(id="C2"), pytest.mark.rule(id="C6"), pytest.mark.rule(id="C7")]

PASSED = 262


class Flow:
    """The batch as three work on it: an officer enrols, an assessor scores, a supervisor reviews (C4, X8)."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.officer = association.person("exam_officer")
        self.scorer = association.person("assessor")
        self.reviewer = association.person("exam_supervisor")
        self.batch = ""

    def at(self, moment: str) -> None:
        self.association.set_clock(f"{moment}+08:00")

    def do(self, operation: str, *, as_=None, **arguments):
        return self.association.call("certification", operation, as_=as_ or self.officer, **arguments)

    def step(self, operation: str, *, as_=None, **arguments):
        answer = self.do(operation, as_=as_, id=self.batch, **arguments)
        assert answer.problem is None, answer.problem
        return answer

    def upload(self, operation: str, as_=None) -> dict:
        content = base64.b64encode(sample.workbook()).decode()
        sheet = {"filename": "284.xlsx", "content": content}
        more = {"identity_consent": True} if operation == "enrol_candidates" else {}
        started = self.do(operation, as_=as_, id=self.batch, sheet=sheet, **more)
        assert started.status == 202, started.problem

        def ended():
            job = self.do("get_job", as_=as_, id=started["id"]).body
            return job["state"] in ("done", "failed") and job

        job = eventually(ended, within=30)
        assert job["state"] == "done", job["problem"]
        return job["result"]

    def certificates(self) -> list[dict]:
        items, cursor = [], None
        while True:
            page = self.do("list_certificates", batch_id=self.batch, limit=200, cursor=cursor)
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                return items


@pytest.fixture(scope="module")
def flow(association: Association) -> Flow:
    """The batch when everything is done."""
    flow = Flow(association)
    flow.at("2020-12-10T09:00:00")
    scope = [qualification._asdict() for qualification in sorted(BATCH_2020.scope)]
    flow.batch = flow.do("plan_batch", name=BATCH_2020.title.zh, scope=scope)["id"]
    for operation in ("report_plan", "announce_batch", "open_enrolment"):
        flow.step(operation)
    assert flow.upload("enrol_candidates") == {"imported": 284, "refused_rows": []}

    flow.at("2020-12-23T18:00:00")
    flow.step("record_examination", days=[day.isoformat() for day in BATCH_2020.examination_days])
    assert flow.upload("import_scores", flow.scorer) == {"scored": 284, "refused_rows": []}

    flow.at("2020-12-24T09:00:00")
    flow.step("close_scoring", as_=flow.scorer)
    flow.step("review_results", as_=flow.reviewer)
    flow.step("post_notice")
    assert flow.step("get_batch")["notice_last_day"] == "2020-12-30"

    flow.at("2020-12-30T23:59:00")
    early = flow.do("report_results", id=flow.batch)
    assert (early.status, early.problem["rule"]) == (409, "C6")
    assert flow.certificates() == []

    flow.at("2020-12-31T09:00:00")
    flow.step("report_results")
    eventually(lambda: flow.step("get_batch")["state"] == "certified", within=60, every=0.5)
    return flow


def test_the_pass_rates_are_those_of_2020(flow):
    statistics = flow.step("get_batch")["statistics"]
    assert [each["text"] for each in statistics["occupations"]] == ["171/187 = 91.44%", "91/97 = 93.81%"]
    assert statistics["text"] == "262/284 = 92.25%"
    assert (statistics["taken"], statistics["passed"], statistics["percent"]) == (284, 262, "92.25")


def test_262_certificates_and_not_one_more(flow):
    assert len(flow.certificates()) == PASSED
    assert flow.step("get_batch")["certificates"] == PASSED
    told = flow.association.rows(
        "certification",
        f"SELECT type, count(*) FROM chassis.outbox WHERE body LIKE '%%{flow.batch}%%' GROUP BY type",
    )
    assert {row["type"]: row["count"] for row in told} == {
        "batch.announced.v1": 1,
        "batch.publicised.v1": 1,
        "batch.reported.v1": 1,
        "candidate.qualified.v1": PASSED,
        "certificate.issued.v1": PASSED,
        "batch.certified.v1": 1,
    }


def test_numbers_are_gapless_within_year_and_level(flow):
    """They follow the order of enrolment. No other test issues certificates in 2020."""
    serials: dict[str, list[int]] = {}
    for certificate in sorted(flow.certificates(), key=lambda each: each["number"]):
        assert certificate["issued_on"] == "2020-12-31"
        serials.setdefault(certificate["number"][:16], []).append(int(certificate["number"][16:]))
    assert set(serials) == {"S000014000001203", "S000014000001204"}
    for numbers in serials.values():
        assert numbers == list(range(1, len(numbers) + 1))
    assert {f"{prefix}000001" for prefix in serials} == {"S000014000001203000001", "S000014000001204000001"}
    places = dict(_places(flow))
    for level in (3, 4):
        inside = [each for each in flow.certificates() if each["level"] == level]
        assert inside == sorted(inside, key=lambda each: places[each["candidate_id"]])


def _places(flow):
    rows = flow.association.rows("certification", f"SELECT id, place FROM candidates WHERE batch_id = '{flow.batch}'")
    return [(str(row["id"]), row["place"]) for row in rows]


def test_22_candidates_get_none(flow):
    rows = flow.association.rows(
        "certification",
        "SELECT c.passed, count(*) FROM candidates c LEFT JOIN certificates k ON k.candidate_id = c.id "
        f"WHERE c.batch_id = '{flow.batch}' AND k.id IS NULL GROUP BY c.passed",
    )
    assert rows == [{"passed": False, "count": 22}]


def test_levels_are_as_in_the_sheet(flow):
    expected = Counter(person.qualification.level for person in sample.candidates() if _passes(person))
    assert Counter(each["level"] for each in flow.certificates()) == expected


def _passes(person) -> bool:
    return person.theory >= 60 and person.practical >= 60


@pytest.mark.rule(id="X5")
def test_no_identity_number_stands_anywhere_but_sealed(flow):
    numbers = [person.identity_number.reveal() for person in sample.candidates()]
    names = {person.name for person in sample.candidates()}
    tables = ("chassis.outbox", "chassis.audit", "chassis.jobs", "chassis.inbox", "chassis.idempotency", "candidates")
    for table in tables:
        text = json.dumps(flow.association.rows("certification", f"SELECT t::text AS t FROM {table} t"), default=str)
        assert not [number for number in numbers if number in text], table
        if table in ("chassis.outbox", "chassis.audit", "chassis.inbox"):
            assert not [name for name in names if name in text], table
    log = flow.association.log.read_text()
    assert not [number for number in numbers if number in log]

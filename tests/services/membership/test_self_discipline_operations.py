"""The pact, complaints, visits and studies over the bus (M12, X6, X7, X8)."""

import json
import uuid
from typing import Any

import pytest

from services.membership.books import BOOKS
from services.membership.plugin import PLUGIN
from services.membership.self_discipline.books import CHECKS as SELF_DISCIPLINE
from services.membership.studies.books import CHECKS as STUDIES
from services.membership.units.rules import check_character
from shared.books.declared import Fault
from shared.books.look import Look
from shared.store.base import new_id
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import Answer, Association, Person
from shared.testing.spoiling import spoiling

pytestmark = pytest.mark.rule(id="M12")
CLOCK = "2160-03-01T09:00:00+08:00"
TODAY = "2160-03-01"
STUDY = {
    "client": "山西省通信管理局",
    "title": "全省5G网络共建共享研究",
    "amount": "50000.00",
    "agreed_on": "2160-01-10",
    "begins_on": "2160-01-10",
    "ends_on": "2160-06-30",
    "deliverables": [{"title": "中期报告", "due_on": "2160-02-29"}, {"title": "研究报告", "due_on": "2160-06-30"}],
}


class Office:
    """A clerk, an officer, and what they do."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.clerk, self.officer = association.person("clerk"), association.person("officer")

    def call(self, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        return self.association.call("membership", operation, as_=as_ or self.clerk, **given)

    def unit(self) -> str:
        first17 = f"91140000M{int(new_id()) % 10**8:08d}"
        given = {"name": "汾河", "credit_code": first17 + check_character(first17), "tier": "director"}
        unit: str = self.call("admit_unit", **given)["id"]
        return unit

    def person(self) -> str:
        person: str = self.call("register_person", name="田间")["id"]
        return person

    def representative(self, unit: str, first_day: str = "2160-01-01") -> Person:
        person = self.person()
        self.call("name_representative", id=unit, person_id=person, first_day=first_day)
        return self.association.person("representative", unit=unit, person=person)

    def complaint(self, **given: Any) -> tuple[str, str]:
        """The ids of a complaint and of the unit it is about."""
        respondent = self.unit()
        wanted = {"kind": "unfair_pricing", "statement": "低于成本承揽工程", "outsider": "company", **given}
        recorded = self.call("record_complaint", respondent_unit_id=respondent, **wanted)
        return recorded["id"], respondent

    def told(self, subject: str) -> list[tuple[str, dict[str, Any]]]:
        sql = f"SELECT type, body FROM chassis.outbox WHERE subject = '{subject}' ORDER BY position"
        return [(row["type"], json.loads(row["body"])) for row in self.association.rows("membership", sql)]


@pytest.fixture
def office(association: Association) -> Office:
    association.set_clock(CLOCK)
    return Office(association)


@pytest.fixture
def pact(office: Office) -> str:
    """A version of the pact, one for all tests that need one."""
    there = [each for each in office.call("list_pacts")["items"] if each["effective_from"] == "2160-02-01"]
    if there:
        return str(there[0]["id"])
    given = {"title": "自律公约", "text": "公平竞争。", "adopted_on": "2160-02-01", "effective_from": "2160-02-01"}
    return str(office.call("record_pact", **given)["id"])


def refusal(answer: Answer) -> tuple[int, str | None, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem.get("rule"), answer.problem["code"]


# --- the pact ----------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X7")
def test_a_unit_signs_once_withdraws_and_signs_again(office: Office, pact: str) -> None:
    unit = office.unit()
    representative = office.representative(unit)
    key = f"sign {unit}"
    signed = office.call("sign_pact", representative, key=key, id=unit, pact_id=pact)
    assert (signed.status, signed["person_id"], signed["signed_on"]) == (201, representative.person, TODAY)
    assert office.call("sign_pact", representative, key=key, id=unit, pact_id=pact).body == signed.body
    assert refusal(office.call("sign_pact", representative, id=unit, pact_id=pact)) == (409, "M12", "pact-signed")
    assert office.call("withdraw_signature", representative, id=signed["id"], reason="改制").status == 403
    withdrawn = office.call("withdraw_signature", id=signed["id"], reason="改制")
    assert (withdrawn["withdrawn_on"], withdrawn["withdrawal_reason"]) == (TODAY, "改制")
    again = office.call("withdraw_signature", id=signed["id"], reason="改制")
    assert refusal(again) == (409, "M12", "signature-withdrawn")
    assert [type_ for type_, _ in office.told(f"pact-signature/{signed['id']}")] == [
        "pact-signature.given.v1",
        "pact-signature.withdrawn.v1",
    ]
    assert office.call("sign_pact", representative, id=unit, pact_id=pact).status == 201
    standing = office.call("list_signatures", unit_id=unit, pact_id=pact)["items"]
    every = office.call("list_signatures", unit_id=unit, withdrawn=True)["items"]
    assert (len(standing), len(every)) == (1, 2)


def test_a_clerk_records_a_signature_of_who_represented_the_unit_then(office: Office, pact: str) -> None:
    unit = office.unit()
    person = office.representative(unit, "2160-02-15").person
    given = {"id": unit, "pact_id": pact, "person_id": person}
    early = office.call("sign_pact", **given, signed_on="2160-02-14")
    assert refusal(early) == (409, "M12", "not-a-representative")
    assert office.call("sign_pact", **given, signed_on="2160-02-15").status == 201


def test_only_a_member_signs(office: Office, pact: str) -> None:
    unit = office.unit()
    representative = office.representative(unit)
    with office.association.database("membership").begin() as connection:
        connection.exec_driver_sql(f"UPDATE units SET left_on = '{TODAY}' WHERE id = '{unit}'")
    answer = office.call("sign_pact", representative, id=unit, pact_id=pact)
    assert refusal(answer) == (409, "M1", "unit-left")


def test_a_version_of_the_pact_begins_after_the_one_before(office: Office, pact: str) -> None:
    given = {"title": "自律公约", "text": "公平竞争。", "adopted_on": "2160-02-01", "effective_from": "2160-02-01"}
    assert refusal(office.call("record_pact", **given)) == (409, "M12", "pact-order")
    assert office.call("record_pact", **{**given, "text": ""}).status == 422


# --- complaints --------------------------------------------------------------------------------------------


def test_a_complaint_goes_from_receipt_to_its_end_and_only_the_unit_hears_of_it(office: Office) -> None:
    complainant = office.unit()
    complaint, respondent = office.complaint(outsider=None, complainant_unit_id=complainant)
    theirs, others = office.representative(respondent), office.representative(complainant)
    assert office.call("list_complaint_notices", theirs)["items"] == []

    accepted = office.call("accept_complaint", id=complaint, allegation="反映你单位低于成本承揽工程")
    assert accepted["state"] == "accepted"
    (notice,) = office.call("list_complaint_notices", theirs)["items"]
    assert complainant not in json.dumps(notice)
    assert office.call("list_complaint_notices", others)["items"] == []
    assert office.call("answer_complaint", others, id=notice["id"], text="与我无关").status == 404
    assert office.call("answer_complaint", theirs, id=notice["id"], text="系试点优惠")["answer"] == "系试点优惠"

    assert office.call("hear_complaint", id=complaint, held_on=TODAY, record="双方到场").status == 200
    decision = {"id": complaint, "breach": True, "measure": "criticism", "reason": "事实清楚"}
    assert office.call("decide_complaint", **decision).status == 403, "a clerk does not judge"
    decided = office.call("decide_complaint", office.officer, key=f"decide {complaint}", **decision)
    assert office.call("decide_complaint", office.officer, key=f"decide {complaint}", **decision).body == decided.body
    assert (decided["terms"], decided["notice"]["answer"]) == ("self-discipline-2020", "系试点优惠")
    (notice,) = office.call("list_complaint_notices", theirs)["items"]
    assert (notice["breach"], notice["measure"]) == (True, "criticism")
    late = office.call("answer_complaint", theirs, id=notice["id"], text="不服")
    assert refusal(late) == (409, "M12", "answer-late")
    assert office.call("close_complaint", id=complaint)["state"] == "closed"
    [(type_, body)] = office.told(f"complaint/{complaint}")
    assert (type_, body) == (
        "complaint.decided.v1",
        {"complaint_id": complaint, "breach": True, "measure": "criticism"},
    )


@pytest.mark.rule(id="X6")
def test_steps_out_of_order_and_words_that_do_not_fit_are_refused(office: Office) -> None:
    complaint, respondent = office.complaint()
    decision = {"id": complaint, "breach": True, "measure": "criticism", "reason": "事实清楚"}
    for operation, who, given in (
        ("hear_complaint", office.clerk, {"held_on": TODAY, "record": "到场"}),
        ("decide_complaint", office.officer, decision),
        ("close_complaint", office.clerk, {}),
    ):
        answer = office.call(operation, who, **{"id": complaint, **given})
        assert refusal(answer) == (409, "M12", "complaint-state")
    dismissed = office.call("dismiss_complaint", id=complaint, reason="不属公约范围")
    assert (dismissed["state"], dismissed["dismissal"], dismissed["notice"]) == ("dismissed", "不属公约范围", None)
    assert refusal(office.call("accept_complaint", id=complaint, allegation="反映"))[2] == "complaint-state"
    given = {"respondent_unit_id": respondent, "kind": "service", "statement": "推诿"}
    assert refusal(office.call("record_complaint", **given))[2] == "complainant"
    assert office.call("record_complaint", **{**given, "kind": "treason", "outsider": "customer"}).status == 422
    unknown = office.call("record_complaint", **{**given, "respondent_unit_id": uuid.uuid4(), "outsider": "customer"})
    assert unknown.status == 404


@pytest.mark.rule(id="X8")
def test_nobody_of_either_unit_handles_or_judges(office: Office) -> None:
    complainant = office.unit()
    complaint, respondent = office.complaint(outsider=None, complainant_unit_id=complainant)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("accept_complaint", {"allegation": "反映"}),
        ("hear_complaint", {"held_on": TODAY, "record": "到场"}),
        ("decide_complaint", {"breach": False, "reason": "证据不足"}),
        ("close_complaint", {}),
    ]
    for operation, given in steps:
        for unit in (complainant, respondent):
            tied = office.association.person("clerk", "officer", "representative", unit=unit)
            assert refusal(office.call(operation, tied, id=complaint, **given)) == (409, "X8", "own-complaint")
        who = office.officer if operation == "decide_complaint" else office.clerk
        assert office.call(operation, who, id=complaint, **given).status == 200
    tied = office.association.person("clerk", unit=complainant)
    assert refusal(office.call("dismiss_complaint", tied, id=complaint, reason="无"))[2] == "own-complaint"


def test_complaints_are_shown_to_the_secretariat_and_published_in_figures(office: Office) -> None:
    office.association.set_clock("2161-03-01T09:00:00+08:00")
    complaint, respondent = office.complaint()
    office.call("dismiss_complaint", id=complaint, reason="不属公约范围")
    office.complaint()
    reader = office.association.person("representative", unit=respondent)
    figures = office.call("count_complaints", reader, year=2161)
    assert figures.body == {"year": 2161, "received": 2, "dismissed": 1, "decided": 0, "breaches": 0}
    for operation in ("list_complaints", "get_complaint"):
        given = {"id": complaint} if operation == "get_complaint" else {}
        assert office.call(operation, reader, **given).status == 403
    listed = office.call("list_complaints", respondent_unit_id=respondent, state="dismissed")["items"]
    assert [each["id"] for each in listed] == [complaint]


# --- visits ------------------------------------------------------------------------------------------------


def test_a_visit_is_recorded_and_followed_up(office: Office) -> None:
    unit, person = office.unit(), office.person()
    given = {"unit_id": unit, "visited_on": TODAY, "led_by": person, "topics": "招工难", "findings": "线务员不足"}
    visit = office.call("record_visit", **given)
    assert visit.status == 201
    tomorrow = office.call("record_visit", **{**given, "visited_on": "2160-03-02"})
    assert refusal(tomorrow) == (409, "M12", "visit-to-come")
    assert office.call("record_visit", **{**given, "led_by": uuid.uuid4()}).status == 404
    task = {"id": visit["id"], "task": "开办线务员培训班", "owner_id": person}
    assert refusal(office.call("add_follow_up", **task, due_on="2160-02-29"))[2] == "follow-up-due"
    follow_up = office.call("add_follow_up", **task, due_on="2160-03-31")
    assert office.call("list_follow_ups", owner_id=person, overdue=True)["items"] == []
    office.association.set_clock("2160-04-01T00:00:00+08:00")
    assert [each["id"] for each in office.call("list_follow_ups", owner_id=person, overdue=True)["items"]] == [
        follow_up["id"]
    ]
    done = {"id": follow_up["id"], "state": "done", "outcome": "已开班"}
    assert office.call("settle_follow_up", **done)["state"] == "done"
    assert refusal(office.call("settle_follow_up", **done)) == (409, "M12", "follow-up-settled")
    assert office.call("list_follow_ups", owner_id=person, overdue=True)["items"] == []
    (listed,) = office.call("list_visits", unit_id=unit)["items"]
    assert [each["outcome"] for each in listed["follow_ups"]] == ["已开班"]


# --- studies -----------------------------------------------------------------------------------------------


def test_a_study_is_agreed_delivered_sent_back_and_accepted(office: Office) -> None:
    study = office.call("record_study", key=(key := str(new_id())), **STUDY)
    assert (study.status, study["state"], study["amount"]) == (201, "agreed", "50000.00")
    assert office.call("record_study", key=key, **STUDY).body == study.body
    midway, report = study["deliverables"]
    overdue = office.call("list_studies", overdue=True, limit=200)["items"]
    assert study["id"] in {each["id"] for each in overdue}
    office.call("deliver", id=midway["id"])
    assert refusal(office.call("deliver", id=midway["id"])) == (409, "M12", "delivered-before")
    overdue = office.call("list_studies", overdue=True, limit=200)["items"]
    assert study["id"] not in {each["id"] for each in overdue}

    word = {"id": study["id"], "decided_by": "信息通信发展处"}
    early = office.call("record_acceptance", **word, outcome="passed")
    assert refusal(early) == (409, "M12", "study-not-delivered")
    office.call("deliver", id=report["id"])
    returned = office.call("record_acceptance", **word, outcome="returned", remarks="补充数据")
    assert {each["delivered_on"] for each in returned["deliverables"]} == {None}
    for each in (midway, report):
        office.call("deliver", id=each["id"])
    accepted = office.call("record_acceptance", **word, outcome="passed")
    assert (accepted["state"], accepted["accepted_on"]) == ("accepted", TODAY)
    assert [each["outcome"] for each in accepted["acceptances"]] == ["returned", "passed"]
    assert refusal(office.call("end_study", id=study["id"], reason="撤题")) == (409, "M12", "study-over")
    told = office.told(f"study/{study['id']}")
    assert [type_ for type_, _ in told] == ["study.agreed.v1", "study.accepted.v1"]
    assert told[1][1] == {"study_id": study["id"], "amount": "50000.00", "accepted_on": TODAY}


def test_a_study_is_given_up(office: Office) -> None:
    study = office.call("record_study", **STUDY)
    ended = office.call("end_study", id=study["id"], reason="委托单位撤题")
    assert (ended["state"], ended["ended_on"]) == ("ended", TODAY)
    late = office.call("deliver", id=study["deliverables"][0]["id"])
    assert refusal(late) == (409, "M12", "study-over")
    assert office.call("get_study", id=study["id"]).body == ended.body
    assert [type_ for type_, _ in office.told(f"study/{study['id']}")] == ["study.agreed.v1", "study.ended.v1"]


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"amount": "0.00"}, 409, "study-amount"),
        ({"amount": "1.001"}, 422, "invalid"),
        ({"deliverables": []}, 409, "study-deliverables"),
        ({"agreed_on": "2160-03-02"}, 409, "study-to-come"),
        ({"ends_on": "2159-12-31"}, 409, "study-term"),
    ],
)
def test_a_study_that_does_not_fit_is_refused(office: Office, changed: dict[str, Any], status: int, code: str) -> None:
    answer = office.call("record_study", **{**STUDY, **changed})
    assert answer.problem is not None
    assert (answer.status, answer.problem["code"]) == (status, code)


# --- who may, and the books --------------------------------------------------------------------------------


@pytest.mark.rule(id="M11")
def test_a_stranger_may_nothing_and_a_unit_sees_no_visits_or_studies(office: Office) -> None:
    stranger, somebody = office.association.person(), office.association.person("representative", unit=new_id())
    for operation in ("list_pacts", "list_signatures", "list_complaints", "list_complaint_notices"):
        assert office.call(operation, stranger).status == 403
    for who in (stranger, somebody):
        for operation in ("list_visits", "list_follow_ups", "list_studies"):
            assert office.call(operation, who).status == 403


def test_the_books_are_right_until_an_event_is_taken_away(
    office: Office, pact: str, postgres: EmbeddedPostgres
) -> None:
    unit = office.unit()
    signature = office.call("sign_pact", office.representative(unit), id=unit, pact_id=pact)["id"]
    office.call("withdraw_signature", id=signature, reason="改制")
    complaint, _ = office.complaint()
    office.call("accept_complaint", id=complaint, allegation="反映")
    office.call("hear_complaint", id=complaint, held_on=TODAY, record="到场")
    office.call("decide_complaint", office.officer, id=complaint, breach=False, reason="证据不足")
    study = office.call("record_study", **STUDY)["id"]
    checks = (*SELF_DISCIPLINE, *STUDIES)
    assert set(checks) <= set(BOOKS.checks)
    told = [*office.told(f"pact-signature/{signature}"), *office.told(f"complaint/{complaint}")]
    told += office.told(f"study/{study}")
    assert len(told) == 4
    for type_ in [None, *(type_ for type_, _ in told)]:
        with spoiling(postgres.admin_url, "membership") as spoiler:
            if type_ is not None:
                rows = spoiler.rows("chassis.outbox", f"type = '{type_}'")
                spoiler.take_away("chassis.outbox", rows[0])
            look = Look(PLUGIN, {"membership": spoiler.session})
            faults: list[Fault] = [fault for check in checks for fault in check(look)]
        assert bool(faults) == (type_ is not None), type_

"""Applications for membership through the bus: received, reviewed, decided by the council (M1, X4, X6, X7, X8, X10)."""

import base64
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.membership.units.rules import check_character
from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person

CLOCK, TODAY = "2021-02-01T09:00:00+08:00", "2021-02-01"
MATTER = "unit-admission"
PDF = b"%PDF-1.7\n% stamped"
_serials = itertools.count(int(new_id()) % 10**7)


def fresh_code() -> str:
    first17 = f"91140000M{next(_serials) % 10**8:08d}"
    return first17 + check_character(first17)


def file(content: bytes = PDF, name: str = "入会申请书.pdf") -> dict[str, str]:
    return {"filename": name, "content": base64.b64encode(content).decode()}


def refusal(answer: Answer) -> tuple[int, str | None, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem.get("rule"), answer.problem["code"]


@dataclass
class Desk:
    """The secretariat: one clerk enters applications, another reviews them."""

    association: Association
    enters: Person = field(init=False)
    reviews: Person = field(init=False)

    def __post_init__(self) -> None:
        self.association.set_clock(CLOCK)
        self.enters, self.reviews = self.association.person("clerk"), self.association.person("clerk")

    def ask(self, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        return self.association.call("membership", operation, as_=as_, **given)

    def fields(self, **given: Any) -> dict[str, Any]:
        asked = {"name": "桑干河通信公司", "credit_code": fresh_code(), "tier": "member", "place": "140200"}
        contact = {"contact_name": "田 间", "contact_phone": "139-0000-1234", "contact_consent": True}
        return {**asked, **contact, "form": file(), **given}

    def submit(self, **given: Any) -> Answer:
        return self.ask("submit_application", **self.fields(**given))

    def enter(self, **given: Any) -> Answer:
        return self.ask("enter_application", self.enters, **self.fields(**given))

    def read(self, id: str) -> Answer:
        return self.ask("get_application", self.reviews, id=id)

    def do(self, operation: str, id: str, **given: Any) -> Answer:
        answer = self.ask(operation, self.reviews, id=id, **given)
        assert answer.problem is None, answer.problem
        return answer

    def waiting(self, **given: Any) -> Answer:
        """An application that waits for the council."""
        id = self.enter(**given)["id"]
        self.do("review_application", id)
        return self.do("request_admission", id)

    def told(self, subject: str) -> list[tuple[str, dict[str, Any]]]:
        query = f"SELECT type, body FROM chassis.outbox WHERE subject = '{subject}' ORDER BY position"
        return [(row["type"], json.loads(row["body"])) for row in self.association.rows("membership", query)]

    def count(self) -> list[dict[str, Any]]:
        return self.association.rows(
            "membership", "SELECT (SELECT count(*) FROM unit_applications) AS a, (SELECT count(*) FROM units) AS u"
        )


@pytest.fixture
def desk(association: Association) -> Desk:
    return Desk(association)


# --- receiving ---------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M1")
def test_anybody_applies_and_learns_an_id_and_a_state(desk: Desk) -> None:
    sent = desk.submit()
    assert sent.status == 201
    assert set(sent.body) == {"id", "state", "received_at"}
    assert sent["state"] == "received"
    assert desk.ask("get_application_state", id=sent["id"]).body == sent.body
    assert desk.ask("get_application_state", id=new_id()).status == 404
    kept = desk.read(sent["id"])
    assert (kept["name"], kept["place"], kept["contact_last4"]) == ("桑干河通信公司", "140200", "1234")
    assert [(each["kind"], each["media_type"]) for each in kept["documents"]] == [("form", "application/pdf")]
    assert [(each["state"], each["taken_by"]) for each in kept["steps"]] == [("received", None)]


@pytest.mark.rule(id="M1")
def test_nobody_learns_by_applying_whether_another_is_a_member_or_has_applied(desk: Desk) -> None:
    code = fresh_code()
    member = desk.ask("admit_unit", desk.enters, name="汾河", credit_code=code, tier="member")
    assert member.status == 201
    of_member, first = desk.submit(credit_code=code), desk.submit()
    code = desk.read(first["id"])["credit_code"]
    again = desk.submit(credit_code=code)
    for answer in (of_member, again):
        assert (answer.status, answer["state"], set(answer.body)) == (201, "received", set(first.body))
    refused = desk.ask("review_application", desk.reviews, id=of_member["id"])
    assert refusal(refused) == (409, "M1", "member-already")
    desk.do("review_application", again["id"])
    refused = desk.ask("review_application", desk.reviews, id=first["id"])
    assert refusal(refused) == (409, "M1", "application-open")
    assert desk.read(first["id"])["state"] == "received"
    withdrawn = desk.do("withdraw_application", first["id"], reason="重复申请")
    assert (withdrawn["state"], withdrawn["steps"][-1]["note"]) == ("withdrawn", "重复申请")


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="X6")
@pytest.mark.parametrize(
    ("given", "status", "rule", "code"),
    [
        ({"credit_code": "91350100M000100Y44"}, 409, "M1", "credit-code-check"),
        ({"credit_code": "9135O100M000100Y43"}, 409, "M1", "credit-code"),
        ({"name": " \u3000"}, 409, "M1", "unit-name"),
        ({"contact_phone": "12345"}, 409, "M1", "phone"),
        ({"contact_name": " "}, 409, "X5", "person-name"),
        ({"contact_consent": False}, 409, "X10", "consent-needed"),
        ({"form": file(b"<html>")}, 409, "M1", "document-type"),
        ({"form": file(PDF + b" " * 5 * 2**20)}, 409, "M1", "document-size"),
        ({"form": "入会申请书.pdf"}, 422, None, "invalid"),
        ({"tier": "president"}, 422, None, "invalid"),
        ({"place": "110000"}, 422, None, "invalid"),
        ({"state": "admitted"}, 422, None, "invalid"),
    ],
)
def test_what_is_no_application_is_not_kept(
    desk: Desk, given: dict[str, Any], status: int, rule: str | None, code: str
) -> None:
    before = desk.count()
    assert refusal(desk.submit(**given)) == (status, rule, code)
    assert refusal(desk.enter(**given)) == (status, rule, code)
    assert desk.count() == before


@pytest.mark.rule(id="M1")
def test_a_clerk_enters_no_second_application_and_none_of_a_member(desk: Desk) -> None:
    first = desk.enter()
    code = first["credit_code"]
    assert refusal(desk.enter(credit_code=code.lower())) == (409, "M1", "application-open")
    member = desk.ask("admit_unit", desk.enters, name="汾河", credit_code=fresh_code(), tier="member")
    assert refusal(desk.enter(credit_code=member["credit_code"])) == (409, "M1", "member-already")
    desk.do("withdraw_application", first["id"], reason="不再申请")
    assert desk.enter(credit_code=code).status == 201


def test_an_application_sent_twice_with_one_key_is_one(desk: Desk) -> None:
    key, fields = str(new_id()), desk.fields()
    first, again = (desk.ask("submit_application", key=key, **fields) for _ in range(2))
    assert first.status == 201
    assert again.body == first.body
    assert desk.ask("submit_application", key=key, **{**fields, "name": "另一公司"}).status == 409


@pytest.mark.rule(id="X5")
@pytest.mark.rule(id="X10")
@pytest.mark.rule(id="X12")
def test_a_contact_is_sealed_masked_and_shown_whole_under_an_audit_row_only(desk: Desk) -> None:
    id = desk.submit()["id"]
    (row,) = desk.association.rows("membership", f"SELECT contact_phone FROM unit_applications WHERE id = '{id}'")
    assert b"13900001234" not in bytes(row["contact_phone"])
    assert "13900001234" not in json.dumps(desk.read(id).body)
    shown = desk.do("show_application_contact", id)
    assert shown.body == {"contact_name": "田间", "contact_phone": "13900001234"}
    audit = f"SELECT principal FROM chassis.audit WHERE operation = 'show_application_contact' AND target = '{id}'"
    assert desk.association.rows("membership", audit) == [{"principal": f"account:{desk.reviews.account}"}]
    consent = f"SELECT data_class FROM chassis.consents WHERE subject_id = '{id}'"
    assert desk.association.rows("membership", consent) == [{"data_class": "applicant-contact"}]


@pytest.mark.rule(id="X10")
@pytest.mark.rule(id="X8")
def test_another_contact_comes_with_consent_and_may_be_a_person_on_file(desk: Desk) -> None:
    id = desk.submit()["id"]
    person = desk.ask("register_person", desk.enters, name="田埂")["id"]
    contact = {"contact_name": "田埂", "contact_phone": "0351-7654321", "contact_person_id": person}
    refused = desk.ask("change_application_contact", desk.enters, id=id, **contact)
    assert refusal(refused) == (409, "X10", "consent-needed")
    nobody = {**contact, "contact_person_id": str(new_id()), "contact_consent": True}
    assert desk.ask("change_application_contact", desk.enters, id=id, **nobody).status == 404
    changed = desk.do("change_application_contact", id, **contact, contact_consent=True)
    assert (changed["contact_last4"], changed["contact_person_id"]) == ("4321", person)
    themselves = desk.association.person("clerk", person=person)
    refused = desk.ask("review_application", themselves, id=id)
    assert refusal(refused) == (409, "X8", "own-application")


@pytest.mark.rule(id="M1")
def test_documents_are_kept_as_they_were_sent(desk: Desk) -> None:
    id = desk.submit(form=None)["id"]
    png = b"\x89PNG\r\n\x1a\n\x00"
    added = desk.do("add_application_document", id, kind="licence", file=file(png, "执照.pdf"))
    assert (added["media_type"], added["size"], added["filename"]) == ("image/png", len(png), "执照.pdf")
    where = {"id": id, "document_id": added["id"]}
    assert desk.ask("download_application_document", desk.reviews, **where).content == png
    elsewhere = {**where, "id": desk.submit()["id"]}
    assert desk.ask("download_application_document", desk.reviews, **elsewhere).status == 404
    desk.do("withdraw_application", id, reason="不再申请")
    late = desk.ask("add_application_document", desk.reviews, id=id, kind="other", file=file())
    assert refusal(late) == (409, "M1", "application-closed")


# --- reviewing ---------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X8")
@pytest.mark.parametrize("operation", ["review_application", "send_application_back", "request_admission"])
def test_who_entered_it_or_is_of_the_unit_does_not_review(desk: Desk, operation: str) -> None:
    given = {"note": "请补正"} if operation == "send_application_back" else {}
    unit = desk.ask("admit_unit", desk.enters, name="汾河", credit_code=fresh_code(), tier="member")
    desk.ask("withdraw_unit", desk.enters, id=unit["id"])
    desk.association.set_clock("2021-02-02T09:00:00+08:00")
    application = desk.enter(credit_code=unit["credit_code"])
    if operation != "review_application":
        desk.do("review_application", application["id"])
    before = desk.read(application["id"]).body
    refused = desk.ask(operation, desk.enters, id=application["id"], **given)
    assert refusal(refused) == (409, "X8", "entered-before")
    own = desk.association.person("clerk", unit=unit["id"])
    assert refusal(desk.ask(operation, own, id=application["id"], **given)) == (409, "X8", "own-unit")
    assert desk.read(application["id"]).body == before


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="X7")
def test_what_is_sent_back_is_completed_and_reviewed_anew_by_somebody_else(desk: Desk) -> None:
    id = desk.submit(form=None)["id"]
    early = desk.ask("request_admission", desk.reviews, id=id)
    assert refusal(early) == (409, "M1", "application-state")
    desk.do("review_application", id)
    assert refusal(desk.ask("request_admission", desk.reviews, id=id)) == (409, "M1", "documents-missing")
    desk.do("send_application_back", id, note="缺入会申请书")
    assert desk.ask("get_application_state", id=id)["state"] == "sent_back"
    desk.ask("add_application_document", desk.enters, id=id, kind="form", file=file())
    completed = desk.ask("complete_application", desk.enters, id=id, name="桑干河通信有限公司")
    assert (completed["state"], completed["name"]) == ("received", "桑干河通信有限公司")
    assert refusal(desk.ask("review_application", desk.enters, id=id)) == (409, "X8", "entered-before")
    desk.do("review_application", id)
    wanted = desk.do("request_admission", id)
    assert (wanted["state"], wanted["terms"]) == ("decision_wanted", "admission-1998-10-25")
    assert [(each["state"], each["note"]) for each in wanted["steps"]] == [
        ("received", None),
        ("under_review", None),
        ("sent_back", "缺入会申请书"),
        ("received", None),
        ("under_review", None),
        ("decision_wanted", None),
    ]
    told = ("application.decision-wanted.v1", {"application_id": id, "body": "council"})
    assert desk.told(f"application/{id}") == [told]


@pytest.mark.rule(id="M1")
def test_a_withdrawal_is_told_and_final(desk: Desk, council: Any) -> None:
    id = desk.waiting()["id"]
    desk.do("withdraw_application", id, reason="不再申请")
    assert [kind for kind, _ in desk.told(f"application/{id}")][1:] == ["application.withdrawn.v1"]
    assert refusal(desk.ask("withdraw_application", desk.enters, id=id, reason="再撤")) == (
        409,
        "M1",
        "application-state",
    )
    council.adopts(MATTER, id, TODAY)
    council.rejects(MATTER, id, TODAY)
    assert (desk.read(id)["state"], desk.read(id)["unit_id"]) == ("withdrawn", None)


# --- the decision ------------------------------------------------------------------------------------------


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="M2")
def test_a_resolution_admits_the_unit_as_it_asked_once(desk: Desk, council: Any) -> None:
    asked = desk.waiting(tier="director", short_name="桑干河")
    event = str(new_id())
    resolution = council.adopts(MATTER, asked["id"], TODAY, event_id=event)
    council.adopts(MATTER, asked["id"], TODAY, resolution=resolution, event_id=event)
    council.adopts(MATTER, asked["id"], TODAY, resolution=resolution)
    admitted = desk.read(asked["id"])
    assert (admitted["state"], admitted["resolution_id"], admitted["decided_on"]) == ("admitted", resolution, TODAY)
    unit = desk.ask("get_unit", desk.reviews, id=admitted["unit_id"])
    assert (unit["name"], unit["short_name"], unit["credit_code"]) == ("桑干河通信公司", "桑干河", asked["credit_code"])
    assert (unit["tier"], unit["place"], unit["admitted_on"]) == ("director", "140200", TODAY)
    assert (unit["member"], unit["left_on"], unit["basis"]) == (True, None, "admitted")
    assert [kind for kind, _ in desk.told(f"unit/{unit['id']}")] == ["unit.admitted.v1"]


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize("first", ["adopted", "rejected"])
def test_of_two_votes_the_one_that_admits_counts_in_either_order(desk: Desk, council: Any, first: str) -> None:
    id = desk.waiting()["id"]
    if first == "rejected":
        council.rejects(MATTER, id, TODAY)
        assert desk.read(id)["state"] == "rejected"
    council.adopts(MATTER, id, TODAY)
    if first == "adopted":
        council.rejects(MATTER, id, TODAY)
    assert desk.read(id)["state"] == "admitted"


@pytest.mark.rule(id="M1")
def test_other_decisions_pass_by(desk: Desk, council: Any) -> None:
    id = desk.waiting()["id"]
    before = desk.count()
    council.adopts("honorary-posts", id, TODAY)
    council.rejects("unit-removal", id, TODAY)
    council.adopts(MATTER, str(new_id()), TODAY)
    assert (desk.read(id)["state"], desk.count()) == ("decision_wanted", before)


@pytest.mark.rule(id="M1")
def test_a_unit_recorded_meanwhile_is_not_admitted_twice(desk: Desk, council: Any) -> None:
    asked = desk.waiting()
    unit = desk.ask("admit_unit", desk.enters, name="桑干河", credit_code=asked["credit_code"], tier="member")
    council.adopts(MATTER, asked["id"], TODAY)
    assert desk.read(asked["id"])["unit_id"] == unit["id"]
    assert [kind for kind, _ in desk.told(f"unit/{unit['id']}")] == ["unit.admitted.v1"]
    assert desk.ask("get_unit", desk.reviews, id=unit["id"]).body == unit.body


@pytest.mark.rule(id="X7")
@pytest.mark.parametrize("first", ["adopted", "ended"])
def test_a_revoked_admission_ends_the_membership_and_deletes_nothing(desk: Desk, council: Any, first: str) -> None:
    id, resolution = desk.waiting()["id"], str(new_id())
    if first == "adopted":
        council.adopts(MATTER, id, TODAY, resolution=resolution)
    council.ends(resolution, MATTER, id, "2021-02-10")
    if first == "ended":
        council.adopts(MATTER, id, TODAY, resolution=resolution)
    application = desk.read(id)
    assert application["state"] == "admitted"
    unit = desk.ask("get_unit", desk.reviews, id=application["unit_id"])
    assert (unit["admitted_on"], unit["left_on"], unit["left_how"]) == (TODAY, "2021-02-11", "revoked")
    (leaving,) = desk.ask("list_unit_leavings", desk.reviews, id=unit["id"])["items"]
    assert (leaving["resolution_id"], leaving["how"], leaving["last_day"]) == (resolution, "revoked", "2021-02-10")


@pytest.mark.rule(id="X7")
def test_a_superseded_admission_changes_nothing(desk: Desk, council: Any) -> None:
    id = desk.waiting()["id"]
    first = council.adopts(MATTER, id, TODAY)
    council.adopts(MATTER, id, TODAY)
    council.ends(first, MATTER, id, TODAY, "superseded")
    assert desk.ask("get_unit", desk.reviews, id=desk.read(id)["unit_id"])["left_on"] is None


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="X7")
def test_a_unit_that_left_comes_back_under_its_id_and_both_times_stay(desk: Desk, council: Any) -> None:
    code = fresh_code()
    given = {"name": "汾河", "credit_code": code, "tier": "director", "admitted_on": "2019-05-01"}
    unit = desk.ask("admit_unit", desk.enters, **given)["id"]
    desk.ask("withdraw_unit", desk.enters, id=unit)
    assert refusal(desk.enter(credit_code=code)) == (409, "M1", "member-already"), "a member until the day is over"
    desk.association.set_clock("2021-06-01T09:00:00+08:00")
    asked = desk.waiting(credit_code=code, tier="member")
    council.adopts(MATTER, asked["id"], "2021-06-01")
    back = desk.ask("get_unit", desk.reviews, id=unit)
    assert (back["name"], back["tier"], back["admitted_on"]) == ("桑干河通信公司", "member", "2021-06-01")
    assert (back["member"], back["left_on"], back["left_how"]) == (True, None, None)
    (leaving,) = desk.ask("list_unit_leavings", desk.reviews, id=unit)["items"]
    assert (leaving["admitted_on"], leaving["left_on"], leaving["back_on"]) == (
        "2019-05-01",
        "2021-02-02",
        "2021-06-01",
    )
    history = desk.ask("list_unit_changes", desk.reviews, id=unit)["items"]
    assert ("tier", "director", "member") in {(each["field"], each["before"], each["after"]) for each in history}
    assert [kind for kind, _ in desk.told(f"unit/{unit}")] == [
        "unit.admitted.v1",
        "unit.left.v1",
        "unit.admitted.v1",
        "unit.changed.v1",
    ]


@pytest.mark.rule(id="X11")
def test_a_contact_is_erased_a_year_after_the_application_is_settled(desk: Desk) -> None:
    id = desk.submit()["id"]
    desk.do("withdraw_application", id, reason="不再申请")
    administrator = desk.association.person("administrator")
    desk.association.set_clock("2022-02-02T09:00:00+08:00")
    desk.ask("erase_overdue_personal_data", administrator, classes=["applicant-contact"])
    kept = desk.read(id)
    assert (kept["contact_last4"], kept["state"], kept["name"]) == (None, "withdrawn", "桑干河通信公司")
    assert desk.do("show_application_contact", id).body == {"contact_name": None, "contact_phone": None}


@pytest.mark.rule(id="M11")
def test_who_may_do_what(desk: Desk) -> None:
    id = desk.submit()["id"]
    document = desk.read(id)["documents"][0]["id"]
    reading: dict[str, dict[str, Any]] = {
        "list_applications": {"state": "received", "limit": 200},
        "get_application": {"id": id},
        "download_application_document": {"id": id, "document_id": document},
    }
    others: dict[str, dict[str, Any]] = {
        "show_application_contact": {"id": id},
        "enter_application": desk.fields(),
        "review_application": {"id": id},
        "request_admission": {"id": id},
        "withdraw_application": {"id": id, "reason": "无"},
        "complete_application": {"id": id},
    }
    officer, stranger = desk.association.person("officer"), desk.association.person("accountant")
    for operation, given in {**reading, **others}.items():
        assert desk.ask(operation, **given).status == 401, operation
        assert desk.ask(operation, stranger, **given).status == 403, operation
        assert desk.ask(operation, officer, **given).status == (200 if operation in reading else 403), operation
    representative = desk.association.person("representative", unit=new_id())
    assert desk.ask("list_applications", representative).status == 403
    listed = desk.ask("list_applications", officer, credit_code=desk.read(id)["credit_code"])["items"]
    assert [each["id"] for each in listed] == [id]
    assert desk.read(id)["state"] == "received"

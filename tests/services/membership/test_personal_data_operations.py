"""Requests about personal data, from the wish to the answer, and erasures in all services, over the bus."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pytest
from openpyxl import load_workbook

from shared.standards.identity_number import IdentityNumber
from shared.store.audit import verify
from shared.store.base import new_id
from shared.store.database import ONE_MOMENT
from shared.testing.association import Answer, Association, Person, eventually

NOW = "2023-05-08T09:00:00+08:00"
NAMES = iter(f"郝尔{chr(0x4E00 + n)}" for n in range(400))
NUMBERS = iter(range(1, 400))


def identity_number() -> str:
    """A valid number of a region that is not assigned, another at each call."""
    digits = f"14999919800101{next(NUMBERS):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]
    return digits + check


@dataclass
class Desk:
    """A clerk who handles requests, and whoever asks."""

    association: Association
    clerk: Person

    def do(self, operation: str, *, as_: Person | None = None, service: str = "membership", **given: Any) -> Answer:
        return self.association.call(service, operation, as_=as_ or self.clerk, **given)

    def register(self, number: str | None = None) -> tuple[str, str]:
        """A person nobody else has the name of: id and name."""
        name = next(NAMES)
        given = {"identity_number": number, "identity_consent": True} if number else {}
        return self.do("register_person", name=name, **given)["id"], name

    def ask(self, person: str, kind: str, **given: Any) -> str:
        return str(self.do("enter_personal_data_request", person_id=person, kind=kind, **given)["id"])

    def assign(self, request: str) -> None:
        done = self.do("assign_personal_data_request", id=request, person_id=self.clerk.person)
        assert done["state"] == "assigned"

    def answer(self, request: str, decision: str = "granted", **given: Any) -> Answer:
        return self.do("answer_personal_data_request", id=request, decision=decision, **given)

    def granted(self, person: str, kind: str, **given: Any) -> str:
        request = self.ask(person, kind, **given)
        self.assign(request)
        answered = self.answer(request)
        assert answered.status == 200, answered.problem
        return request

    def answered(self, request: str) -> dict[str, Any]:
        """The request once everybody has told what was erased."""

        def done() -> Any:
            body = self.do("get_personal_data_request", id=request).body
            return body["state"] == "answered" and body

        found: dict[str, Any] = eventually(done, within=20)
        return found


@pytest.fixture(scope="module")
def desk(association: Association) -> Desk:
    association.set_clock(NOW)
    return Desk(association, association.person("clerk"))


@pytest.fixture(autouse=True)
def today(desk: Desk) -> None:
    desk.association.set_clock(NOW)


def refused(answer: Answer) -> tuple[str | None, str]:
    assert answer.problem is not None, answer.body
    return answer.problem.get("rule"), answer.problem["code"]


def cells(content: bytes) -> set[str]:
    """Every text in a workbook."""
    book = load_workbook(io.BytesIO(content))
    return {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell}


# --- consents -----------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X10")
def test_a_consent_is_a_row_that_says_to_what_and_when(desk: Desk) -> None:
    person, _ = desk.register(identity_number())
    (consent,) = desk.association.rows("membership", f"SELECT * FROM chassis.consents WHERE subject_id = '{person}'")
    assert (consent["data_class"], consent["terms"]) == ("identity-number", "identity-number-2021")
    assert consent["recorded_by"] == f"account:{desk.clerk.account}"
    assert consent["withdrawn_at"] is None
    without, _ = desk.register()
    assert not desk.association.rows("membership", f"SELECT * FROM chassis.consents WHERE subject_id = '{without}'")


# --- requests -----------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X12")
def test_a_request_has_a_last_day_and_belongs_to_the_person_and_the_desk(desk: Desk, association: Association) -> None:
    person, _ = desk.register()
    herself = association.person(person=person)
    made = desk.do("make_personal_data_request", as_=herself, kind="see")
    assert (made["state"], made["due_on"], made["person_id"]) == ("received", "2023-06-07", person)
    mine = desk.do("list_my_personal_data_requests", as_=herself)["items"]
    assert [each["id"] for each in mine] == [made["id"]]
    assert made["id"] in {each["id"] for each in desk.do("list_personal_data_requests", person_id=person)["items"]}
    assert desk.do("get_personal_data_request", as_=association.person("editor"), id=made["id"]).status == 404
    assert desk.do("get_personal_data_request", as_=herself, id=made["id"]).status == 200
    for operation in ("list_personal_data_requests", "enter_personal_data_request"):
        assert (
            desk.do(
                operation, as_=herself, person_id=person, **({"kind": "see"} if "enter" in operation else {})
            ).status
            == 403
        )


@pytest.mark.rule(id="X12")
def test_a_request_is_answered_by_whom_it_is_assigned_to_and_once(desk: Desk, association: Association) -> None:
    person, _ = desk.register()
    request = desk.ask(person, "see")
    assert refused(desk.answer(request)) == ("X12", "not-assigned")
    other = association.person("clerk")
    desk.do("assign_personal_data_request", id=request, person_id=other.person)
    assert refused(desk.answer(request)) == ("X12", "not-assigned")
    desk.assign(request)
    assert refused(desk.answer(request, "refused", reason="不办")) == ("X12", "clause-required")
    done = desk.answer(request, "refused", clause="《个人信息保护法》第四十五条第一款", reason="无法核实身份")
    assert (done["state"], done["decision"], done["clause"]) == (
        "answered",
        "refused",
        "《个人信息保护法》第四十五条第一款",
    )
    assert refused(desk.answer(request)) == ("X12", "request-decided")
    assert refused(desk.do("assign_personal_data_request", id=request, person_id=desk.clerk.person)) == (
        "X12",
        "request-decided",
    )
    assert refused(desk.do("export_personal_data", id=request)) == ("X12", "nothing-to-fetch")


@pytest.mark.rule(id="X8")
def test_nobody_handles_a_request_about_themselves(desk: Desk, association: Association) -> None:
    person, _ = desk.register()
    clerk = association.person("clerk", person=person)
    request = desk.ask(person, "see")
    assert refused(desk.do("assign_personal_data_request", as_=clerk, id=request, person_id=person)) == (
        "X8",
        "own-request",
    )
    assert refused(desk.do("answer_personal_data_request", as_=clerk, id=request, decision="granted")) == (
        "X8",
        "own-request",
    )
    administrator = association.person("administrator", person=person)
    order = desk.do("order_erasure", as_=administrator, id=person, classes=["name"], reason="期满")
    assert refused(order) == ("X8", "own-request")


@pytest.mark.rule(id="X12")
@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"kind": "delete"}, "classes-named"),
        ({"kind": "see", "classes": ["name"]}, "classes-named"),
        ({"kind": "delete", "classes": ["shoe-size"]}, "unknown-class"),
        ({"kind": "withdraw", "classes": ["name"]}, "no-consent-to-withdraw"),
        ({"kind": "correct"}, "correction-said"),
        ({"kind": "see", "correct_name": "田间"}, "correction-said"),
    ],
)
def test_a_wish_says_what_it_is_about(desk: Desk, wish: dict[str, Any], code: str) -> None:
    person, _ = desk.register()
    assert refused(desk.do("enter_personal_data_request", person_id=person, **wish))[1] == code


def test_an_account_without_a_person_has_no_data_of_its_own(desk: Desk, association: Association) -> None:
    nobody = association.person("administrator")
    made = desk.do("make_personal_data_request", as_=nobody, kind="see")
    assert made.status == 404, "a person membership does not know"


@pytest.mark.rule(id="X12")
def test_a_granted_correction_puts_the_name_right(desk: Desk) -> None:
    person, _ = desk.register()
    desk.granted(person, "correct", correct_name="赵 更正")
    assert desk.do("get_person", id=person)["name"] == "赵更正"
    assert person in {each["id"] for each in desk.do("list_people", name="赵更正")["items"]}


# --- seeing -------------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X12")
@pytest.mark.rule(id="X5")
def test_what_is_held_comes_from_all_services_masked_and_is_written_down(
    desk: Desk, association: Association, submitted: Callable[[str], str]
) -> None:
    number = identity_number()
    person, name = desk.register(number)
    submitted(person)
    request = desk.granted(person, "see")
    herself = association.person(person=person)
    fetched = desk.do("export_personal_data", as_=herself, id=request)
    found = cells(fetched.content)
    assert {name, f"****{number[-4:]}", "稿件", "信息与出版", "identity-number-2021"} <= found
    assert not any(number in cell for cell in found)
    (row,) = association.rows("membership", f"SELECT * FROM chassis.audit WHERE target = 'person/{person}'")
    assert (row["operation"], row["principal"]) == ("export_personal_data", f"account:{herself.account}")
    asked = association.rows("publishing", f"SELECT * FROM chassis.audit WHERE target = '{person}'")
    assert {each["operation"] for each in asked} == {"show_personal_data"}
    assert {each["principal"] for each in asked} == {"service:membership"}
    assert desk.do("export_personal_data", as_=association.person("editor"), id=request).status == 404
    association.set_clock("2023-06-08T00:00:00+08:00")
    assert refused(desk.do("export_personal_data", as_=herself, id=request)) == ("X12", "fetch-over")


@pytest.mark.rule(id="X12")
def test_a_list_with_personal_data_leaves_an_audit_row_and_others_do_not(desk: Desk, association: Association) -> None:
    count = "SELECT count(*) AS n FROM chassis.audit WHERE principal = 'account:{}'"
    reader = association.person("clerk")
    desk.do("list_units", as_=reader)
    assert association.rows("membership", count.format(reader.account)) == [{"n": 0}]
    desk.do("list_people", as_=reader, limit=1)
    assert association.rows("membership", count.format(reader.account)) == [{"n": 1}]


@pytest.mark.rule(id="M11")
def test_only_membership_and_its_desk_are_shown_what_a_service_holds(desk: Desk, association: Association) -> None:
    person, _ = desk.register()
    for role in ("administrator", "exam_officer", "accountant", "editor"):
        for service in ("certification", "finance", "governance", "publishing"):
            shown = desk.do("show_personal_data", as_=association.person(role), service=service, person_id=person)
            assert shown.status == 403, (role, service)


# --- erasing ------------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X11")
def test_a_deletion_goes_to_all_services_and_says_what_is_kept_and_by_which_terms(
    desk: Desk, association: Association
) -> None:
    number = identity_number()
    person, name = desk.register(number)
    request = desk.granted(person, "delete", classes=["identity-number", "name"])
    done = desk.answered(request)
    assert done["answered_at"]
    answers = {each["service"]: each for each in done["erasure"]["answers"]}
    assert set(answers) == {"certification", "finance", "governance", "membership", "publishing"}
    assert answers["membership"]["rows"] == 1
    assert answers["membership"]["kept"] == [{"of_class": "name", "terms": "name-2021", "until": None}]
    assert desk.do("get_person", id=person)["identity_last4"] is None
    assert desk.do("get_person", id=person)["name"] == name, "the person may hold a post: not over"
    (row,) = association.rows("membership", f"SELECT * FROM people WHERE id = '{person}'")
    assert (row["identity_number"], row["identity_index"]) == (None, None)
    assert not association.rows("membership", f"SELECT * FROM chassis.subjects WHERE person_id = '{person}'")
    # The number is free again: the same person can be registered anew.
    assert desk.do("register_person", name=name, identity_number=number, identity_consent=True).status == 201


@pytest.mark.rule(id="X10")
@pytest.mark.rule(id="X11")
def test_a_consent_taken_back_ends_and_its_data_go(desk: Desk, association: Association) -> None:
    person, _ = desk.register(identity_number())
    desk.answered(desk.granted(person, "withdraw", classes=["identity-number"]))
    (consent,) = association.rows("membership", f"SELECT * FROM chassis.consents WHERE subject_id = '{person}'")
    assert consent["withdrawn_at"] is not None
    assert desk.do("get_person", id=person)["identity_last4"] is None


@pytest.mark.rule(id="X11")
def test_what_is_past_its_time_goes_by_order_only_and_with_it_the_answers_that_name_it(
    desk: Desk, association: Association
) -> None:
    administrator = association.person("administrator")
    association.set_clock("2019-01-07T09:00:00+08:00")
    name = next(NAMES)
    key = str(new_id())
    person = desk.do("register_person", key=key, name=name)["id"]
    assert desk.do("register_person", key=key, name=name)["id"] == person
    username = f"u{new_id().hex[-12:]}"
    account = desk.do("open_account", as_=administrator, username=username, person_id=person, roles=["correspondent"])[
        "id"
    ]
    closed = desk.do("close_account", as_=administrator, key=str(new_id()), if_match="*", id=account, reason="离职")
    assert closed.status == 200, closed.problem
    kept = f"SELECT count(*) AS n FROM chassis.idempotency WHERE answer::text LIKE '%%{name}%%'"
    assert association.rows("membership", kept) == [{"n": 1}]

    def overdue() -> dict[tuple[str, str], int]:
        due = desk.do("list_overdue_personal_data", as_=administrator)["due"]
        return {(each["table"], each["of_class"]): each["rows"] for each in due}

    association.set_clock("2022-01-07T12:00:00+08:00")
    before = overdue()
    ordered = desk.do("order_erasure", as_=administrator, id=person, classes=["name", "account"], reason="期满")
    first = eventually(partial(_complete, desk, administrator, ordered["id"]), within=20)
    (ours,) = (each for each in first["answers"] if each["service"] == "membership")
    assert ours["rows"] == 0
    assert {(each["of_class"], each["until"]) for each in ours["kept"]} == {
        ("name", "2022-01-07"),
        ("account", "2022-01-07"),
    }
    association.set_clock("2022-01-08T00:00:00+08:00")
    after = overdue()
    assert after["people", "name"] == before.get(("people", "name"), 0) + 1
    assert after["accounts", "account"] == before.get(("accounts", "account"), 0) + 1
    assert desk.do("get_person", id=person)["name"] == name, "nothing goes by itself"
    for _ in range(2):  # twice is as good as once
        ordered = desk.do("order_erasure", as_=administrator, id=person, classes=["name", "account"], reason="期满")
        done = eventually(partial(_complete, desk, administrator, ordered["id"]), within=20)
        assert not any(each["kept"] for each in done["answers"])
    assert overdue() == before
    assert desk.do("get_person", id=person)["name"] == "（已删除）"
    shown = desk.do("get_account", as_=administrator, id=account)
    assert (shown["username"], shown["closing_reason"], shown["roles"]) == (
        f"（已删除）{account}",
        "离职",
        ["correspondent"],
    )
    assert association.rows("membership", kept) == [{"n": 0}]
    assert refused(desk.do("register_person", key=key, name=name)) == (None, "answer-not-kept")
    everything = "SELECT position FROM chassis.outbox WHERE body LIKE '%%{0}%%' OR headers::text LIKE '%%{0}%%'"
    assert not association.rows("membership", everything.format(name))
    # What was sealed before holds still.
    eventually(lambda: not association.rows("membership", "SELECT id FROM chassis.audit WHERE seal_no IS NULL"))
    with association.database("membership").connect().execution_options(**ONE_MOMENT) as connection:
        assert verify(connection).holds


def _complete(desk: Desk, administrator: Person, id: str) -> Any:
    answer = desk.do("get_erasure", as_=administrator, id=id)
    return answer["completed_at"] and answer.body


@pytest.mark.rule(id="X11")
def test_an_erasure_sweeps_whole_classes_only_where_they_are_past_their_time(
    desk: Desk, association: Association
) -> None:
    administrator = association.person("administrator")
    association.set_clock("2019-02-04T09:00:00+08:00")
    person, _ = desk.register()
    account = desk.do(
        "open_account",
        as_=administrator,
        username=f"u{new_id().hex[-12:]}",
        person_id=person,
        roles=["correspondent"],
    )["id"]
    staying, known = desk.register()
    desk.do("close_account", as_=administrator, if_match="*", id=account, reason="离职")
    association.set_clock("2022-02-05T00:00:00+08:00")
    swept = desk.do("erase_overdue_personal_data", as_=administrator, classes=["name"])
    assert swept["rows"] >= 1
    assert swept["left"] == 0
    assert desk.do("get_person", id=person)["name"] == "（已删除）"
    assert desk.do("get_person", id=staying)["name"] == known
    shown = desk.do("get_account", as_=administrator, id=account)["username"]
    assert shown.startswith("u"), "another class was not named"


@pytest.fixture
def submitted(association: Association) -> Callable[[str], str]:
    """``submitted(person)`` → an article by that person."""

    def submit(person: str) -> str:
        author = association.person("correspondent", unit=new_id(), person=person)
        given = {"title": "通信保障", "body": "通信保障无小事。" * 20, "column": "association_news"}
        return str(association.call("publishing", "submit_article", as_=author, **given)["id"])

    return submit


def test_the_numbers_made_here_are_valid() -> None:
    assert IdentityNumber.parse(identity_number(), date(2023, 5, 8))

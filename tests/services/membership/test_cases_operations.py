"""Service cases through the bus: opened for a unit, assigned, replied to, closed, opened again, counted (M7, X8)."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from services.membership.units.rules import check_character
from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person, eventually
from shared.testing.services import START

CASE = {"kind": "legal_advice", "title": "管道施工损坏光缆", "text": "如何向施工方索赔？"}


@pytest.fixture(autouse=True)
def april(association: Association) -> Iterator[None]:
    association.set_clock("2052-04-01T09:00:00+08:00")
    yield
    association.set_clock(START)


class Desk:
    """A clerk, and units with somebody who acts for each."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.clerk = association.person("clerk", person=self.known())

    def known(self) -> str:
        administrator = self.association.person("administrator")
        id: str = self.association.call("membership", "register_person", as_=administrator, name="田间")["id"]
        return id

    def call(self, operation: str, as_: Person, **given: Any) -> Answer:
        return self.association.call("membership", operation, as_=as_, **given)

    def do(self, operation: str, as_: Person, **given: Any) -> Answer:
        answer = self.call(operation, as_, **given)
        assert answer.problem is None, answer.problem
        return answer

    def unit(self) -> tuple[str, Person]:
        """A unit, and its representative."""
        first17 = f"91140000M{int(new_id()) % 10**8:08d}"
        given = {"name": "汾河", "credit_code": first17 + check_character(first17), "tier": "director"}
        unit = self.do("admit_unit", self.clerk, **given)["id"]
        person = self.known()
        self.do("name_representative", self.clerk, id=unit, person_id=person)
        return unit, self.association.person("representative", unit=unit, person=person)

    def told(self, case: str) -> list[str]:
        query = f"SELECT type FROM chassis.outbox WHERE subject = 'case/{case}' ORDER BY position"
        return [row["type"] for row in self.association.rows("membership", query)]

    def steps(self, case: str, as_: Person) -> list[str]:
        return [each["step"] for each in self.do("list_case_entries", as_, id=case)["items"]]


@pytest.fixture
def desk(association: Association) -> Desk:
    return Desk(association)


def refused(answer: Answer, rule: str, code: str) -> None:
    assert answer.problem is not None
    assert (answer.status, answer.problem["rule"], answer.problem["code"]) == (409, rule, code)


@pytest.mark.rule(id="M7")
def test_a_case_from_its_opening_to_its_closing_and_once_more(desk: Desk) -> None:
    unit, somebody = desk.unit()
    case = desk.do("open_case", somebody, **CASE)
    id = case["id"]
    assert (case["unit_id"], case["state"], case["due_on"], case["terms"]) == (
        unit,
        "open",
        "2052-04-08",
        "service-cases-2020",
    )
    lawyer = desk.association.person("legal_counsel", person=desk.known())
    assert desk.call("get_case", lawyer, id=id).status == 404
    desk.do("assign_case", desk.clerk, id=id, person_id=lawyer.person, text="请张律师答复")
    assert [each["id"] for each in desk.do("list_cases", lawyer)["items"]] == [id]
    desk.do("write_in_case", lawyer, id=id, text="请补充施工许可")
    desk.do("write_in_case", somebody, id=id, text="已附上")
    assert desk.do("reply_to_case", lawyer, id=id, text="可依《电信条例》索赔")["state"] == "replied"
    closed = desk.do("close_case", lawyer, id=id, outcome="advised", text="已提供意见")
    assert (closed["state"], closed["outcome"]) == ("closed", "advised")
    refused(desk.call("write_in_case", somebody, id=id, text="还有一事"), "M7", "case-closed")
    desk.association.set_clock("2052-05-01T09:00:00+08:00")
    again = desk.do("reopen_case", somebody, id=id, reason="对方拒绝赔偿")
    assert (again["state"], again["due_on"], again["outcome"]) == ("assigned", "2052-05-08", None)
    assert desk.steps(id, somebody) == ["assignment", "message", "message", "reply", "closing", "reopening"]
    assert desk.told(id) == ["case.opened.v1", "case.closed.v1", "case.reopened.v1"]


@pytest.mark.rule(id="M7")
def test_a_case_opened_twice_with_one_key_is_one_and_told_once(desk: Desk) -> None:
    unit, somebody = desk.unit()
    first, second = (desk.do("open_case", somebody, key=f"open {unit}", **CASE) for _ in range(2))
    assert first.body == second.body
    assert len(desk.do("list_cases", somebody)["items"]) == 1
    assert desk.told(first["id"]) == ["case.opened.v1"]
    sent = f"SELECT body FROM chassis.outbox WHERE subject = 'case/{first['id']}' AND sent_at IS NOT NULL"
    (row,) = eventually(lambda: desk.association.rows("membership", sent))
    assert CASE["title"] not in str(row["body"])


@pytest.mark.rule(id="M7")
def test_a_clerk_enters_a_case_for_a_member(desk: Desk) -> None:
    unit, somebody = desk.unit()
    id = desk.do("open_case", desk.clerk, unit_id=unit, **CASE)["id"]
    assert desk.do("get_case", somebody, id=id)["title"] == CASE["title"]
    refused(desk.call("open_case", desk.clerk, **CASE), "M7", "unit-needed")
    assert desk.call("open_case", desk.clerk, unit_id=uuid.uuid4(), **CASE).status == 404
    with desk.association.database("membership").begin() as connection:
        connection.exec_driver_sql(f"UPDATE units SET left_on = '2052-04-01' WHERE id = '{unit}'")
    refused(desk.call("open_case", desk.clerk, unit_id=unit, **CASE), "M1", "unit-left")
    with desk.association.database("membership").begin() as connection:
        connection.exec_driver_sql(f"UPDATE units SET left_on = NULL WHERE id = '{unit}'")


@pytest.mark.rule(id="M2")
def test_nobody_opens_a_case_for_another_unit(desk: Desk) -> None:
    (other, _), (_, somebody) = desk.unit(), desk.unit()
    assert desk.call("open_case", somebody, unit_id=other, **CASE).status == 404


@pytest.mark.rule(id="X8")
def test_whoever_represents_the_unit_neither_assigns_nor_handles_its_case(desk: Desk) -> None:
    unit, somebody = desk.unit()
    id = desk.do("open_case", somebody, **CASE)["id"]
    both = desk.association.person("clerk", unit=unit)
    lawyer = desk.known()
    refused(desk.call("assign_case", both, id=id, person_id=lawyer), "X8", "own-units-case")
    refused(desk.call("assign_case", desk.clerk, id=id, person_id=somebody.person), "X8", "own-units-case")
    desk.do("assign_case", desk.clerk, id=id, person_id=lawyer)
    turned = desk.association.person("officer", unit=unit, person=lawyer)
    refused(desk.call("reply_to_case", turned, id=id, text="同意"), "X8", "own-units-case")
    refused(desk.call("close_case", turned, id=id, outcome="withdrawn", text="算了"), "X8", "own-units-case")
    assert desk.do("get_case", desk.clerk, id=id)["state"] == "assigned"


@pytest.mark.rule(id="M7")
def test_only_whoever_has_it_in_hand_replies_and_nothing_closes_unanswered(desk: Desk) -> None:
    _, somebody = desk.unit()
    id = desk.do("open_case", somebody, **CASE)["id"]
    refused(desk.call("reply_to_case", desk.clerk, id=id, text="好"), "M7", "not-assigned")
    refused(desk.call("close_case", desk.clerk, id=id, outcome="settled", text="好"), "M7", "reply-needed")
    assert desk.call("assign_case", desk.clerk, id=id, person_id=uuid.uuid4()).status == 404
    desk.do("assign_case", desk.clerk, id=id, person_id=desk.clerk.person)
    refused(desk.call("assign_case", desk.clerk, id=id, person_id=desk.clerk.person), "M7", "assigned-already")
    refused(desk.call("reopen_case", somebody, id=id, reason="催办"), "M7", "case-not-closed")
    assert desk.steps(id, somebody) == ["assignment"]
    desk.do("close_case", desk.clerk, id=id, outcome="withdrawn", text="单位撤回")


@pytest.mark.rule(id="M7")
@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({**CASE, "kind": "divorce"}, 422),
        ({**CASE, "title": ""}, 422),
        ({**CASE, "title": "  "}, 409),
        ({**CASE, "text": "\x00"}, 422),
        ({**CASE, "text": "字" * 10_001}, 422),
        ({**CASE, "state": "closed"}, 422),
        ({"kind": "rights"}, 422),
    ],
)
def test_bad_input_is_refused_and_opens_nothing(desk: Desk, given: dict[str, Any], status: int) -> None:
    _, somebody = desk.unit()
    assert desk.call("open_case", somebody, **given).status == status
    assert desk.do("list_cases", somebody)["items"] == []


@pytest.mark.rule(id="M7")
def test_overdue_are_those_that_nobody_replied_to_by_their_last_day(desk: Desk) -> None:
    _, somebody = desk.unit()
    waiting, answered = (desk.do("open_case", somebody, **CASE)["id"] for _ in range(2))
    desk.do("assign_case", desk.clerk, id=answered, person_id=desk.clerk.person)
    desk.do("reply_to_case", desk.clerk, id=answered, text="可以")
    for day, overdue in (("2052-04-08T23:59:59", []), ("2052-04-09T00:00:00", [waiting])):
        desk.association.set_clock(f"{day}+08:00")
        assert [each["id"] for each in desk.do("list_cases", somebody, overdue=True)["items"]] == overdue


@pytest.mark.rule(id="M7")
def test_cases_are_counted_by_year_kind_and_state_and_confidential_ones_are_not(desk: Desk) -> None:
    desk.association.set_clock("2053-06-01T09:00:00+08:00")
    _, somebody = desk.unit()
    id = desk.do("open_case", somebody, **CASE)["id"]
    desk.do("open_case", somebody, **{**CASE, "kind": "rights"})
    desk.do("open_case", somebody, **{**CASE, "kind": "rights"})
    desk.do("open_confidential_case", somebody, **{**CASE, "kind": "appeal"})
    desk.do("assign_case", desk.clerk, id=id, person_id=desk.clerk.person)
    counted = desk.do("count_cases", desk.clerk, year=2053)
    assert counted["counts"] == [
        {"year": 2053, "kind": "legal_advice", "state": "assigned", "cases": 1},
        {"year": 2053, "kind": "rights", "state": "open", "cases": 2},
    ]
    assert counted["total"] == 3


@pytest.mark.rule(id="M11")
def test_strangers_have_nothing_to_do_with_cases(desk: Desk) -> None:
    _, somebody = desk.unit()
    id = desk.do("open_case", somebody, **CASE)["id"]
    stranger = desk.association.person("correspondent")
    for operation, given in (
        ("open_case", CASE),
        ("list_cases", {}),
        ("get_case", {"id": id}),
        ("list_case_entries", {"id": id}),
        ("write_in_case", {"id": id, "text": "好"}),
        ("assign_case", {"id": id, "person_id": stranger.person}),
        ("count_cases", {}),
    ):
        assert desk.call(operation, stranger, **given).status == 403, operation
    for operation, given in (
        ("reply_to_case", {"id": id, "text": "好"}),
        ("close_case", {"id": id, "outcome": "withdrawn", "text": "好"}),
    ):
        assert desk.call(operation, somebody, **given).status == 403, operation

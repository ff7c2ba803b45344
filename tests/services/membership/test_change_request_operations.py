"""Change requests through the bus: proposed by a unit's people, decided by others, kept in its history (M1, X7, X8)."""

import itertools
from dataclasses import dataclass
from typing import Any

import pytest

from services.membership.units.rules import check_character
from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person

CLOCK = "2021-02-01T09:00:00+08:00"
_serials = itertools.count(int(new_id()) % 10**7)


def fresh_code() -> str:
    first17 = f"91140000M{next(_serials) % 10**8:08d}"
    return first17 + check_character(first17)


def refusal(answer: Answer) -> tuple[int, str | None, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem.get("rule"), answer.problem["code"]


@dataclass
class Asked:
    """A unit, one of its people, and the clerk who decides."""

    association: Association
    unit: str
    code: str
    somebody: Person
    clerk: Person

    def ask(self, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        return self.association.call("membership", operation, as_=as_, **given)

    def propose(self, **wanted: Any) -> Answer:
        return self.ask("propose_change", self.somebody, id=self.unit, **wanted)

    def read(self) -> Answer:
        return self.ask("get_unit", self.clerk, id=self.unit)

    def history(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("list_unit_changes", self.clerk, id=self.unit)["items"]
        return found


@pytest.fixture
def asked(association: Association) -> Asked:
    association.set_clock(CLOCK)
    clerk, code = association.person("clerk"), fresh_code()
    given = {"name": "汾河信息公司", "credit_code": code, "tier": "director", "place": "140100"}
    unit = association.call("membership", "admit_unit", as_=clerk, **given)["id"]
    return Asked(association, unit, code, association.person("representative", unit=unit), clerk)


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="X8")
def test_what_a_unit_proposes_is_changed_once_approved_and_both_are_named(asked: Asked) -> None:
    code = fresh_code()
    request = asked.propose(name=" 汾河信息有限公司", credit_code=code.lower(), place="140700")
    assert (request.status, request["state"], request["unit_id"]) == (201, "open", asked.unit)
    assert (asked.read()["name"], asked.history()) == ("汾河信息公司", [])

    key = str(new_id())
    approved = asked.ask("approve_change_request", asked.clerk, id=request["id"], key=key)
    assert asked.ask("approve_change_request", asked.clerk, id=request["id"], key=key).body == approved.body
    assert (approved["state"], approved["settled_by"]) == ("approved", f"account:{asked.clerk.account}")
    unit = asked.read()
    assert (unit["name"], unit["credit_code"], unit["place"]) == ("汾河信息有限公司", code, "140700")
    history = asked.history()
    assert {(each["field"], each["before"], each["after"]) for each in history} == {
        ("name", "汾河信息公司", "汾河信息有限公司"),
        ("credit_code", asked.code, code),
        ("place", "140100", "140700"),
    }
    assert {(each["proposed_by"], each["changed_by"], each["request_id"]) for each in history} == {
        (f"account:{asked.somebody.account}", f"account:{asked.clerk.account}", request["id"])
    }
    told = f"SELECT 1 FROM chassis.outbox WHERE subject = 'unit/{asked.unit}' AND type = 'unit.changed.v1'"
    assert len(asked.association.rows("membership", told)) == 1
    again = asked.ask("approve_change_request", asked.clerk, id=request["id"])
    assert refusal(again) == (409, "M1", "request-settled")


@pytest.mark.rule(id="X8")
@pytest.mark.parametrize(
    ("operation", "given"), [("approve_change_request", {}), ("refuse_change_request", {"reason": "不实"})]
)
def test_nobody_decides_for_their_own_unit_or_on_what_they_proposed(
    asked: Asked, operation: str, given: dict[str, str]
) -> None:
    request = asked.propose(place="140700")["id"]
    own = asked.association.person("clerk", unit=asked.unit)
    assert refusal(asked.ask(operation, own, id=request, **given)) == (409, "X8", "own-unit")
    # Who represented the unit yesterday and is a clerk today.
    since = asked.association.person("clerk", person=asked.somebody.person)
    assert refusal(asked.ask(operation, since, id=request, **given)) == (409, "X8", "proposed-before")
    assert asked.ask("get_change_request", asked.clerk, id=request)["state"] == "open"
    assert asked.ask(operation, asked.somebody, id=request, **given).status == 403


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="X7")
def test_a_refusal_says_why_and_changes_nothing(asked: Asked) -> None:
    request = asked.propose(place="140700")["id"]
    assert asked.ask("refuse_change_request", asked.clerk, id=request, reason="").status == 422
    refused = asked.ask("refuse_change_request", asked.clerk, id=request, reason="未附证明")
    assert (refused["state"], refused["reason"]) == ("refused", "未附证明")
    assert (asked.read()["place"], asked.history()) == ("140100", [])
    assert asked.propose(place="140800").status == 201


@pytest.mark.rule(id="M1")
def test_one_request_at_a_time_which_its_people_may_withdraw(asked: Asked) -> None:
    request = asked.propose(place="140700")["id"]
    assert refusal(asked.propose(place="140800")) == (409, "M1", "request-open")
    withdrawn = asked.ask("withdraw_change_request", asked.somebody, id=request)
    assert withdrawn["state"] == "withdrawn"
    assert refusal(asked.ask("withdraw_change_request", asked.somebody, id=request)) == (409, "M1", "request-settled")
    assert refusal(asked.ask("approve_change_request", asked.clerk, id=request)) == (409, "M1", "request-settled")
    second = asked.propose(place="140800")["id"]
    listed = asked.ask("list_change_requests", asked.clerk, unit_id=asked.unit, state="open")["items"]
    assert [(each["id"], each["values"]) for each in listed] == [(second, [{"field": "place", "value": "140800"}])]


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ({}, 409, "nothing-changes"),
        ({"place": "140100"}, 409, "nothing-changes"),
        ({"name": "\u200b"}, 409, "unit-name"),
        ({"credit_code": "91350100M000100Y44"}, 409, "credit-code-check"),
        ({"tier": "vice_president"}, 422, "invalid"),
        ({"place": "999999"}, 422, "invalid"),
        ({"name": None}, 422, "invalid"),
    ],
)
def test_what_cannot_be_is_not_proposed(asked: Asked, wanted: dict[str, Any], status: int, code: str) -> None:
    answer = asked.propose(**wanted)
    assert answer.problem is not None
    assert (answer.status, answer.problem["code"]) == (status, code)
    assert asked.ask("list_change_requests", asked.clerk, unit_id=asked.unit)["items"] == []


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="X6")
def test_a_code_of_another_unit_is_found_at_the_approval_and_nothing_changes(asked: Asked) -> None:
    other = asked.ask("admit_unit", asked.clerk, name="桑干河", credit_code=fresh_code(), tier="member")
    request = asked.propose(name="汾河信息有限公司", credit_code=other["credit_code"])
    assert request.status == 201, "whose code it is, is not told to whoever proposes it"
    refused = asked.ask("approve_change_request", asked.clerk, id=request["id"])
    assert refusal(refused) == (409, "M1", "credit-code-taken")
    assert (asked.read()["name"], asked.history()) == ("汾河信息公司", [])
    assert asked.ask("get_change_request", asked.clerk, id=request["id"])["state"] == "open"


@pytest.mark.rule(id="M1")
def test_a_clerk_changes_a_unit_directly_and_nobody_has_proposed_that(asked: Asked) -> None:
    changed = asked.ask("change_unit", asked.clerk, id=asked.unit, if_match="*", place="140800")
    assert (changed["place"], changed["member"]) == ("140800", True)
    (change,) = asked.history()
    assert (change["field"], change["proposed_by"], change["request_id"]) == ("place", None, None)


@pytest.mark.rule(id="M11")
def test_a_stranger_neither_proposes_nor_reads_nor_decides(asked: Asked) -> None:
    request = asked.propose(place="140700")["id"]
    stranger = asked.association.person("accountant")
    of_another = asked.association.person("representative", unit=new_id())
    for operation, given in {
        "propose_change": {"id": asked.unit, "place": "140800"},
        "list_change_requests": {},
        "get_change_request": {"id": request},
        "approve_change_request": {"id": request},
        "withdraw_change_request": {"id": request},
    }.items():
        assert asked.ask(operation, **given).status == 401, operation
        assert asked.ask(operation, stranger, **given).status == 403, operation
    for operation, given in {"propose_change": {"id": asked.unit}, "get_change_request": {"id": request}}.items():
        assert asked.ask(operation, of_another, **given).status == 404, operation

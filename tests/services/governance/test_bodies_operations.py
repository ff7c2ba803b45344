"""Bodies through the bus: what they do, how they decide and who belongs to them, on a day (G1, G2, G9, X9)."""

import uuid
from typing import Any

import pytest

from shared.testing.association import Answer, Association

GUO_ZIYAN = "01771113-1802-7800-b9fe-3051a5b7d87a"


@pytest.fixture
def bodies(association: Association) -> dict[str, dict[str, Any]]:
    answer = association.call("governance", "list_bodies", as_=association.person())
    return {body["code"]: body for body in answer["items"]}


def body_on(association: Association, body: dict[str, Any], on: str) -> Answer:
    return association.call("governance", "get_body", as_=association.person(), id=body["id"], on=on)


def test_five_organs_and_six_working_bodies_in_the_order_of_the_document(bodies: dict[str, dict[str, Any]]) -> None:
    assert list(bodies)[:6] == [
        "assembly",
        "council",
        "standing-council",
        "supervisory-board",
        "party-branch",
        "secretariat",
    ]
    assert sum(body["kind"] == "working-body" for body in bodies.values()) == 6
    assert bodies["council"]["name"] == {"zh": "理事会", "en": "Council"}


@pytest.mark.rule(id="X9")
@pytest.mark.parametrize(("on", "duties"), [("2021-02-28", None), ("2021-03-01", 8)])
def test_annex_two_gives_duties_from_its_adoption(
    association: Association, bodies: dict[str, dict[str, Any]], on: str, duties: int | None
) -> None:
    found = body_on(association, bodies["assembly"], on)["duties"]
    assert (found and len(found["items"])) == duties
    if found:
        assert (found["effective_from"], found["assumption"]["rule"]) == ("2021-03-01", "X9")
        assert found["items"][0]["zh"] == "章程的制定与修改"
        assert found["items"][0]["clause"]["zh"] == "附件2《会员代表大会制度》一（一）"


@pytest.mark.rule(id="X9")
@pytest.mark.parametrize(
    ("code", "rule", "majority"),
    [("assembly", "G2", [1, 2]), ("council", "G5", [2, 3]), ("standing-council", "G9", [2, 3])],
)
def test_quorum_and_majority_were_always_in_force(
    association: Association, bodies: dict[str, dict[str, Any]], code: str, rule: str, majority: list[int]
) -> None:
    found = body_on(association, bodies[code], "2015-01-01")["decision_rule"]
    assert (found["rule"], found["quorum"], found["majority"]) == (rule, [2, 3], majority)
    assert found["in_force_from"] is None
    assert (found["assumption"] or {}).get("rule") == ("G9" if rule == "G9" else None)


@pytest.mark.rule(id="G10")
@pytest.mark.parametrize(("on", "heads", "members"), [("2021-02-28", 0, 0), ("2021-03-01", 2, 6)])
def test_a_working_body_has_its_heads_and_members(
    association: Association, bodies: dict[str, dict[str, Any]], on: str, heads: int, members: int
) -> None:
    found = body_on(association, bodies["secretariat"], on)
    assert (len(found["heads"]), len(found["members"])) == (heads, members)
    assert (found["voters"], found["decision_rule"], found["on"]) == ([], None, on)


@pytest.mark.rule(id="X1")
def test_voters_are_those_with_a_vote_in_the_body(association: Association, bodies: dict[str, dict[str, Any]]) -> None:
    board = body_on(association, bodies["supervisory-board"], "2021-03-01")
    assert (board["voters"], board["heads"]) == ([GUO_ZIYAN], [])
    council = body_on(association, bodies["council"], "2021-03-01")
    assert len(council["voters"]) == 2
    assert GUO_ZIYAN not in council["voters"]


def test_without_a_day_it_is_today(association: Association, bodies: dict[str, dict[str, Any]]) -> None:
    association.set_clock("2021-02-28T23:59:00+08:00")
    reader = association.person()
    answer = association.call("governance", "get_body", as_=reader, id=bodies["secretariat"]["id"])
    assert (answer["on"], answer["heads"]) == ("2021-02-28", [])


def test_bodies_are_for_those_who_have_signed_in(association: Association) -> None:
    assert association.call("governance", "list_bodies").status == 401
    assert association.call("governance", "get_body", id=uuid.uuid4()).status == 401


def test_a_body_that_is_not_there(association: Association) -> None:
    answer = association.call("governance", "get_body", as_=association.person(), id=uuid.uuid4())
    assert (answer.status, answer.problem and answer.problem["detail"]) == (404, "没有这个机构")


def test_a_day_that_is_none_is_refused(association: Association) -> None:
    answer = association.call("governance", "list_posts", as_=association.person(), on="2021-02-30")
    assert answer.status == 422
    assert answer.problem is not None
    assert list(answer.problem["errors"]) == ["on"]

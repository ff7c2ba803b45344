"""Member units over the bus (M1, M2)."""

import itertools
import uuid
from typing import Any

import pytest

from services.membership.units.rules import check_character
from shared.store.base import new_id
from shared.testing.association import Answer, Association

CLOCK = "2021-02-01T09:00:00+08:00"
_serials = itertools.count(int(new_id()) % 10**7)


def fresh_code() -> str:
    first17 = f"91140000M{next(_serials) % 10**8:08d}"
    return first17 + check_character(first17)


def admit(association: Association, **given: Any) -> Answer:
    association.set_clock(CLOCK)
    fields = {"name": "汾河信息公司", "credit_code": fresh_code(), "tier": "director", **given}
    return association.call("membership", "admit_unit", as_=association.person("clerk"), **fields)


def events(association: Association, subject: str) -> list[tuple[str, str]]:
    rows = association.rows(
        "membership", f"SELECT type, body FROM chassis.outbox WHERE subject = '{subject}' ORDER BY position"
    )
    return [(row["type"], row["body"]) for row in rows]


@pytest.mark.rule(id="M1")
def test_a_unit_is_recorded_with_its_code_and_tier(association: Association) -> None:
    code = fresh_code()
    unit = admit(association, name="  汾河信息公司 ", credit_code=code.lower(), short_name="汾河信息")
    assert unit.status == 201
    assert (unit["name"], unit["short_name"], unit["credit_code"]) == ("汾河信息公司", "汾河信息", code)
    assert (unit["tier"], unit["basis"], unit["admitted_on"]) == ("director", "admitted", "2021-02-01")
    clerk = association.person("clerk")
    read = association.call("membership", "get_unit", as_=clerk, id=unit["id"])
    assert read.body == unit.body
    [(type_, body)] = events(association, f"unit/{unit['id']}")
    assert type_ == "unit.admitted.v1"
    assert unit["id"] in body
    assert "汾河" not in body


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"credit_code": "91350100M000100Y44"}, "credit-code-check"),
        ({"credit_code": "9135O100M000100Y43"}, "credit-code"),
        ({"name": " \u3000"}, "unit-name"),
        ({"name": "汾河\u200b公司"}, "unit-name"),
        ({"short_name": "\u200b"}, "unit-name"),
        ({"admitted_on": "2021-02-02"}, "admitted-later"),
    ],
)
def test_a_unit_that_breaks_a_rule_is_not_recorded(association: Association, given: dict[str, str], code: str) -> None:
    before = association.rows("membership", "SELECT count(*) FROM units")
    refused = admit(association, **given)
    assert refused.status == 409
    assert refused.problem is not None
    assert (refused.problem["rule"], refused.problem["code"]) == ("M1", code)
    assert association.rows("membership", "SELECT count(*) FROM units") == before


def test_what_is_missing_or_unknown_is_named(association: Association) -> None:
    clerk = association.person("clerk")
    answer = association.call("membership", "admit_unit", as_=clerk, name="汾河", tier="president", seal=1)
    assert answer.status == 422
    assert answer.problem is not None
    assert set(answer.problem["errors"]) == {"credit_code", "tier", "seal"}


@pytest.mark.rule(id="M1")
def test_a_credit_code_belongs_to_one_unit(association: Association) -> None:
    code = fresh_code()
    assert admit(association, credit_code=code).status == 201
    again = admit(association, name="另一公司", credit_code=code.lower())
    assert again.status == 409
    assert again.problem is not None
    assert again.problem["code"] == "credit-code-taken"
    other = admit(association)
    change = association.call(
        "membership",
        "change_unit",
        as_=association.person("clerk"),
        if_match=other.etag,
        id=other["id"],
        credit_code=code,
    )
    assert change.problem is not None
    assert change.problem["code"] == "credit-code-taken"


def test_the_same_key_records_one_unit(association: Association) -> None:
    association.set_clock(CLOCK)
    clerk, key = association.person("clerk"), str(new_id())
    fields = {"name": "一次公司", "credit_code": fresh_code(), "tier": "member"}
    first = association.call("membership", "admit_unit", as_=clerk, key=key, **fields)
    second = association.call("membership", "admit_unit", as_=clerk, key=key, **fields)
    assert first.status == 201
    assert second.body == first.body
    other = association.call("membership", "admit_unit", as_=clerk, key=key, **{**fields, "name": "两次公司"})
    assert other.status == 409


@pytest.mark.rule(id="M1")
def test_a_unit_of_the_document_is_completed_and_its_history_kept(association: Association) -> None:
    association.set_clock(CLOCK)
    clerk = association.person("clerk")
    listed = association.call("membership", "list_units", as_=clerk, name="海纳通讯", limit=10)["items"]
    [unit] = [item for item in listed if item["basis"] == "stated"]
    seen = association.call("membership", "get_unit", as_=clerk, id=unit["id"])
    assert (seen["credit_code"], seen["tier"], seen["admitted_on"]) == (None, None, None)
    code = fresh_code()
    changed = association.call(
        "membership",
        "change_unit",
        as_=clerk,
        if_match=seen.etag,
        id=unit["id"],
        credit_code=code,
        tier="director",
        name=seen["name"],
    )
    assert changed.status == 200
    assert (changed["credit_code"], changed["tier"]) == (code, "director")
    assert changed.etag != seen.etag
    history = association.call("membership", "list_unit_changes", as_=clerk, id=unit["id"])["items"]
    assert {(h["field"], h["before"], h["after"]) for h in history} == {
        ("credit_code", None, code),
        ("tier", None, "director"),
    }
    assert all(h["changed_by"] == f"account:{clerk.account}" for h in history)
    assert [type_ for type_, _ in events(association, f"unit/{unit['id']}")] == [
        "unit.admitted.v1",
        "unit.changed.v1",
    ]


@pytest.mark.rule(id="M1")
def test_a_code_or_tier_once_known_is_not_taken_away(association: Association) -> None:
    unit = admit(association)
    for field in ("credit_code", "tier", "name"):
        answer = association.call(
            "membership",
            "change_unit",
            as_=association.person("clerk"),
            if_match=unit.etag,
            id=unit["id"],
            **{field: None},
        )
        assert answer.status == 422


def test_a_change_names_the_version_it_changes(association: Association) -> None:
    unit, clerk = admit(association), association.person("clerk")

    def change(**given: Any) -> Answer:
        return association.call("membership", "change_unit", as_=clerk, id=unit["id"], **given)

    assert change(tier="member").status == 428
    assert change(tier="member", if_match='"7"').status == 412
    assert change(tier="member", if_match=unit.etag).status == 200
    assert change(tier="director", if_match=unit.etag).status == 412
    nothing = change(tier="member", if_match="*")
    assert nothing.status == 200
    assert len(events(association, f"unit/{unit['id']}")) == 2


def test_units_are_listed_by_tier_and_page(association: Association) -> None:
    name = f"分页{new_id().hex[-6:]}"
    ids = {admit(association, name=f"{name}{n}", tier="standing_director")["id"] for n in range(3)}
    clerk = association.person("clerk")
    wanted = {"name": name, "tier": "standing_director", "limit": 2}
    first = association.call("membership", "list_units", as_=clerk, **wanted)
    second = association.call("membership", "list_units", as_=clerk, cursor=first["next"], **wanted)
    assert {item["id"] for item in first["items"] + second["items"]} == ids
    assert second["next"] is None
    assert association.call("membership", "list_units", as_=clerk, name=name, tier="member")["items"] == []
    assert association.call("membership", "list_units", as_=clerk, name="%")["items"] == []


@pytest.mark.rule(id="X8")
def test_nobody_sets_the_tier_of_the_unit_they_represent(association: Association) -> None:
    unit = admit(association)["id"]
    own, other = association.person("clerk", unit=unit), association.person("clerk", unit=new_id())
    change = {"id": unit, "if_match": "*"}
    refused = association.call("membership", "change_unit", as_=own, **change, name="改名", tier="vice_president")
    assert refused.problem is not None
    assert (refused.status, refused.problem["rule"], refused.problem["code"]) == (409, "X8", "own-unit")
    assert association.call("membership", "get_unit", as_=own, id=unit)["name"] == "汾河信息公司"
    assert association.call("membership", "change_unit", as_=own, **change, name="改名")["name"] == "改名"
    changed = association.call("membership", "change_unit", as_=other, **change, tier="vice_president")
    assert changed["tier"] == "vice_president"


def test_who_may_read_and_write_units(association: Association) -> None:
    unit = admit(association)["id"]
    for role in ("exam_officer", "editor", "accountant"):
        reader = association.person(role)
        assert association.call("membership", "list_units", as_=reader).status == 200
        assert association.call("membership", "get_unit", as_=reader, id=unit).status == 200
        change = association.call("membership", "change_unit", as_=reader, if_match="*", id=unit, tier="member")
        assert change.status == 403
    assert association.call("membership", "list_units").status == 401
    assert association.call("membership", "list_units", as_=association.person()).status == 403
    missing = association.call("membership", "get_unit", as_=association.person("administrator"), id=str(uuid.uuid4()))
    assert missing.status == 404

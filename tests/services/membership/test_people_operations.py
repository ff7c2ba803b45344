"""People and representatives over the bus (M2, X5, X10)."""

import itertools
from datetime import date
from typing import Any

import pytest

from shared.standards.identity_number import IdentityNumber
from shared.store.base import new_id
from shared.testing.association import Answer, Association

CLOCK = "2021-02-01T09:00:00+08:00"
UNIT = "01771113-1be8-73ac-8317-5e4a0843cef0"
OTHER_UNIT = "01771113-1be9-7f67-9fa3-6ea7cbdacec2"
# 999999 is assigned to no region.
_days = itertools.count(int(new_id()) % 9000)


def fresh_number() -> str:
    day = next(_days)
    born = date(1960 + day // 365 % 40, 1 + day // 28 % 12, 1 + day % 28)
    return IdentityNumber.make("999999", born, day % 1000).reveal()


def register(association: Association, **given: Any) -> Answer:
    association.set_clock(CLOCK)
    fields = {"name": "田 间", **given}
    return association.call("membership", "register_person", as_=association.person("clerk"), **fields)


def name_(association: Association, person: str, unit: str = UNIT, **days: str) -> Answer:
    association.set_clock(CLOCK)
    clerk = association.person("clerk")
    return association.call("membership", "name_representative", as_=clerk, id=unit, person_id=person, **days)


def count(association: Association, table: str) -> int:
    return int(association.rows("membership", f"SELECT count(*) AS n FROM {table}")[0]["n"])


@pytest.mark.rule(id="X5")
def test_a_person_is_registered_and_shown_without_the_identity_number(association: Association) -> None:
    number = fresh_number()
    person = register(association, identity_number=number.lower(), identity_consent=True)
    assert person.status == 201
    assert (person["name"], person["identity_last4"]) == ("田间", number[-4:])
    read = association.call("membership", "get_person", as_=association.person("clerk"), id=person["id"])
    assert read.body == person.body
    assert number not in str(person.body)
    [kept] = association.rows("membership", f"SELECT * FROM people WHERE id = '{person['id']}'")
    assert number[-4:].encode() not in bytes(kept["identity_number"])
    assert number not in str(kept)
    [told] = association.rows("membership", f"SELECT * FROM chassis.outbox WHERE subject = 'person/{person['id']}'")
    assert told["type"] == "person.registered.v1"
    assert "田间" not in told["body"]


@pytest.mark.rule(id="X5")
def test_two_people_may_share_a_name_but_not_an_identity_number(association: Association) -> None:
    number = fresh_number()
    first = register(association, identity_number=number, identity_consent=True)
    second = register(association)
    assert first["id"] != second["id"]
    assert second["identity_last4"] is None
    before = count(association, "people")
    refused = register(association, name="别名", identity_number=number, identity_consent=True)
    assert refused.status == 409
    assert refused.problem is not None
    assert (refused.problem["rule"], refused.problem["code"]) == ("X5", "identity-number-taken")
    assert number not in str(refused.problem)
    assert count(association, "people") == before


@pytest.mark.rule(id="X8")
def test_nobody_names_themselves_a_representative(association: Association) -> None:
    person = register(association)["id"]
    own = association.person("clerk", person=person)
    refused = association.call("membership", "name_representative", as_=own, id=UNIT, person_id=person)
    assert refused.problem is not None
    assert (refused.status, refused.problem["rule"], refused.problem["code"]) == (409, "X8", "own-representation")
    assert name_(association, person).status == 201


@pytest.mark.rule(id="X10")
def test_an_identity_number_needs_a_consent_of_its_own(association: Association) -> None:
    before = count(association, "people")
    refused = register(association, identity_number=fresh_number())
    assert refused.problem is not None
    assert (refused.problem["rule"], refused.problem["code"]) == ("X10", "consent-needed")
    assert count(association, "people") == before


@pytest.mark.rule(id="X5")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"identity_number": "99999919700101001X"}, "identity-number-check-digit"),
        ({"identity_number": "12345"}, "identity-number-shape"),
        ({"name": "赵\u200b进"}, "person-name"),
        ({"name": "赵" * 51}, "person-name"),
    ],
)
def test_a_person_that_breaks_a_rule_is_not_registered(
    association: Association, given: dict[str, str], code: str
) -> None:
    before = count(association, "people")
    refused = register(association, identity_consent=True, **given)
    assert refused.status == 409
    assert refused.problem is not None
    assert (refused.problem["rule"], refused.problem["code"]) == ("X5", code)
    assert given.get("identity_number", "—") not in str(refused.problem)
    assert count(association, "people") == before


@pytest.mark.rule(id="X5")
def test_people_of_the_document_are_found_however_the_name_is_typed(association: Association) -> None:
    clerk = association.person("clerk")

    def found(name: str) -> list[str]:
        answer = association.call("membership", "list_people", as_=clerk, name=name, limit=200)
        return [person["name"] for person in answer["items"]]

    assert found("赵 进") == ["赵进"]
    assert found("张\u3000进") == ["张进"]
    assert set(found("进")) >= {"赵进", "张进"}


def test_people_are_read_page_by_page(association: Association) -> None:
    name = f"页{new_id().hex[-6:]}"
    ids = {register(association, name=name)["id"] for _ in range(3)}
    clerk = association.person("clerk")
    first = association.call("membership", "list_people", as_=clerk, name=name, limit=2)
    rest = association.call("membership", "list_people", as_=clerk, name=name, cursor=first["next"])
    assert {person["id"] for person in first["items"] + rest["items"]} == ids


def test_only_clerks_and_administrators_see_people(association: Association) -> None:
    person = register(association)["id"]
    for role in ("exam_officer", "editor", "correspondent", "accountant"):
        reader = association.person(role)
        assert association.call("membership", "get_person", as_=reader, id=person).status == 403
        assert association.call("membership", "list_people", as_=reader).status == 403
        named = association.call("membership", "name_representative", as_=reader, id=UNIT, person_id=person)
        assert named.status == 403
    assert association.call("membership", "register_person", name="路人").status == 401
    administrator = association.person("administrator")
    assert association.call("membership", "get_person", as_=administrator, id=person).status == 200


@pytest.mark.rule(id="M2")
def test_a_person_represents_a_unit_from_a_day_through_a_day(association: Association) -> None:
    person = register(association)["id"]
    named = name_(association, person, last_day="2021-12-31")
    assert named.status == 201
    assert (named["first_day"], named["last_day"]) == ("2021-02-01", "2021-12-31")
    listed = association.call("membership", "list_representatives", as_=association.person("clerk"), id=UNIT, limit=200)
    assert named["id"] in {item["id"] for item in listed["items"]}
    [told] = association.rows(
        "membership", f"SELECT * FROM chassis.outbox WHERE subject = 'representative/{named['id']}'"
    )
    assert told["type"] == "representative.named.v1"
    assert person in told["body"]


@pytest.mark.rule(id="M2")
@pytest.mark.parametrize(
    ("days", "code"),
    [
        ({"first_day": "2021-03-01", "last_day": "2021-02-28"}, "term-order"),
        ({"first_day": "2021-06-30"}, "term-overlap"),
        ({"first_day": "2020-01-01", "last_day": "2021-02-01"}, "term-overlap"),
    ],
)
def test_a_term_that_cannot_be_is_refused(association: Association, days: dict[str, str], code: str) -> None:
    person = register(association)["id"]
    assert name_(association, person, last_day="2021-06-30").status == 201
    before = count(association, "representatives")
    refused = name_(association, person, **days)
    assert refused.status == 409
    assert refused.problem is not None
    assert (refused.problem["rule"], refused.problem["code"]) == ("M2", code)
    assert count(association, "representatives") == before
    assert name_(association, person, first_day="2021-07-01").status == 201
    assert name_(association, person, unit=OTHER_UNIT, **days).status == (409 if code == "term-order" else 201)


@pytest.mark.rule(id="M2")
def test_a_representation_is_ended_within_its_term_and_not_prolonged(association: Association) -> None:
    person, clerk = register(association)["id"], association.person("clerk")
    named = name_(association, person)

    def end(day: str) -> Answer:
        return association.call("membership", "end_representation", as_=clerk, id=named["id"], last_day=day)

    early = end("2021-01-31")
    assert early.problem is not None
    assert (early.problem["rule"], early.problem["code"]) == ("M2", "term-end")
    assert end("2021-03-31")["last_day"] == "2021-03-31"
    late = end("2021-04-01")
    assert late.problem is not None
    assert late.problem["code"] == "term-end"
    types = association.rows(
        "membership",
        f"SELECT type FROM chassis.outbox WHERE subject = 'representative/{named['id']}' ORDER BY position",
    )
    assert [row["type"] for row in types] == ["representative.named.v1", "representative.ended.v1"]


def test_nobody_unknown_represents_and_no_unknown_unit_is_represented(association: Association) -> None:
    person = register(association)["id"]
    assert name_(association, str(new_id())).status == 404
    assert name_(association, person, unit=str(new_id())).status == 404

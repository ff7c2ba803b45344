"""Where a unit gets mail: set by the secretariat and its own people, shown masked, erased with whose it is (M4, X5)."""

from typing import Any

import pytest

from services.membership.plugin import PLUGIN
from shared.personal.declaring import holdings
from shared.store.base import new_id
from shared.testing.association import Answer, eventually

Desk = Any
DAY = "2062-03-01"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.at(DAY)
    return desk


def kept(desk: Desk, unit: str) -> list[dict[str, Any]]:
    row = "SELECT mail_address, person_id::text AS person, set_by FROM unit_contacts"
    found: list[dict[str, Any]] = desk.association.rows("membership", f"{row} WHERE unit_id = '{unit}'")
    return found


def refusal(answer: Answer) -> tuple[int, str, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem["rule"], answer.problem["code"]


@pytest.mark.rule(id="X5")
def test_an_address_is_sealed_shown_masked_replaced_and_taken_back(desk: Desk, address: str) -> None:
    unit = desk.unit()
    assert desk.do("get_unit_contact", id=unit).body == {"unit_id": unit, "mail_address": None, "set_at": None}
    given = {"id": unit, "mail_address": f" {address.replace('example', 'EXAMPLE')} ", "key": f"set {unit}"}
    first = desk.do("set_unit_contact", **given)
    assert (first.status, first["mail_address"]) == (200, "u***@example.com")
    assert desk.do("set_unit_contact", **given).body == first.body
    assert desk.do("get_unit_contact", id=unit).body == first.body
    desk.do("set_unit_contact", id=unit, mail_address="office@other.example")
    assert desk.do("get_unit_contact", id=unit)["mail_address"] == "o***@other.example"
    assert desk.do("set_unit_contact", id=unit, mail_address=None)["mail_address"] is None
    assert [row["mail_address"] for row in kept(desk, unit)] == [None]


@pytest.mark.rule(id="M11")
def test_a_representative_sets_their_units_and_no_other(desk: Desk, address: str) -> None:
    unit, other = desk.unit(), desk.unit()
    person = desk.do("register_person", name="田间")["id"]
    representative = desk.association.person("representative", unit=unit, person=person)
    assert desk.do("set_unit_contact", representative, id=unit, mail_address=address).status == 200
    (row,) = kept(desk, unit)
    assert (row["person"], row["set_by"]) == (person, f"account:{representative.account}")
    assert desk.do("set_unit_contact", representative, id=other, mail_address=address).status == 404
    assert kept(desk, other) == []
    desk.do("set_unit_contact", id=unit, mail_address=address)
    assert kept(desk, unit)[0]["person"] is None, "whose it is was not said"
    for role in ("correspondent", "accountant", "editor"):
        stranger = desk.association.person(role, unit=unit)
        assert desk.do("get_unit_contact", stranger, id=unit).status == 403
        assert desk.do("set_unit_contact", stranger, id=unit, mail_address=address).status == 403


@pytest.mark.rule(id="X5")
@pytest.mark.parametrize("wrong", ["", "unit", "单位@example.com", "a@example.com\nBcc: b@example.com"])
def test_what_is_no_address_is_refused_and_changes_nothing(desk: Desk, address: str, wrong: str) -> None:
    unit = desk.unit(address)
    assert refusal(desk.do("set_unit_contact", id=unit, mail_address=wrong)) == (409, "X5", "mail-address")
    assert desk.do("get_unit_contact", id=unit)["mail_address"] == "u***@example.com"
    for bad in ({}, {"mail_address": 7}, {"mail_address": "a" * 255}, {"mail_address": "a\x00@example.com"}):
        assert desk.do("set_unit_contact", id=unit, **bad).status == 422


@pytest.mark.rule(id="M1")
def test_a_unit_that_left_or_is_not_there(desk: Desk, address: str) -> None:
    assert desk.do("set_unit_contact", id=new_id(), mail_address=address).status == 404
    unit = desk.unit()
    with desk.association.database("membership").begin() as connection:
        connection.exec_driver_sql(f"UPDATE units SET left_on = '{DAY}' WHERE id = '{unit}'")
    assert refusal(desk.do("set_unit_contact", id=unit, mail_address=address)) == (409, "M1", "unit-left")


@pytest.mark.rule(id="X11")
@pytest.mark.rule(id="X12")
def test_an_address_is_shown_to_whose_it_is_and_goes_when_they_want_it(desk: Desk, address: str) -> None:
    unit = desk.unit()
    person = desk.do("register_person", name="田间")["id"]
    representative = desk.association.person("representative", unit=unit, person=person)
    desk.do("set_unit_contact", representative, id=unit, mail_address=address)
    (held,) = [
        each
        for each in desk.do("show_personal_data", person_id=person, identity_number=None)["values"]
        if each["value"].endswith("@example.com")
    ]
    assert held["value"] == "u***@example.com"
    request = desk.do("enter_personal_data_request", person_id=person, kind="delete", classes=["mail-address"])
    assert request.status == 201, request.problem
    assigned = desk.do("assign_personal_data_request", id=request["id"], person_id=desk.clerk.person)
    assert assigned.status == 200, assigned.problem
    answered = desk.do("answer_personal_data_request", id=request["id"], decision="granted")
    assert answered.status == 200, answered.problem
    eventually(lambda: kept(desk, unit)[0]["mail_address"] is None)
    assert desk.do("get_unit_contact", id=unit)["mail_address"] is None


@pytest.mark.rule(id="X11")
def test_the_time_of_an_address_begins_when_its_unit_leaves(desk: Desk, address: str) -> None:
    unit = desk.unit(address)
    administrator = desk.association.person("administrator")

    def past() -> int:
        due = desk.do("list_overdue_personal_data", administrator)["due"]
        return sum(each["rows"] for each in due if each["table"] == "unit_contacts")

    desk.at("2064-03-01")
    before = past()
    with desk.association.database("membership").begin() as connection:
        connection.exec_driver_sql(f"UPDATE units SET left_on = '2062-06-01' WHERE id = '{unit}'")
    assert past() == before + 1
    swept = desk.do("erase_overdue_personal_data", administrator, classes=["mail-address"])
    assert swept["left"] == 0
    assert kept(desk, unit)[0]["mail_address"] is None


def test_both_tables_with_addresses_are_declared() -> None:
    held = holdings(PLUGIN.models)
    for table in ("unit_contacts", "accounts"):
        assert held[table].columns["mail_address"].of_class == "mail-address"
        assert held[table].columns["mail_address"].shown == "mail"

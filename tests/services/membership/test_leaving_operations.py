"""Leaving through the bus: withdrawn, removed by resolution, what ends with it and what stays (M1, M2, M3, M11, X7)."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from services.membership.units.rules import check_character
from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person, eventually

TODAY = "2021-02-01"
MATTER = "unit-removal"
_serials = itertools.count(int(new_id()) % 10**7)


def refusal(answer: Answer) -> tuple[int, str | None, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem.get("rule"), answer.problem["code"]


class Members:
    """A clerk, and units with people."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.at(TODAY)
        self.clerk = association.person("clerk")

    def at(self, day: str) -> None:
        self.association.set_clock(f"{day}T09:00:00+08:00")

    def ask(self, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        return self.association.call("membership", operation, as_=as_ or self.clerk, **given)

    def do(self, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        answer = self.ask(operation, as_, **given)
        assert answer.problem is None, answer.problem
        return answer

    def unit(self, **given: Any) -> str:
        first17 = f"91140000M{next(_serials) % 10**8:08d}"
        code = first17 + check_character(first17)
        asked = {"name": "汾河信息公司", "credit_code": code, "tier": "director", "admitted_on": "2019-05-01", **given}
        return str(self.do("admit_unit", **asked)["id"])

    def named(self, unit: str, person: str | None = None, **days: str) -> str:
        """Who represents the unit."""
        person = person or str(self.do("register_person", name="田间")["id"])
        self.do("name_representative", id=unit, person_id=person, **days)
        return person

    def terms(self, unit: str) -> list[tuple[str, str | None]]:
        found = self.do("list_representatives", id=unit, sort="first_day")["items"]
        return [(each["first_day"], each["last_day"]) for each in found]

    def told(self, unit: str) -> list[tuple[str, dict[str, Any]]]:
        query = f"SELECT type, body FROM chassis.outbox WHERE subject = 'unit/{unit}' ORDER BY position"
        return [(row["type"], json.loads(row["body"])) for row in self.association.rows("membership", query)]


@pytest.fixture
def members(association: Association) -> Members:
    return Members(association)


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="X3")
def test_a_unit_withdraws_with_a_day_and_is_a_member_until_it_is_over(members: Members) -> None:
    unit = members.unit()
    somebody = members.association.person("representative", unit=unit)
    key = str(new_id())
    asked = {"id": unit, "last_day": "2021-02-28", "reason": "业务调整"}
    leaving = members.do("withdraw_unit", somebody, key=key, **asked)
    assert members.do("withdraw_unit", somebody, key=key, **asked).body == leaving.body
    assert (leaving["how"], leaving["left_on"], leaving["reason"]) == ("withdrawn", "2021-03-01", "业务调整")
    assert (leaving["admitted_on"], leaving["recorded_by"]) == ("2019-05-01", f"account:{somebody.account}")
    read = members.do("get_unit", id=unit)
    assert (read["member"], read["left_on"], read["left_how"]) == (True, "2021-03-01", "withdrawn")
    members.at("2021-02-28")
    assert members.do("get_unit", id=unit)["member"] is True
    members.at("2021-03-01")
    assert members.do("get_unit", id=unit)["member"] is False
    told = {"unit_id": unit, "leaving_id": leaving["id"], "left_on": "2021-03-01", "left_how": "withdrawn"}
    assert members.told(unit)[1:] == [("unit.left.v1", told)]
    assert refusal(members.ask("withdraw_unit", id=unit)) == (409, "M1", "unit-left")


@pytest.mark.rule(id="M1")
def test_a_withdrawal_does_not_reach_back_and_is_declared_once(members: Members) -> None:
    unit = members.unit()
    assert refusal(members.ask("withdraw_unit", id=unit, last_day="2021-01-31")) == (409, "M1", "last-day-past")
    assert members.ask("withdraw_unit", id=unit, last_day="明天").status == 422
    assert members.do("get_unit", id=unit)["left_on"] is None
    assert members.do("withdraw_unit", id=unit)["last_day"] == TODAY
    assert refusal(members.ask("withdraw_unit", id=unit)) == (409, "M1", "leaving-declared")
    assert len(members.do("list_unit_leavings", id=unit)["items"]) == 1


@pytest.mark.rule(id="M2")
@pytest.mark.rule(id="M11")
def test_representations_and_their_rights_end_with_the_membership(
    members: Members, settled: Callable[..., Any]
) -> None:
    unit, holder = members.unit(), settled()
    members.named(unit, holder.person)
    later = members.named(unit, first_day="2021-03-10")
    over = members.named(unit, first_day=TODAY, last_day="2021-02-10")
    session = holder.sign_in()
    mine = holder.call(session, "list_units")
    assert [each["id"] for each in mine["items"]] == [unit]

    members.do("withdraw_unit", id=unit, last_day="2021-02-20")
    terms = {(TODAY, "2021-02-10"), (TODAY, "2021-02-20"), ("2021-03-10", "2021-03-09")}
    assert eventually(lambda: set(members.terms(unit)) == terms)
    ended = (
        "SELECT body FROM chassis.outbox WHERE type = 'representative.ended.v1' "
        f"AND body::jsonb ->> 'unit_id' = '{unit}' ORDER BY position"
    )
    told = {json.loads(row["body"])["person_id"] for row in members.association.rows("membership", ended)}
    assert told == {holder.person, later}
    assert over not in told, "it ends by itself"
    members.at("2021-02-20")
    assert holder.call(holder.sign_in(), "get_unit", id=unit).status == 200
    members.at("2021-02-21")
    assert holder.call(holder.sign_in(), "get_unit", id=unit).status == 403
    members.at("2021-03-10")
    late = members.ask("name_representative", id=unit, person_id=later)
    assert refusal(late) == (409, "M1", "unit-left")


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="M11")
def test_a_removal_comes_from_a_resolution_and_counts_once(
    members: Members, council: Any, settled: Callable[..., Any]
) -> None:
    unit, holder = members.unit(), settled()
    members.named(unit, holder.person)
    session = holder.sign_in()
    members.at("2021-02-03")
    event = str(new_id())
    # Entered a day after the meeting: rights that the person has today are gone at once.
    resolution = council.adopts(MATTER, unit, "2021-02-02", event_id=event)
    council.adopts(MATTER, unit, "2021-02-02", resolution=resolution, event_id=event)
    council.adopts(MATTER, unit, "2021-02-02", resolution=resolution)
    read = members.do("get_unit", id=unit)
    assert (read["member"], read["left_on"], read["left_how"]) == (False, "2021-02-03", "removed")
    (leaving,) = members.do("list_unit_leavings", id=unit)["items"]
    assert (leaving["resolution_id"], leaving["recorded_by"]) == (resolution, "service:governance")
    assert leaving["resolution"].startswith("理事会决议〔2021〕")
    assert [kind for kind, _ in members.told(unit)] == ["unit.admitted.v1", "unit.left.v1"]
    assert eventually(lambda: members.terms(unit) == [(TODAY, "2021-02-02")])
    assert eventually(lambda: holder.call(session, "list_units").status == 401)


@pytest.mark.rule(id="M1")
def test_a_removal_of_who_left_already_or_of_nobody_does_nothing(members: Members, council: Any) -> None:
    unit = members.unit()
    members.do("withdraw_unit", id=unit)
    before = members.do("get_unit", id=unit).body
    council.adopts(MATTER, unit, TODAY)
    council.adopts(MATTER, str(new_id()), TODAY)
    assert members.do("get_unit", id=unit).body == before
    assert len(members.do("list_unit_leavings", id=unit)["items"]) == 1


@pytest.mark.rule(id="M1")
def test_a_removal_before_a_declared_withdrawal_goes_before_it(members: Members, council: Any) -> None:
    unit = members.unit()
    members.do("withdraw_unit", id=unit, last_day="2021-12-31")
    council.adopts(MATTER, unit, TODAY)
    read = members.do("get_unit", id=unit)
    assert (read["left_on"], read["left_how"]) == ("2021-02-02", "removed")
    leavings = members.do("list_unit_leavings", id=unit, sort="recorded")["items"]
    assert [each["how"] for each in leavings] == ["withdrawn", "removed"]


@pytest.mark.rule(id="X7")
@pytest.mark.parametrize("first", ["adopted", "ended"])
def test_a_removal_that_is_revoked_makes_a_member_again_and_deletes_nothing(
    members: Members, council: Any, first: str
) -> None:
    unit, resolution = members.unit(), str(new_id())
    if first == "adopted":
        council.adopts(MATTER, unit, TODAY, resolution=resolution)
    council.ends(resolution, MATTER, unit, "2021-02-10")
    if first == "ended":
        council.adopts(MATTER, unit, TODAY, resolution=resolution)
    read = members.do("get_unit", id=unit)
    assert (read["member"], read["admitted_on"], read["left_on"]) == (True, "2021-02-10", None)
    (leaving,) = members.do("list_unit_leavings", id=unit)["items"]
    assert (leaving["admitted_on"], leaving["last_day"], leaving["back_on"]) == ("2019-05-01", TODAY, "2021-02-10")


@pytest.mark.rule(id="M11")
def test_only_the_unit_and_the_secretariat_withdraw_it(members: Members) -> None:
    unit = members.unit()
    for stranger in (members.association.person("officer"), members.association.person("accountant")):
        assert members.ask("withdraw_unit", stranger, id=unit).status == 403
    assert (
        members.ask("withdraw_unit", members.association.person("representative", unit=new_id()), id=unit).status == 404
    )
    assert members.association.call("membership", "withdraw_unit", id=unit).status == 401
    assert members.do("get_unit", id=unit)["left_on"] is None

"""Sign-ups over the bus: places, the waiting list, who may sign up whom (M9, X5, X7, X10, X11)."""

import itertools
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from shared.store.base import new_id
from shared.testing.association import Answer, eventually

if TYPE_CHECKING:
    from tests.services.membership.conftest import Organiser

_phones = itertools.count(int(new_id()) % 10**7)


def refusal(answer: Answer) -> tuple[int, str, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem["rule"], answer.problem["code"]


@pytest.mark.rule(id="M9")
def test_people_of_a_unit_get_places_in_their_order_and_the_rest_wait(organiser: "Organiser") -> None:
    id = organiser.opened(capacity=2)
    unit, somebody = organiser.unit()
    made = organiser.sign_up(id, unit, somebody, "赵 进", "陈芳", "李军")
    assert made.status == 201
    said = [(each["name"], each["place"], each["state"]) for each in made["items"]]
    assert said == [("赵进", 1, "registered"), ("陈芳", 2, "registered"), ("李军", 3, "waiting")]
    ((type_, told),) = organiser.told(f"sign-up/{made['items'][2]['id']}")
    assert type_ == "sign-up.made.v1"
    assert told == {
        "sign_up_id": made["items"][2]["id"],
        "activity_id": id,
        "unit_id": unit,
        "state": "waiting",
    }
    assert organiser.call("get_activity", id=id)["registered"] == 2


@pytest.mark.rule(id="M9")
def test_however_many_come_at_once_there_is_never_one_too_many(organiser: "Organiser") -> None:
    id = organiser.opened(capacity=7)
    unit, somebody = organiser.unit()

    def come(number: int) -> Answer:
        if number % 3 == 0:
            return organiser.sign_up(id, unit, somebody, "赵进", "陈芳")
        return organiser.come(id, next(_phones))

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(come, range(24)))
    assert {answer.status for answer in answers} == {201}
    listed = organiser.call("list_sign_ups", activity_id=id, limit=200)["items"]
    assert [each["place"] for each in listed] == list(range(1, 33))
    assert [each["state"] for each in listed] == ["registered"] * 7 + ["waiting"] * 25
    counted = organiser.call("get_activity", id=id)
    assert (counted["registered"], counted["waiting"], counted["free"]) == (7, 25, 0)


@pytest.mark.rule(id="M9")
def test_a_place_given_back_goes_to_the_first_who_waits_once(organiser: "Organiser") -> None:
    id = organiser.opened(capacity=1)
    (mine, me), (theirs, they) = organiser.unit(), organiser.unit()
    (first,) = organiser.sign_up(id, mine, me)["items"]
    (second,) = organiser.sign_up(id, theirs, they)["items"]
    (third,) = organiser.sign_up(id, mine, me, "李军")["items"]
    key = str(new_id())
    for _ in range(2):
        assert organiser.call("withdraw_sign_up", me, id=first["id"], key=key)["state"] == "withdrawn"
    eventually(lambda: organiser.state(second["id"]) == "registered")
    moved = organiser.call("get_sign_up", they, id=second["id"])
    assert moved["moved_up_at"].startswith("2061-03-01T09:0")
    organiser.told_again(f"sign-up/{first['id']}", "sign-up.withdrawn.v1")
    assert organiser.state(third["id"]) == "waiting"
    assert [type_ for type_, _ in organiser.told(f"sign-up/{second['id']}")] == [
        "sign-up.made.v1",
        "sign-up.moved-up.v1",
    ]
    counted = organiser.call("get_activity", id=id)
    assert (counted["registered"], counted["waiting"]) == (1, 1)
    assert refusal(organiser.call("withdraw_sign_up", me, id=first["id"])) == (409, "X7", "withdrawn-already")


@pytest.mark.rule(id="M9")
def test_whoever_stops_waiting_moves_nobody_up(organiser: "Organiser") -> None:
    id = organiser.opened(capacity=1)
    unit, somebody = organiser.unit()
    _, second, third = organiser.sign_up(id, unit, somebody, "赵进", "陈芳", "李军")["items"]
    organiser.call("withdraw_sign_up", somebody, id=second["id"])
    organiser.told_again(f"sign-up/{second['id']}", "sign-up.withdrawn.v1")
    assert organiser.state(third["id"]) == "waiting"
    assert organiser.call("get_activity", id=id)["waiting"] == 1


@pytest.mark.rule(id="M9")
def test_more_places_are_given_to_those_who_wait_and_fewer_take_none_away(organiser: "Organiser") -> None:
    id = organiser.opened(capacity=1)
    unit, somebody = organiser.unit()
    ids = [each["id"] for each in organiser.sign_up(id, unit, somebody, "赵进", "陈芳", "李军", "张进")["items"]]
    grown = organiser.call("change_activity", id=id, if_match="*", capacity=3)
    assert (grown["registered"], grown["waiting"]) == (3, 1)
    assert [organiser.state(each) for each in ids] == ["registered"] * 3 + ["waiting"]
    fewer = organiser.call("change_activity", id=id, if_match="*", capacity=2)
    assert refusal(fewer) == (409, "M9", "capacity-below-registered")
    unlimited = organiser.call("change_activity", id=id, if_match="*", capacity=None)
    assert (unlimited["registered"], unlimited["waiting"], unlimited["free"]) == (4, 0, None)


@pytest.mark.rule(id="M9")
def test_people_who_withdraw_while_others_come_leave_no_place_empty(organiser: "Organiser") -> None:
    id = organiser.opened(capacity=5)
    unit, somebody = organiser.unit()
    first = [each["id"] for each in organiser.sign_up(id, unit, somebody, *["赵进"] * 5)["items"]]

    def step(number: int) -> Answer:
        if number % 2:
            return organiser.come(id, next(_phones))
        return organiser.call("withdraw_sign_up", somebody, id=first[number // 2])

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(step, range(10)))
    assert {answer.status for answer in answers} == {200, 201}
    stands = eventually(lambda: (a := organiser.call("get_activity", id=id))["registered"] == 5 and a)
    assert stands["waiting"] == 0


@pytest.mark.rule(id="X5")
def test_somebody_is_signed_up_once_with_a_unit_by_mobile_never_by_name(organiser: "Organiser") -> None:
    id = organiser.opened()
    unit, somebody = organiser.unit()
    phone = f"138{next(_phones):08d}"
    (made,) = organiser.sign_up(id, unit, somebody, "赵进", phone=phone)["items"]
    assert made["phone_last4"] == phone[-4:]
    again = organiser.sign_up(id, unit, somebody, "别名", phone=f"{phone[:3]} {phone[3:]}")
    assert refusal(again) == (409, "M9", "signed-up-already")
    assert organiser.sign_up(id, unit, somebody, "赵进").status == 201, "a name tells nobody apart"
    other, they = organiser.unit()
    assert organiser.sign_up(id, other, they, "赵进", phone=phone).status == 201, "what one unit does is its own"
    organiser.call("withdraw_sign_up", somebody, id=made["id"])
    assert organiser.sign_up(id, unit, somebody, "赵进", phone=phone).status == 201


@pytest.mark.rule(id="X5")
def test_a_phone_is_sealed_and_stands_in_no_event_audit_or_answer(organiser: "Organiser") -> None:
    id, phone = organiser.opened(), next(_phones)
    made = organiser.come(id, phone)
    row = f"SELECT * FROM sign_ups WHERE id = '{made['id']}'"
    (kept,) = organiser.association.rows("membership", row)
    assert f"{phone:08d}" not in str(kept)
    for table in ("outbox", "audit", "idempotency"):
        rows = organiser.association.rows("membership", f"SELECT * FROM chassis.{table}")
        assert f"139{phone:08d}" not in str(rows)
        assert made["token"] not in str(rows)


@pytest.mark.rule(id="X10")
def test_nobody_is_kept_without_consent_and_all_are_signed_up_or_none(organiser: "Organiser") -> None:
    id = organiser.opened()
    unit, somebody = organiser.unit()
    people = [{"name": "赵进", "consent": True}, {"name": "陈芳", "consent": False}]
    answer = organiser.call("sign_up_participants", somebody, id=id, unit_id=unit, participants=people)
    assert refusal(answer) == (409, "X10", "consent-needed")
    assert organiser.call("list_sign_ups", activity_id=id)["items"] == []
    (made,) = organiser.sign_up(id, unit, somebody, phone="13812345678")["items"]
    (kept,) = organiser.association.rows("membership", f"SELECT consented_to FROM sign_ups WHERE id = '{made['id']}'")
    assert kept["consented_to"] == "participant-phone-2021"


@pytest.mark.rule(id="M9")
def test_non_members_come_where_they_may_and_go_with_their_pass(organiser: "Organiser") -> None:
    closed = organiser.opened(audience="members")
    assert refusal(organiser.come(closed, next(_phones))) == (409, "M9", "members-only")
    id, phone = organiser.opened(), next(_phones)
    made = organiser.come(id, phone)
    assert (made.status, made["state"], made["place"]) == (201, "registered", 1)
    assert made["qr"].startswith("<svg")
    assert refusal(organiser.come(id, phone)) == (409, "M9", "signed-up-already")
    assert refusal(organiser.publicly("sign_up", id=id, name="田间", phone="0351-4040404", consent=True)) == (
        409,
        "M9",
        "mobile",
    )
    forged = made["token"][:-1] + ("0" if made["token"][-1] != "0" else "1")
    assert refusal(organiser.publicly("withdraw_with_pass", token=forged)) == (409, "M9", "no-pass")
    unsigned = f"{uuid.uuid4().hex}.{'0' * 32}"
    assert refusal(organiser.publicly("withdraw_with_pass", token=unsigned)) == (409, "M9", "no-pass")
    assert organiser.publicly("withdraw_with_pass", token=made["token"])["state"] == "withdrawn"
    assert organiser.come(id, phone)["place"] == 2


@pytest.mark.rule(id="M9")
def test_a_unit_has_the_places_of_a_unit_and_only_while_it_is_a_member(organiser: "Organiser") -> None:
    id = organiser.opened(places_per_unit=2, capacity=2)
    unit, somebody = organiser.unit()
    assert refusal(organiser.sign_up(id, unit, somebody, "甲", "乙", "丙")) == (409, "M9", "unit-places")
    assert organiser.sign_up(id, unit, somebody, "甲", "乙").status == 201
    assert refusal(organiser.sign_up(id, unit, somebody, "丙")) == (409, "M9", "unit-places")
    other, they = organiser.unit()
    with organiser.association.database("membership").begin() as connection:
        connection.exec_driver_sql(f"UPDATE units SET left_on = '2061-03-01' WHERE id = '{other}'")
    assert refusal(organiser.sign_up(id, other, they)) == (409, "M1", "unit-left")


@pytest.mark.rule(id="M9")
def test_the_last_day_of_sign_up_counts_whole(organiser: "Organiser") -> None:
    id = organiser.opened()
    organiser.association.set_clock("2061-06-20T23:58:00+08:00")
    assert organiser.come(id, next(_phones)).status == 201
    organiser.association.set_clock("2061-06-21T00:00:00+08:00")
    assert refusal(organiser.come(id, next(_phones))) == (409, "M9", "sign-up-over")
    draft = organiser.planned()
    assert refusal(organiser.come(draft, next(_phones))) == (409, "M9", "not-open")


@pytest.mark.rule(id="M2")
def test_a_units_people_act_for_that_unit_only(organiser: "Organiser") -> None:
    id = organiser.opened()
    (mine, me), (theirs, they) = organiser.unit(), organiser.unit()
    (made,) = organiser.sign_up(id, theirs, they)["items"]
    assert organiser.sign_up(id, theirs, me).status == 404
    for operation in ("get_sign_up", "withdraw_sign_up", "print_pass"):
        assert organiser.call(operation, me, id=made["id"]).status == 404
    assert organiser.sign_up(id, mine, organiser.association.person("correspondent", unit=mine)).status == 403
    assert organiser.state(made["id"]) == "registered"


@pytest.mark.rule(id="X5")
def test_a_person_on_file_is_named_by_themselves_or_by_staff(organiser: "Organiser") -> None:
    id = organiser.opened()
    unit, _ = organiser.unit()
    person = organiser.call("register_person", name="田垄")["id"]
    me = organiser.association.person("representative", unit=unit, person=person)
    stranger = organiser.association.person("representative", unit=unit)
    assert refusal(organiser.sign_up(id, unit, stranger, person_id=person)) == (409, "X5", "person-unknown")
    (made,) = organiser.sign_up(id, unit, me, person_id=person)["items"]
    assert made["person_id"] == person
    twice = organiser.sign_up(id, unit, organiser.clerk, "另名", person_id=person)
    assert refusal(twice) == (409, "M9", "signed-up-already")
    nobody = organiser.sign_up(id, unit, organiser.clerk, person_id=uuid.uuid4())
    assert refusal(nobody) == (409, "X5", "person-unknown")


@pytest.mark.parametrize(
    "participants", [[], [{"name": "赵进"}], [{"name": "赵进", "consent": True, "tel": "1"}], [{"consent": True}]]
)
def test_bad_input_is_refused(organiser: "Organiser", participants: list[dict[str, object]]) -> None:
    id = organiser.opened()
    unit, somebody = organiser.unit()
    answer = organiser.call("sign_up_participants", somebody, id=id, unit_id=unit, participants=participants)
    assert answer.status == 422


@pytest.mark.rule(id="X11")
def test_a_phone_goes_a_year_after_the_activity_and_the_name_after_three(organiser: "Organiser") -> None:
    id = organiser.opened()
    made = organiser.come(id, next(_phones))
    organiser.association.set_clock("2061-06-26T10:00:00+08:00")
    organiser.call("close_activity", id=id)
    organiser.call("record_held", id=id)
    administrator = organiser.association.person("administrator")

    def kept() -> tuple[str, str | None]:
        read = organiser.call("get_sign_up", id=made["id"])
        return read["name"], read["phone_last4"]

    def sweep(day: str) -> tuple[str, str | None]:
        organiser.association.set_clock(f"{day}T09:00:00+08:00")
        given = {"classes": ["participant-phone", "participant"]}
        assert organiser.call("erase_overdue_personal_data", administrator, **given).status == 200
        return kept()

    assert sweep("2062-06-26")[1] is not None
    assert sweep("2062-06-28") == ("田间", None)
    assert sweep("2064-06-28")[0] == "（已删除）"

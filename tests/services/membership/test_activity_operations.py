"""Activities over the bus: planned, opened, held, reported, called off (M9, X7, X11)."""

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from shared.store.base import new_id
from shared.testing.association import Answer

if TYPE_CHECKING:
    from tests.services.membership.conftest import Organiser

HELD = "2061-06-26T10:00:00+08:00"


def refusal(answer: Answer) -> tuple[int, str, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem["rule"], answer.problem["code"]


@pytest.mark.rule(id="M9")
def test_an_activity_from_its_plan_to_its_report(organiser: "Organiser") -> None:
    id = organiser.planned(capacity=10)
    assert organiser.publicly("get_announced_activity", id=id).status == 404
    assert id not in {each["id"] for each in organiser.publicly("list_announced_activities", limit=200)["items"]}
    opened = organiser.call("open_activity", id=id)
    assert (opened["state"], opened["free"], opened["waiting"]) == ("open", 10, 0)
    seen = organiser.publicly("get_announced_activity", id=id)
    assert (seen["title"], seen["venue"], seen["free"]) == ("职工运动会", "山西体育中心", 10)
    unit, somebody = organiser.unit()
    organiser.sign_up(id, unit, somebody, "赵进", "陈芳")
    assert organiser.publicly("get_announced_activity", id=id)["free"] == 8
    assert organiser.call("close_activity", id=id)["state"] == "closed"
    assert refusal(organiser.call("record_held", id=id)) == (409, "M9", "not-begun")
    organiser.association.set_clock(HELD)
    assert organiser.call("record_held", id=id)["held_at"].startswith("2061-06-26T10:0")
    gift = {"means": "bank", "donor": "anonymous", "purpose": "奖品", "activity_id": id}
    for amount in ("1000.00", "0.50"):
        organiser.call("record_gift_received", amount=amount, **gift)
    reported = organiser.call("report_activity", id=id, report="共签到0人。")
    assert (reported["state"], reported["attended"]) == ("reported", 0)
    assert (reported["gifts_received"], reported["gifts_given"]) == ("1000.50", "0.00")
    told = organiser.told(f"activity/{id}")
    assert [type_ for type_, _ in told] == ["activity.opened.v1", "activity.reported.v1"]
    assert told[1][1]["gifts_received"] == "1000.50"
    assert "运动会" not in str(told)


@pytest.mark.rule(id="M9")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sign_up_until": "2061-06-27"}, "sign-up-after-start"),
        ({"ends_at": "2061-06-26T09:00:00+08:00"}, "plan-order"),
        ({"title": "　"}, "plan-incomplete"),
        ({"capacity": 2, "places_per_unit": 3}, "unit-places"),
    ],
)
def test_a_plan_that_breaks_a_rule_is_not_kept(organiser: "Organiser", changed: dict[str, Any], code: str) -> None:
    before = organiser.association.rows("membership", "SELECT count(*) FROM activities")
    with pytest.raises(AssertionError, match=code):
        organiser.planned(**changed)
    assert organiser.association.rows("membership", "SELECT count(*) FROM activities") == before


@pytest.mark.parametrize(
    "wrong", [{"kind": "party"}, {"capacity": 0}, {"capacity": "many"}, {"starts_at": "2061-06-26"}]
)
def test_bad_input_is_named(organiser: "Organiser", wrong: dict[str, Any]) -> None:
    good = {"kind": "exchange", "title": "交流会", "venue": "太原", "sign_up_until": "2061-06-20"}
    times = {"starts_at": "2061-06-26T09:00:00+08:00", "ends_at": "2061-06-26T10:00:00+08:00"}
    answer = organiser.call("plan_activity", **{**good, **times, **wrong})
    assert answer.status == 422
    assert answer.problem is not None
    assert set(answer.problem["errors"]) == set(wrong)


@pytest.mark.rule(id="M9")
def test_a_plan_is_changed_by_the_version_that_was_seen(organiser: "Organiser") -> None:
    id = organiser.planned()
    seen = organiser.call("get_activity", id=id)
    assert organiser.call("change_activity", id=id, title="运动会").status == 428
    changed = organiser.call("change_activity", id=id, if_match=seen.etag, audience="members", title="运动会")
    assert (changed["audience"], changed["title"]) == ("members", "运动会")
    assert organiser.call("change_activity", id=id, if_match=seen.etag, title="迟了").status == 412
    organiser.call("open_activity", id=id)
    settled = organiser.call("change_activity", id=id, if_match="*", audience="everybody")
    assert refusal(settled) == (409, "M9", "settled-when-opened")
    wrong = organiser.call("change_activity", id=id, if_match="*", ends_at="2061-06-01T09:00:00+08:00")
    assert refusal(wrong) == (409, "M9", "plan-order")
    assert organiser.call("get_activity", id=id)["ends_at"] == seen["ends_at"]


@pytest.mark.rule(id="X7")
def test_called_off_it_says_why_and_tells_whose_sign_ups_stood(organiser: "Organiser") -> None:
    id = organiser.opened(capacity=1)
    unit, somebody = organiser.unit()
    stood, gone, waits = (
        organiser.sign_up(id, unit, somebody, name)["items"][0]["id"] for name in ("赵进", "陈芳", "李军")
    )
    organiser.call("withdraw_sign_up", somebody, id=gone)
    assert refusal(organiser.call("call_off_activity", id=id, reason=" ")) == (409, "X7", "reason-needed")
    off = organiser.call("call_off_activity", id=id, reason="疫情防控")
    assert (off["state"], off["reason"]) == ("called_off", "疫情防控")
    ((_, told),) = [each for each in organiser.told(f"activity/{id}") if each[0] == "activity.called-off.v1"]
    assert told["sign_up_ids"] == [stood, waits]
    assert "reason" not in told
    assert refusal(organiser.call("call_off_activity", id=id, reason="再次")) == (409, "M9", "not-to-come")
    assert refusal(organiser.sign_up(id, unit, somebody)) == (409, "M9", "not-open")
    assert organiser.publicly("get_announced_activity", id=id)["reason"] == "疫情防控"


def test_a_step_sent_twice_with_one_key_is_taken_once(organiser: "Organiser") -> None:
    id, key = organiser.planned(), str(new_id())
    first, second = (organiser.call("open_activity", id=id, key=key) for _ in range(2))
    assert second.body == first.body
    assert len(organiser.told(f"activity/{id}")) == 1
    assert refusal(organiser.call("open_activity", id=id)) == (409, "M9", "not-the-next-step")


def test_only_the_secretariat_runs_activities(organiser: "Organiser") -> None:
    id = organiser.planned()
    for role in ("representative", "cashier", "officer"):
        stranger = organiser.association.person(role)
        for operation, given in (
            ("open_activity", {}),
            ("call_off_activity", {"reason": "不"}),
            ("change_activity", {"if_match": "*", "title": "改"}),
        ):
            assert organiser.call(operation, stranger, id=id, **given).status == 403
    assert organiser.call("get_activity", organiser.association.person("officer"), id=id).status == 200
    assert organiser.call("get_activity", id=uuid.uuid4()).status == 404

"""Rights follow posts and recorded absences, as governance tells of them (M11, G11)."""

import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person, eventually
from shared.testing.services import START

Make = Callable[..., Any]
Event = tuple[str, dict[str, Any]]

SECRETARY_GENERAL = "01771113-1801-7e22-acf4-8a2dfe5e17d9"
SG_POST, DEPUTY_POST = "01771113-23c0-7c2a-adba-b3ae10d2e775", "01771113-23c1-7500-b8b2-2aa1ce57bdb0"
SG, DEPUTY = "secretary-general", "deputy-secretary-general"
EXPENDITURES = "list_expenditures"


@pytest.fixture(autouse=True)
def march(association: Association) -> Iterator[None]:
    association.set_clock("2048-03-02T09:00:00+08:00")
    yield
    association.set_clock(START)


@dataclass
class Governance:
    """What governance does, and what it may tell in any order."""

    association: Association

    def __post_init__(self) -> None:
        self.clerk: Person = self.association.person("clerk")

    def does(self, operation: str, **given: Any) -> Answer:
        answer = self.association.call("governance", operation, as_=self.clerk, **given)
        assert answer.problem is None, answer.problem
        return answer

    def tells(self, type_: str, body: dict[str, Any], *, event_id: str | None = None, subject: str = "") -> None:
        """Put an event on the bus as governance would, and wait until membership has handled it."""
        event_id = event_id or str(new_id())
        attributes = {
            "specversion": "1.0",
            "id": event_id,
            "source": "governance",
            "type": type_,
            "time": "2048-03-02T09:00:00+08:00",
            "subject": subject or f"post/{uuid.uuid4()}",
        }
        self.association.publish(
            "governance.events",
            type_,
            json.dumps(body).encode(),
            headers={f"cloudEvents_{name}": value for name, value in attributes.items()},
        )
        done = f"SELECT 1 FROM chassis.inbox WHERE event_id = '{event_id}' AND state = 'done'"
        eventually(lambda: self.association.rows("membership", done))


@pytest.fixture
def governance(association: Association) -> Governance:
    return Governance(association)


def refresh(association: Association, session: Answer) -> Answer:
    return association.call("membership", "refresh_session", refresh_token=session["refresh_token"])


def elsewhere(association: Association, session: Answer) -> str:
    """What finance answers under the access token of a session: "answered", or the code of the problem."""
    token = {"authorization": f"Bearer {session['access_token']}"}
    answer = association.call("finance", EXPENDITURES, headers=token)
    return "answered" if answer.problem is None else str(answer.problem["code"])


def roles_become(holder: Any, wanted: list[str]) -> None:
    eventually(lambda: holder.sign_in()["roles"] == wanted)


def changes(association: Association, holder: Any) -> tuple[int, int]:
    """How often it was told that the rights of an account change, and how often the account says so."""
    told = association.rows(
        "membership",
        "SELECT count(*) AS n FROM chassis.outbox WHERE type = 'account.roles-changed.v1'"
        f" AND subject = 'account/{holder.id}'",
    )
    kept = association.rows("membership", f"SELECT role_changes AS n FROM accounts WHERE id = '{holder.id}'")
    return told[0]["n"], kept[0]["n"]


@pytest.mark.rule(id="M11")
def test_a_post_left_a_second_ago_opens_no_door_any_more(
    association: Association, governance: Governance, settled: Make
) -> None:
    holder = settled()
    days = {"since": "2048-03-01", "until": "2048-03-20"}
    tenure = governance.does(
        "take_up_post", id=DEPUTY_POST, person_id=holder.person, decision="三届理事会会议决定", **days
    )
    roles_become(holder, ["deputy_secretary_general"])
    session = holder.sign_in()
    assert elsewhere(association, session) == "answered"
    governance.does("leave_post", id=tenure["id"], if_match="*", last_day="2048-03-01", decision="三届理事会会议决定")
    eventually(lambda: elsewhere(association, session) == "token-withdrawn", within=5)
    after = refresh(association, session)
    assert after["roles"] == []
    assert elsewhere(association, after) == "not-permitted"
    assert changes(association, holder) == (2, 2)


@pytest.mark.rule(id="G11")
@pytest.mark.rule(id="F2")
def test_the_deputy_may_sign_for_exactly_the_days_of_the_absence(
    association: Association, governance: Governance, settled: Make
) -> None:
    holder = settled()
    own, acting = "deputy_secretary_general", "acting_secretary_general"
    days = {"since": "2048-04-01", "until": "2048-05-01"}
    governance.does("take_up_post", id=DEPUTY_POST, person_id=holder.person, decision="三届理事会会议决定", **days)
    association.set_clock("2048-04-01T09:00:00+08:00")
    roles_become(holder, [own])
    session = holder.sign_in()

    def signing(session: Answer) -> str:
        token = {"authorization": f"Bearer {session['access_token']}"}
        answer = association.call("finance", "sign_expenditure", headers=token, id=str(uuid.uuid4()))
        assert answer.problem is not None
        return str(answer.problem["code"])

    assert signing(session) == "not-permitted"
    away = {"post": SG, "person_id": SECRETARY_GENERAL}
    absence = governance.does("record_absence", **away, since="2048-04-02", last_day="2048-04-05")["id"]
    eventually(lambda: signing(session) == "token-withdrawn", within=5)
    session = refresh(association, session)
    assert session["roles"] == [own]
    association.set_clock("2048-04-01T23:59:50+08:00")
    session = refresh(association, session)
    assert (session["roles"], session["expires_in"] <= 10) == ([own], True)
    association.set_clock("2048-04-02T00:00:00+08:00")
    session = refresh(association, session)
    assert session["roles"] == [acting, own]
    assert signing(session) == "not-found"
    governance.does("end_absence", id=absence, if_match="*", last_day="2048-04-03")
    eventually(lambda: signing(session) == "token-withdrawn", within=5)
    association.set_clock("2048-04-03T23:59:50+08:00")
    session = refresh(association, session)
    assert (session["roles"], session["expires_in"] <= 10) == ([acting, own], True)
    association.set_clock("2048-04-04T00:00:00+08:00")
    session = refresh(association, session)
    assert session["roles"] == [own]
    assert signing(session) == "not-permitted"
    called_off = governance.does("record_absence", **away, since="2048-04-10", last_day="2048-04-12")["id"]
    governance.does("call_absence_off", id=called_off, if_match="*")
    association.set_clock("2048-04-11T09:00:00+08:00")
    eventually(lambda: changes(association, holder) == (5, 5))
    assert holder.sign_in()["roles"] == [own]


@pytest.mark.rule(id="M11")
def test_whoever_looks_sees_where_a_role_comes_from(
    association: Association, governance: Governance, settled: Make
) -> None:
    holder = settled("clerk")
    governance.tells("post.taken-up.v1", taken_up(holder.person, "supervisory-chair")[1])
    account = association.call("membership", "get_account", as_=association.person("administrator"), id=holder.id)
    assert (account["roles"], account["post_roles"]) == (["clerk"], ["inspector"])
    session = holder.sign_in()
    assert session["roles"] == ["clerk", "inspector"]
    me = holder.call(session, "get_my_account")
    assert (me["roles"], me["post_roles"]) == (["clerk"], ["inspector"])
    put = association.call(
        "membership", "set_roles", as_=association.person("administrator"), id=holder.id, if_match="*", roles=[]
    )
    assert (put["roles"], put["post_roles"]) == ([], ["inspector"])


@pytest.mark.rule(id="M11")
def test_a_post_that_gives_no_role_changes_nothing(
    association: Association, governance: Governance, settled: Make
) -> None:
    holder = settled("clerk")
    session = holder.sign_in()
    governance.tells("post.taken-up.v1", taken_up(holder.person, "vice-president")[1])
    assert changes(association, holder) == (0, 0)
    assert elsewhere(association, session) == "not-permitted"


def taken_up(person: str, post: str, **days: str | None) -> Event:
    body = {"tenure_id": str(uuid.uuid4()), "post_code": post, "person_id": person, "since": "2048-03-01"}
    return "post.taken-up.v1", {**body, "until": "2048-06-01", **days}


@pytest.mark.rule(id="M11")
@pytest.mark.rule(id="G11")
@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_in_whatever_order_events_come_and_twice_the_rights_are_the_same(
    association: Association, governance: Governance, settled: Make, order: tuple[int, ...]
) -> None:
    """A tenure that is cut short, and an absence that is: of another post, since the secretary-general's has a holder
    whom nobody here may send away."""
    holder = settled()
    tenure, absence = taken_up(holder.person, "president")[1], str(uuid.uuid4())
    span = {"post_code": "president", "person_id": holder.person}
    events: list[Event] = [
        ("post.taken-up.v1", tenure),
        ("post.left.v1", {"tenure_id": tenure["tenure_id"], **span, "until": "2048-03-10"}),
        ("absence.recorded.v1", {"absence_id": absence, **span, "since": "2048-03-03", "until": "2048-03-09"}),
        ("absence.ended.v1", {"absence_id": absence, **span, "until": "2048-03-05"}),
    ]
    for number in order:
        type_, body = events[number]
        event_id = str(new_id())
        governance.tells(type_, body, event_id=event_id)
        governance.tells(type_, body, event_id=event_id)
        governance.tells(type_, body)
    session = holder.sign_in()
    assert session["roles"] == ["officer"]
    association.set_clock("2048-03-09T23:59:50+08:00")
    assert refresh(association, session)["roles"] == ["officer"]
    association.set_clock("2048-03-10T00:00:00+08:00")
    assert holder.sign_in()["roles"] == []
    times, kept = changes(association, holder)
    assert times == kept
    assert 1 <= times <= 2
    (row,) = association.rows("membership", f"SELECT * FROM heard_absences WHERE absence_id = '{absence}'")
    assert (str(row["since"]), str(row["until"]), str(row["ended_on"])) == ("2048-03-03", "2048-03-09", "2048-03-05")


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize("ends", [("2048-03-10", "2048-03-20"), ("2048-03-20", "2048-03-10")])
def test_of_two_ends_the_earlier_holds_whichever_comes_last(
    association: Association, governance: Governance, settled: Make, ends: tuple[str, str]
) -> None:
    holder = settled()
    type_, tenure = taken_up(holder.person, "president")
    governance.tells(type_, tenure)
    for until in ends:
        governance.tells("post.left.v1", {**tenure, "until": until})
    for day, roles in (("2048-03-09", ["officer"]), ("2048-03-10", [])):
        association.set_clock(f"{day}T12:00:00+08:00")
        assert holder.sign_in()["roles"] == roles


@pytest.mark.rule(id="X8")
def test_whoever_has_no_account_yet_has_the_rights_of_the_post_once_there_is_one(
    association: Association, governance: Governance
) -> None:
    administrator = association.person("administrator")
    person = association.call("membership", "register_person", as_=administrator, name="田间")["id"]
    governance.tells("post.taken-up.v1", taken_up(person, "president")[1])
    opened = association.call(
        "membership",
        "open_account",
        as_=administrator,
        username=f"u{new_id().hex[-12:]}",
        person_id=person,
        roles=[],
    )
    assert (opened["roles"], opened["post_roles"]) == ([], ["officer"])

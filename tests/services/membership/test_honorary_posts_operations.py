"""Honorary posts through the bus: resolved, conferred, ended, shown to members; no rights follow (M10)."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person, eventually
from shared.testing.services import START

pytestmark = pytest.mark.rule(id="M10")
ADVISER = "senior-adviser"


@pytest.fixture(autouse=True)
def april(association: Association) -> Iterator[None]:
    association.set_clock("2058-04-01T09:00:00+08:00")
    yield
    association.set_clock(START)


class Council:
    """What the council resolves, as governance tells of it, and a clerk who enters it."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.clerk = association.person("clerk")

    def call(self, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        return self.association.call("membership", operation, as_=as_ or self.clerk, **given)

    def do(self, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        answer = self.call(operation, as_, **given)
        assert answer.problem is None, answer.problem
        return answer

    def tell(self, type_: str, event_id: str | None = None, **body: Any) -> None:
        event_id = event_id or str(uuid.uuid4())
        attributes = {
            "specversion": "1.0",
            "id": event_id,
            "source": "governance",
            "type": type_,
            "time": "2058-04-01T09:00:00+08:00",
            "subject": f"resolution/{body['resolution_id']}",
        }
        headers = {f"cloudEvents_{name}": value for name, value in attributes.items()}
        self.association.publish("governance.events", type_, json.dumps(body).encode(), headers=headers)
        row = f"SELECT 1 FROM chassis.inbox WHERE event_id = '{event_id}' AND state = 'done'"
        eventually(lambda: self.association.rows("membership", row))

    def resolves(self, person: str | None = None, *, event_id: str | None = None, **changed: Any) -> str:
        """A resolution on honorary posts, about ``person`` where one is named."""
        body = {
            "resolution_id": str(new_id()),
            "number": "理事会决议〔2058〕3号",
            "body": "council",
            "matter": "honorary-posts",
            "adopted_on": "2058-03-20",
            "subject_id": person,
            **changed,
        }
        self.tell("resolution.adopted.v1", event_id, **body)
        return str(body["resolution_id"])

    def ends(self, resolution: str, standing: str = "revoked", ended_on: str = "2058-04-10") -> None:
        body = {"matter": "honorary-posts", "standing": standing, "ended_on": ended_on}
        self.tell("resolution.ended.v1", resolution_id=resolution, **body)

    def person(self) -> str:
        id: str = self.do("register_person", name="田间")["id"]
        return id

    def confers(self, person: str, resolution: str, **given: Any) -> Answer:
        return self.call("confer_honorary_post", post=ADVISER, person_id=person, resolution_id=resolution, **given)

    def holding(self, person: str, on: str | None = None) -> list[dict[str, Any]]:
        items = self.do("list_honorary_posts", on=on, limit=200)["items"]
        return [each for each in items if each["person_id"] == person]

    def told(self, tenure: str) -> list[str]:
        query = f"SELECT type FROM chassis.outbox WHERE subject = 'honorary-post/{tenure}' ORDER BY position"
        return [row["type"] for row in self.association.rows("membership", query)]


@pytest.fixture
def council(association: Association) -> Council:
    return Council(association)


def refused(answer: Answer, rule: str, code: str) -> None:
    assert answer.problem is not None
    assert (answer.status, answer.problem["rule"], answer.problem["code"]) == (409, rule, code)


def test_members_see_the_advisers_of_the_document(council: Council, association: Association) -> None:
    member = association.person("representative", unit=uuid.uuid4())
    items = council.do("list_honorary_posts", member, on="2020-12-17")["items"]
    assert [each["name"] for each in items] == ["刘永斌", "李贵祯", "宁凤莲", "冯德华"]
    assert {each["title"]["zh"] for each in items} == {"高级顾问"}
    assert all(each["source"]["zh"] == "附件1一（二）4" and each["since_precision"] == "year" for each in items)
    assert council.do("list_honorary_posts", member, on="2019-12-31")["items"] == []
    for each in items:
        assert council.told(each["id"]) == ["honorary-post.conferred.v1"]
    assert association.call("membership", "list_honorary_posts").status == 401


def test_a_post_is_conferred_by_resolution_and_ended_by_another(council: Council) -> None:
    person = council.person()
    resolution = council.resolves(person)
    given = {"post": ADVISER, "person_id": person, "resolution_id": resolution}
    first, again = (council.do("confer_honorary_post", key=f"confer {resolution}", **given) for _ in range(2))
    assert first.body == again.body
    assert (first["since"], first["until"], first["resolution"]) == ("2058-03-20", None, "理事会决议〔2058〕3号")
    refused(council.confers(person, resolution), "M10", "post-held")
    # Governance takes the first resolution for superseded by one about the same person: by itself that ends nothing.
    later = council.resolves(person, number="理事会决议〔2058〕9号")
    council.ends(resolution, standing="superseded")
    assert council.holding(person)[0]["until"] is None
    refused(council.call("end_honorary_post", id=first["id"], resolution_id=resolution), "M10", "resolution-ended")
    ended = council.do("end_honorary_post", id=first["id"], resolution_id=later, last_day="2058-04-30")
    assert (ended["until"], ended["ended_how"], ended["ending"]) == (
        "2058-05-01",
        "resolution",
        "理事会决议〔2058〕9号",
    )
    assert council.holding(person, "2058-04-30")
    assert council.holding(person, "2058-05-01") == []
    assert council.told(first["id"]) == ["honorary-post.conferred.v1", "honorary-post.ended.v1"]


def test_a_post_is_resigned_from(council: Council) -> None:
    person = council.person()
    id = council.confers(person, council.resolves())["id"]
    refused(council.call("end_honorary_post", id=id), "M10", "ending-reason")
    refused(council.call("end_honorary_post", id=id, resignation="来函", last_day="2058-03-19"), "X7", "post-end")
    ended = council.do("end_honorary_post", id=id, resignation="来函辞去")
    assert (ended["until"], ended["ended_how"]) == ("2058-04-02", "resignation")
    refused(council.call("end_honorary_post", id=id, resignation="来函", last_day="2058-04-05"), "X7", "post-end")
    rows = council.association.rows(
        "membership", f"SELECT body FROM chassis.outbox WHERE subject = 'honorary-post/{id}'"
    )
    assert "来函" not in str(rows)


def test_a_revoked_resolution_ends_what_it_conferred_once(council: Council) -> None:
    person = council.person()
    resolution = council.resolves()
    id = council.confers(person, resolution)["id"]
    for _ in range(2):
        council.ends(resolution)
    (held,) = council.holding(person, "2058-04-09")
    assert (held["until"], held["ended_how"]) == ("2058-04-10", "revocation")
    assert council.told(id) == ["honorary-post.conferred.v1", "honorary-post.ended.v1"]


def test_events_may_come_twice_and_in_any_order(council: Council) -> None:
    resolution, event = str(new_id()), str(uuid.uuid4())
    council.ends(resolution)
    for _ in range(2):
        council.resolves(resolution_id=resolution, event_id=event)
    council.resolves(resolution_id=resolution)
    rows = council.association.rows(
        "membership", f"SELECT number, ended_on FROM honorary_resolutions WHERE resolution_id = '{resolution}'"
    )
    assert [(row["number"], str(row["ended_on"])) for row in rows] == [("理事会决议〔2058〕3号", "2058-04-10")]
    refused(council.confers(council.person(), resolution), "M10", "resolution-ended")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"body": "standing-council"}, "not-the-council"),
        ({"matter": "internal-rules"}, "resolution-unknown"),
        ({"subject_id": str(uuid.uuid4())}, "another-person"),
        ({"adopted_on": "2058-04-02"}, "conferred-early"),
    ],
)
def test_what_the_council_has_not_resolved_is_not_conferred(
    council: Council, changed: dict[str, Any], code: str
) -> None:
    person = council.person()
    resolution = council.resolves(**changed)
    refused(council.confers(person, resolution, since="2058-04-01"), "M10", code)
    assert council.holding(person) == []


def test_bad_input_and_strangers(council: Council, association: Association) -> None:
    person, resolution = council.person(), council.resolves()
    assert council.call("confer_honorary_post", post="king", person_id=person, resolution_id=resolution).status == 422
    assert council.confers(str(uuid.uuid4()), resolution).status == 404
    refused(council.confers(person, str(uuid.uuid4())), "M10", "resolution-unknown")
    stranger = association.person("officer")
    given = {"post": ADVISER, "person_id": person, "resolution_id": resolution}
    assert council.call("confer_honorary_post", stranger, **given).status == 403
    assert council.call("end_honorary_post", stranger, id=uuid.uuid4(), resignation="辞去").status == 403


@pytest.mark.rule(id="X8")
def test_nobody_enters_their_own(council: Council, association: Association) -> None:
    person, resolution = council.person(), council.resolves()
    myself = association.person("clerk", person=person)
    given = {"post": ADVISER, "person_id": person, "resolution_id": resolution}
    refused(council.call("confer_honorary_post", myself, **given), "X8", "own-honorary-post")


@pytest.mark.rule(id="M11")
def test_no_rights_and_no_vote_follow(council: Council, settled: Callable[..., Any]) -> None:
    """Its holder may do what they could before, and is no elector of any body."""
    holder = settled("editor")
    before = holder.call(holder.sign_in(), "get_my_account")
    council.confers(holder.person, council.resolves())
    after = holder.call(holder.sign_in(), "get_my_account")
    assert (after["roles"], after["post_roles"]) == (before["roles"], before["post_roles"])
    posts = council.association.call("governance", "list_posts", as_=council.clerk, limit=200)["items"]
    voting = {each["code"] for each in posts if each["votes_in"]}
    assert "director" in voting
    assert ADVISER not in voting
    assert not [each for each in posts if each["votes_in"] and holder.person in each["holders"]]


@pytest.mark.rule(id="X11")
def test_the_name_of_a_holder_is_not_past_its_time_while_the_post_is_held(
    council: Council, association: Association
) -> None:
    administrator = association.person("administrator")

    def overdue_names() -> int:
        association.set_clock("2063-04-01T09:00:00+08:00")
        due = council.do("list_overdue_personal_data", administrator)["due"]
        return sum(each["rows"] for each in due if (each["table"], each["of_class"]) == ("people", "name"))

    before = overdue_names()
    association.set_clock("2058-04-01T09:00:00+08:00")
    holder = council.person()
    username = f"u{new_id().hex[-12:]}"
    given = {"username": username, "person_id": holder, "roles": ["correspondent"]}
    account = council.do("open_account", administrator, **given)["id"]
    council.do("close_account", administrator, if_match="*", id=account, reason="离职")
    assert overdue_names() == before + 1
    association.set_clock("2058-04-01T09:00:00+08:00")
    id = council.confers(holder, council.resolves())["id"]
    assert overdue_names() == before
    association.set_clock("2058-04-01T09:00:00+08:00")
    council.do("end_honorary_post", id=id, resignation="来函辞去")
    assert overdue_names() == before + 1

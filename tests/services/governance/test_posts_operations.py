"""Posts through the bus: who holds them, taking one up, leaving it, conflicts (G10, M11, X7, X8)."""

import json
import uuid
from typing import Any

import pytest

from shared.testing.association import Answer, Association, Person

ZUO_DEZHI = "01771113-1800-75e6-b997-ecbd9684943d"
GUO_ZIYAN = "01771113-1802-7800-b9fe-3051a5b7d87a"
DECISION = "三届五次理事会决议"


class Register:
    """The register of posts as a clerk uses it."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.clerk: Person = association.person("clerk")

    def posts(self, **asked: Any) -> dict[str, dict[str, Any]]:
        answer = self.association.call("governance", "list_posts", as_=self.clerk, **{"limit": 200, **asked})
        return {post["code"]: post for post in answer["items"]}

    def holders(self, code: str, on: str) -> list[str]:
        answer = self.association.call("governance", "list_holders", as_=self.clerk, code=code, on=on)
        return [tenure["person_id"] for tenure in answer["items"]]

    def appoint(self, code: str, person: str | None = None, *, key: str | None = None, **asked: Any) -> Answer:
        """Enter an appointment from 2040 on, where no other test looks."""
        appointment = {
            "id": self.posts()[code]["id"],
            "person_id": person or str(uuid.uuid4()),
            "since": "2040-01-01",
            "decision": DECISION,
            **asked,
        }
        return self.association.call("governance", "take_up_post", as_=self.clerk, key=key, **appointment)

    def end(self, tenure: str, last_day: str, *, if_match: str | None = None, **asked: Any) -> Answer:
        departure = {"id": tenure, "last_day": last_day, "decision": DECISION, **asked}
        return self.association.call("governance", "leave_post", as_=self.clerk, if_match=if_match, **departure)

    def told(self, tenure: str) -> list[tuple[str, str, dict[str, Any]]]:
        """The events about one tenure, in order: type, subject, body."""
        rows = self.association.rows("governance", "SELECT type, subject, body FROM chassis.outbox ORDER BY position")
        events = [(row["type"], row["subject"], json.loads(row["body"])) for row in rows]
        return [event for event in events if event[2].get("tenure_id") == tenure]

    def tenures(self) -> int:
        (row,) = self.association.rows("governance", "SELECT count(*) AS count FROM tenures")
        return int(row["count"])


@pytest.fixture
def register(association: Association) -> Register:
    return Register(association)


def problem(answer: Answer) -> tuple[int, str | None, str]:
    assert answer.problem is not None
    return answer.status, answer.problem.get("rule"), answer.problem["code"]


@pytest.mark.rule(id="G10")
def test_posts_show_who_holds_them_on_a_day(register: Register) -> None:
    posts = register.posts(on="2021-03-01")
    assert len(posts) == 23
    assert next(iter(posts)) == "president"
    assert (posts["president"]["holders"], posts["president"]["occupancy"]) == ([ZUO_DEZHI], "held")
    assert (posts["deputy-secretary-general"]["holders"], posts["deputy-secretary-general"]["occupancy"]) == (
        [],
        "vacant",
    )
    assert posts["legal-representative"]["body_id"] is None
    assert posts["vice-president"]["occupancy"] == "unnamed"
    assert posts["senior-adviser"]["votes_in"] == []
    assert len(posts["secretary-general"]["duties"]["items"]) == 8
    assert register.posts(on="2019-12-31")["president"]["occupancy"] == "vacant"
    assert register.posts(on="2021-02-28")["secretary-general"]["duties"] is None


def test_posts_of_one_body(register: Register) -> None:
    body = register.posts()["supervisory-chair"]["body_id"]
    assert set(register.posts(body_id=body)) == {"supervisory-chair", "supervisor"}


def test_posts_are_listed_page_by_page(register: Register) -> None:
    def page(cursor: str | None) -> Answer:
        return register.association.call("governance", "list_posts", as_=register.clerk, limit=20, cursor=cursor)

    first = page(None)
    second = page(first["next"])
    codes = [post["code"] for post in first["items"] + second["items"]]
    assert codes == list(register.posts())
    assert (len(second["items"]), second["next"]) == (3, None)


def test_holders_are_found_by_the_code_of_the_post(register: Register) -> None:
    assert register.holders("president", "2020-01-01") == [ZUO_DEZHI]
    assert register.holders("president", "2019-12-31") == []
    assert len(register.holders("secretariat-member", "2021-03-01")) == 6
    answer = register.association.call("governance", "list_holders", as_=register.clerk, code="king")
    assert problem(answer) == (404, None, "not-found")


@pytest.mark.rule(id="M11")
def test_a_post_changes_hands_without_a_day_between(register: Register) -> None:
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    held = register.appoint("legal-representative", first, since="2041-01-01")
    assert (held.status, held["until"], held["decision"], held["warnings"]) == (201, None, DECISION, [])

    refused = register.appoint("legal-representative", second, since="2041-07-01")
    assert problem(refused) == (409, "G10", "post-filled")

    ended = register.end(held["id"], "2041-06-30")
    assert (ended["until"], ended["leaving_decision"]) == ("2041-07-01", DECISION)
    successor = register.appoint("legal-representative", second, since="2041-07-01", until="2042-01-01")
    days = ("2040-12-31", "2041-01-01", "2041-06-30", "2041-07-01", "2041-12-31", "2042-01-01")
    found = [register.holders("legal-representative", day) for day in days]
    assert found == [[], [first], [first], [second], [second], []]

    post = register.posts()["legal-representative"]["id"]
    about = {"post_id": post, "post_code": "legal-representative", "tenure_id": held["id"], "person_id": first}
    assert register.told(held["id"]) == [
        ("post.taken-up.v1", f"post/{post}", {**about, "since": "2041-01-01", "until": None}),
        ("post.left.v1", f"post/{post}", {**about, "until": "2041-07-01"}),
    ]
    ((_, _, told),) = register.told(successor["id"])
    assert (told["since"], told["until"]) == ("2041-07-01", "2042-01-01")


@pytest.mark.rule(id="M11")
def test_events_of_a_post_tell_its_version_rising(register: Register) -> None:
    tenure = register.appoint("director", until="2040-02-01")
    register.end(tenure["id"], "2040-01-15")
    rows = register.association.rows(
        "governance",
        f"""SELECT headers->>'cloudEvents_aggregateversion' AS version FROM chassis.outbox
            WHERE body::json->>'tenure_id' = '{tenure["id"]}' ORDER BY position""",
    )
    versions = [int(row["version"]) for row in rows]
    assert versions == sorted(set(versions))
    assert len(versions) == 2


def test_without_a_day_a_tenure_begins_today_in_shanghai(register: Register) -> None:
    register.association.set_clock("2021-05-06T23:30:00+00:00")
    tenure = register.appoint("standing-director", since=None)
    assert (tenure["since"], tenure["since_precision"]) == ("2021-05-07", "day")
    ended = register.association.call(
        "governance", "leave_post", as_=register.clerk, id=tenure["id"], decision=DECISION
    )
    assert ended["until"] == "2021-05-08"


@pytest.mark.rule(id="G10")
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"until": "2040-01-01"}, "tenure-empty"),
        ({"decision": " \u3000"}, "decision-needed"),
    ],
)
def test_an_appointment_that_cannot_be_is_refused_and_changes_nothing(
    register: Register, asked: dict[str, str], code: str
) -> None:
    before = register.tenures()
    assert problem(register.appoint("director", **asked)) == (409, "G10", code)
    assert register.tenures() == before


@pytest.mark.rule(id="G10")
def test_the_same_person_is_not_appointed_twice_at_a_time(register: Register) -> None:
    person = str(uuid.uuid4())
    register.appoint("director", person, until="2040-06-01")
    assert problem(register.appoint("director", person, since="2040-05-31")) == (409, "G10", "tenure-repeated")
    assert register.appoint("director", person, since="2040-06-01").status == 201


@pytest.mark.rule(id="X8")
def test_nobody_enters_an_appointment_of_their_own(register: Register) -> None:
    before = register.tenures()
    answer = register.appoint("secretariat-member", register.clerk.person)
    assert problem(answer) == (409, "X8", "own-appointment")
    assert register.tenures() == before


@pytest.mark.rule(id="X7")
def test_what_was_held_stays_in_the_record(register: Register) -> None:
    tenure = register.appoint("director", until="2040-02-01")
    assert problem(register.end(tenure["id"], "2039-12-31")) == (409, "X7", "tenure-not-begun")
    assert problem(register.end(tenure["id"], "2040-01-31")) == (409, "X7", "tenure-ended")
    assert problem(register.end(tenure["id"], "2040-01-15", decision=" ")) == (409, "G10", "decision-needed")
    assert register.end(tenure["id"], "2040-01-15")["until"] == "2040-01-16"
    assert len(register.told(tenure["id"])) == 2


@pytest.mark.parametrize("last_day", ["9999-12-31", "2040-02-30", "明天", ""])
def test_a_last_day_that_is_none_is_refused(register: Register, last_day: str) -> None:
    tenure = register.appoint("director")
    answer = register.end(tenure["id"], last_day)
    assert (answer.status, answer.problem and list(answer.problem["errors"])) == (422, ["last_day"])
    assert len(register.told(tenure["id"])) == 1


def test_a_departure_entered_on_an_old_version_is_refused(register: Register) -> None:
    tenure = register.appoint("director", until="2040-12-01")
    changed = register.end(tenure["id"], "2040-06-30", if_match=tenure.etag)
    assert changed.status == 200
    assert changed.etag != tenure.etag
    assert problem(register.end(tenure["id"], "2040-03-31", if_match=tenure.etag)) == (412, None, "stale-version")


def test_the_same_key_enters_one_tenure(register: Register) -> None:
    person, key = str(uuid.uuid4()), str(uuid.uuid4())
    first = register.appoint("director", person, key=key)
    before = register.tenures()
    again = register.appoint("director", person, key=key)
    assert (again.status, again.body) == (201, first.body)
    assert register.tenures() == before
    assert len(register.told(first["id"])) == 1
    other = register.appoint("director", str(uuid.uuid4()), key=key)
    assert problem(other) == (409, None, "idempotency-conflict")


@pytest.mark.rule(id="G10")
def test_the_one_conflict_of_the_document(register: Register) -> None:
    def conflicts(on: str) -> list[dict[str, Any]]:
        found = register.association.call("governance", "list_conflicts", as_=register.clerk, on=on)
        items: list[dict[str, Any]] = found["items"]
        return items

    assert conflicts("2021-02-28") == []
    (conflict,) = conflicts("2021-03-01")
    posts = register.posts()
    assert conflict == {
        "person_id": GUO_ZIYAN,
        "supervising_post_id": posts["supervisory-chair"]["id"],
        "supervised_post_id": posts["certification-centre-head"]["id"],
        "recused_from": posts["certification-centre-head"]["body_id"],
        "warning": conflict["warning"],
    }
    assert conflict["warning"]["zh"].startswith("职务冲突：监事长兼任职业技能评价中心负责人")


@pytest.mark.rule(id="G10")
def test_a_conflict_is_warned_of_and_recorded_and_not_refused(register: Register) -> None:
    person = str(uuid.uuid4())
    assert register.appoint("supervisor", person, until="2041-01-01")["warnings"] == []
    tenure = register.appoint("legal-affairs-head", person, until="2041-01-01")
    assert tenure.status == 201
    (warning,) = tenure["warnings"]
    assert warning["zh"] == "职务冲突：监事兼任法律事务工作部负责人，须回避对该机构的监督"
    assert register.appoint("legal-affairs-head", person, since="2041-01-01", until="2041-02-01")["warnings"] == []


@pytest.mark.parametrize("role", ["editor", "correspondent", "accountant", "exam_officer"])
def test_only_clerk_and_administrator_enter_appointments(association: Association, role: str) -> None:
    register = Register(association)
    register.clerk = association.person(role)
    tenures = register.tenures()
    assert problem(register.appoint("director")) == (403, None, "not-permitted")
    assert problem(register.end(str(uuid.uuid4()), "2040-01-01")) == (403, None, "not-permitted")
    assert register.tenures() == tenures


def test_the_administrator_may(association: Association) -> None:
    register = Register(association)
    register.clerk = association.person("administrator")
    assert register.appoint("director", until="2040-01-02").status == 201


@pytest.mark.parametrize("operation", ["list_posts", "list_conflicts", "list_holders", "take_up_post", "leave_post"])
def test_nothing_without_signing_in(association: Association, operation: str) -> None:
    arguments: dict[str, dict[str, Any]] = {
        "list_holders": {"code": "president"},
        "take_up_post": {"id": uuid.uuid4(), "person_id": uuid.uuid4(), "decision": DECISION},
        "leave_post": {"id": uuid.uuid4(), "decision": DECISION},
    }
    assert association.call("governance", operation, **arguments.get(operation, {})).status == 401


def test_posts_and_tenures_that_are_not_there(register: Register) -> None:
    assert problem(register.appoint("director", id=str(uuid.uuid4()))) == (404, None, "not-found")
    assert problem(register.end(str(uuid.uuid4()), "2040-01-01")) == (404, None, "not-found")

"""Acknowledgements through the bus: papers offered and entered, served, read, acknowledged, reported (M6)."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from services.membership.units.rules import check_character
from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person, eventually
from shared.testing.services import START

DAY = "2056-04-01"


@pytest.fixture(autouse=True)
def april(association: Association) -> Iterator[None]:
    association.set_clock(f"{DAY}T09:00:00+08:00")
    yield
    association.set_clock(START)


class Office:
    """A clerk, units with their representatives, and what governance tells."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.clerk = association.person("clerk")

    def call(self, operation: str, as_: Person, **given: Any) -> Answer:
        return self.association.call("membership", operation, as_=as_, **given)

    def do(self, operation: str, as_: Person, **given: Any) -> Answer:
        answer = self.call(operation, as_, **given)
        assert answer.problem is None, answer.problem
        return answer

    def unit(self, tier: str = "director") -> tuple[str, Person]:
        first17 = f"91140000M{int(new_id()) % 10**8:08d}"
        given = {"name": "汾河", "credit_code": first17 + check_character(first17), "tier": tier}
        id = self.do("admit_unit", self.clerk, **given)["id"]
        return id, self.association.person("representative", unit=id)

    def leaves(self, unit: str, day: str = DAY) -> None:
        with self.association.database("membership").begin() as connection:
            connection.exec_driver_sql(f"UPDATE units SET left_on = '{day}' WHERE id = '{unit}'")

    def document(self) -> str:
        given = {"subject_id": str(uuid.uuid4()), "title": "关于印发工作报告的通知"}
        id: str = self.do("enter_paper", self.clerk, **given)["id"]
        return id

    def tell(self, type_: str, event_id: str | None = None, **body: Any) -> None:
        """Tell what governance would of a resolution, and wait until it is heard."""
        event_id = event_id or str(uuid.uuid4())
        attributes = {
            "specversion": "1.0",
            "id": event_id,
            "source": "governance",
            "type": type_,
            "time": f"{DAY}T09:00:00+08:00",
            "subject": f"resolution/{body['resolution_id']}",
        }
        headers = {f"cloudEvents_{name}": value for name, value in attributes.items()}
        self.association.publish("governance.events", type_, json.dumps(body).encode(), headers=headers)
        row = f"SELECT 1 FROM chassis.inbox WHERE event_id = '{event_id}' AND state = 'done'"
        eventually(lambda: self.association.rows("membership", row))

    def adopted(self, id: str, number: str = "理事会决议〔2056〕1号", **given: Any) -> None:
        body = {"body": "council", "matter": "annual-report", "adopted_on": DAY, **given}
        self.tell("resolution.adopted.v1", resolution_id=id, number=number, **body)

    def ended(self, id: str) -> None:
        body = {"matter": "annual-report", "standing": "revoked", "ended_on": "2056-04-02"}
        self.tell("resolution.ended.v1", resolution_id=id, **body)

    def papers(self, subject: str) -> list[dict[str, Any]]:
        return list(self.do("list_papers", self.clerk, subject_id=subject)["items"])

    def told(self, acknowledgement: str) -> list[str]:
        query = f"SELECT type FROM chassis.outbox WHERE subject = 'acknowledgement/{acknowledgement}' ORDER BY position"
        return [row["type"] for row in self.association.rows("membership", query)]


@pytest.fixture
def office(association: Association) -> Office:
    return Office(association)


def refused(answer: Answer, rule: str, code: str) -> None:
    assert answer.problem is not None
    assert (answer.status, answer.problem["rule"], answer.problem["code"]) == (409, rule, code)


@pytest.mark.rule(id="M6")
def test_served_read_and_acknowledged_once_each(office: Office) -> None:
    (unit, somebody), (other, _) = office.unit(), office.unit()
    paper = office.document()
    given = {"id": paper, "audience": "units", "unit_ids": [unit, other]}
    assert office.do("serve_paper", office.clerk, **given)["served"] == 2
    (mine,) = office.do("list_acknowledgements", somebody)["items"]
    assert (mine["unit_id"], mine["state"], mine["served_on"], mine["source"]) == (unit, "served", DAY, "document")
    read = office.do("read_paper", somebody, id=mine["id"])
    assert (read["state"], read["read_by"]) == ("read", somebody.person)
    office.association.set_clock("2056-04-02T09:00:00+08:00")
    colleague = office.association.person("representative", unit=unit)
    assert office.do("read_paper", colleague, id=mine["id"]).body == read.body
    done = office.do("acknowledge_paper", colleague, id=mine["id"], remark="已组织学习")
    assert (done["state"], done["acknowledged_by"], done["read_by"]) == (
        "acknowledged",
        colleague.person,
        somebody.person,
    )
    refused(office.call("acknowledge_paper", somebody, id=mine["id"]), "M6", "acknowledged")
    assert office.do("read_paper", somebody, id=mine["id"])["state"] == "acknowledged"
    assert office.told(mine["id"]) == ["acknowledgement.served.v1", "acknowledgement.acknowledged.v1"]


@pytest.mark.rule(id="M6")
def test_an_acknowledgement_sent_twice_counts_once_and_tells_no_remark(office: Office) -> None:
    unit, somebody = office.unit()
    office.do("serve_paper", office.clerk, id=office.document(), audience="units", unit_ids=[unit])
    (mine,) = office.do("list_acknowledgements", somebody)["items"]
    given = {"id": mine["id"], "remark": "已落实到班组"}
    first, again = (office.do("acknowledge_paper", somebody, key=f"ack {mine['id']}", **given) for _ in range(2))
    assert first.body == again.body
    assert (first["read_by"], first["state"]) == (somebody.person, "acknowledged")
    rows = office.association.rows(
        "membership", f"SELECT body FROM chassis.outbox WHERE subject = 'acknowledgement/{mine['id']}'"
    )
    assert len(rows) == 2
    assert "班组" not in str(rows)


@pytest.mark.rule(id="M6")
def test_a_later_service_reaches_those_not_served_before(office: Office) -> None:
    unit, _ = office.unit("vice_president")
    paper = office.document()
    first = office.do("serve_paper", office.clerk, id=paper, audience="tier", tier="vice_president")
    assert first["served"] >= 1
    again = office.call("serve_paper", office.clerk, id=paper, audience="tier", tier="vice_president")
    refused(again, "M6", "nobody-to-serve")
    later, _ = office.unit("vice_president")
    assert office.do("list_acknowledgements", office.clerk, paper_id=paper, unit_id=later)["items"] == []
    assert office.do("serve_paper", office.clerk, id=paper, audience="tier", tier="vice_president")["served"] == 1
    assert len(office.do("list_acknowledgements", office.clerk, paper_id=paper, unit_id=unit)["items"]) == 1


@pytest.mark.rule(id="M6")
def test_the_report_counts_and_who_left_is_not_outstanding(office: Office) -> None:
    units = [office.unit(tier) for tier in ("director", "director", "member")]
    paper = office.document()
    office.do("serve_paper", office.clerk, id=paper, audience="units", unit_ids=[unit for unit, _ in units])
    (first, somebody), (second, _), (third, other) = units

    def mine(person: Person) -> str:
        id: str = office.do("list_acknowledgements", person)["items"][0]["id"]
        return id

    office.do("acknowledge_paper", somebody, id=mine(somebody))
    office.do("read_paper", other, id=mine(other))
    office.leaves(second)
    report = office.do("report_paper", office.clerk, id=paper)
    assert report["total"] == {
        "served": 3,
        "read": 2,
        "acknowledged": 1,
        "outstanding": 1,
        "read_percent": 66,
        "acknowledged_percent": 33,
    }
    assert [(each["tier"], each["served"], each["outstanding"]) for each in report["tiers"]] == [
        ("member", 1, 1),
        ("director", 2, 0),
    ]
    listed = office.do("list_acknowledgements", office.clerk, paper_id=paper, outstanding=True)["items"]
    assert [each["unit_id"] for each in listed] == [third]
    assert len(office.do("list_acknowledgements", office.clerk, paper_id=paper)["items"]) == 3
    assert first not in {each["unit_id"] for each in listed}


@pytest.mark.rule(id="M6")
def test_a_resolution_is_offered_by_event_once_and_served_until_it_ends(office: Office) -> None:
    resolution, event = str(new_id()), str(uuid.uuid4())
    body = {"body": "council", "matter": "annual-report", "adopted_on": DAY, "number": "理事会决议〔2056〕7号"}
    for _ in range(2):
        office.tell("resolution.adopted.v1", event, resolution_id=resolution, **body)
    office.tell("resolution.adopted.v1", resolution_id=resolution, **body)
    (paper,) = office.papers(resolution)
    assert (paper["source"], paper["title"]) == ("resolution", "理事会决议〔2056〕7号")
    (unit, somebody), (other, _) = office.unit(), office.unit()
    office.do("serve_paper", office.clerk, id=paper["id"], audience="units", unit_ids=[unit])
    office.ended(resolution)
    again = office.call("serve_paper", office.clerk, id=paper["id"], audience="units", unit_ids=[other])
    refused(again, "M6", "paper-ended")
    assert [each["title"] for each in office.do("list_acknowledgements", somebody)["items"]] == [paper["title"]]


@pytest.mark.rule(id="M6")
def test_the_end_of_a_resolution_may_be_heard_first(office: Office) -> None:
    resolution = str(new_id())
    office.ended(resolution)
    office.adopted(resolution, "理事会决议〔2056〕8号")
    (paper,) = office.papers(resolution)
    assert (paper["title"], paper["ended_on"]) == ("理事会决议〔2056〕8号", "2056-04-02")


@pytest.mark.rule(id="M6")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"audience": "all", "tier": "member"}, "audience"),
        ({"audience": "tier"}, "audience"),
        ({"audience": "units"}, "audience"),
        ({"audience": "units", "unit_ids": ["0192f0c1-0000-7000-8000-00000000000a"]}, "unit-unknown"),
        ({"audience": "all", "served_on": "2056-04-02"}, "served-later"),
    ],
)
def test_services_that_cannot_be_are_refused(office: Office, given: dict[str, Any], code: str) -> None:
    paper = office.document()
    refused(office.call("serve_paper", office.clerk, id=paper, **given), "M6", code)
    assert office.do("list_acknowledgements", office.clerk, paper_id=paper)["items"] == []


@pytest.mark.rule(id="M6")
def test_bad_input_and_unknown_papers(office: Office) -> None:
    paper = office.document()
    unknown = {"audience": "everybody"}, {"audience": "tier", "tier": "gold"}, {"audience": "units", "unit_ids": ["x"]}
    for given in unknown:
        assert office.call("serve_paper", office.clerk, id=paper, **given).status == 422
    assert office.call("serve_paper", office.clerk, id=uuid.uuid4(), audience="all").status == 404
    subject = str(uuid.uuid4())
    office.do("enter_paper", office.clerk, subject_id=subject, title="通知")
    refused(office.call("enter_paper", office.clerk, subject_id=subject, title="通知"), "M6", "paper-entered")
    refused(office.call("enter_paper", office.clerk, subject_id=str(uuid.uuid4()), title=" "), "M6", "paper-title")


@pytest.mark.rule(id="M6")
@pytest.mark.rule(id="M11")
def test_only_the_units_own_people_read_and_acknowledge(office: Office) -> None:
    unit, somebody = office.unit()
    paper = office.document()
    office.do("serve_paper", office.clerk, id=paper, audience="units", unit_ids=[unit])
    (mine,) = office.do("list_acknowledgements", somebody)["items"]
    _, stranger = office.unit()
    administrator = office.association.person("administrator")
    for operation in ("read_paper", "acknowledge_paper"):
        assert office.call(operation, stranger, id=mine["id"]).status == 404
        assert office.call(operation, office.clerk, id=mine["id"]).status == 403
        refused(office.call(operation, administrator, id=mine["id"]), "M6", "not-the-units")
    for operation, given in (
        ("enter_paper", {"subject_id": str(uuid.uuid4()), "title": "通知"}),
        ("list_papers", {}),
        ("serve_paper", {"id": paper, "audience": "all"}),
        ("report_paper", {"id": paper}),
    ):
        assert office.call(operation, somebody, **given).status == 403, operation
    assert office.do("list_acknowledgements", stranger)["items"] == []

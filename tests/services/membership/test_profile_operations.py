"""The profile of a unit: what membership knows of it, and what others told (M1, M2, X7)."""

import json
import uuid
from typing import Any

import pytest

from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person, eventually

ISSUED, REVOKED = "certificate.issued.v1", "certificate.revoked.v1"
PUBLISHED, RETRACTED = "article.published.v1", "article.retracted.v1"


@pytest.fixture
def clerk(association: Association) -> Person:
    return association.person("clerk")


@pytest.fixture
def unit(association: Association, clerk: Person) -> str:
    units = association.call("membership", "list_units", as_=clerk)["items"]
    return str(units[0]["id"])


class Teller:
    """Tells what other services tell, and waits until membership has heard it."""

    def __init__(self, association: Association) -> None:
        self.association = association

    def __call__(self, source: str, event: str, thing: str, *, id: str = "", **data: Any) -> str:
        id = id or str(uuid.uuid4())
        attributes = {
            "specversion": "1.0",
            "id": id,
            "source": source,
            "type": event,
            "time": "2021-02-01T09:00:00+08:00",
            "subject": f"{event.partition('.')[0]}/{thing}",
        }
        headers = {f"cloudEvents_{name}": value for name, value in attributes.items()}
        self.association.publish(f"{source}.events", event, json.dumps(data).encode(), headers=headers)
        heard = f"SELECT 1 FROM chassis.inbox WHERE event_id = 'unit-profiles:{id}' AND state = 'done'"
        eventually(lambda: self.association.rows("membership", heard))
        return id


@pytest.fixture
def tell(association: Association) -> Teller:
    return Teller(association)


def tally(profile: Answer, kind: str) -> tuple[int, int, list[Any]]:
    (found,) = [entry for entry in profile["entries"] if entry["kind"] == kind]
    return found["standing"], found["ended"], found["by_year"]


def profile_of(association: Association, person: Person, unit: str) -> Answer:
    answer = association.call("membership", "get_profile", as_=person, id=unit)
    assert answer.status == 200, answer.problem
    return answer


@pytest.mark.rule(id="M1")
def test_what_others_told_is_in_the_profile_once(
    association: Association, clerk: Person, unit: str, tell: Teller
) -> None:
    before = tally(profile_of(association, clerk, unit), "certificate")[0]
    certificate = str(new_id())
    said = {
        "certificate_id": certificate,
        "number": "S000014000001203000777",
        "unit_id": unit,
        "issued_on": "2020-12-31",
    }
    tell("certification", ISSUED, certificate, **said)
    tell("certification", ISSUED, certificate, **said)
    standing, _, years = tally(profile_of(association, clerk, unit), "certificate")
    assert standing == before + 1
    assert {"year": 2020, "number": standing} in years
    entries = association.call("membership", "list_profile_entries", as_=clerk, id=unit, kind="certificate")
    (entry,) = [each for each in entries["items"] if each["fact_id"] == certificate]
    assert entry == {
        "kind": "certificate",
        "fact_id": certificate,
        "happened_on": "2020-12-31",
        "reference": "S000014000001203000777",
        "ended_on": None,
    }


@pytest.mark.rule(id="X7")
def test_what_was_revoked_or_retracted_stays_and_ended(
    association: Association, clerk: Person, unit: str, tell: Teller
) -> None:
    certificate, article = str(new_id()), str(new_id())
    tell(
        "certification",
        ISSUED,
        certificate,
        certificate_id=certificate,
        number="S1",
        unit_id=unit,
        issued_on="2020-12-31",
    )
    tell("certification", REVOKED, certificate, certificate_id=certificate, revoked_on="2021-03-01")
    tell("publishing", PUBLISHED, article, article_id=article, unit_id=unit, published_at="2021-02-01T23:30:00+08:00")
    tell("publishing", RETRACTED, article, article_id=article, retracted_at="2021-02-01T16:30:00+00:00")
    entries = association.call("membership", "list_profile_entries", as_=clerk, id=unit)["items"]
    days = {each["fact_id"]: (each["happened_on"], each["ended_on"]) for each in entries}
    assert days[certificate] == ("2020-12-31", "2021-03-01")
    assert days[article] == ("2021-02-01", "2021-02-02"), "the day is that of Shanxi"


@pytest.mark.rule(id="M1")
def test_what_has_no_unit_is_in_nobodys_profile(
    association: Association, clerk: Person, unit: str, tell: Teller
) -> None:
    certificate = str(new_id())
    tell("certification", ISSUED, certificate, certificate_id=certificate, number="S2", issued_on="2020-12-31")
    tell("certification", REVOKED, certificate, certificate_id=certificate, revoked_on="2021-01-05")
    assert not association.rows("membership", f"SELECT 1 FROM profile_entries WHERE fact_id = '{certificate}'")


@pytest.mark.rule(id="M1")
def test_the_profile_says_what_membership_knows_by_itself(association: Association, clerk: Person, unit: str) -> None:
    profile = profile_of(association, clerk, unit)
    known = association.call("membership", "get_unit", as_=clerk, id=unit)
    for field in ("name", "tier", "standing", "admitted_on"):
        assert profile[field] == known[field]
    invoices = association.call("membership", "list_invoices", as_=clerk, unit_id=unit)["items"]
    assert profile["dues"]["invoices"] == len(invoices)
    named = association.call("membership", "list_representatives", as_=clerk, id=unit)["items"]
    assert profile["representatives"] <= len(named)


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize("operation", ["get_profile", "list_profile_entries"])
def test_a_unit_that_there_is_not_has_none(association: Association, clerk: Person, operation: str) -> None:
    assert association.call("membership", operation, as_=clerk, id=str(new_id())).status == 404


@pytest.mark.parametrize("operation", ["get_profile", "list_profile_entries"])
def test_strangers_read_no_profile(association: Association, unit: str, operation: str) -> None:
    assert association.call("membership", operation, as_=association.person("inspector"), id=unit).status == 403

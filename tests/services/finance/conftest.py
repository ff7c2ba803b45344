"""Spending through the bus: the people of the founding data, and what finance and governance say to each other."""

import itertools
import json
import uuid
from typing import Any

import pytest

from shared.testing.association import Answer, Association, Person, eventually

PRESIDENT = "01771113-1800-75e6-b997-ecbd9684943d"
SECRETARY_GENERAL = "01771113-1801-7e22-acf4-8a2dfe5e17d9"
DEPUTY_POST = "01771113-23c1-7500-b8b2-2aa1ce57bdb0"

_years = itertools.count(2201)


class Spending:
    """Requests to spend in a year of a test's own, so that no absence or tenure of another test is in it."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self.year = next(_years)
        self.accountant = association.person("accountant")
        self.cashier = association.person("cashier")
        self.clerk = association.person("clerk")
        self.president = association.person("officer", person=PRESIDENT)
        self.secretary_general = association.person("officer", person=SECRETARY_GENERAL)
        self.today(3, 10)

    def day(self, month: int, day: int) -> str:
        return f"{self.year}-{month:02d}-{day:02d}"

    def today(self, month: int, day: int) -> None:
        self.association.set_clock(f"{self.day(month, day)}T09:00:00+08:00")

    def call(self, operation: str, as_: Person, **arguments: Any) -> Answer:
        return self.association.call("finance", operation, as_=as_, **arguments)

    # --- finance --------------------------------------------------------------------------------------------

    def request(self, amount: Any, as_: Person | None = None, **changed: Any) -> Answer:
        asked = {"kind": "office_supplies", "payee": "太原文具店", "purpose": "购买打印纸", "amount": amount}
        return self.call("request_expenditure", as_ or self.accountant, **{**asked, **changed})

    def requested(self, amount: str, as_: Person | None = None, **changed: Any) -> str:
        id: str = self.request(amount, as_, **changed)["id"]
        return id

    def get(self, id: str) -> Answer:
        return self.call("get_expenditure", self.accountant, id=id)

    def waits(self, id: str) -> dict[str, Any]:
        waiting: dict[str, Any] = self.get(id)["waits_for"]
        return waiting

    def sign(self, id: str, as_: Person, **asked: Any) -> Answer:
        return self.call("sign_expenditure", as_, id=id, **asked)

    def pay(self, id: str, as_: Person | None = None, **asked: Any) -> Answer:
        return self.call("pay_expenditure", as_ or self.cashier, id=id, **asked)

    def vouchers(self, id: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.call("list_vouchers", self.accountant, source_id=id)["items"]
        return items

    def told(self, id: str) -> list[tuple[str, dict[str, Any]]]:
        """What finance told of this expenditure, in order."""
        rows = self.association.rows("finance", "SELECT type, body FROM chassis.outbox ORDER BY position")
        events = [(row["type"], json.loads(row["body"])) for row in rows]
        return [(type_, body) for type_, body in events if body.get("expenditure_id") == id]

    # --- governance -----------------------------------------------------------------------------------------

    def appoint_deputy(self, since: str, until: str) -> Person:
        """Somebody new in the deputy's post."""
        deputy = self.association.person("officer")
        self.association.call(
            "governance",
            "take_up_post",
            as_=self.clerk,
            id=DEPUTY_POST,
            person_id=deputy.person,
            since=since,
            until=until,
            decision="三届理事会会议决定",
        )["id"]
        return deputy

    def secretary_general_is_away(self, since: str, last_day: str) -> str:
        id: str = self.association.call(
            "governance",
            "record_absence",
            as_=self.clerk,
            post="secretary-general",
            person_id=SECRETARY_GENERAL,
            since=since,
            last_day=last_day,
        )["id"]
        self.heard(f"SELECT 1 FROM signer_absences WHERE absence_id = '{id}'")
        return id

    def heard(self, sql: str) -> None:
        eventually(lambda: self.association.rows("finance", sql))

    def governance_tells(self, type_: str, subject: str, *, event_id: str | None = None, **body: Any) -> str:
        """Put an event on the bus as governance would, and wait until finance has settled it."""
        event_id = event_id or str(uuid.uuid4())
        attributes = {
            "specversion": "1.0",
            "id": event_id,
            "source": "governance",
            "type": type_,
            "time": f"{self.day(3, 10)}T09:00:00+08:00",
            "subject": subject,
        }
        self.association.publish(
            "governance.events",
            type_,
            json.dumps(body).encode(),
            headers={f"cloudEvents_{name}": value for name, value in attributes.items()},
        )
        self.heard(f"SELECT 1 FROM chassis.inbox WHERE event_id = '{event_id}' AND state = 'done'")
        return event_id

    def resolve(self, id: str, limit: str | None, *, event_id: str | None = None, **changed: Any) -> str:
        """A resolution of the standing council on this expenditure; returns its id."""
        told = {
            "resolution_id": str(uuid.uuid4()),
            "number": "常务理事会决议",
            "body": "standing-council",
            "matter": "large-expenditure",
            "adopted_on": self.day(3, 10),
            "subject_id": id,
            "limit": limit,
            "dues_amounts": None,
            "effective_from": None,
            "exactly_half": False,
            **changed,
        }
        resolution = str(told["resolution_id"])
        self.governance_tells("resolution.adopted.v1", f"resolution/{resolution}", event_id=event_id, **told)
        return resolution

    def end(self, resolution: str) -> None:
        """That resolution does not stand any more: another revoked it."""
        told = {"matter": "large-expenditure", "subject_id": None, "standing": "revoked"}
        self.governance_tells(
            "resolution.ended.v1",
            f"resolution/{resolution}",
            **told,
            resolution_id=resolution,
            ended_by=str(uuid.uuid4()),
            ended_on=self.day(3, 10),
        )


@pytest.fixture
def spending(association: Association) -> Spending:
    spending = Spending(association)
    for post in ("president", "secretary-general"):
        spending.heard(f"SELECT 1 FROM signer_tenures WHERE post = '{post}'")
    return spending

"""A unit from its application to its removal and back, through the council's meetings (M1, M2, M3, F12, G5, X8).

Its dues are paid after it left: what is owed may be paid whoever owes it, and what is too much is its credit.
"""

import base64
import itertools
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from services.membership.units.rules import check_character
from shared.books.counting import findings_in
from shared.identity.keys import Keyring
from shared.plugins import plugins
from shared.store.base import new_id
from shared.store.embedded import EmbeddedPostgres
from shared.testing import association as testing
from shared.testing.association import Answer, Association, Person
from shared.testing.counting import books_are_right
from shared.testing.services import own_association
from shared.testing.spoiling import spoiling

pytestmark = [pytest.mark.rule(id="M1"), pytest.mark.rule(id="M3")]

_years = itertools.count(2181)
ROLL = 31
"""Directors; the document leaves most of them unnamed, so that the roll says how many they are."""


def eventually(check: Callable[[], Any]) -> Any:
    """As anywhere, but an association that has just started tells all of its founding data first."""
    return testing.eventually(check, within=60)


class Flow:
    """Secretariat, council, assembly and cashier in a year of the test's own."""

    def __init__(self, association: Association) -> None:
        self.association, self.year = association, next(_years)
        self.at("03-20")
        self.clerk, self.reviewer = association.person("clerk"), association.person("clerk")
        self.cashier, self.accountant = association.person("cashier"), association.person("accountant")

    def at(self, day: str) -> str:
        self.day = f"{self.year}-{day}"
        self.association.set_clock(f"{self.day}T09:00:00+08:00")
        return self.day

    def ask(self, service: str, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        return self.association.call(service, operation, as_=as_, **{"key": str(new_id()), **given})

    def do(self, service: str, operation: str, as_: Person | None = None, **given: Any) -> Answer:
        answer = self.ask(service, operation, as_, **given)
        assert answer.problem is None, answer.problem
        return answer

    def vote(self, body: str, roll: int, yes: int, ballot: str = "named", **motion: Any) -> Answer:
        called = self.do("governance", "call_meeting", self.clerk, body=body, held_on=self.day, roll=roll)
        self.do("governance", "open_meeting", self.clerk, id=called["id"], present=roll)
        put = self.do("governance", "put_motion", self.clerk, id=called["id"], title="议案", **motion)
        count = {"present": roll, "issued": roll, "returned": roll, "invalid": 0, "abstained": 0}
        tellers = {"scrutineer": uuid.uuid4(), "counter": uuid.uuid4()}
        votes = {"yes": yes, "no": roll - yes, "ballot": ballot, "tellers": tellers}
        return self.do("governance", "vote_on_motion", self.clerk, id=put["id"], **count, **votes)

    def council(self, yes: int, **motion: Any) -> Answer:
        return self.vote("council", ROLL, yes, **motion)

    def set_dues(self) -> None:
        payload = {"amounts": [{"tier": "director", "amount": "5000.00"}], "effective_from": self.day}
        self.vote("assembly", 100, 100, "secret", matter="dues-standard", payload=payload)
        row = f"SELECT 1 FROM dues_standards WHERE effective_from = '{self.day}'"
        eventually(lambda: self.association.rows("membership", row))

    def apply(self) -> str:
        """An application that the unit sent in and the secretariat reviewed."""
        first17 = f"91140000M{int(new_id()) % 10**8:08d}"
        self.code = first17 + check_character(first17)
        return self.submit()

    def submit(self) -> str:
        contact = {"contact_name": "田间", "contact_phone": "13900001234", "contact_consent": True}
        form = {"filename": "入会申请书.pdf", "content": base64.b64encode(b"%PDF-1.7").decode()}
        asked = {"name": "桑干河通信公司", "credit_code": self.code, "tier": "director", "place": "140200"}
        id = self.do("membership", "submit_application", **asked, **contact, form=form)["id"]
        self.do("membership", "review_application", self.reviewer, id=id)
        self.do("membership", "request_admission", self.reviewer, id=id)
        eventually(lambda: self.wanted(id) == "waiting")
        return str(id)

    def wanted(self, application: str) -> str:
        found = self.do("governance", "list_wanted_resolutions", self.clerk, subject_id=application)["items"]
        assert len(found) == 1, found
        return str(found[0]["state"])

    def stands(self, application: str, state: str) -> Answer:
        def read() -> Answer | None:
            answer = self.do("membership", "get_application", self.reviewer, id=application)
            return answer if answer["state"] == state else None

        found: Answer = eventually(read)
        return found

    def unit(self, id: str) -> Answer:
        return self.do("membership", "get_unit", self.clerk, id=id)

    def invoice(self, unit: str, year: int) -> Answer:
        invoice = self.do("membership", "issue_invoice", self.clerk, unit_id=unit, year=year)
        receivable = {"as_": self.accountant, "invoice_id": invoice["id"]}
        eventually(lambda: self.ask("finance", "get_receivable", **receivable).status == 200)
        return invoice

    def pay(self, invoice: str, amount: str) -> Answer:
        paid = {"invoice_id": invoice, "amount": amount, "means": "bank"}
        return self.do("finance", "record_payment", self.cashier, **paid)


@pytest.fixture
def flow(association: Association) -> Flow:
    return Flow(association)


@pytest.mark.rule(id="G5")
@pytest.mark.rule(id="X8")
def test_a_unit_is_a_member_by_the_councils_vote_alone(flow: Flow) -> None:
    application = flow.apply()
    motion = {"matter": "unit-admission", "subject_id": application}
    # 20 of 31 are short of two thirds, 21 are not.
    assert flow.council(20, **motion)["outcome"] == "rejected"
    flow.stands(application, "rejected")
    assert flow.wanted(application) == "rejected"
    made = flow.council(21, **motion)["resolution"]
    admitted = flow.stands(application, "admitted")
    assert (admitted["resolution_id"], admitted["decided_on"]) == (made["id"], flow.day)
    assert flow.wanted(application) == "adopted"
    unit = flow.unit(admitted["unit_id"])
    assert (unit["credit_code"], unit["tier"], unit["place"]) == (flow.code, "director", "140200")
    assert (unit["admitted_on"], unit["member"]) == (flow.day, True)
    anybody = flow.do("membership", "get_application_state", id=application)
    assert (anybody["state"], set(anybody.body)) == ("admitted", {"id", "state", "received_at"})


@pytest.mark.rule(id="F12")
@pytest.mark.rule(id="X7")
def test_what_a_removed_unit_owes_may_be_paid_and_what_is_too_much_is_its_credit(flow: Flow) -> None:
    flow.set_dues()
    application = flow.apply()
    flow.council(31, matter="unit-admission", subject_id=application)
    unit = flow.stands(application, "admitted")["unit_id"]
    invoice = flow.invoice(unit, flow.year)["id"]

    flow.at("05-10")
    removal = flow.council(31, matter="unit-removal", subject_id=unit)["resolution"]
    eventually(lambda: flow.unit(unit)["left_how"] == "removed")
    flow.at("05-11")
    assert flow.unit(unit)["member"] is False
    refused = flow.ask("membership", "issue_invoice", flow.clerk, unit_id=unit, year=flow.year)
    assert refused.problem is not None
    assert refused.problem["code"] in ("unit-left", "invoice-issued")

    paid = flow.pay(invoice, "5000.00")
    assert (paid["owes"], paid["credit"]) == ("0.00", "0.00")
    assert paid["slip"]
    standing = {"as_": flow.clerk, "id": unit}
    eventually(lambda: flow.do("membership", "get_standing", **standing)["good"])
    more = flow.pay(invoice, "700.00")
    assert (more["applied"], more["credit"], more["owes"]) == ("0.00", "700.00", "0.00")

    flow.at("09-01")
    revoking = {"payload": {"revokes": removal["id"], "reason": "已改正"}}
    flow.council(31, matter="unit-removal", **revoking)
    back = eventually(lambda: flow.unit(unit)["member"] and flow.unit(unit))
    assert (back["admitted_on"], back["left_on"]) == (flow.day, None)
    flow.year += 1
    flow.at("01-10")
    owed = flow.invoice(unit, flow.year)["id"]
    found = flow.do("finance", "get_receivable", flow.accountant, invoice_id=owed)
    assert (found["received"], found["owes"]) == ("700.00", "4300.00")


def test_a_unit_that_withdrew_applies_again_and_is_the_same_unit(flow: Flow) -> None:
    application = flow.apply()
    flow.council(31, matter="unit-admission", subject_id=application)
    unit = flow.stands(application, "admitted")["unit_id"]
    somebody = flow.association.person("representative", unit=unit)
    flow.do("membership", "withdraw_unit", somebody, id=unit, last_day=f"{flow.year}-04-30")
    flow.at("06-01")
    assert flow.unit(unit)["member"] is False
    again = flow.submit()
    flow.council(31, matter="unit-admission", subject_id=again)
    assert flow.stands(again, "admitted")["unit_id"] == unit
    assert flow.unit(unit)["admitted_on"] == flow.day
    (leaving,) = flow.do("membership", "list_unit_leavings", flow.clerk, id=unit)["items"]
    assert (leaving["last_day"], leaving["back_on"]) == (f"{flow.year}-04-30", flow.day)


# --- the books ---------------------------------------------------------------------------------------------

COUNTED = {
    "units": "admitted_on left_on left_how",
    "unit_applications": "state resolution_id decided_on",
    "unit_leavings": "unit_id how last_day back_on",
    "unit_resolutions": "resolution_id matter subject_id number adopted_on ended_on revoked",
    "unit_changes": "unit_id field after request_id",
    "representatives": "last_day",
}
"""What is counted of members, by table and column."""
OF_INTEREST = {
    "units": "admitted_by IS NOT NULL",
    "unit_applications": "state = 'admitted'",
    "wanted_resolutions": "state = 'adopted'",
}
"""Which row of a table is touched, where that matters."""
MARK = "members"


@pytest.fixture
def alone(postgres: EmbeddedPostgres, keys: Path, issuer: Keyring, tmp_path: Path) -> Iterator[Association]:
    """An association of the test's own, in which nobody was told what did not happen."""
    clock = "2181-03-20T09:00:00+08:00"
    with own_association(postgres, keys, issuer, tmp_path, mark=MARK, clock=clock) as running:
        yield running


def test_the_books_of_members_are_right_until_somebody_touches_a_row(
    alone: Association, postgres: EmbeddedPostgres
) -> None:
    flow = Flow(alone)
    rejected = flow.apply()
    flow.council(10, matter="unit-admission", subject_id=rejected)
    flow.stands(rejected, "rejected")
    withdrawn = flow.apply()
    flow.do("membership", "withdraw_application", flow.clerk, id=withdrawn, reason="不再申请")
    application = flow.apply()
    flow.council(31, matter="unit-admission", subject_id=application)
    unit = flow.stands(application, "admitted")["unit_id"]
    person = flow.do("membership", "register_person", flow.clerk, name="田间")["id"]
    flow.do("membership", "name_representative", flow.clerk, id=unit, person_id=person)
    somebody = alone.person("representative", unit=unit)
    request = flow.do("membership", "propose_change", somebody, id=unit, place="140700")["id"]
    flow.do("membership", "approve_change_request", flow.clerk, id=request)
    flow.at("05-10")
    removal = flow.council(31, matter="unit-removal", subject_id=unit)["resolution"]["id"]
    eventually(lambda: flow.unit(unit)["left_on"])
    represents = {"as_": flow.clerk, "id": unit}
    eventually(lambda: flow.do("membership", "list_representatives", **represents)["items"][0]["last_day"])
    flow.at("09-01")
    flow.council(31, matter="unit-removal", payload={"revokes": removal, "reason": "已改正"})
    eventually(lambda: flow.unit(unit)["left_on"] is None)
    eventually(lambda: flow.wanted(withdrawn) == "dropped")
    books_are_right(list(plugins().values()), alone.settings["database_urls"])
    alone.stop()

    with ExitStack() as rooms:
        sessions = {
            name: rooms.enter_context(spoiling(postgres.admin_url, f"{name}-{MARK}")).session for name in plugins()
        }
        assert findings_in(list(plugins().values()), sessions) == []
        for service, table, columns in (
            *(("membership", table, columns) for table, columns in COUNTED.items()),
            ("governance", "wanted_resolutions", "application_id body state resolution_id"),
        ):
            for column in [None, *columns.split()]:
                sessions[service].rollback()
                with spoiling(postgres.admin_url, f"{service}-{MARK}") as spoiler:
                    place = spoiler.rows(table, OF_INTEREST.get(table, "true"))[0]
                    if column is None:
                        spoiler.take_away(table, place)
                    else:
                        spoiler.change(table, place, column)
                    found = findings_in([plugins()[service]], {**sessions, service: spoiler.session})
                assert found, (table, column)

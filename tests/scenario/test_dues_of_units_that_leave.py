"""What a unit owes and has to its credit when it leaves within the year, in both services' books (M3, M4, F7, F12).

The assembly resolved that who leaves pays by month, through the month of that.
"""

import itertools
import json
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
from shared.testing.association import Answer, Association
from shared.testing.services import own_association
from shared.testing.spoiling import spoiling

pytestmark = [pytest.mark.rule(id="M3"), pytest.mark.rule(id="F7")]

_years = itertools.count(2551)
RECEIVABLE, ADVANCE, INCOME, BANK = "112101", "2203", "420101", "1002"


def eventually(check: Callable[[], Any]) -> Any:
    """As anywhere, but an association that has just started tells all of its founding data first."""
    return testing.eventually(check, within=60)


class Flow:
    """Secretariat and cashier in a year of the test's own, and a unit with its invoice of 5000.00."""

    def __init__(self, association: Association) -> None:
        self.association, self.year = association, next(_years)
        self.clerk, self.cashier = association.person("clerk"), association.person("cashier")
        self.accountant = association.person("accountant")
        self.at("01-10")
        self.resolve("01-01")
        self.unit = self.join()
        self.invoice = self.bill()["id"]

    def at(self, day: str) -> str:
        self.association.set_clock(f"{self.year}-{day}T09:00:00+08:00")
        return f"{self.year}-{day}"

    def do(self, service: str, operation: str, as_: Any = None, **given: Any) -> Answer:
        answer = self.association.call(service, operation, as_=as_ or self.clerk, **given)
        assert answer.problem is None, answer.problem
        return answer

    def resolve(self, day: str) -> None:
        resolution = str(new_id())
        told = {
            "resolution_id": resolution,
            "number": "会员代表大会决议1号",
            "body": "assembly",
            "matter": "dues-standard",
            "adopted_on": f"{self.year}-{day}",
            "dues_amounts": [{"tier": "director", "amount": "5000.00"}],
            "effective_from": f"{self.year}-{day}",
            "dues_joining": "by_month",
            "dues_leaving": "by_month",
        }
        self.governance_tells("resolution.adopted.v1", resolution, told)

    def governance_tells(self, type_: str, resolution: str, told: dict[str, Any]) -> None:
        """An event of governance; membership has heard it when this returns."""
        event = str(uuid.uuid4())
        stated = {"id": event, "source": "governance", "type": type_, "subject": f"resolution/{resolution}"}
        attributes = {"specversion": "1.0", "time": "2021-04-01T09:00:00+08:00", **stated}
        headers = {f"cloudEvents_{name}": value for name, value in attributes.items()}
        self.association.publish("governance.events", type_, json.dumps(told).encode(), headers=headers)
        row = f"SELECT 1 FROM chassis.inbox WHERE event_id = '{event}' AND state = 'done'"
        eventually(lambda: self.association.rows("membership", row))

    def remove(self, day: str) -> str:
        resolution = str(new_id())
        told = {"resolution_id": resolution, "number": "理事会决议1号", "body": "council", "matter": "unit-removal"}
        told |= {"subject_id": self.unit, "adopted_on": f"{self.year}-{day}"}
        self.governance_tells("resolution.adopted.v1", resolution, told)
        return resolution

    def revoke(self, resolution: str, day: str) -> None:
        told = {"resolution_id": resolution, "matter": "unit-removal", "subject_id": self.unit, "standing": "revoked"}
        self.governance_tells("resolution.ended.v1", resolution, {**told, "ended_on": f"{self.year}-{day}"})

    def join(self) -> str:
        first17 = f"91140000M{int(new_id()) % 10**8:08d}"
        given = {"credit_code": first17 + check_character(first17), "tier": "director", "admitted_on": "2019-05-01"}
        return str(self.do("membership", "admit_unit", name="汾河信息公司", **given)["id"])

    def bill(self) -> Answer:
        invoice = self.do("membership", "issue_invoice", unit_id=self.unit, year=self.year)
        read = {"as_": self.accountant, "invoice_id": invoice["id"]}
        eventually(lambda: self.association.call("finance", "get_receivable", **read).status == 200)
        return invoice

    def pay(self, amount: str) -> Answer:
        paid = {"invoice_id": self.invoice, "amount": amount, "means": "bank"}
        return self.do("finance", "record_payment", self.cashier, **paid)

    def withdraw(self, last_day: str) -> None:
        self.do("membership", "withdraw_unit", id=self.unit, last_day=f"{self.year}-{last_day}")

    def stands(self, invoice: str, **figures: str) -> None:
        """Wait until both services say so of an invoice."""

        def seen() -> bool:
            ours = self.do("membership", "get_invoice", id=invoice)
            theirs = self.do("finance", "get_receivable", self.accountant, invoice_id=invoice)
            assert {name: ours[name] for name in figures} == figures
            assert [theirs[name] for name in ("reduced", "received", "owes")] == [
                ours[name] for name in ("reduced", "paid", "owes")
            ]
            return True

        eventually(seen)

    def standing(self) -> tuple[str, str]:
        found = self.do("membership", "get_standing", id=self.unit)
        return found["standing"], found["owes"]

    def balances(self) -> dict[str, str]:
        """What is on the accounts of dues for this year, after a look that the books balance."""
        days = {"since": f"{self.year}-01-01", "through": f"{self.year}-12-31"}
        balance = self.do("finance", "get_trial_balance", self.accountant, **days)
        assert balance["balanced"]
        return {line["account"]: line["balance"] for line in balance["lines"]}


@pytest.fixture
def flow(association: Association) -> Flow:
    return Flow(association)


def test_who_paid_the_year_and_leaves_in_june_has_half_of_it_to_its_credit(flow: Flow) -> None:
    slip = flow.pay("5000.00")["slip"]
    flow.at("06-10")
    flow.withdraw("06-30")
    flow.stands(flow.invoice, reduced="2500.00", paid="2500.00", owes="0.00", state="settled", slip=slip)
    assert flow.balances() == {BANK: "5000.00", RECEIVABLE: "0.00", ADVANCE: "2500.00", INCOME: "2500.00"}
    assert flow.standing() == ("good", "0.00")
    account = flow.do("membership", "get_dues_account", year=flow.year)["total"]
    names = ("invoiced", "reduced", "received", "credit", "paid", "owes")
    assert [account[name] for name in names] == ["5000.00", "2500.00", "5000.00", "2500.00", "2500.00", "0.00"]


@pytest.mark.rule(id="M4")
def test_who_paid_nothing_owes_half(flow: Flow) -> None:
    flow.at("06-10")
    flow.withdraw("06-30")
    flow.stands(flow.invoice, reduced="2500.00", paid="0.00", owes="2500.00", state="open")
    assert flow.balances() == {RECEIVABLE: "2500.00", INCOME: "2500.00"}
    assert flow.standing() == ("overdue", "2500.00")
    flow.at("08-01")
    last = flow.pay("2500.00")
    assert (last["owes"], last["credit"]) == ("0.00", "0.00")
    flow.stands(flow.invoice, paid="2500.00", owes="0.00", state="settled", slip=last["slip"])
    assert flow.standing() == ("good", "0.00")


@pytest.mark.rule(id="F12")
@pytest.mark.parametrize(
    ("paid", "owes", "advance", "standing"),
    [
        ("1000.00", "1500.00", None, "overdue"),
        ("2500.00", "0.00", None, "good"),
        ("4000.00", "0.00", "1500.00", "good"),
    ],
)
def test_who_paid_a_part(flow: Flow, paid: str, owes: str, advance: str | None, standing: str) -> None:
    flow.pay(paid)
    flow.at("06-10")
    flow.withdraw("06-30")
    flow.stands(flow.invoice, reduced="2500.00", owes=owes)
    kept = {ADVANCE: advance} if advance else {}
    assert flow.balances() == {BANK: paid, RECEIVABLE: owes, INCOME: "2500.00", **kept}
    eventually(lambda: flow.standing() == (standing, owes))
    if owes == "0.00":
        number = eventually(lambda: flow.do("membership", "get_invoice", id=flow.invoice)["slip"])
        slip = flow.do("finance", "get_collection_slip", flow.cashier, number=number)
        assert (slip["amount"], sum(float(part["amount"]) for part in slip["allocations"])) == ("2500.00", 2500)


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="X7")
def test_who_is_removed_and_comes_back_owes_each_month_as_a_member_once(flow: Flow) -> None:
    flow.pay("5000.00")
    flow.at("05-11")
    removal = flow.remove("05-10")
    flow.stands(flow.invoice, reduced="2916.67", paid="2083.33", owes="0.00")
    flow.at("09-02")
    flow.revoke(removal, "09-01")
    further = flow.bill()
    assert (further["amount"], further["first_month"], further["last_month"]) == ("1666.67", 9, 12)
    flow.stands(further["id"], reduced="0.00", paid="1666.67", owes="0.00", state="settled")
    flow.stands(flow.invoice, reduced="2916.67", paid="2083.33", owes="0.00")
    # Nine months of 5000.00, and the credit that is left of what was paid.
    assert flow.balances() == {BANK: "5000.00", RECEIVABLE: "0.00", ADVANCE: "1250.00", INCOME: "3750.00"}
    own = flow.do("membership", "get_unit_dues_account", id=flow.unit, year=flow.year)
    names = ("invoiced", "reduced", "received", "credit", "drawn", "paid", "owes")
    sums = ["6666.67", "2916.67", "5000.00", "2916.67", "1666.67", "3750.00", "0.00"]
    assert [own[name] for name in names] == sums
    profile = flow.do("membership", "get_profile", id=flow.unit)["dues"]
    assert [profile[name] for name in ("invoices", "invoiced", "reduced", "owes")] == [2, "6666.67", "2916.67", "0.00"]


# --- the books ---------------------------------------------------------------------------------------------

COUNTED = {
    "membership": {
        "invoice_reductions": "id invoice_id unit_id leaving_id year first_month last_month amount reduced_on",
        "dues_invoices": "owed_through reduced credit",
    },
    "finance": {
        "dues_reductions": "id invoice_id unit_id amount reduced_on voucher",
        "dues_releases": "reduction_id invoice_id payment_id amount slip",
        "receivables": "reduced owes",
    },
}
"""What is counted of reductions, by service, table and column."""
MARK = "leavers"


@pytest.fixture
def alone(postgres: EmbeddedPostgres, keys: Path, issuer: Keyring, tmp_path: Path) -> Iterator[Association]:
    """An association of the test's own, in which nobody was told what did not happen."""
    clock = "2551-01-10T09:00:00+08:00"
    with own_association(postgres, keys, issuer, tmp_path, mark=MARK, clock=clock) as running:
        yield running


def test_the_books_of_reductions_are_right_until_somebody_touches_a_row(
    alone: Association, postgres: EmbeddedPostgres
) -> None:
    flow = Flow(alone)
    flow.pay("4000.00")
    flow.at("06-10")
    flow.withdraw("06-30")
    flow.stands(flow.invoice, reduced="2500.00", owes="0.00", state="settled")
    eventually(lambda: flow.do("membership", "get_invoice", id=flow.invoice)["slip"])
    unsent = "SELECT 1 FROM chassis.outbox WHERE sent_at IS NULL"
    eventually(lambda: not any(alone.rows(name, unsent) for name in plugins()))
    alone.stop()

    with ExitStack() as rooms:
        sessions = {
            name: rooms.enter_context(spoiling(postgres.admin_url, f"{name}-{MARK}")).session for name in plugins()
        }
        # Governance knows nothing of what was told in its name here, and calls without a key leave none.
        looked_at = [plugins()["membership"], plugins()["finance"]]
        known = {finding.where for finding in findings_in(looked_at, sessions)}
        for service, tables in COUNTED.items():
            for table, columns in tables.items():
                for column in [None, *columns.split()]:
                    sessions[service].rollback()
                    with spoiling(postgres.admin_url, f"{service}-{MARK}") as spoiler:
                        place = spoiler.rows(table, "true")[0]
                        if column is None:
                            spoiler.take_away(table, place)
                        else:
                            spoiler.change(table, place, column)
                        found = findings_in(looked_at, {**sessions, service: spoiler.session})
                    assert {finding.where for finding in found} - known, (table, column)

"""Dues from the assembly's ballot to one slip: invoice, 4999.99, 0.01, good standing (G2, M3, M4, F7, F12)."""

import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.membership.units.rules import check_character
from shared.identity.keys import Keyring
from shared.store.base import new_id
from shared.store.embedded import EmbeddedPostgres
from shared.testing.association import Association, eventually
from shared.testing.services import own_association

pytestmark = [pytest.mark.rule(id="M3"), pytest.mark.rule(id="F12")]

_years = itertools.count(2151)


class Flow:
    """The secretariat and the cashier, in a year of the test's own, so that no other test's standard is in force."""

    def __init__(self, association: Association, year: int, day: str) -> None:
        self.association, self.year, self.day = association, year, day
        association.set_clock(f"{self.day}T09:00:00+08:00")
        self.clerk = association.person("clerk")
        self.cashier = association.person("cashier")
        self.accountant = association.person("accountant")
        self.administrator = association.person("administrator")

    def ask(self, service, operation, as_, **arguments):
        return self.association.call(service, operation, as_=as_, **arguments)

    def do(self, service, operation, as_, **arguments):
        answer = self.ask(service, operation, as_, **arguments)
        assert answer.problem is None, answer.problem
        return answer

    def ballot(self, present, yes):
        """The vote of the assembly of 100 delegates on a dues standard, by a count of paper ballots."""
        vote = self.vote(present, yes)
        assert vote.problem is None, vote.problem
        return vote

    def vote(self, present, yes):
        called = {"body": "assembly", "held_on": self.day, "roll": 100}
        meeting = self.do("governance", "call_meeting", self.clerk, **called)["id"]
        self.do("governance", "open_meeting", self.clerk, id=meeting, present=100)
        payload = {"amounts": [{"tier": "director", "amount": "5000.00"}], "effective_from": self.day}
        motion = {"matter": "dues-standard", "title": "会费标准", "payload": payload}
        put = self.do("governance", "put_motion", self.clerk, id=meeting, **motion)["id"]
        count = {"present": present, "issued": present, "returned": present, "invalid": 0, "abstained": 0}
        tellers = {"scrutineer": uuid.uuid4(), "counter": uuid.uuid4()}
        votes = {"yes": yes, "no": present - yes, "ballot": "secret", "tellers": tellers}
        return self.ask("governance", "vote_on_motion", self.clerk, id=put, **count, **votes)

    def standards(self):
        found = self.do("membership", "list_dues_standards", self.clerk, limit=200)["items"]
        return [standard for standard in found if standard["effective_from"] == self.day]

    def unit(self):
        first17 = f"91140000M{int(new_id()) % 10**8:08d}"
        given = {"name": "汾河信息公司", "credit_code": first17 + check_character(first17), "tier": "director"}
        return self.do("membership", "admit_unit", self.clerk, **given)["id"]

    def invoice(self, unit):
        """The invoice, once finance has taken it on."""
        invoice = self.do("membership", "issue_invoice", self.clerk, unit_id=unit, year=self.year)
        eventually(lambda: self.receivable(invoice["id"]).status == 200)
        return invoice

    def receivable(self, invoice):
        return self.ask("finance", "get_receivable", self.accountant, invoice_id=invoice)

    def pay(self, invoice, amount, key=None):
        return self.ask(
            "finance", "record_payment", self.cashier, invoice_id=invoice, amount=amount, means="bank", key=key
        )

    def stands(self, unit, standing, owes):
        """Wait until membership says so; whether that is good standing."""

        def seen():
            answer = self.do("membership", "get_standing", self.clerk, id=unit)
            assert (answer["standing"], answer["owes"]) == (standing, owes)
            return [answer["good"]]

        return eventually(seen)[0]

    def balances(self):
        """What is on the accounts of the dues flow in this year, after a look that the books balance."""
        days = {"since": f"{self.year}-01-01", "through": f"{self.year}-12-31"}
        balance = self.do("finance", "get_trial_balance", self.accountant, **days)
        assert balance["balanced"]
        assert balance["debit"] == balance["credit"]
        return {line["account"]: line["balance"] for line in balance["lines"]}

    def redeliver(self, service, type_, subject, listener):
        """Tell an event once more, and wait until ``listener`` has seen that it knows it."""
        (event,) = self.do(service, "list_events", self.administrator, type=type_, subject=subject)["items"]
        self.do(service, "redeliver_event", self.administrator, id=event["id"])

        def again():
            lines = [json.loads(line) for line in self.association.log.read_text().splitlines()]
            mine = [each for each in lines if each.get("event_id") == event["id"] and each.get("service") == listener]
            return [each["outcome"] for each in mine if "outcome" in each][-1:] == ["duplicate"]

        eventually(again)


@pytest.fixture
def flow(association: Association) -> Flow:
    year = next(_years)
    return Flow(association, year, f"{year}-03-20")


@pytest.mark.rule(id="G2")
def test_only_a_ballot_that_carries_makes_a_standard(flow):
    absent = flow.vote(66, 66)
    assert (absent.status, absent.problem["code"]) == (409, "no-quorum")
    assert flow.ballot(67, 33)["outcome"] == "rejected"
    passed = flow.ballot(67, 34)
    assert (passed["outcome"], passed["stamp"]) == ("adopted", None)
    (standard,) = eventually(flow.standards)
    assert standard["resolution_id"] == passed["resolution"]["id"]


@pytest.mark.rule(id="X1")
@pytest.mark.rule(id="M4")
@pytest.mark.rule(id="F7")
def test_from_the_ballot_to_one_slip(flow):
    passed = flow.ballot(68, 34)
    assert passed["stamp"]["zh"] == "恰为半数"
    (standard,) = eventually(flow.standards)
    assert standard["resolution"] == passed["resolution"]["number"]
    unit = flow.unit()
    assert flow.stands(unit, "good", "0.00")
    invoice = flow.invoice(unit)
    assert (invoice["amount"], invoice["standard_id"]) == ("5000.00", standard["id"])

    assert flow.pay(invoice["id"], "4999.99")["owes"] == "0.01"
    assert not flow.stands(unit, "owing", "0.01")
    assert flow.receivable(invoice["id"])["slip"] is None
    last = flow.pay(invoice["id"], "0.01")
    assert flow.stands(unit, "good", "0.00")

    slip = flow.do("finance", "get_collection_slip", flow.cashier, number=last["slip"])
    assert (slip["amount"], slip["mark"]["zh"], len(slip["allocations"])) == ("5000.00", "非票据", 2)
    assert flow.do("finance", "print_collection_slip", flow.cashier, number=last["slip"]).content.startswith(b"%PDF-")
    eventually(lambda: flow.do("membership", "get_invoice", flow.clerk, id=invoice["id"])["slip"] == last["slip"])
    balances = flow.balances()
    assert balances["112101"] == "0.00"
    assert (balances["1002"], balances["420101"]) == ("5000.00", "5000.00")

    # 5000.00 twice would show here: each of the events of the flow comes a second time.
    subject = f"receivable/{invoice['id']}"
    resolution = f"resolution/{passed['resolution']['id']}"
    flow.redeliver("governance", "resolution.adopted.v1", resolution, "membership")
    flow.redeliver("membership", "invoice.issued.v1", f"invoice/{invoice['id']}", "finance")
    flow.redeliver("finance", "receivable.settled.v1", subject, "membership")
    assert flow.balances() == balances
    assert len(flow.standards()) == 1
    assert flow.stands(unit, "good", "0.00")


@pytest.mark.rule(id="M4")
def test_after_the_last_day_to_pay_one_fen_is_overdue(flow):
    flow.ballot(68, 34)
    eventually(flow.standards)
    unit = flow.unit()
    invoice = flow.invoice(unit)
    flow.association.set_clock(f"{flow.year}-06-30T09:00:00+08:00")
    flow.pay(invoice["id"], "4999.99")
    assert not flow.stands(unit, "overdue", "0.01")
    flow.pay(invoice["id"], "0.01")
    assert flow.stands(unit, "good", "0.00")


@pytest.fixture
def fragile(
    postgres: EmbeddedPostgres, keys: Path, issuer: Keyring, tmp_path: Path
) -> Iterator[tuple[Association, Callable[[], None]]]:
    """An association of the test's own, and how to cut its power and start it again on what is left."""
    clock = "2021-04-01T09:00:00+08:00"
    with own_association(postgres, keys, issuer, tmp_path, mark="dues", clock=clock) as running:

        def cut() -> None:
            running.kill()
            running.start()

        yield running, cut


@pytest.mark.rule(id="M4")
def test_killed_after_every_step_it_ends_where_it_would_have(fragile):
    association, cut = fragile
    flow = Flow(association, 2021, "2021-04-01")
    flow.ballot(68, 34)
    cut()
    eventually(flow.standards)
    unit = flow.unit()
    invoice = flow.do("membership", "issue_invoice", flow.clerk, unit_id=unit, year=flow.year)
    cut()
    eventually(lambda: flow.receivable(invoice["id"]).status == 200)
    first = flow.pay(invoice["id"], "4999.99", "first")
    cut()
    # The cashier has not seen the answer and sends it again.
    assert flow.pay(invoice["id"], "4999.99", "first").body == first.body
    assert not flow.stands(unit, "owing", "0.01")
    last = flow.pay(invoice["id"], "0.01", "last")
    cut()
    assert flow.stands(unit, "good", "0.00")
    assert last["slip"] == "收-2021-0001"
    eventually(lambda: flow.do("membership", "get_invoice", flow.clerk, id=invoice["id"])["slip"] == last["slip"])
    assert flow.balances() == {"1002": "5000.00", "112101": "0.00", "420101": "5000.00"}
    assert association.rows("finance", "SELECT count(*) AS of FROM vouchers") == [{"of": 3}]
    assert association.rows("finance", "SELECT count(*) AS of FROM collection_slips") == [{"of": 1}]


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("amount", ["3000.005", "1e5", "３０００", "-1", 3000.005, -1])
def test_what_is_no_amount_leaves_everything_as_it_is(flow, amount):
    flow.ballot(68, 34)
    eventually(flow.standards)
    unit = flow.unit()
    invoice = flow.invoice(unit)
    before = flow.receivable(invoice["id"]).body, flow.balances()
    assert flow.pay(invoice["id"], amount).status == 422
    assert (flow.receivable(invoice["id"]).body, flow.balances()) == before


def test_a_payment_sent_twice_under_one_key_is_one_payment(flow):
    flow.ballot(68, 34)
    eventually(flow.standards)
    unit = flow.unit()
    invoice = flow.invoice(unit)
    key = str(uuid.uuid4())
    assert flow.pay(invoice["id"], "4999.99", key).body == flow.pay(invoice["id"], "4999.99", key).body
    assert flow.balances()["1002"] == "4999.99"
    assert not flow.stands(unit, "owing", "0.01")

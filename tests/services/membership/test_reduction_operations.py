"""Invoices of units that leave, through the bus: reduced by months, told, followed as finance answers (M3, M4, X7)."""

import itertools
import json
from typing import Any

import pytest

from shared.testing.association import Answer, eventually

Desk = Any

_years = itertools.count(2521)


class Leaver:
    """A unit and its invoice in a year of the test's own, where the standard has units pay by month when they leave."""

    def __init__(self, desk: Desk, **standard: Any) -> None:
        self.desk, self.year = desk, next(_years)
        self.at("01-10")
        desk.resolve(f"{self.year}-01-01", **{"dues_leaving": "by_month", **standard})
        self.unit = desk.unit(admitted_on=f"{self.year - 3}-05-01")
        self.invoice_id = desk.invoice(self.unit, self.year)

    def at(self, day: str) -> str:
        self.desk.at(f"{self.year}-{day}")
        return f"{self.year}-{day}"

    def leave(self, last_day: str) -> None:
        """It withdraws; membership has settled that when this returns."""
        left = self.desk.do("withdraw_unit", id=self.unit, last_day=f"{self.year}-{last_day}")
        assert left.status == 200, left.problem
        self.settled()

    def settled(self) -> None:
        """Everything that membership told of the unit it has heard itself."""
        told = f"SELECT event_id FROM chassis.outbox WHERE type = 'unit.left.v1' AND subject = 'unit/{self.unit}'"
        heard = "SELECT event_id FROM chassis.inbox WHERE type = 'unit.left.v1' AND state = 'done'"

        def caught_up() -> bool:
            ours, done = (
                {str(row["event_id"]) for row in self.desk.association.rows("membership", sql)} for sql in (told, heard)
            )
            return bool(ours) and ours <= done

        eventually(caught_up)

    def invoice(self, id: str | None = None) -> Answer:
        found: Answer = self.desk.do("get_invoice", id=id or self.invoice_id)
        return found

    def reductions(self, as_: Any = None, **wanted: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.desk.do("list_invoice_reductions", as_, **wanted)["items"]
        return items

    def told(self) -> list[dict[str, Any]]:
        query = (
            "SELECT body FROM chassis.outbox WHERE type = 'invoice.reduced.v1' "
            f"AND subject = 'invoice/{self.invoice_id}' ORDER BY position"
        )
        return [json.loads(row["body"]) for row in self.desk.association.rows("membership", query)]

    def pay(self, amount: str, invoice: str | None = None) -> None:
        """Money that comes to finance; membership has heard of it when this returns."""
        association, id = self.desk.association, invoice or self.invoice_id
        read = {"as_": association.person("accountant"), "invoice_id": id}
        eventually(lambda: association.call("finance", "get_receivable", **read).status == 200)
        paid = {"as_": association.person("cashier"), "invoice_id": id, "amount": amount, "means": "bank"}
        owes = association.call("finance", "record_payment", **paid)["owes"]
        eventually(lambda: self.invoice(id)["owes"] == owes)

    def answered(self, reduced: str) -> Answer:
        """The invoice, once finance has answered that it is reduced by so much."""
        return eventually(lambda: found if (found := self.invoice())["reduced"] == reduced else None)

    def standing(self) -> tuple[str, str]:
        answer = self.desk.do("get_standing", id=self.unit)
        return answer["standing"], answer["owes"]


@pytest.fixture
def leaver(desk: Desk) -> Leaver:
    return Leaver(desk)


@pytest.mark.rule(id="M3")
@pytest.mark.rule(id="X7")
def test_an_invoice_is_reduced_to_the_months_as_a_member_and_keeps_its_amount(leaver: Leaver) -> None:
    today = leaver.at("06-10")
    leaver.leave("06-30")
    (reduction,) = leaver.reductions(unit_id=leaver.unit)
    assert (reduction["amount"], reduction["first_month"], reduction["last_month"]) == ("2500.00", 1, 6)
    assert (reduction["invoice_id"], reduction["year"], reduction["reduced_on"]) == (
        leaver.invoice_id,
        leaver.year,
        today,
    )
    assert leaver.desk.do("get_invoice_reduction", id=reduction["id"]).body == reduction
    assert leaver.told() == [
        {
            "reduction_id": reduction["id"],
            "invoice_id": leaver.invoice_id,
            "unit_id": leaver.unit,
            "leaving_id": reduction["leaving_id"],
            "year": leaver.year,
            "amount": "2500.00",
            "owed_through": 6,
            "reduced_on": today,
        }
    ]
    invoice = leaver.invoice()
    assert (invoice["amount"], invoice["first_month"], invoice["last_month"]) == ("5000.00", 1, 12)
    assert invoice["owed_through"] == 6
    invoice = leaver.answered("2500.00")
    assert (invoice["amount"], invoice["paid"], invoice["owes"]) == ("5000.00", "0.00", "2500.00")


@pytest.mark.rule(id="M4")
def test_what_a_unit_that_left_owes_and_how_it_stands_follows_from_finance(leaver: Leaver) -> None:
    leaver.pay("1000.00")
    leaver.at("06-10")
    assert leaver.standing() == ("overdue", "4000.00")
    leaver.leave("06-30")
    invoice = leaver.answered("2500.00")
    assert (invoice["paid"], invoice["owes"], invoice["state"]) == ("1000.00", "1500.00", "open")
    assert leaver.standing() == ("overdue", "1500.00")
    bands = leaver.desk.do("list_aged_invoices")["items"]
    assert [line["owes"] for line in bands if line["id"] == leaver.invoice_id] == ["1500.00"]
    leaver.pay("1500.00")
    assert leaver.standing() == ("good", "0.00")
    late = {"invoice_id": leaver.invoice_id, "unit_id": leaver.unit, "amount": "1000.00", "owes": "4000.00"}
    leaver.desk.tell("finance", "receivable.payment-received.v1", f"receivable/{leaver.invoice_id}", **late)
    assert leaver.standing() == ("good", "0.00"), "a payment told late opens nothing again"
    own = leaver.desk.do("get_unit_dues_account", id=leaver.unit, year=leaver.year)
    assert (own["received"], own["credit"]) == ("2500.00", "0.00"), "one from before credit was told has none"


@pytest.mark.rule(id="M3")
def test_nothing_is_reduced_where_nothing_is_given_back(desk: Desk) -> None:
    leaver = Leaver(desk, dues_leaving=None)
    leaver.leave("06-30")
    assert leaver.reductions(unit_id=leaver.unit) == []
    assert leaver.invoice()["owed_through"] == 12


@pytest.mark.rule(id="M3")
def test_an_invoice_made_for_the_months_until_the_unit_leaves_is_not_reduced(leaver: Leaver) -> None:
    unit = leaver.desk.unit(admitted_on=f"{leaver.year}-01-01")
    leaver.desk.do("withdraw_unit", id=unit, last_day=f"{leaver.year}-06-30")
    invoice = leaver.invoice(leaver.desk.invoice(unit, leaver.year))
    assert (invoice["amount"], invoice["last_month"], invoice["owed_through"]) == ("2500.00", 6, 6)
    leaver.leave("06-30")
    assert leaver.reductions(unit_id=unit) == []


@pytest.mark.rule(id="M3")
def test_an_invoice_of_a_year_that_the_unit_was_no_member_in_is_reduced_to_nothing(
    leaver: Leaver, council: Any
) -> None:
    council.adopts("unit-removal", leaver.unit, f"{leaver.year - 1}-12-20")
    leaver.settled()
    (reduction,) = leaver.reductions(unit_id=leaver.unit)
    assert (reduction["amount"], reduction["first_month"], reduction["last_month"]) == ("5000.00", 1, 0)
    invoice = leaver.answered("5000.00")
    assert (invoice["state"], invoice["reduced"], invoice["paid"], invoice["slip"]) == (
        "settled",
        "5000.00",
        "0.00",
        None,
    )
    assert leaver.standing() == ("good", "0.00")


@pytest.mark.rule(id="M1")
@pytest.mark.rule(id="M3")
def test_a_unit_that_comes_back_is_invoiced_for_the_months_since_and_for_no_month_twice(
    leaver: Leaver, council: Any
) -> None:
    leaver.at("05-11")
    resolution = council.adopts("unit-removal", leaver.unit, f"{leaver.year}-05-10")
    leaver.settled()
    leaver.at("09-02")
    council.ends(resolution, "unit-removal", leaver.unit, f"{leaver.year}-09-01")
    again = leaver.desk.do("issue_invoice", unit_id=leaver.unit, year=leaver.year)
    assert (again["amount"], again["first_month"], again["last_month"], again["part"]) == ("1666.67", 9, 12, 2)
    assert again["due_on"] > f"{leaver.year}-09-02", "there is time to pay it"
    first = leaver.invoice()
    assert (first["owed_through"], first["part"]) == (5, 1)
    refused = leaver.desk.do("issue_invoice", unit_id=leaver.unit, year=leaver.year)
    assert refused.problem is not None
    assert refused.problem["code"] == "invoice-issued"

    leaver.at("10-05")
    leaver.leave("10-31")
    later, earlier = leaver.reductions(unit_id=leaver.unit)
    assert (earlier["amount"], earlier["invoice_id"]) == ("2916.67", first["id"])
    assert (later["amount"], later["invoice_id"], later["last_month"]) == ("833.33", again["id"], 10)


@pytest.mark.rule(id="M3")
def test_a_run_invoices_a_unit_that_came_back_once_more_and_once_only(leaver: Leaver, council: Any) -> None:
    leaver.at("05-11")
    resolution = council.adopts("unit-removal", leaver.unit, f"{leaver.year}-05-10")
    leaver.settled()
    leaver.at("09-02")
    council.ends(resolution, "unit-removal", leaver.unit, f"{leaver.year}-09-01")

    def run() -> tuple[str, str]:
        started = leaver.desk.do("start_billing_run", year=leaver.year, preview=False)
        eventually(lambda: leaver.desk.do("get_billing_run", id=started["id"])["ended_at"], within=60)
        mine = f"SELECT outcome, invoice_id FROM billing_lines WHERE run_id = '{started['id']}'"
        (line,) = leaver.desk.association.rows("membership", f"{mine} AND unit_id = '{leaver.unit}'")
        return line["outcome"], str(line["invoice_id"])

    outcome, invoice = run()
    assert outcome == "invoiced"
    assert leaver.invoice(invoice)["first_month"] == 9
    assert run() == ("already", invoice)


@pytest.mark.rule(id="M3")
def test_the_account_of_the_year_shows_what_was_reduced_and_what_is_credit(leaver: Leaver) -> None:
    leaver.pay("5400.00")
    first, leaver.year = leaver.year, next(_years)
    leaver.at("01-10")
    leaver.desk.resolve(f"{leaver.year}-01-01", dues_leaving="by_month")
    leaver.invoice_id = leaver.desk.invoice(leaver.unit, leaver.year)
    leaver.pay("4700.00")
    leaver.at("06-10")
    leaver.leave("06-30")
    leaver.answered("2500.00")
    before = leaver.desk.do("get_unit_dues_account", id=leaver.unit, year=first)
    assert (before["received"], before["credit"], before["paid"]) == ("5400.00", "400.00", "5000.00")
    account = leaver.desk.do("get_dues_account", year=leaver.year)["total"]
    own = leaver.desk.do("get_unit_dues_account", id=leaver.unit, year=leaver.year)
    shown = {
        "invoiced": "5000.00",
        "reduced": "2500.00",
        "received": "4700.00",
        "credit": "2600.00",
        "drawn": "400.00",
        "paid": "2500.00",
        "owes": "0.00",
    }
    assert {name: own[name] for name in shown} == shown
    assert account == {**shown, "units": 1, "owing": 0}
    assert leaver.desk.do("print_dues_account", year=leaver.year).status == 200


@pytest.mark.rule(id="M2")
@pytest.mark.rule(id="M11")
def test_who_reads_reductions(leaver: Leaver) -> None:
    leaver.leave("06-30")
    (reduction,) = leaver.reductions(unit_id=leaver.unit)
    association = leaver.desk.association
    own = association.person("representative", unit=leaver.unit)
    assert leaver.reductions(own) == [reduction]
    stranger = association.person("representative", unit=leaver.desk.unit())
    assert leaver.reductions(stranger, unit_id=leaver.unit) == []
    assert leaver.desk.do("get_invoice_reduction", stranger, id=reduction["id"]).status == 404
    assert leaver.desk.do("list_invoice_reductions", association.person("editor")).status == 403

"""Dues in finance through the bus: taken on, paid in parts, settled, one slip, balanced books (M3, F7, F12, X2)."""

import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.finance.dues.capitals import capitals
from shared.store.base import new_id
from shared.testing.association import Answer, Association, eventually

CLOCK = "2021-04-01T09:00:00+08:00"
ISSUED, REDUCED = "invoice.issued.v1", "invoice.reduced.v1"


class Invoice:
    """An invoice as finance hears of it, and what finance made of that."""

    def __init__(self, association: Association, amount: str = "5000.00", unit: str | None = None) -> None:
        self.association = association
        self.cashier = association.person("cashier")
        self.accountant = association.person("accountant")
        self.id, self.unit, self.amount = str(new_id()), unit or str(new_id()), amount

    def tell(self, *, event_id: str | None = None, state: str = "done", **changed: Any) -> str:
        """Put the event on the bus as membership would, and wait until finance has settled it so."""
        event_id = event_id or str(uuid.uuid4())
        told = {
            "invoice_id": self.id,
            "unit_id": self.unit,
            "year": 2021,
            "tier": "director",
            "amount": self.amount,
            "issued_on": "2021-04-01",
            "due_on": "2021-05-31",
            "standard_id": str(uuid.uuid4()),
            **changed,
        }
        self._told(ISSUED, told, event_id, state)
        return event_id

    def reduce(self, amount: str, reduction: str | None = None, *, state: str = "done", **changed: Any) -> str:
        """A reduction of it as membership tells it, settled by finance so when this returns; its id."""
        reduction = reduction or str(new_id())
        told = {
            "reduction_id": reduction,
            "invoice_id": self.id,
            "unit_id": self.unit,
            "leaving_id": str(new_id()),
            "year": 2021,
            "amount": amount,
            "owed_through": 6,
            "reduced_on": "2021-04-01",
            **changed,
        }
        self._told(REDUCED, told, str(uuid.uuid4()), state)
        return reduction

    def _told(self, type_: str, told: dict[str, Any], event_id: str, state: str) -> None:
        attributes = {
            "specversion": "1.0",
            "id": event_id,
            "source": "membership",
            "type": type_,
            "time": CLOCK,
            "subject": f"invoice/{self.id}",
        }
        headers = {f"cloudEvents_{name}": value for name, value in attributes.items()}
        self.association.publish("membership.events", type_, json.dumps(told).encode(), headers=headers)
        row = f"SELECT 1 FROM chassis.inbox WHERE event_id = '{event_id}' AND state = '{state}'"
        eventually(lambda: self.association.rows("finance", row))

    def pay(self, amount: Any, *, means: str = "bank", key: str | None = None, **given: Any) -> Answer:
        arguments = {"invoice_id": self.id, "amount": amount, "means": means, **given}
        return self.association.call("finance", "record_payment", as_=self.cashier, key=key, **arguments)

    def read(self) -> Answer:
        return self.association.call("finance", "get_receivable", as_=self.accountant, invoice_id=self.id)

    def vouchers(self) -> dict[str, list[tuple[str, int, int]]]:
        """Every entry that this invoice and its payments led to, by the kind of source."""
        rows = self.association.rows(
            "finance",
            "SELECT v.source_kind, e.account, e.debit, e.credit FROM vouchers v JOIN voucher_entries e "
            f"ON e.voucher_id = v.id WHERE v.source_id = '{self.id}' OR v.source_id IN "
            f"(SELECT id FROM dues_payments WHERE invoice_id = '{self.id}' UNION "
            f"SELECT id FROM dues_reductions WHERE invoice_id = '{self.id}') "
            "ORDER BY v.posted_at, v.number, e.position",
        )
        found: dict[str, list[tuple[str, int, int]]] = {}
        for row in rows:
            found.setdefault(row["source_kind"], []).append((row["account"], row["debit"], row["credit"]))
        return found

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        rows = self.association.rows(
            "finance", f"SELECT type, body FROM chassis.outbox WHERE subject = 'receivable/{self.id}' ORDER BY position"
        )
        return [(row["type"], json.loads(row["body"])) for row in rows]

    def state(self) -> Any:
        """Everything that must not move when something is refused or told twice."""
        # Only the series of this file's clock: what other tests set off may still be on its way.
        counters = self.association.rows(
            "finance",
            "SELECT series, last FROM chassis.counters"
            " WHERE series IN ('voucher/2021-04', 'collection-slip/2021') ORDER BY series",
        )
        return self.read().body, self.vouchers(), self.told(), counters


@pytest.fixture
def invoice(association: Association) -> Invoice:
    association.set_clock(CLOCK)
    heard = Invoice(association)
    heard.tell()
    return heard


def refusal(answer: Answer) -> tuple[int, str | None, str]:
    assert answer.problem is not None, answer.body
    return answer.status, answer.problem.get("rule"), answer.problem["code"]


@pytest.mark.rule(id="F7")
def test_an_invoice_is_a_receivable_and_income(invoice: Invoice) -> None:
    receivable = invoice.read()
    assert (receivable["amount"], receivable["owes"], receivable["state"]) == ("5000.00", "5000.00", "open")
    assert (receivable["due_on"], receivable["slip"], receivable["allocations"]) == ("2021-05-31", None, [])
    assert invoice.vouchers() == {"dues_invoice": [("112101", 500_000, 0), ("420101", 0, 500_000)]}
    voucher = invoice.association.call("finance", "get_voucher", as_=invoice.accountant, number=receivable["voucher"])
    assert (voucher["day"], voucher["summary"], voucher["total"]) == ("2021-04-01", "2021年度应收会费", "5000.00")
    assert invoice.told() == []


@pytest.mark.rule(id="M3")
def test_an_invoice_heard_twice_counts_once(invoice: Invoice) -> None:
    event = invoice.tell()
    before = invoice.state()
    invoice.tell(event_id=event)
    invoice.tell()
    assert invoice.state() == before


@pytest.mark.rule(id="X7")
@pytest.mark.parametrize("changed", [{"amount": "5000.01"}, {"unit_id": str(uuid.uuid4())}])
def test_an_invoice_that_says_something_else_later_is_a_dead_letter(invoice: Invoice, changed: dict[str, str]) -> None:
    before = invoice.state()
    invoice.tell(state="dead", **changed)
    assert invoice.state() == before


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("amount", ["0.00", "3000.005", "1e5", "３０００", "-1", 3000])
def test_an_invoice_of_no_amount_is_never_taken_on(association: Association, amount: Any) -> None:
    association.set_clock(CLOCK)
    heard = Invoice(association)
    heard.tell(state="dead", amount=amount)
    assert heard.read().status == 404


@pytest.mark.rule(id="F12")
def test_two_payments_settle_it_with_one_slip(invoice: Invoice) -> None:
    first = invoice.pay("4999.99")
    assert first.status == 201
    assert (first["applied"], first["credit"], first["owes"], first["slip"]) == ("4999.99", "0.00", "0.01", None)
    second = invoice.pay("0.01", means="cash")
    assert (second["owes"], second["credit"]) == ("0.00", "0.00")
    assert re.fullmatch(r"收-2021-\d{4,}", second["slip"])
    read = invoice.read()
    assert (read["received"], read["owes"], read["state"], read["slip"]) == (
        "5000.00",
        "0.00",
        "settled",
        second["slip"],
    )
    assert [(part["amount"], part["means"]) for part in read["allocations"]] == [("4999.99", "bank"), ("0.01", "cash")]
    assert invoice.vouchers()["dues_payment"] == [
        ("1002", 499_999, 0),
        ("112101", 0, 499_999),
        ("1001", 1, 0),
        ("112101", 0, 1),
    ]
    ids = {"invoice_id": invoice.id, "unit_id": invoice.unit}
    assert invoice.told() == [
        (
            "receivable.payment-received.v1",
            {**ids, "payment_id": first["id"], "amount": "4999.99", "credit": "0.00", "owes": "0.01"},
        ),
        (
            "receivable.payment-received.v1",
            {**ids, "payment_id": second["id"], "amount": "0.01", "credit": "0.00", "owes": "0.00"},
        ),
        ("receivable.settled.v1", {**ids, "slip": second["slip"]}),
    ]
    slip = invoice.association.call("finance", "get_collection_slip", as_=invoice.cashier, number=second["slip"])
    assert (slip["amount"], slip["invoice_id"], slip["mark"]["zh"]) == ("5000.00", invoice.id, "非票据")
    assert [part["amount"] for part in slip["allocations"]] == ["4999.99", "0.01"]


@pytest.mark.rule(id="F7")
def test_debits_equal_credits_whatever_was_paid(invoice: Invoice) -> None:
    for amount in ("1234.56", "9999.99", "0.01"):
        assert invoice.pay(amount).status == 201
    balance = invoice.association.call("finance", "get_trial_balance", as_=invoice.accountant)
    assert balance["balanced"] is True
    assert balance["debit"] == balance["credit"]


@pytest.mark.rule(id="F12")
def test_slips_and_vouchers_have_no_gaps(association: Association) -> None:
    association.set_clock(CLOCK)
    slips = []
    for _ in range(2):
        heard = Invoice(association, "10.00")
        heard.tell()
        assert heard.pay("-1").status == 422
        assert heard.pay("0").status == 409
        slips.append(int(heard.pay("10.00")["slip"].rpartition("-")[2]))
    assert slips[1] == slips[0] + 1
    numbers = association.rows("finance", "SELECT number FROM vouchers WHERE period = '2021-04'")
    serials = sorted(int(row["number"].rpartition("-")[2]) for row in numbers)
    assert serials == list(range(1, len(serials) + 1))


@pytest.mark.rule(id="M3")
def test_overpayment_is_credit_and_settles_the_next_invoice(invoice: Invoice) -> None:
    paid = invoice.pay("12000.00")
    assert (paid["applied"], paid["credit"], paid["owes"]) == ("5000.00", "7000.00", "0.00")
    assert invoice.vouchers()["dues_payment"] == [("1002", 1_200_000, 0), ("112101", 0, 500_000), ("2203", 0, 700_000)]
    following = Invoice(invoice.association, unit=invoice.unit)
    following.tell(year=2022)
    read = following.read()
    assert (read["owes"], read["state"], read["allocations"][0]["payment_id"]) == ("0.00", "settled", paid["id"])
    assert following.vouchers()["dues_credit"] == [("2203", 500_000, 0), ("112101", 0, 500_000)]
    assert [type_ for type_, _ in following.told()] == ["receivable.credit-used.v1", "receivable.settled.v1"]
    third = Invoice(invoice.association, unit=invoice.unit)
    third.tell(year=2023)
    assert (third.read()["owes"], third.read()["slip"]) == ("3000.00", None)
    ((type_, body),) = third.told()
    assert (type_, body["amount"], body["owes"]) == ("receivable.credit-used.v1", "2000.00", "3000.00")
    stranger = Invoice(invoice.association)
    stranger.tell()
    assert stranger.read()["owes"] == "5000.00"


@pytest.mark.rule(id="M3")
def test_what_is_paid_on_a_settled_invoice_is_all_credit(invoice: Invoice) -> None:
    slip = invoice.pay("5000.00")["slip"]
    more = invoice.pay("1.00")
    assert (more["applied"], more["credit"], more["owes"], more["slip"]) == ("0.00", "1.00", "0.00", slip)
    assert [type_ for type_, _ in invoice.told()].count("receivable.settled.v1") == 1


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("amount", ["3000.005", 3000.005, "1e5", "３０００", "-1", -1, 3000, "", None, "1,000.00"])
def test_what_is_no_amount_is_refused_and_changes_nothing(invoice: Invoice, amount: Any) -> None:
    before = invoice.state()
    answer = invoice.pay(amount)
    assert answer.status == 422
    assert answer.problem is not None
    assert set(answer.problem["errors"]) == {"amount"}
    assert invoice.state() == before


@pytest.mark.rule(id="X6")
@pytest.mark.parametrize(
    ("given", "rule", "code"),
    [
        ({"amount": "0.00"}, "X2", "amount"),
        ({"amount": "1.00", "received_on": "2021-04-02"}, "F12", "received-later"),
        ({"amount": "1.00", "received_on": "2004-12-31"}, "X4", "no-terms"),
    ],
)
def test_a_payment_against_the_rules_changes_nothing(
    invoice: Invoice, given: dict[str, str], rule: str, code: str
) -> None:
    before = invoice.state()
    assert refusal(invoice.pay(**given)) == (409, rule, code)
    assert invoice.state() == before


def test_a_payment_is_dated_and_posted_on_the_day_the_money_came(invoice: Invoice) -> None:
    paid = invoice.pay("1.00", received_on="2021-03-31")
    assert paid["received_on"] == "2021-03-31"
    assert paid["voucher"].startswith("记-2021-03-")


def test_one_key_is_one_payment(invoice: Invoice) -> None:
    key = str(uuid.uuid4())
    first = invoice.pay("4999.99", key=key)
    before = invoice.state()
    assert invoice.pay("4999.99", key=key).body == first.body
    assert refusal(invoice.pay("0.01", key=key)) == (409, None, "idempotency-conflict")
    assert invoice.state() == before


@pytest.mark.rule(id="F12")
def test_two_who_settle_it_at_once_make_one_slip_and_credit(invoice: Invoice) -> None:
    with ThreadPoolExecutor(4) as pool:
        paid = list(pool.map(invoice.pay, ["5000.00"] * 4))
    assert [answer.status for answer in paid] == [201] * 4
    assert sorted(answer["applied"] for answer in paid) == ["0.00", "0.00", "0.00", "5000.00"]
    assert len({answer["slip"] for answer in paid}) == 1
    assert [type_ for type_, _ in invoice.told()].count("receivable.settled.v1") == 1


# --- reductions ---------------------------------------------------------------------------------------------


def figures(invoice: Invoice) -> tuple[str, str, str, str]:
    read = invoice.read()
    return read["reduced"], read["received"], read["owes"], read["state"]


def reductions_told(invoice: Invoice) -> list[tuple[str, str, str, str]]:
    names = ("amount", "released", "owes", "credit")
    return [
        (body["amount"], body["released"], body["owes"], body["credit"])
        for type_, body in invoice.told()
        if type_ == "receivable.reduced.v1" and set(names) < set(body)
    ]


@pytest.mark.rule(id="M3")
@pytest.mark.rule(id="F7")
def test_what_is_reduced_and_was_not_paid_is_owed_no_more(invoice: Invoice) -> None:
    invoice.reduce("2500.00")
    assert figures(invoice) == ("2500.00", "0.00", "2500.00", "open")
    assert invoice.vouchers()["dues_reduction"] == [("420101", 250_000, 0), ("112101", 0, 250_000)]
    assert reductions_told(invoice) == [("2500.00", "0.00", "2500.00", "0.00")]
    slip = invoice.pay("2500.00")["slip"]
    assert figures(invoice) == ("2500.00", "2500.00", "0.00", "settled")
    made = invoice.association.call("finance", "get_collection_slip", as_=invoice.cashier, number=slip)
    assert made["amount"] == "2500.00"


@pytest.mark.rule(id="M3")
@pytest.mark.rule(id="F12")
@pytest.mark.rule(id="X7")
def test_what_was_paid_of_it_is_the_units_credit_and_the_slip_stays(invoice: Invoice) -> None:
    first, last = invoice.pay("3000.00"), invoice.pay("2000.00", means="cash")
    before = invoice.association.call("finance", "get_collection_slip", as_=invoice.cashier, number=last["slip"])
    invoice.reduce("2500.00")
    assert figures(invoice) == ("2500.00", "2500.00", "0.00", "settled")
    assert invoice.vouchers()["dues_reduction"] == [("420101", 250_000, 0), ("2203", 0, 250_000)]
    assert reductions_told(invoice) == [("2500.00", "2500.00", "0.00", "2500.00")]
    kept = "SELECT payment_id, amount FROM {} WHERE invoice_id = '{}' ORDER BY payment_id"
    rows = [invoice.association.rows("finance", kept.format(name, invoice.id)) for name in TABLES]
    allocated, released = ({str(row["payment_id"]): row["amount"] for row in each} for each in rows)
    assert allocated == {first["id"]: 300_000, last["id"]: 200_000}, "what settled it once is on file for good"
    assert released == {first["id"]: 50_000, last["id"]: 200_000}, "the latest goes first"
    read = invoice.read()
    assert [(part["payment_id"], part["amount"]) for part in read["allocations"]] == [(first["id"], "2500.00")]
    slip = invoice.association.call("finance", "get_collection_slip", as_=invoice.cashier, number=last["slip"])
    assert slip.body == before.body
    assert (slip["amount"], read["slip"]) == ("5000.00", slip["number"])

    following = Invoice(invoice.association, "1000.00", unit=invoice.unit)
    following.tell(year=2022)
    assert figures(following) == ("0.00", "1000.00", "0.00", "settled")
    assert following.vouchers()["dues_credit"] == [("2203", 100_000, 0), ("112101", 0, 100_000)]


TABLES = ("dues_allocations", "dues_releases")


@pytest.mark.rule(id="F12")
def test_a_reduction_that_settles_it_brings_a_slip_for_what_was_received(invoice: Invoice) -> None:
    invoice.pay("4000.00")
    invoice.reduce("2500.00")
    assert figures(invoice) == ("2500.00", "2500.00", "0.00", "settled")
    entries = [("420101", 250_000, 0), ("112101", 0, 100_000), ("2203", 0, 150_000)]
    assert invoice.vouchers()["dues_reduction"] == entries
    number = invoice.read()["slip"]
    slip = invoice.association.call("finance", "get_collection_slip", as_=invoice.cashier, number=number)
    assert (slip["amount"], [part["amount"] for part in slip["allocations"]]) == ("2500.00", ["2500.00"])
    types = [type_ for type_, _ in invoice.told()]
    assert types == ["receivable.payment-received.v1", "receivable.reduced.v1", "receivable.settled.v1"]
    invoice.reduce("1000.00")
    again = invoice.association.call("finance", "get_collection_slip", as_=invoice.cashier, number=number)
    assert again.body == slip.body
    assert figures(invoice) == ("3500.00", "1500.00", "0.00", "settled")


@pytest.mark.rule(id="F12")
def test_there_is_no_slip_where_nothing_was_received(invoice: Invoice) -> None:
    invoice.reduce("5000.00")
    assert figures(invoice) == ("5000.00", "0.00", "0.00", "settled")
    assert [type_ for type_, _ in invoice.told()] == ["receivable.reduced.v1"]
    paid = invoice.pay("10.00")
    assert (paid["applied"], paid["credit"], paid["slip"]) == ("0.00", "10.00", None)


@pytest.mark.rule(id="M3")
def test_a_reduction_counts_once_and_before_its_invoice_too(association: Association) -> None:
    association.set_clock(CLOCK)
    heard = Invoice(association)
    reduction = heard.reduce("2500.00")
    assert heard.read().status == 404
    heard.tell()
    assert figures(heard) == ("2500.00", "0.00", "2500.00", "open")
    before = heard.state()
    heard.reduce("2500.00", reduction)
    heard.tell()
    assert heard.state() == before
    assert len(reductions_told(heard)) == 1
    paid = heard.pay("2500.00")
    assert (paid["credit"], paid["owes"]) == ("0.00", "0.00")


@pytest.mark.rule(id="M3")
def test_credit_drawn_for_an_invoice_that_is_reduced_is_credit_again(invoice: Invoice) -> None:
    invoice.pay("8000.00")
    following = Invoice(invoice.association, unit=invoice.unit)
    following.tell(year=2022)
    assert following.read()["owes"] == "2000.00"
    following.reduce("2500.00")
    assert figures(following) == ("2500.00", "2500.00", "0.00", "settled")
    assert reductions_told(following) == [("2500.00", "500.00", "0.00", "500.00")]


@pytest.mark.rule(id="X7")
@pytest.mark.parametrize("changed", [{"amount": "1.00"}, {"unit_id": str(uuid.uuid4())}, {"reduced_on": "2021-04-02"}])
def test_a_reduction_that_says_something_else_later_is_a_dead_letter(invoice: Invoice, changed: dict[str, str]) -> None:
    reduction = invoice.reduce("2500.00")
    before = invoice.state()
    invoice.reduce(**{"amount": "2500.00", "reduction": reduction, "state": "dead", **changed})
    assert invoice.state() == before


@pytest.mark.rule(id="M3")
@pytest.mark.parametrize("changed", [{"amount": "5000.01"}, {"unit_id": str(uuid.uuid4())}])
def test_more_than_there_is_or_anothers_is_not_reduced(invoice: Invoice, changed: dict[str, str]) -> None:
    before = invoice.state()
    invoice.reduce(**{"amount": "2500.00", "state": "dead", **changed})
    assert invoice.state() == before


@pytest.mark.rule(id="M3")
@pytest.mark.rule(id="F7")
def test_payments_and_reductions_at_once_leave_the_books_balanced(invoice: Invoice) -> None:
    with ThreadPoolExecutor(6) as pool:
        less = [pool.submit(invoice.reduce, "1000.00") for _ in range(2)]
        paid = [pool.submit(invoice.pay, "2000.00") for _ in range(3)]
        for each in less:
            each.result()
        assert [each.result().status for each in paid] == [201] * 3
    assert figures(invoice) == ("2000.00", "3000.00", "0.00", "settled")
    rows = invoice.association.rows(
        "finance", f"SELECT sum(unused) AS of FROM dues_payments WHERE invoice_id = '{invoice.id}'"
    )
    assert rows == [{"of": 300_000}]
    balance = invoice.association.call("finance", "get_trial_balance", as_=invoice.accountant)
    assert balance["balanced"] is True


def test_means_are_bank_or_cash(invoice: Invoice) -> None:
    assert invoice.pay("1.00", means="dues_income").status == 422


@pytest.mark.rule(id="F12")
def test_the_slip_prints_and_says_that_it_is_no_receipt(association: Association) -> None:
    association.set_clock(CLOCK)
    (unit, *_) = association.rows("membership", "SELECT id FROM units WHERE basis = 'stated'")
    heard = Invoice(association, unit=str(unit["id"]))
    heard.tell()
    number = heard.pay("5000.00")["slip"]
    printed = association.call("finance", "print_collection_slip", as_=heard.cashier, number=number)
    assert printed.file is not None
    assert (printed.file["content_type"], printed.file["filename"]) == ("application/pdf", f"{number}.pdf")
    assert printed.content.startswith(b"%PDF-")
    again = association.call("finance", "print_collection_slip", as_=heard.cashier, number=number)
    assert again.content == printed.content


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (500_000, "伍仟元整"),
        (499_999, "肆仟玖佰玖拾玖元玖角玖分"),
        (1, "壹分"),
        (10, "壹角整"),
        (105, "壹元零伍分"),
        (0, "零元整"),
        (10_050_000, "壹拾万零伍佰元整"),
        (100_000_001, "壹佰万元零壹分"),
        (1_000_500_000, "壹仟万零伍仟元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (101_001, "壹仟零壹拾元零壹分"),
    ],
)
def test_amounts_in_capitals(fen: int, said: str) -> None:
    assert capitals(fen) == said


@pytest.mark.parametrize("fen", [-1, 10**18])
def test_no_capitals_for_what_is_no_amount(fen: int) -> None:
    with pytest.raises(ValueError, match="capitals"):
        capitals(fen)


def test_receivables_are_found_by_unit_year_and_state(invoice: Invoice) -> None:
    following = Invoice(invoice.association, unit=invoice.unit)
    following.tell(year=2022)
    invoice.pay("5000.00")

    def found(**filters: Any) -> list[str]:
        answer = invoice.association.call(
            "finance", "list_receivables", as_=invoice.cashier, unit_id=invoice.unit, **filters
        )
        return [line["invoice_id"] for line in answer["items"]]

    assert found() == [following.id, invoice.id]
    assert found(state="settled") == [invoice.id]
    assert found(year=2022) == [following.id]


@pytest.mark.rule(id="X8")
@pytest.mark.parametrize(
    ("role", "operation", "status"),
    [
        ("accountant", "record_payment", 403),
        ("officer", "record_payment", 403),
        ("administrator", "record_payment", 403),
        ("cashier", "get_voucher", 403),
        ("cashier", "get_receivable", 404),
        ("clerk", "get_collection_slip", 404),
        ("correspondent", "list_receivables", 403),
    ],
)
def test_who_may_do_what(association: Association, role: str, operation: str, status: int) -> None:
    given: dict[str, dict[str, Any]] = {
        "record_payment": {"invoice_id": new_id(), "amount": "1.00", "means": "bank"},
        "get_receivable": {"invoice_id": new_id()},
        "get_voucher": {"number": "记-2021-04-0001"},
        "get_collection_slip": {"number": "收-1999-0001"},
    }
    arguments = given.get(operation, {})
    assert association.call("finance", operation, as_=association.person(role), **arguments).status == status
    assert association.call("finance", operation, **arguments).status == 401

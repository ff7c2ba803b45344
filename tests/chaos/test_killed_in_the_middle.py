"""Any one service killed in the middle of dues or of an expenditure: the same final state, on RabbitMQ (X6, X7).

What is in the databases afterwards must be what an undisturbed run leaves there. The flows are in conftest.
"""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.testing.apart import PATIENCE, Apart, Cut
from shared.testing.association import Answer, Association, eventually

pytestmark = pytest.mark.rabbitmq

Left = dict[str, Any]

DUES = [
    Cut("governance", "adopt", "untold"),
    Cut("membership", "invoice", "untold"),
    Cut("finance", "invoice", "in hand", "receivables"),
    Cut("membership", "pay_in_part", "unheard"),
    Cut("finance", "pay_the_rest", "untold"),
]
EXPENDITURE = [
    Cut("finance", "request", "untold"),
    Cut("governance", "request", "in hand", "wanted_resolutions"),
    Cut("finance", "adopt", "in hand", "expenditure_resolutions"),
    Cut("membership", "adopt", "unheard"),
]


@pytest.mark.rule(id="M3")
@pytest.mark.rule(id="F12")
def test_undisturbed_dues(undisturbed_dues: Left) -> None:
    left = undisturbed_dues
    assert [each["stamp"]["zh"] for each in left["resolutions"]] == ["恰为半数"]
    assert [each["number"] for each in left["vouchers"]] == [f"记-YYYY-03-{n:04d}" for n in (1, 2, 3)]
    assert [each["total"] for each in left["vouchers"]] == [500000, 499999, 1]
    assert [(each["state"], each["owes"], each["slip"]) for each in left["invoices"]] == [
        ("settled", 0, "收-YYYY-0001")
    ]
    assert left["slips"] == [{"number": "收-YYYY-0001", "amount": 500000}]
    assert left["balance"]["debit"] == left["balance"]["credit"]


@pytest.mark.rule(id="F4")
def test_undisturbed_expenditure(undisturbed_expenditure: Left) -> None:
    left = undisturbed_expenditure
    assert [(each["number"], each["total"]) for each in left["vouchers"]] == [("记-YYYY-03-0001", 5000000)]
    assert [(each["state"], each["paid"]) for each in left["expenditures"]] == [
        ("awaiting_signature", None),
        ("paid", 5000000),
    ]
    assert [(each["used"], each["refusal"]) for each in left["heard"]] == [(True, None)]
    assert [(each["state"], each["resolved"]) for each in left["wanted"]] == [("adopted", True)]
    assert left["balance"]["debit"] == left["balance"]["credit"]


@pytest.mark.rule(id="X6")
@pytest.mark.parametrize("cut", DUES, ids=str)
def test_dues_end_the_same_whoever_is_killed(dues: Any, undisturbed_dues: Left, cut: Cut) -> None:
    assert dues.run(cut).state() == undisturbed_dues


@pytest.mark.rule(id="X6")
@pytest.mark.parametrize("cut", EXPENDITURE, ids=str)
def test_an_expenditure_ends_the_same_whoever_is_killed(
    expenditure: Any, undisturbed_expenditure: Left, cut: Cut
) -> None:
    assert expenditure.run(cut).state() == undisturbed_expenditure
    assert expenditure.went_on


# --- away, at once, twice -----------------------------------------------------------------------------------


@pytest.mark.rule(id="G11")
def test_while_governance_is_away_nobody_signs_and_nothing_is_written(houses: Apart, expenditure: Any) -> None:
    flow, key = expenditure, str(uuid.uuid4())
    id = flow.requested("2999.99")["id"]

    def sign() -> Answer:
        return houses.desk.call("finance", "sign_expenditure", as_=flow.secretary_general, id=id, key=key)

    houses.kill("governance")
    before = flow.do("finance", "get_expenditure", flow.accountant, id=id)
    away = sign()
    assert away.problem is not None
    assert (away.status, away.problem["code"]) == (503, "service-away")
    assert "governance" in away.problem["detail"]
    after = flow.do("finance", "get_expenditure", flow.accountant, id=id)
    assert (after.body, after.etag) == (before.body, before.etag)
    assert flow.signatures(id) == 0
    assert flow.rows("finance", f"SELECT 1 FROM chassis.idempotency WHERE key = '{key}'") == []
    houses.back("governance")
    assert sign()["state"] == "approved"
    assert sign()["state"] == "approved"
    assert flow.signatures(id) == 1


def at_once(houses: Apart, expenditure: str, act: Callable[[Association], Answer]) -> list[Answer]:
    """``act`` through two clients, both of them under way before either may write about the expenditure."""
    with ThreadPoolExecutor(2) as pool:
        with houses.held("finance", f"SELECT 1 FROM expenditures WHERE id = '{expenditure}' FOR UPDATE"):
            asked = [pool.submit(act, client) for client in (houses.desk, houses.services["membership"])]
            houses.blocked("finance", 2)
        return [each.result() for each in asked]


@pytest.mark.rule(id="F1")
def test_of_two_signatures_racing_exactly_one_wins(houses: Apart, expenditure: Any) -> None:
    flow = expenditure
    id = flow.requested("2999.99")["id"]
    signer = flow.secretary_general
    answers = at_once(houses, id, lambda client: client.call("finance", "sign_expenditure", as_=signer, id=id))
    assert sorted(answer.status for answer in answers) == [200, 409]
    assert flow.signatures(id) == 1
    told = [event["type"] for event in houses.told("finance", flow.since["finance"])]
    assert told == ["expenditure.approved.v1"]


@pytest.mark.rule(id="F4")
def test_a_payment_sent_twice_at_once_under_one_key_is_one_voucher(houses: Apart, expenditure: Any) -> None:
    flow, key = expenditure, str(uuid.uuid4())
    id = flow.requested("2999.99")["id"]
    flow.do("finance", "sign_expenditure", flow.secretary_general, id=id)

    def pay(client: Association) -> Answer:
        return client.call("finance", "pay_expenditure", as_=flow.cashier, id=id, key=key)

    first, second = at_once(houses, id, pay)
    assert first["voucher"] == second["voucher"] == f"记-{flow.year}-03-0001"
    assert pay(houses.desk).body == first.body == second.body
    assert flow.vouchers() == [first["voucher"]]


@pytest.mark.rule(id="F7")
def test_a_payment_cut_short_by_a_kill_and_sent_again_is_one_voucher(houses: Apart, dues: Any) -> None:
    flow, key = dues, str(uuid.uuid4())
    for step in ("put", "adopt", "admit", "have_the_standard", "invoice", "have_the_receivable"):
        getattr(flow, step)()
    with ThreadPoolExecutor(1) as pool:
        with houses.held("finance", "LOCK TABLE chassis.counters IN SHARE MODE"):
            cut_short = pool.submit(flow.pay, "5000.00", key=key, deadline=PATIENCE)
            houses.blocked("finance", 1)
            houses.kill("finance")
        houses.back("finance")
        again = flow.pay("5000.00", key=key, deadline=PATIENCE)
        assert again["owes"] == "0.00"
        assert cut_short.result().body == again.body, "the bus delivered it again"
    assert flow.vouchers() == [f"记-{flow.year}-03-{number:04d}" for number in (1, 2)]
    eventually(lambda: houses.settled(flow.since), within=PATIENCE)
    assert [each["amount"] for each in flow.own_state()["payments"]] == [500000]
    assert [each["slip"] for each in flow.own_state()["invoices"]] == [again["slip"]]

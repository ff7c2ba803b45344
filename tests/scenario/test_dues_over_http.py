"""Dues over HTTP, as the cashier and the clerk have them: from the ballot to the slip (M3, M4, F12, X2)."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from services.membership.units.rules import check_character
from shared.identity.keys import Keyring
from shared.store.base import new_id
from shared.testing.association import eventually
from shared.testing.processes import Caller, Started
from shared.testing.rabbitmq_engines import free_ports

GOVERNANCE, MEMBERSHIP, FINANCE = "/v1/governance", "/v1/membership", "/v1/finance"


@pytest.fixture(scope="module")
def anybody() -> Iterator[Caller]:
    """Anybody who calls an association of its own."""
    place = Path(tempfile.mkdtemp(prefix="xiehui-dues-"))
    # PostgreSQL's own user must be able to enter.
    place.chmod(0o711)
    data, (port,) = place / "data", free_ports(1)
    try:
        with Started("run", "--all", "--embedded", "--data", data, "--port", port, log=place / "said") as process:
            address = process.says(r"(http://127\.0\.0\.1:\d+)\s")[1]
            process.says("Ctrl-C 停止 / stops")
            yield Caller(address, Keyring.load(data / "keys", "membership"))
            process.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def invoice(anybody: Caller) -> dict[str, str]:
    """5000.00 invoiced to a unit by a standard that exactly half of the assembly carried; finance knows of it."""
    clerk = anybody.as_("clerk")
    first17 = f"91140000M{int(new_id()) % 10**8:08d}"
    code = first17 + check_character(first17)
    unit = clerk.post(f"{MEMBERSHIP}/units", {"name": "汾河信息公司", "credit_code": code, "tier": "director"})["id"]
    today = clerk.get(f"{MEMBERSHIP}/units/{unit}/standing")["as_of"]
    year = int(today[:4])
    without = clerk.problem("POST", f"{MEMBERSHIP}/invoices", 409, json={"unit_id": unit, "year": year})
    assert (without["rule"], without["code"]) == ("M3", "no-standard")

    meeting = clerk.post(f"{GOVERNANCE}/meetings", {"body": "assembly", "held_on": today, "roll": 100})["id"]
    clerk.post(f"{GOVERNANCE}/meetings/{meeting}/opening", {"present": 100})
    standard = {"amounts": [{"tier": "director", "amount": "5000.00"}], "effective_from": today}
    motion = {"matter": "dues-standard", "title": "会费标准", "payload": standard}
    put = clerk.post(f"{GOVERNANCE}/meetings/{meeting}/motions", motion)["id"]
    tellers = {"scrutineer": str(uuid.uuid4()), "counter": str(uuid.uuid4())}
    count = {"ballot": "secret", "tellers": tellers, "invalid": 0, "abstained": 0}
    votes = {"present": 68, "issued": 68, "returned": 68, "yes": 34, "no": 34}
    voted = clerk.post(f"{GOVERNANCE}/motions/{put}/vote", {**count, **votes})
    assert (voted["outcome"], voted["stamp"]["zh"]) == ("adopted", "恰为半数")

    eventually(lambda: clerk.get(f"{MEMBERSHIP}/dues-standards")["items"])
    issued: dict[str, str] = clerk.post(f"{MEMBERSHIP}/invoices", {"unit_id": unit, "year": year})
    eventually(lambda: clerk.get(f"{FINANCE}/receivables", unit_id=unit)["items"])
    return issued


def standing(anybody: Caller, unit: str, owes: str) -> tuple[str, bool]:
    """How the unit stands, once it owes that."""

    def heard() -> list[tuple[str, bool]]:
        found = anybody.as_("clerk").get(f"{MEMBERSHIP}/units/{unit}/standing")
        return [(found["standing"], found["good"])] if found["owes"] == owes else []

    (seen,) = eventually(heard)
    return seen[0], seen[1]


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("amount", ["3000.005", "1e5", "３０００", "-1", 3000.005, 1e5, -1])
def test_what_is_no_amount_is_refused(anybody: Caller, invoice: dict[str, str], amount: object) -> None:
    path = f"{FINANCE}/receivables/{invoice['id']}/payments"
    before = anybody.as_("cashier").get(f"{FINANCE}/receivables/{invoice['id']}")
    problem = anybody.as_("cashier").problem("POST", path, 422, json={"amount": amount, "means": "bank"})
    assert set(problem["errors"]) == {"amount"}
    assert anybody.as_("cashier").get(f"{FINANCE}/receivables/{invoice['id']}") == before


@pytest.mark.rule(id="M3")
@pytest.mark.rule(id="M4")
@pytest.mark.rule(id="F12")
def test_one_fen_short_is_not_good_standing_and_one_fen_more_is(anybody: Caller, invoice: dict[str, str]) -> None:
    cashier, unit = anybody.as_("cashier"), invoice["unit_id"]
    payments, key = f"{FINANCE}/receivables/{invoice['id']}/payments", {"Idempotency-Key": str(uuid.uuid4())}
    first = cashier.post(payments, {"amount": "4999.99", "means": "bank"}, **key)
    assert (first["owes"], first["slip"]) == ("0.01", None)
    assert cashier.post(payments, {"amount": "4999.99", "means": "bank"}, **key) == first
    assert cashier.problem("POST", payments, 409, json={"amount": "0.01", "means": "bank"}, headers=key)["code"] == (
        "idempotency-conflict"
    )
    assert standing(anybody, unit, "0.01") == ("owing", False)
    last = cashier.post(payments, {"amount": "0.01", "means": "cash"})
    assert standing(anybody, unit, "0.00") == ("good", True)

    here = f"{FINANCE}/collection-slips/{quote(last['slip'])}"
    assert cashier.get(here)["amount"] == "5000.00"
    paper = cashier.ask("GET", f"{here}/pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    balance = anybody.as_("accountant").get(f"{FINANCE}/trial-balance")
    assert (balance["balanced"], balance["debit"]) == (True, balance["credit"])
    assert balance["debit"] == "10000.00"


@pytest.mark.rule(id="M2")
@pytest.mark.rule(id="M11")
def test_a_representative_signs_in_and_sees_what_is_of_their_unit(anybody: Caller, invoice: dict[str, str]) -> None:
    unit, units = invoice["unit_id"], anybody.as_("clerk").get(f"{MEMBERSHIP}/units")["items"]
    own = representative(anybody, unit)
    other = representative(anybody, next(each["id"] for each in units if each["id"] != unit))
    for path in (
        f"{MEMBERSHIP}/units/{unit}",
        f"{MEMBERSHIP}/units/{unit}/standing",
        f"{MEMBERSHIP}/units/{unit}/representatives",
        f"{MEMBERSHIP}/invoices/{invoice['id']}",
        f"{FINANCE}/receivables/{invoice['id']}",
    ):
        own.get(path)
        nowhere = path.replace(unit, str(uuid.uuid4())).replace(invoice["id"], str(uuid.uuid4()))
        hidden, missing = (other.problem("GET", asked, 404) for asked in (path, nowhere))
        for problem in (hidden, missing):
            del problem["correlation_id"]
        assert hidden == missing
    for path in (f"{MEMBERSHIP}/invoices", f"{FINANCE}/receivables"):
        (row,) = own.get(path)["items"]
        assert row["unit_id"] == unit
        assert other.get(path, unit_id=unit)["items"] == []
    assert own.get(f"{MEMBERSHIP}/dues-standards")["items"]
    refused = own.problem("POST", f"{MEMBERSHIP}/invoices", 403, json={"unit_id": unit, "year": 2021})
    assert refused["code"] == "not-permitted"


def representative(anybody: Caller, unit: str) -> Caller:
    """Somebody new who represents ``unit``, has an account without any role, and has signed in."""
    clerk, administrator, password = anybody.as_("clerk"), anybody.as_("administrator"), "汾河水长流-2021年"
    person = clerk.post(f"{MEMBERSHIP}/people", {"name": "田间"})["id"]
    clerk.post(f"{MEMBERSHIP}/units/{unit}/representatives", {"person_id": person})
    username = f"u{new_id().hex[-12:]}"
    account = {"username": username, "person_id": person, "roles": []}
    once = administrator.post(f"{MEMBERSHIP}/accounts", account)["one_time_secret"]
    first = anybody.post(f"{MEMBERSHIP}/sessions", {"username": username, "password": once})
    assert (first["roles"], first["units"]) == ([], [])
    change = {"old_password": once, "new_password": password}
    Caller(anybody.address, token=first["access_token"]).ask("PUT", f"{MEMBERSHIP}/accounts/me/password", json=change)
    session = anybody.post(f"{MEMBERSHIP}/sessions", {"username": username, "password": password})
    assert (session["roles"], session["units"]) == (["representative"], [unit])
    return Caller(anybody.address, token=session["access_token"])

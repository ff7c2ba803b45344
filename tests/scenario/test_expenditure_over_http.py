"""Expenditure over HTTP, as the accountant, the signers and the cashier have it (F1, F3, F4, F7, X2, X8)."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from shared.identity.keys import Keyring
from shared.identity.principals import issue_access
from shared.testing.association import eventually
from shared.testing.processes import Caller, Started
from shared.testing.rabbitmq_engines import free_ports

GOVERNANCE, EXPENDITURES = "/v1/governance", "/v1/finance/expenditures"
PRESIDENT = "01771113-1800-75e6-b997-ecbd9684943d"
SECRETARY_GENERAL = "01771113-1801-7e22-acf4-8a2dfe5e17d9"


@dataclass(frozen=True)
class Office:
    """The people who spend, each signed in."""

    accountant: Caller
    secretary_general: Caller
    president: Caller
    cashier: Caller
    clerk: Caller

    def request(self, amount: Any) -> str:
        id: str = self.accountant.post(EXPENDITURES, wanted(amount))["id"]
        return id

    def get(self, id: str) -> Any:
        return self.accountant.get(f"{EXPENDITURES}/{id}")


def wanted(amount: Any) -> dict[str, Any]:
    return {"kind": "training", "payee": "山西某公司", "purpose": "举办培训班", "amount": amount}


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """An association of its own, and its people."""
    place = Path(tempfile.mkdtemp(prefix="xiehui-spending-"))
    # PostgreSQL's own user must be able to enter.
    place.chmod(0o711)
    data, (port,) = place / "data", free_ports(1)
    try:
        with Started("run", "--all", "--embedded", "--data", data, "--port", port, log=place / "said") as process:
            address = process.says(r"(http://127\.0\.0\.1:\d+)\s")[1]
            process.says("Ctrl-C 停止 / stops")
            keyring = Keyring.load(data / "keys", "membership")
            anybody = Caller(address, keyring)

            def officer(person: str) -> Caller:
                ids = str(uuid.uuid4()), str(uuid.uuid4())
                token = issue_access(keyring, account=ids[0], person=person, session=ids[1], roles=["officer"])
                return Caller(address, token=token)

            others = [anybody.as_(role) for role in ("accountant", "cashier", "clerk")]
            yield Office(others[0], officer(SECRETARY_GENERAL), officer(PRESIDENT), others[1], others[2])
            process.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def refused(caller: Caller, id: str, rule: str, code: str) -> None:
    problem = caller.problem("POST", f"{EXPENDITURES}/{id}/signatures", 409, json={})
    assert (problem["rule"], problem["code"]) == (rule, code)


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("amount", ["3000.005", "1e5", "３０００", "-1", -1, 1e5])
def test_what_is_no_amount_is_not_requested(office: Office, amount: object) -> None:
    problem = office.accountant.problem("POST", EXPENDITURES, 422, json=wanted(amount))
    assert set(problem["errors"]) == {"amount"}


@pytest.mark.rule(id="F1")
@pytest.mark.rule(id="F3")
def test_the_amount_decides_who_signs(office: Office) -> None:
    for amount in ("2999.99", "29999.99"):
        id = office.request(amount)
        refused(office.president, id, "F1", "not-the-signer")
        assert office.secretary_general.post(f"{EXPENDITURES}/{id}/signatures")["state"] == "approved"
    for amount in ("30000.00", "49999.99"):
        id = office.request(amount)
        refused(office.secretary_general, id, "F3", "not-the-signer")
        assert office.president.post(f"{EXPENDITURES}/{id}/signatures")["state"] == "approved"


@pytest.mark.rule(id="X8")
def test_of_two_signatures_at_once_one_wins_and_none_is_for_ones_own(office: Office) -> None:
    id = office.request("100.00")
    path = f"{EXPENDITURES}/{id}/signatures"

    def sign(_: int) -> httpx.Response:
        return office.secretary_general.http.post(path, json={})

    with ThreadPoolExecutor(2) as threads:
        statuses = sorted(answer.status_code for answer in threads.map(sign, range(2)))
    assert (statuses, len(office.get(id)["signatures"])) == ([200, 409], 1)
    own = office.secretary_general.post(EXPENDITURES, wanted("100.00"))["id"]
    refused(office.secretary_general, own, "X8", "own-claim")


@pytest.mark.rule(id="F4")
@pytest.mark.rule(id="F7")
def test_fifty_thousand_goes_through_the_standing_council_and_is_paid_once(office: Office) -> None:
    request = office.accountant.post(EXPENDITURES, wanted("50000.00"))
    id, today = request["id"], request["requested_at"][:10]
    assert request["state"] == "awaiting_resolution"
    refused(office.president, id, "F4", "resolution-needed")

    clerk = office.clerk
    eventually(lambda: clerk.get(f"{GOVERNANCE}/wanted-resolutions", expenditure_id=id)["items"])
    meeting = clerk.post(f"{GOVERNANCE}/meetings", {"body": "standing-council", "held_on": today, "roll": 9})["id"]
    clerk.post(f"{GOVERNANCE}/meetings/{meeting}/opening", {"present": 6})
    motion = {"matter": "large-expenditure", "title": "支出", "payload": {"limit": "50000.00"}, "subject_id": id}
    put = clerk.post(f"{GOVERNANCE}/meetings/{meeting}/motions", motion)["id"]
    tellers = {"scrutineer": str(uuid.uuid4()), "counter": str(uuid.uuid4())}
    count = {"ballot": "named", "tellers": tellers, "present": 6, "issued": 6, "returned": 6}
    votes = {"yes": 4, "no": 2, "invalid": 0, "abstained": 0}
    assert clerk.post(f"{GOVERNANCE}/motions/{put}/vote", {**count, **votes})["outcome"] == "adopted"
    eventually(lambda: office.get(id)["state"] == "awaiting_signature")
    resolution = office.get(id)["resolution_id"]
    assert office.president.post(f"{EXPENDITURES}/{id}/signatures")["state"] == "approved"

    key = {"Idempotency-Key": str(uuid.uuid4())}
    paid = office.cashier.post(f"{EXPENDITURES}/{id}/payment", {}, **key)
    assert office.cashier.post(f"{EXPENDITURES}/{id}/payment", {}, **key) == paid
    again = office.cashier.problem("POST", f"{EXPENDITURES}/{id}/payment", 409, json={})
    assert (again["rule"], again["code"]) == ("F4", "already-paid")
    voucher = office.accountant.get(f"/v1/finance/vouchers/{quote(paid['voucher'])}")
    assert (voucher["total"], voucher["source_id"]) == ("50000.00", id)

    for amount in ("50000.01", "50000.00"):
        other = office.request(amount)
        path, use = f"{EXPENDITURES}/{other}/resolution", {"resolution_id": resolution}
        assert office.accountant.problem("POST", path, 409, json=use)["code"] == "resolution-used"

"""The whole life of a unit over HTTP: it applies, is admitted, invoiced, overdue, reminded, pays, rises a tier and
withdraws; each step by whoever may do it (M1, M2, M3, M4, M5, G5, F12, X8)."""

import email
import itertools
import uuid
from email import policy
from pathlib import Path
from typing import Any

import pytest

from services.membership.units.rules import check_character
from shared.store.base import new_id
from shared.testing.association import eventually
from shared.testing.processes import Caller

pytestmark = [pytest.mark.rule(id=id) for id in ("M1", "M2", "M3", "M4")]

GOVERNANCE, MEMBERSHIP, FINANCE = "/v1/governance", "/v1/membership", "/v1/finance"
DUES = {"director": "5000.00", "vice_president": "20000.00"}
_years = itertools.count(2061)


class Life:
    """A unit, and everybody who has to do with it."""

    def __init__(self, front: Any) -> None:
        self.front, self.anybody = front, front.anybody
        self.year = next(_years)
        self.at("02-01")
        self.clerk, self.reviewer = self.anybody.as_("clerk"), self.anybody.as_("clerk")
        self.cashier = self.anybody.as_("cashier")
        self.address = f"u{new_id().hex}@example.com"

    def at(self, day: str, years: int = 0) -> str:
        today = f"{self.year + years}-{day}"
        self.front.set_clock(f"{today}T09:00:00+08:00")
        self.today = today
        return today

    def resolve(self, body: str, roll: int, matter: str, ballot: str, **motion: Any) -> dict[str, Any]:
        meeting = self.clerk.post(f"{GOVERNANCE}/meetings", {"body": body, "held_on": self.today, "roll": roll})["id"]
        self.clerk.post(f"{GOVERNANCE}/meetings/{meeting}/opening", {"present": roll})
        wanted = {"matter": matter, "title": "议案", **motion}
        put = self.clerk.post(f"{GOVERNANCE}/meetings/{meeting}/motions", wanted)["id"]
        tellers = {"scrutineer": str(uuid.uuid4()), "counter": str(uuid.uuid4())}
        count = {"present": roll, "issued": roll, "returned": roll, "yes": roll, "no": 0, "invalid": 0, "abstained": 0}
        cast = {**count, "ballot": ballot, "tellers": tellers}
        voted = self.clerk.post(f"{GOVERNANCE}/motions/{put}/vote", cast)
        assert voted["outcome"] == "adopted"
        return dict(voted)

    def apply(self) -> str:
        first17 = f"91140000M{int(new_id()) % 10**8:08d}"
        asked = {
            "name": "汾河信息公司",
            "credit_code": first17 + check_character(first17),
            "tier": "director",
            "place": "140100",
            "contact_name": "田间",
            "contact_phone": "13900001234",
            "contact_consent": "true",
        }
        form = {"form": ("入会申请书.pdf", b"%PDF-1.7", "application/pdf")}
        answer = self.anybody.ask("POST", f"{MEMBERSHIP}/applications", 201, data=asked, files=form)
        return str(answer.json()["id"])

    def job(self, path: str) -> dict[str, Any]:
        place = self.clerk.ask("POST", path, 202, json={}).headers["Location"]
        return self.ended(place)

    def ended(self, place: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = self.clerk.get(place)
            return found if found["state"] in ("done", "failed") else None

        found = eventually(look, within=60)
        assert found["state"] == "done", found
        return dict(found)

    def bill(self, year: int) -> dict[str, Any]:
        """Everybody's dues of a year by a run, and the invoice of this unit, once finance knows of it."""
        run = self.clerk.post(f"{MEMBERSHIP}/billing-runs", {"year": year})
        self.ended(f"{MEMBERSHIP}/jobs/{run['job_id']}")
        (invoice,) = self.clerk.get(f"{MEMBERSHIP}/invoices", unit_id=self.unit, year=year)["items"]
        eventually(lambda: self.cashier.http.get(f"{FINANCE}/receivables/{invoice['id']}").is_success)
        return dict(invoice)

    def pay(self, invoice: str, amount: str) -> dict[str, Any]:
        paid = {"amount": amount, "means": "bank"}
        return dict(self.cashier.post(f"{FINANCE}/receivables/{invoice}/payments", paid))

    def stands(self, standing: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = self.clerk.get(f"{MEMBERSHIP}/units/{self.unit}")
            return found if found["standing"] == standing else None

        return dict(eventually(look))

    def mails(self) -> list[str]:
        """The subjects of what has left for the unit."""
        folder: Path = self.front.log.parent / "outbox"
        files = sorted(folder.glob("*.eml"))
        found = [email.message_from_bytes(each.read_bytes(), policy=policy.default) for each in files]
        return [str(each["Subject"]) for each in found if each["To"] == self.address]


@pytest.mark.rule(id="G5")
@pytest.mark.rule(id="F12")
@pytest.mark.rule(id="X8")
def test_a_unit_from_its_application_to_its_withdrawal(front: Any) -> None:
    life = Life(front)
    amounts = [{"tier": tier, "amount": amount} for tier, amount in DUES.items()]
    payload = {"amounts": amounts, "effective_from": life.today}
    life.resolve("assembly", 100, "dues-standard", "secret", payload=payload)

    # Apply, and be admitted by the council.
    application = life.apply()
    here = f"{MEMBERSHIP}/applications/{application}"
    assert life.anybody.get(f"{here}/state")["state"] == "received"
    life.reviewer.post(f"{here}/review")
    life.reviewer.post(f"{here}/decision-request")
    waiting = {"subject_id": application}
    eventually(lambda: life.clerk.get(f"{GOVERNANCE}/wanted-resolutions", **waiting)["items"])
    life.resolve("council", 31, "unit-admission", "named", subject_id=application)
    admitted = eventually(lambda: (found := life.reviewer.get(here))["state"] == "admitted" and found)
    life.unit = admitted["unit_id"]
    assert life.stands("good")["admitted_on"] == life.today

    # Mail has a place to go to; its person sees its own and nothing else.
    somebody: Caller = life.anybody.as_("representative", unit=life.unit)
    life.clerk.ask("PUT", f"{MEMBERSHIP}/units/{life.unit}/contact", json={"mail_address": life.address})
    assert [each["id"] for each in somebody.get(f"{MEMBERSHIP}/units")["items"]] == [life.unit]

    # Invoiced by the run of the year, and told so.
    invoice = life.bill(life.year)
    assert (invoice["tier"], invoice["amount"], invoice["state"]) == ("director", "5000.00", "open")
    life.job(f"{MEMBERSHIP}/reminders/run")
    eventually(lambda: len(life.mails()) == 1)

    # Overdue, and reminded.
    life.at("04-15")
    life.clerk.post(f"{MEMBERSHIP}/standings/review")
    assert life.stands("overdue")["member"] is True
    life.job(f"{MEMBERSHIP}/reminders/run")
    life.job(f"{MEMBERSHIP}/reminders/run")
    eventually(lambda: len(life.mails()) == 2)
    reminded = somebody.get(f"{MEMBERSHIP}/invoices/{invoice['id']}/reminders")["items"]
    assert [each["outcome"] for each in reminded if each["outcome"] == "sent"] == ["sent", "sent"]

    # Paid, in part and then too much; the slip is sent, the rest is credit.
    assert life.pay(invoice["id"], "4999.99")["owes"] == "0.01"
    last = life.pay(invoice["id"], "1000.01")
    assert (last["owes"], last["credit"]) == ("0.00", "1000.00")
    life.stands("good")
    eventually(lambda: any("收款" in subject for subject in life.mails()))

    # A tier up counts with the next invoice, and what was too much is set against it.
    path = f"{MEMBERSHIP}/units/{life.unit}"
    own = somebody.problem("PATCH", path, 403, json={"tier": "vice_president"}, headers={"If-Match": "*"})
    assert own["code"] == "not-permitted"
    life.clerk.ask("PATCH", path, json={"tier": "vice_president"}, headers={"If-Match": "*"})
    assert life.clerk.get(f"{MEMBERSHIP}/invoices/{invoice['id']}")["tier"] == "director"
    life.at("01-10", years=1)
    next_one = life.bill(life.year + 1)
    assert (next_one["tier"], next_one["amount"]) == ("vice_president", "20000.00")
    eventually(lambda: life.clerk.get(f"{MEMBERSHIP}/invoices/{next_one['id']}")["owes"] == "19000.00")

    # It withdraws: what it owes stays owed and may be paid, and it is invoiced no more.
    last_day = life.at("06-30", years=1)
    somebody.post(f"{MEMBERSHIP}/units/{life.unit}/withdrawal", {"last_day": last_day})
    life.at("07-01", years=1)
    left = life.clerk.get(path)
    assert (left["member"], left["left_on"], left["left_how"]) == (False, life.today, "withdrawn")
    life.at("02-01", years=2)
    again = {"unit_id": life.unit, "year": life.year + 2}
    assert life.clerk.problem("POST", f"{MEMBERSHIP}/invoices", 409, json=again)["code"] == "unit-left"
    assert life.pay(next_one["id"], "19000.00")["owes"] == "0.00"
    life.stands("good")
    profile = life.clerk.get(f"{path}/profile")
    figures = ("invoices", "invoiced", "owes")
    assert [profile["dues"][figure] for figure in figures] == [2, "25000.00", "0.00"]
    (change,) = life.clerk.get(f"{path}/changes")["items"]
    assert (change["field"], change["before"], change["after"]) == ("tier", "director", "vice_president")

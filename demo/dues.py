"""Flow 3: the assembly sets the dues, a unit is invoiced and pays to the fen (M3, G2, X1, F12)."""

from typing import Any

from rich.progress import Progress

from demo.assembly import Meeting
from demo.client import until
from demo.findings import Findings
from demo.office import Office

MEMBERSHIP, FINANCE = "/v1/membership", "/v1/finance"
SECRET = "secret"


def run(office: Office, findings: Findings, progress: Progress) -> None:
    findings.begin("会费 / dues")
    bar = progress.add_task("会费 / dues", total=5)
    tier = _tier(office)
    _resolve(office, findings, tier)
    progress.advance(bar)

    office.public.set_clock("2021-05-10T09:00:00+08:00")
    until(
        lambda: any(
            standard["effective_from"] == "2021-05-01" for standard in office.clerk.all(f"{MEMBERSHIP}/dues-standards")
        ),
        "membership has the dues standard",
    )
    invoice = office.clerk.post(f"{MEMBERSHIP}/invoices", {"unit_id": office.unit, "year": 2021})
    findings.see("会费通知 / invoiced", "5000.00", invoice["amount"])
    progress.advance(bar)

    receivable = f"{FINANCE}/receivables/{invoice['id']}"
    until(lambda: office.cashier.all(f"{FINANCE}/receivables", unit_id=office.unit), "finance has the receivable")
    office.public.set_clock("2021-07-12T09:00:00+08:00")
    paid = office.cashier.post(f"{receivable}/payments", {"amount": "4999.99", "means": "bank"})
    findings.see("缴4999.99后尚欠 / owed after 4999.99", "0.01", paid["owes"])
    findings.see("会籍状态 / standing", ("0.01", False), _standing(office, "0.01"))
    progress.advance(bar)

    for amount in ("3000.005", "1e5", "３０００", "-1"):
        office.cashier.refused("POST", f"{receivable}/payments", 422, {"amount": amount, "means": "bank"})
    office.cashier.post(f"{receivable}/payments", {"amount": "0.01", "means": "bank"})
    findings.see("再缴0.01 / after 0.01 more", ("0.00", True), _standing(office, "0.00"))
    progress.advance(bar)

    slip = office.cashier.get(receivable)["slip"]
    printed = office.cashier.get(f"{FINANCE}/collection-slips/{slip}")
    findings.see("收款单 / collection slip", ("收-2021-0001", "5000.00"), (printed["number"], printed["amount"]))
    findings.see("标记 / marked", "非票据", printed["mark"]["zh"])
    balance = office.accountant.get(f"{FINANCE}/trial-balance")
    findings.see("借贷相等 / debits equal credits", balance["debit"], balance["credit"])
    progress.advance(bar)


def _tier(office: Office) -> str:
    """The tier of the unit, given to it where the founding document names none."""
    response = office.administrator.ask("GET", f"{MEMBERSHIP}/units/{office.unit}")
    unit = response.json()
    if unit["tier"] is None:
        office.administrator.ask(
            "PATCH",
            f"{MEMBERSHIP}/units/{office.unit}",
            json={"tier": "member"},
            headers={"If-Match": response.headers["ETag"]},
        )
        return "member"
    return str(unit["tier"])


def _resolve(office: Office, findings: Findings, tier: str) -> None:
    day = "2021-04-10"
    office.public.set_clock(f"{day}T09:00:00+08:00")

    def standard(amount: str, first_day: str) -> dict[str, Any]:
        return {"amounts": [{"tier": tier, "amount": amount}], "effective_from": first_day}

    council = Meeting(office, "council", day, roll=31, present=31)
    refused = council.put_refused("dues-standard", "会费标准", standard("5000.00", "2021-05-01"))
    findings.see("会费标准提交理事会被拒 / not the council's", "G1", refused)
    council.close()

    assembly = Meeting(office, "assembly", day, roll=100, present=68)
    motion = assembly.put("dues-standard", "会费标准（草案一）", standard("6000.00", "2021-05-01"))
    findings.see("100人到66人 / 66 of 100 present", "G2", assembly.vote_refused(motion, 66, 66, ballot=SECRET))
    findings.see("67人33票 / 33 of 67", "rejected", assembly.vote(motion, 67, 33, ballot=SECRET)["outcome"])
    motion = assembly.put("dues-standard", "会费标准（草案二）", standard("4800.00", "2021-04-20"))
    vote = assembly.vote(motion, 67, 34, ballot=SECRET)
    findings.see("67人34票 / 34 of 67", ("adopted", None), (vote["outcome"], vote["stamp"]))
    motion = assembly.put("dues-standard", "会费标准（草案三）", standard("5000.00", "2021-05-01"))
    vote = assembly.vote(motion, 68, 34, ballot=SECRET)
    findings.see("68人34票 / 34 of 68", ("adopted", "恰为半数"), (vote["outcome"], (vote["stamp"] or {}).get("zh")))
    assembly.close()


def _standing(office: Office, owes: str) -> tuple[str, bool]:
    """What the unit owes and whether it is in good standing, once membership has heard that it owes ``owes``."""

    def heard() -> Any:
        standing = office.clerk.get(f"{MEMBERSHIP}/units/{office.unit}/standing")
        return standing if standing["owes"] == owes else None

    standing = until(heard, f"membership knows that {owes} is owed")
    return standing["owes"], standing["good"]

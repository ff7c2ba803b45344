"""Flow 4: who signs what, by amount, post and absence; the largest waits for a resolution (F1–F4, G9, G11)."""

from typing import Any

from rich.progress import Progress

from demo.assembly import Meeting
from demo.client import Client, until
from demo.findings import NOT_PERMITTED, Findings
from demo.office import Office

API, GOVERNANCE = "/v1/finance", "/v1/governance"
ACTING = "acting_secretary_general"


def run(office: Office, findings: Findings, progress: Progress) -> None:
    findings.begin("支出审批 / expenditure")
    bar = progress.add_task("支出审批 / expenditure", total=4)
    office.public.set_clock("2021-02-20T09:00:00+08:00")
    early = office.accountant.refused("POST", f"{API}/expenditures", 409, _wanted("100.00"))
    findings.see("2021-03-01前 / before annex 2 is in force", "X9", early.get("rule"))

    office.public.set_clock("2021-08-02T09:00:00+08:00")
    for amount in ("2999.99", "29999.99"):
        findings.see(
            f"{amount}：秘书长签批 / secretary-general", "approved", _signed(office, amount, office.secretary_general)
        )
    progress.advance(bar)
    _in_absence(office, findings)
    progress.advance(bar)

    office.public.set_clock("2021-08-04T09:00:00+08:00")
    large = _request(office, "30000.00")
    findings.see(
        "30000.00 秘书长签批被拒 / not the secretary-general's", "F3", _refused(office.secretary_general, large)
    )
    findings.see("30000.00 理事长签批 / president", "approved", _sign(office.president, large))
    findings.see("49999.99 不需决议 / needs no resolution", "approved", _signed(office, "49999.99", office.president))
    own = office.secretary_general.post(f"{API}/expenditures", _wanted("100.00"))["id"]
    signatures = f"{API}/expenditures/{own}/signatures"
    findings.denied("自批被拒 / nobody signs their own", "X8", office.secretary_general, signatures)
    findings.denied("出纳签批被拒 / the cashier signs nothing", NOT_PERMITTED, office.cashier, signatures)
    progress.advance(bar)
    _with_resolution(office, findings)
    progress.advance(bar)


def _wanted(amount: str) -> dict[str, str]:
    return {"kind": "office_supplies", "payee": "太原某公司", "purpose": "办公用品", "amount": amount}


def _request(office: Office, amount: str) -> str:
    return str(office.accountant.post(f"{API}/expenditures", _wanted(amount))["id"])


def _sign(signer: Client, expenditure: str) -> str:
    return str(signer.post(f"{API}/expenditures/{expenditure}/signatures")["state"])


def _signed(office: Office, amount: str, signer: Client) -> str:
    return _sign(signer, _request(office, amount))


def _refused(signer: Client, expenditure: str) -> str:
    return str(signer.refused("POST", f"{API}/expenditures/{expenditure}/signatures", 409, {}).get("rule"))


def _roles(of: Client) -> list[str]:
    """The roles somebody has today by the posts held."""
    roles: list[str] = of.get("/v1/membership/accounts/me")["post_roles"]
    return roles


def _in_absence(office: Office, findings: Findings) -> None:
    secretary_general = office.clerk.get(f"{GOVERNANCE}/posts/secretary-general/holders")["items"][0]["person_id"]
    away = {"post": "secretary-general", "person_id": secretary_general, "last_day": "2021-08-03"}
    office.clerk.post(f"{GOVERNANCE}/absences", away)
    small = _request(office, "3000.00")
    until(
        lambda: office.accountant.get(f"{API}/expenditures/{small}")["waits_for"]["held_up"],
        "finance knows of the absence",
    )
    waits = office.accountant.get(f"{API}/expenditures/{small}")["waits_for"]
    findings.see(
        "3000.00 副秘书长空缺，等候 / waits: the post is vacant", ("F2", True), (waits["rule"], waits["held_up"])
    )
    deputy_post = next(p for p in office.clerk.all(f"{GOVERNANCE}/posts") if p["code"] == "deputy-secretary-general")
    tenure = {"person_id": office.deputy_person, "since": "2021-08-02", "decision": "三届三次理事会决定"}
    office.clerk.post(f"{GOVERNANCE}/posts/{deputy_post['id']}/tenures", tenure)
    until(lambda: ACTING in _roles(office.deputy), "membership knows that the deputy acts")
    office.deputy.sign_in_again()
    findings.see("3000.00 副秘书长签批 / deputy", "approved", _sign(office.deputy, small))
    above = _request(office, "3000.01")
    findings.see("3000.01 副秘书长签批被拒 / not the deputy's", "F2", _refused(office.deputy, above))
    findings.see("3000.01 理事长签批 / president", "approved", _sign(office.president, above))
    office.public.set_clock("2021-08-04T09:00:00+08:00")
    office.deputy.sign_in_again()
    findings.see("返岗后副秘书长不再代行 / nothing delegated once it is over", False, ACTING in _roles(office.deputy))
    after = _request(office, "100.00")
    problem = office.deputy.refused("POST", f"{API}/expenditures/{after}/signatures", 403, {})
    findings.see("返岗后签批被拒 / may not sign any more", "not-permitted", problem["code"])


def _with_resolution(office: Office, findings: Findings) -> None:
    large = _request(office, "50000.00")

    def state(wanted: str) -> Any:
        found = office.accountant.get(f"{API}/expenditures/{large}")
        return found if found["state"] == wanted else None

    findings.see(
        "50000.00 待决议 / waits for a resolution",
        "awaiting_resolution",
        until(lambda: state("awaiting_resolution"), "it waits")["state"],
    )
    findings.see("决议前签批被拒 / not signed before it", "F4", _refused(office.president, large))
    until(
        lambda: any(w["expenditure_id"] == large for w in office.clerk.all(f"{GOVERNANCE}/wanted-resolutions")),
        "governance knows of the wish",
    )
    council = Meeting(office, "standing-council", "2021-08-04", roll=9, present=6)
    motion = council.put("large-expenditure", "支出50000.00元", {"limit": "50000.00"}, large)
    findings.see("9人到6人4票 / 4 of 6 of 9", "adopted", council.vote(motion, 6, 4, ballot="named")["outcome"])
    council.close()
    until(lambda: state("awaiting_signature"), "finance heard of the resolution")
    findings.see("决议后理事长签批 / then the president", "approved", _sign(office.president, large))
    paid = office.cashier.post(f"{API}/expenditures/{large}/payment", {})
    findings.see("支付并入账 / paid and posted", ("50000.00", True), (paid["paid"], bool(paid["voucher"])))
    again = office.cashier.refused("POST", f"{API}/expenditures/{large}/payment", 409, {})
    findings.see("再付被拒 / never twice", "already-paid", again["code"])
    balance = office.accountant.get(f"{API}/trial-balance")
    findings.see("借贷相等 / debits equal credits", balance["debit"], balance["credit"])

"""Flow 5: nobody acts on what is their own, and nobody is given roles that check each other (X8)."""

from rich.progress import Progress

from demo.findings import NOT_PERMITTED, Findings
from demo.office import Office

API = "/v1/membership"
ANY_VERSION = {"If-Match": "*"}


def run(office: Office, findings: Findings, progress: Progress) -> None:
    findings.begin("职责分离 / separation of duties")
    bar = progress.add_task("职责分离 / separation of duties", total=3)
    administrator = office.administrator
    own = administrator.get(f"{API}/accounts/me")["id"]
    mine = f"{API}/accounts/{own}"
    roles = {"roles": ["administrator", "officer"]}
    findings.denied(
        "给本人角色被拒 / no roles for oneself", "X8", administrator, f"{mine}/roles", roles, "PUT", **ANY_VERSION
    )
    findings.denied("给本人重发密码被拒 / no secret for oneself", "X8", administrator, f"{mine}/one-time-secret")
    progress.advance(bar)

    opened = administrator.all(f"{API}/accounts")
    cashier = next(account["id"] for account in opened if account["username"] == "cashier")
    there = f"{API}/accounts/{cashier}/roles"
    for other, what in (("accountant", "会计"), ("inspector", "监督检查员")):
        both = {"roles": ["cashier", other]}
        findings.denied(
            f"出纳兼{what}被拒 / cashier and {other}", "X8", administrator, there, both, "PUT", **ANY_VERSION
        )
    findings.denied(
        "办事员授予角色被拒 / the clerk gives no roles", NOT_PERMITTED, office.clerk, there, roles, "PUT", **ANY_VERSION
    )
    findings.see(
        "出纳的角色 / roles of the cashier", ["cashier"], administrator.get(f"{API}/accounts/{cashier}")["roles"]
    )
    progress.advance(bar)

    clerk = next(account["person_id"] for account in opened if account["username"] == "clerk")
    representatives = f"{API}/units/{office.unit}/representatives"
    findings.denied(
        "自任单位代表被拒 / nobody names themselves", "X8", office.clerk, representatives, {"person_id": clerk}
    )
    progress.advance(bar)

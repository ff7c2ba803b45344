"""Flow 1: the batch of December 2020, on its real days (C1–C7): 284 candidates, 262 certificates."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.progress import Progress

from demo.client import Client
from demo.findings import NOT_PERMITTED, Findings
from demo.office import Office

API = "/v1/certification"
SCOPE = [{"occupation": "呼叫中心服务员", "level": level} for level in (3, 4)] + [
    {"occupation": "信息通信网络线务员", "work_type": work_type, "level": level}
    for work_type in ("光缆线务员", "天线线务员")
    for level in (3, 4)
]


def sample_workbook() -> bytes:
    """The candidates, as `xiehui sample` writes them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.xlsx"
        subprocess.run(
            [sys.executable, "-P", "-m", "shared.cli", "sample", "--out", str(path)], check=True, capture_output=True
        )
        return path.read_bytes()


def run(office: Office, findings: Findings, progress: Progress) -> None:
    findings.begin("2020 年度首次职业技能等级认定 / the batch of 2020")
    officer, assessor, clock = office.exam_officer, office.assessor, office.public.set_clock
    workbook = sample_workbook()

    clock("2020-12-01T09:00:00+08:00")
    batch = officer.post(f"{API}/batches", {"name": "2020年度首次职业技能等级认定", "scope": SCOPE})["id"]
    here = f"{API}/batches/{batch}"
    findings.see("跳步公示被拒 / a skipped step is refused", "409 C2", _refusal(officer, f"{here}/public-notice"))
    for step in ("plan-report", "announcement", "enrolment-opening"):
        officer.post(f"{here}/{step}")
    job = officer.upload(f"{here}/enrolments", "sheet", "sample.xlsx", workbook, identity_consent="true")
    enrolled = officer.follow(job, "certification", progress, "导入报名表 / importing candidates")
    findings.see("报名 / enrolled", 284, enrolled["result"]["imported"])

    clock("2020-12-23T18:00:00+08:00")
    days = ["2020-12-17", "2020-12-18", "2020-12-22", "2020-12-23"]
    officer.post(f"{here}/examination", {"days": days})
    job = assessor.upload(f"{here}/scores", "sheet", "sample.xlsx", workbook)
    scored = assessor.follow(job, "certification", progress, "录入成绩 / recording scores")
    findings.see("录入成绩 / scored", 284, scored["result"]["scored"])
    assessor.post(f"{here}/scoring-close")
    _see_statistics(officer.get(here)["statistics"], findings)

    clock("2020-12-24T09:00:00+08:00")
    findings.denied("考评员审核成绩被拒 / the assessor does not review", NOT_PERMITTED, assessor, f"{here}/review")
    office.exam_supervisor.post(f"{here}/review")
    notice = officer.post(f"{here}/public-notice")
    findings.see("公示至 / posted through", "2020-12-30", notice["notice_last_day"])
    findings.see("公示名单 / lines of the notice", 284, len(office.public.get(f"{here}/public-notice")["lines"]))
    clock("2020-12-30T23:59:00+08:00")
    findings.see("公示期内上报被拒 / not reported while posted", "409 C6", _refusal(officer, f"{here}/results-report"))

    clock("2020-12-31T09:00:00+08:00")
    officer.post(f"{here}/results-report")
    officer.wait_for(lambda: (officer.get(here)["certificates"], 262), progress, "签发证书 / issuing certificates")
    _see_certificates(officer, office, batch, findings)


def _refusal(client: Client, path: str) -> str:
    problem = client.refused("POST", path, 409, {})
    return f"{problem['status']} {problem.get('rule')}"


def _see_statistics(statistics: Any, findings: Findings) -> None:
    seen = {line["occupation"]: line["text"] for line in statistics["occupations"]}
    calls = next((text for name, text in seen.items() if "呼叫" in name or "call" in name), None)
    lines = next((text for name, text in seen.items() if "线务" in name or "line" in name), None)
    findings.see("呼叫中心服务员 / call-centre agents", "171/187 = 91.44%", calls)
    findings.see("线务员 / line workers", "91/97 = 93.81%", lines)
    findings.see("合计 / in all", "262/284 = 92.25%", statistics["text"])


def _see_certificates(officer: Client, office: Office, batch: str, findings: Findings) -> None:
    certificates = officer.all(f"{API}/certificates", batch_id=batch)
    numbers = sorted(certificate["number"] for certificate in certificates)
    findings.see("证书 / certificates", 262, len(certificates))
    for level, first in ((3, "S000014000001203000001"), (4, "S000014000001204000001")):
        own = [number for number in numbers if number[15] == str(level)]
        findings.see(f"{level} 级首号 / first of level {level}", first, own[0])
        serials = [int(number[16:]) for number in own]
        findings.see(f"{level} 级连号 / level {level} without gaps", True, serials == list(range(1, len(own) + 1)))
    candidates = officer.all(f"{API}/batches/{batch}/candidates")
    without = [candidate for candidate in candidates if not candidate["certificate_number"]]
    findings.see("未获证 / without a certificate", 22, len(without))
    findings.see("批次状态 / state of the batch", "certified", officer.get(f"{API}/batches/{batch}")["state"])

    findings.see("发证事件 / certificates told", 262, len(office.events("certification", "certificate.issued.v1")))
    office.tell_again("certification", office.events("certification", "candidate.qualified.v1")[0])
    findings.see("重投后证书 / certificates after that", 262, len(officer.all(f"{API}/certificates", batch_id=batch)))

    number = numbers[0]
    document = officer.ask("GET", f"{API}/certificates/{number}/pdf").content
    findings.see("证书文件 / the document", "%PDF", document[:4].decode())
    findings.denied(
        "考评员注销证书被拒 / the assessor revokes nothing",
        NOT_PERMITTED,
        office.assessor,
        f"{API}/certificates/{number}/revocation",
        {"reason": "无"},
    )
    by_number = office.public.get(f"{API}/certificates/{number}/check")
    findings.see("公开查验 / public check", "valid", by_number["validity"])
    findings.see("仅凭编号不示姓名 / no name by number alone", None, by_number.get("name"))
    certificate = officer.get(f"{API}/certificates/{number}")
    name, check_url = certificate["name"], certificate["check_url"]
    by_token = office.public.ask("GET", check_url.removeprefix(office.public.address)).json()
    findings.see("扫码示姓名 / the name by QR code", name, by_token["name"])

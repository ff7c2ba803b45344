"""Flow 2: an article of 1,450 characters comes out and earns 150.00, once; its retraction takes that back (P6, F14)."""

from typing import Any

from rich.progress import Progress

from demo.client import until
from demo.findings import NOT_PERMITTED, Findings
from demo.office import Office

PUBLISHING, FINANCE = "/v1/publishing", "/v1/finance"


def run(office: Office, findings: Findings, progress: Progress) -> None:
    findings.begin("稿件与稿酬 / an article becomes a fee")
    bar = progress.add_task("稿件 / an article", total=6)
    office.public.set_clock("2021-02-01T09:00:00+08:00")

    article = office.correspondent.post(
        f"{PUBLISHING}/articles",
        {"title": "三晋通信人的一天", "body": "通信保障无小事。" * 181 + "完毕", "column": "association_news"},
    )
    here = f"{PUBLISHING}/articles/{article['id']}"
    findings.see("字数 / characters", 1450, article["characters"])
    progress.advance(bar)

    review = {"kind": "editorial", "revision": 1, "passed": True}
    own = {**review, "kind": "facts"}
    findings.denied("自审被拒 / own article is not reviewed", "X8", office.correspondent, f"{here}/reviews", own)
    findings.denied(
        "会计审稿被拒 / the accountant reviews no article", NOT_PERMITTED, office.accountant, f"{here}/reviews", own
    )
    for reviewer, kind in ((office.editor, "editorial"), (office.colleague, "facts"), (office.editor, "secrecy")):
        reviewer.post(f"{here}/reviews", {**review, "kind": kind})
    progress.advance(bar)

    issue = office.editor.post(f"{PUBLISHING}/issues", {})["id"]
    office.editor.post(f"{PUBLISHING}/issues/{issue}/articles", {"article_id": article["id"]})
    published = office.editor.post(f"{PUBLISHING}/issues/{issue}/publication")
    findings.see("期号 / issue", "2021年第1期", published["number"])
    progress.advance(bar)

    fee = _fee(office, article["id"], "accrued")
    findings.see("计提稿酬 / accrued", "150.00", fee["amount"])
    findings.see("作者 / author", office.correspondent_person, fee["author_id"])
    progress.advance(bar)

    office.tell_again("publishing", office.events("publishing", "article.published.v1")[0])
    again = office.accountant.all(f"{FINANCE}/manuscript-fees", article_id=article["id"])
    findings.see("同一事件再投 / the same event again", "1 × 150.00", f"{len(again)} × {again[0]['owed']}")
    progress.advance(bar)

    office.editor.post(f"{here}/retraction", {"reason": "数据有误"})
    fee = _fee(office, article["id"], "reversed")
    findings.see("撤稿冲回 / reversed", "0.00", fee["owed"])
    progress.advance(bar)


def _fee(office: Office, article: str, state: str) -> Any:
    """The fee of an article once finance has heard what happened to it."""

    def heard() -> Any:
        fees = office.accountant.all(f"{FINANCE}/manuscript-fees", article_id=article)
        return fees[0] if fees and fees[0]["state"] == state else None

    return until(heard, f"finance has the fee of article {article} as {state}")

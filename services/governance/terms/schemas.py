"""What goes out about terms of office."""

from services.governance.terms.rules import Standing
from services.governance.wording import PRECISIONS, AssumptionOut
from shared.api import fields as f
from shared.api.sentences import SentenceOut

STANDINGS = {standing.value: standing.label for standing in Standing}


class TermOut(f.Schema):
    """A term on one day. Where only the year is known, its ends lie between earliest and latest."""

    id = f.UUID("编号", "Id", attribute="term.id")
    number = f.Integer("届次", "Number", attribute="term.number")
    name = f.Nested("名称", "Name", SentenceOut, attribute="term.name")
    body_ids = f.List("机构", "Bodies", f.UUID("机构", "Body"), attribute="term.body_ids")
    years = f.Integer("年限", "Years", attribute="term.years")
    extension_years_at_most = f.Integer(
        "最多延期年数", "Years of extension at most", attribute="term.extension_years_at_most"
    )
    began_precision = f.Choice("起始日精度", "Precision of the beginning", PRECISIONS, attribute="term.began_precision")
    began_earliest = f.Date("最早起始日", "Began at the earliest on", attribute="term.began_earliest")
    began_latest = f.Date("最迟起始日", "Began at the latest on", attribute="term.began_latest")
    until_earliest = f.Date("最早届满次日", "Over at the earliest on", attribute="term.until_earliest")
    until_latest = f.Date("最迟届满次日", "Over at the latest on", attribute="term.until_latest")
    standing = f.Choice("状态", "Standing", STANDINGS)
    source = f.Nested("来源", "Source", SentenceOut, attribute="term.source")
    clause = f.Nested("条款", "Clause", SentenceOut, attribute="term.clause")
    assumption = f.Nested("假定", "Assumption", AssumptionOut, attribute="term.assumption", allow_none=True)

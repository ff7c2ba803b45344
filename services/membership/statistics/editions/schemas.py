"""What comes in and goes out about editions. Of no unit by itself: they are for all members."""

from marshmallow import validate

from services.membership.statistics.editions.rules import Basis
from services.membership.statistics.indicators.schemas import IndicatorOut
from services.membership.statistics.plausibility.schemas import IndustryFinding
from shared.api import fields as f

BASES = {basis.value: basis.label for basis in Basis}


class TotalOut(f.Schema):
    """The figure of the industry for an indicator; ``growth`` in per cent, ``units`` how many reported it."""

    indicator = f.Nested("指标", "Indicator", IndicatorOut(only=("code", "label_zh", "label_en", "unit_zh", "unit_en")))
    value = f.Decimal("数值", "Value")
    growth = f.Decimal("同比增长（%）", "Growth (per cent)", allow_none=True)
    units = f.Integer("上报单位数", "Units")


class EditionOut(f.Schema):
    id = f.UUID("编号", "Id")
    period_id = f.UUID("统计期", "Period")
    number = f.Integer("版次", "Number")
    basis = f.Choice("数据来源", "Basis", BASES)
    source_zh = f.String("来源", "Source", allow_none=True)
    source_en = f.String("来源（英文）", "Source, in English", allow_none=True)
    reason = f.String("更正理由", "Reason for the revision", allow_none=True)
    checks = f.String("校验办法版本", "Version of the checks")
    expected = f.Integer("应报单位数", "Units asked")
    reported = f.Integer("已报单位数", "Units that reported")
    made_at = f.Moment("汇总时间", "Made at")
    published_at = f.Moment("发布时间", "Published at", allow_none=True)
    totals = f.List("数据", "Totals", f.Nested("数据", "Total", TotalOut))
    findings = f.List("疑点", "Findings", f.Nested("疑点", "Finding", IndustryFinding))


class EditionQuery(f.Schema):
    number = f.Integer(
        "版次（默认最新）", "Number (the latest)", load_default=None, allow_none=True, validate=validate.Range(1, 10000)
    )

"""What comes in and goes out about figures."""

from marshmallow import validate

from services.membership.statistics.plausibility.schemas import FindingOut
from shared.api import fields as f


class LineIn(f.Schema):
    """A value for an indicator; ``growth`` in per cent against the same month a year before."""

    indicator = f.String("指标", "Indicator", required=True, max_length=60)
    value = f.Decimal("数值", "Value", required=True)
    growth = f.Decimal("同比增长（%）", "Growth (per cent)", load_default=None, allow_none=True)


class ReportIn(f.Schema):
    """What a unit reports of a period; indicators it does not name stay as they are."""

    period_id = f.UUID("统计期", "Period", required=True)
    figures = f.List(
        "数据", "Figures", f.Nested("数据", "Figure", LineIn), required=True, validate=validate.Length(max=200)
    )


class RevisionIn(f.Schema):
    """What takes the place of a unit's figure, or of none, once the period is closed; and why."""

    unit_id = f.UUID("单位", "Unit", required=True)
    indicator = f.String("指标", "Indicator", required=True, max_length=60)
    value = f.Decimal("数值", "Value", required=True)
    growth = f.Decimal("同比增长（%）", "Growth (per cent)", load_default=None, allow_none=True)
    reason = f.String("理由", "Reason", required=True, max_length=500)


class FigureQuery(f.Schema):
    period_id = f.UUID("统计期", "Period", load_default=None, allow_none=True)
    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)
    indicator = f.String("指标", "Indicator", load_default=None, allow_none=True, max_length=60)
    superseded = f.Boolean("含已被取代的", "With those superseded", load_default=False)


class FigureOut(f.Schema):
    id = f.UUID("编号", "Id")
    period_id = f.UUID("统计期", "Period")
    unit_id = f.UUID("单位", "Unit")
    indicator = f.String("指标", "Indicator")
    value = f.Decimal("数值", "Value")
    growth = f.Decimal("同比增长（%）", "Growth (per cent)", allow_none=True)
    late = f.Boolean("迟报", "Late")
    on_behalf = f.Boolean("秘书处代录", "Entered by the secretariat")
    reported_at = f.Moment("上报时间", "Reported at")
    reason = f.String("更正理由", "Reason for the revision", allow_none=True)
    superseded_at = f.Moment("被取代时间", "Superseded at", allow_none=True)


class ReportOut(f.Schema):
    """What of a report is new, and what is doubtful now in all that the unit has reported of the period."""

    figures = f.List("新数据", "New figures", f.Nested("数据", "Figure", FigureOut))
    findings = f.List("疑点", "Findings", f.Nested("疑点", "Finding", FindingOut))

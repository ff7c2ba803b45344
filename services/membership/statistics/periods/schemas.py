"""What comes in and goes out about reporting periods."""

from marshmallow import validate

from services.membership.statistics.periods.rules import State
from shared.api import fields as f

STATES = {state.value: state.label for state in State}


class PeriodIn(f.Schema):
    """A month to report for, and the units that are asked; without a last day that of the terms holds."""

    year = f.Integer("年", "Year", required=True, validate=validate.Range(2000, 2999))
    month = f.Integer("月", "Month", required=True, validate=validate.Range(1, 12))
    unit_ids = f.List(
        "上报单位", "Units that report", f.UUID("单位", "Unit"), required=True, validate=validate.Length(max=500)
    )
    due_on = f.Date("上报截止日（默认按期限）", "Last day to report (by the terms)", load_default=None, allow_none=True)


class PeriodQuery(f.Schema):
    year = f.Integer("年", "Year", load_default=None, allow_none=True, validate=validate.Range(2000, 2999))
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)


class PeriodOut(f.Schema):
    id = f.UUID("编号", "Id")
    year = f.Integer("年", "Year")
    month = f.Integer("月", "Month")
    due_on = f.Date("上报截止日", "Last day to report")
    terms = f.String("期限版本", "Version of the terms", allow_none=True)
    state = f.Choice("状态", "State", STATES)
    opened_at = f.Moment("开启时间", "Opened at")
    closed_at = f.Moment("汇总时间", "Closed at", allow_none=True)
    published_at = f.Moment("发布时间", "Published at", allow_none=True)


class ReporterIn(f.Schema):
    unit_id = f.UUID("单位", "Unit", required=True)


class ReporterOut(f.Schema):
    id = f.UUID("编号", "Id")
    period_id = f.UUID("统计期", "Period")
    unit_id = f.UUID("单位", "Unit")
    asked_at = f.Moment("列入时间", "Asked at")


class StandingOfReporter(f.Schema):
    """What a unit still has to report, and how many of its findings nobody has answered."""

    unit_id = f.UUID("单位", "Unit")
    missing = f.List("未报指标", "Indicators not reported", f.String("代码", "Code"))
    late = f.Boolean("迟报", "Late")
    open_findings = f.Integer("待答复的疑点", "Findings without an answer")


class CompletenessOut(f.Schema):
    """Who has reported what of a period; ``complete`` counts units that have reported every indicator."""

    period_id = f.UUID("统计期", "Period")
    expected = f.Integer("应报单位数", "Units asked")
    reported = f.Integer("已报单位数", "Units that reported something")
    complete = f.Integer("报齐单位数", "Units that reported everything")
    units = f.List("各单位", "Units", f.Nested("单位", "Unit", StandingOfReporter))

"""What comes in and goes out about surveys."""

from marshmallow import validate

from services.membership.surveys.plans.rules import State
from shared.api import fields as f

STATES = {state.value: state.label for state in State}
_SAMPLE = validate.Range(min=1, max=1_000_000)
_OPERATORS = validate.Length(min=1, max=20)


class SurveyIn(f.Schema):
    """A survey to be held from ``starts_on`` through ``ends_on``; ``operators`` are member units."""

    title = f.String("调查名称", "Title", required=True, min_length=1, max_length=100)
    purpose = f.String("调查目的", "Purpose", required=True, min_length=1, max_length=1000)
    target_group = f.String("调查对象", "Target group", required=True, min_length=1, max_length=500)
    planned_sample = f.Integer("计划样本量", "Planned sample", required=True, validate=_SAMPLE)
    starts_on = f.Date("开始日", "First day", required=True)
    ends_on = f.Date("结束日（含当日）", "Last day, included", required=True)
    operators = f.List("电信运营企业", "Operators", f.UUID("单位", "Unit"), required=True, validate=_OPERATORS)


class SurveyPatch(f.Schema):
    """What is to change; what is not named stays."""

    title = f.String("调查名称", "Title", min_length=1, max_length=100)
    purpose = f.String("调查目的", "Purpose", min_length=1, max_length=1000)
    target_group = f.String("调查对象", "Target group", min_length=1, max_length=500)
    planned_sample = f.Integer("计划样本量", "Planned sample", validate=_SAMPLE)
    starts_on = f.Date("开始日", "First day")
    ends_on = f.Date("结束日（含当日）", "Last day, included")
    operators = f.List("电信运营企业", "Operators", f.UUID("单位", "Unit"), validate=_OPERATORS)


class SurveyQuery(f.Schema):
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)


class SurveyOut(f.Schema):
    id = f.UUID("编号", "Id")
    title = f.String("调查名称", "Title")
    purpose = f.String("调查目的", "Purpose")
    target_group = f.String("调查对象", "Target group")
    planned_sample = f.Integer("计划样本量", "Planned sample")
    starts_on = f.Date("开始日", "First day")
    ends_on = f.Date("结束日（含当日）", "Last day, included")
    operators = f.List("电信运营企业", "Operators", f.UUID("单位", "Unit"), attribute="operator_ids")
    state = f.Choice("状态", "State", STATES)
    terms = f.String("调查规定版本", "Version of the terms", allow_none=True)
    planned_at = f.Moment("策划时间", "Planned at")
    opened_at = f.Moment("开始时间", "Opened at", allow_none=True)
    closed_at = f.Moment("结束时间", "Closed at", allow_none=True)

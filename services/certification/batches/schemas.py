"""What comes in and goes out about batches."""

from services.certification.vocabulary import OCCUPATIONS, STATES, WORK_TYPES
from shared.api import fields as f


class ScopeIn(f.Schema):
    """One thing to be examined, by codes or names of the catalogue."""

    occupation = f.String("职业", "Occupation", required=True, max_length=100)
    work_type = f.String("工种", "Work type", load_default=None, allow_none=True, max_length=100)
    level = f.Integer("等级", "Level", required=True)


class BatchIn(f.Schema):
    """The plan of a batch; the site is ours where it is not given."""

    name = f.String("名称", "Name", required=True, max_length=100)
    scope = f.List("认定范围", "Scope", f.Nested("范围", "Part of the scope", ScopeIn), required=True)
    site = f.String("站点代码", "Site", load_default=None, allow_none=True, max_length=20)


class BatchQuery(f.Schema):
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)


class ExaminationIn(f.Schema):
    days = f.List("考试日期", "Days of the examination", f.Date("日期", "Day"), required=True)


class ScopeOut(f.Schema):
    occupation = f.Choice("职业", "Occupation", OCCUPATIONS)
    work_type = f.Choice("工种", "Work type", WORK_TYPES, allow_none=True)
    level = f.Integer("等级", "Level")


class OccupationRateOut(f.Schema):
    occupation = f.Choice("职业", "Occupation", OCCUPATIONS)
    taken = f.Integer("参加人数", "Taken part", attribute="rate.taken")
    passed = f.Integer("通过人数", "Passed", attribute="rate.passed")
    percent = f.Decimal("通过率（%）", "Per cent", attribute="rate.percent", allow_none=True)
    text = f.String("通过率", "Pass rate", attribute="rate.text")


class StatisticsOut(f.Schema):
    """Pass rates, of all and by occupation; per cent has two places, rounded half up."""

    taken = f.Integer("参加人数", "Taken part", attribute="total.taken")
    passed = f.Integer("通过人数", "Passed", attribute="total.passed")
    percent = f.Decimal("通过率（%）", "Per cent", attribute="total.percent", allow_none=True)
    text = f.String("通过率", "Pass rate", attribute="total.text")
    occupations = f.List("分职业", "By occupation", f.Nested("职业", "Occupation", OccupationRateOut))


class StepOut(f.Schema):
    state = f.Choice("状态", "State", STATES)
    taken_at = f.Moment("时间", "At")
    taken_by = f.UUID("办理人", "By", allow_none=True)


class BatchStanding(f.Schema):
    """Where a batch stands: what a step answers."""

    id = f.UUID("编号", "Id")
    name = f.String("名称", "Name")
    state = f.Choice("状态", "State", STATES)
    examination_days = f.List("考试日期", "Days of the examination", f.Date("日期", "Day"))
    posted_at = f.Moment("公示时间", "Publicised at", allow_none=True)
    notice_last_day = f.Date("公示末日", "Last day of the notice", allow_none=True)
    enrolled = f.Integer("报名人数", "Enrolled")
    certificates = f.Integer("发证数", "Certificates issued")


class BatchLine(BatchStanding):
    """A batch in a list."""

    site = f.String("站点代码", "Site")
    planned_at = f.Moment("拟定时间", "Planned at")
    scope = f.List("认定范围", "Scope", f.Nested("范围", "Part of the scope", ScopeOut))
    statistics = f.Nested("通过率统计", "Pass rates", StatisticsOut, allow_none=True)


class BatchOut(BatchLine):
    """A batch, whole, with the versions of the rules it was planned and publicised by (X4)."""

    steps = f.List("办理经过", "Steps taken", f.Nested("步骤", "Step", StepOut))
    catalogue = f.String("目录版本", "Version of the catalogue")
    accreditation = f.String("备案版本", "Version of the accreditation")
    publicity_period = f.String("公示期限版本", "Version of the publicity period", allow_none=True)

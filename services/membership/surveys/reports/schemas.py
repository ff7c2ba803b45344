"""What comes in and goes out about reports."""

from services.membership.surveys.reports.rules import Audience, State
from services.membership.surveys.results.schemas import FiguresOut
from shared.api import fields as f

STATES = {state.value: state.label for state in State}
AUDIENCES = {audience.value: audience.label for audience in Audience}
_LONGEST = 5000


class ReportIn(f.Schema):
    """``summary`` says what was found; ``reason`` why it takes the place of the report before, if there is one."""

    summary = f.String("结论与建议", "Findings", required=True, min_length=1, max_length=_LONGEST)
    reason = f.String("替代理由", "Why it replaces the one before", load_default="", max_length=1000)


class ReportPatch(f.Schema):
    summary = f.String("结论与建议", "Findings", required=True, min_length=1, max_length=_LONGEST)


class ReportQuery(f.Schema):
    survey_id = f.UUID("调查", "Survey", load_default=None, allow_none=True)
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)


class AuditIn(f.Schema):
    passed = f.Boolean("审核通过", "Passed", required=True)
    note = f.String("审核意见", "Note", load_default="", max_length=1000)


class DeliveryIn(f.Schema):
    audience = f.Choice("报送对象", "Reported to", AUDIENCES, required=True)
    on = f.Date("报送日期（默认今天）", "On (today)", load_default=None, allow_none=True)
    means = f.String("报送方式", "By what means", required=True, min_length=1, max_length=200)


class DeliveryOut(f.Schema):
    audience = f.Choice("报送对象", "Reported to", AUDIENCES)
    on = f.Date("报送日期", "On")
    means = f.String("报送方式", "By what means")


class PublishedLine(f.Schema):
    """A published report in a list."""

    id = f.UUID("编号", "Id")
    survey_id = f.UUID("调查", "Survey")
    title = f.String("调查名称", "Title")
    starts_on = f.Date("调查开始日", "First day of the survey")
    ends_on = f.Date("调查结束日", "Last day of the survey")
    number = f.Integer("版次", "Version")
    published_on = f.Date("发布日期", "Published on", allow_none=True)


class PublishedOut(PublishedLine):
    """A published report, whole."""

    summary = f.String("结论与建议", "Findings")
    figures = f.Nested("调查结果", "Results", FiguresOut)


class ReportLine(PublishedLine):
    state = f.Choice("状态", "State", STATES)
    drafted_at = f.Moment("起草时间", "Drafted at")
    audited_at = f.Moment("审核时间", "Audited at", allow_none=True)


class ReportOut(ReportLine):
    """A report with how it came about and to whom it was reported."""

    summary = f.String("结论与建议", "Findings")
    reason = f.String("替代理由", "Why it replaces the one before", allow_none=True)
    audit_note = f.String("审核意见", "Note of the audit", allow_none=True)
    superseded_at = f.Moment("被替代时间", "Superseded at", allow_none=True)
    deliveries = f.List("报送记录", "Reported to", f.Nested("报送", "Delivery", DeliveryOut))
    figures = f.Nested("调查结果", "Results", FiguresOut)

"""What is told about satisfaction surveys. Ids, days and figures that may be shown only (M8, X11)."""

from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class SurveyOpened(EventSchema):
    """A survey is open from now on, with this questionnaire and the terms of that day (M8, X4)."""

    event = "survey.opened"
    label = Text("满意度调查已开始", "Survey opened")

    survey_id = f.UUID("调查", "Survey", attribute="id")
    questionnaire_id = f.UUID("问卷", "Questionnaire")
    starts_on = f.Date("开始日", "First day")
    ends_on = f.Date("结束日", "Last day")
    planned_sample = f.Integer("计划样本量", "Planned sample")
    terms = f.String("调查规定版本", "Version of the terms")
    opened_at = f.Moment("开始时间", "Opened at")


class SurveyClosed(EventSchema):
    """A survey takes no responses any more. ``valid`` is null where too few responded for that to be shown (M8)."""

    event = "survey.closed"
    label = Text("满意度调查已结束", "Survey closed")

    survey_id = f.UUID("调查", "Survey", attribute="id")
    invited = f.Integer("发放问卷数", "Invited")
    valid = f.Integer("有效答卷数", "Valid responses", allow_none=True)
    closed_at = f.Moment("结束时间", "Closed at")


class SurveyReportPublished(EventSchema):
    """The ``number``-th audited report on a survey was published; it stands in place of those before (M8, X7).

    ``index`` is the satisfaction index from 0 to 100, null where too few responded for it to be shown.
    """

    event = "survey.report-published"
    label = Text("满意度调查报告已发布", "Survey report published")

    survey_id = f.UUID("调查", "Survey", attribute="id")
    report_id = f.UUID("报告", "Report")
    number = f.Integer("版次", "Version")
    index = f.Decimal("满意度指数", "Satisfaction index", allow_none=True)
    published_on = f.Date("发布日期", "Published on")


EVENTS = (SurveyOpened, SurveyClosed, SurveyReportPublished)

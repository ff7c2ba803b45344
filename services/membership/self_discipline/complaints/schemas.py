"""What comes in and goes out about complaints."""

from marshmallow import validate

from services.membership.data import complaint_kinds, complaint_measures
from services.membership.self_discipline.complaints.rules import Outsider, State
from shared.api import fields as f

STATES = {state.value: state.label for state in State}
OUTSIDERS = {outsider.value: outsider.label for outsider in Outsider}
KINDS, MEASURES = complaint_kinds(), complaint_measures()


class ComplaintIn(f.Schema):
    """A complaint: of a member unit, or of somebody outside, of whom no name is kept."""

    complainant_unit_id = f.UUID("投诉单位", "Unit that complains", load_default=None, allow_none=True)
    outsider = f.Choice("会外投诉人", "Outsider who complains", OUTSIDERS, load_default=None, allow_none=True)
    respondent_unit_id = f.UUID("被投诉单位", "Unit complained about", required=True)
    kind = f.Choice("种类", "Kind", KINDS, required=True)
    statement = f.String(
        "投诉内容（不写个人姓名和电话）",
        "What is complained about, without names or phones",
        required=True,
        min_length=1,
        max_length=5000,
    )


class ComplaintQuery(f.Schema):
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)
    respondent_unit_id = f.UUID("被投诉单位", "Unit complained about", load_default=None, allow_none=True)


class AcceptanceIn(f.Schema):
    allegation = f.String(
        "告知内容（不透露投诉人）",
        "What the unit is told; not who complains",
        required=True,
        min_length=1,
        max_length=5000,
    )


class DismissalIn(f.Schema):
    reason = f.String("理由", "Reason", required=True, min_length=1, max_length=1000)


class HearingIn(f.Schema):
    held_on = f.Date("听取日期", "Held on", required=True)
    record = f.String("记录", "Record", required=True, min_length=1, max_length=5000)


class DecisionIn(f.Schema):
    breach = f.Boolean("是否违约", "Breach", required=True)
    measure = f.Choice("处理", "Measure", MEASURES, load_default=None, allow_none=True)
    reason = f.String("理由", "Reason", required=True, min_length=1, max_length=2000)


class AnswerIn(f.Schema):
    text = f.String("答复", "Answer", required=True, min_length=1, max_length=5000)


class NoticeOut(f.Schema):
    """What the unit complained about sees."""

    id = f.UUID("编号", "Id")
    unit_id = f.UUID("被投诉单位", "Unit complained about")
    kind = f.Choice("种类", "Kind", KINDS)
    allegation = f.String("告知内容", "What the unit is told")
    served_at = f.Moment("告知时间", "Served at")
    answer = f.String("答复", "Answer", allow_none=True)
    answered_at = f.Moment("答复时间", "Answered at", allow_none=True)
    breach = f.Boolean("是否违约", "Breach", allow_none=True)
    measure = f.Choice("处理", "Measure", MEASURES, allow_none=True)
    reason = f.String("理由", "Reason", allow_none=True)
    decided_at = f.Moment("认定时间", "Decided at", allow_none=True)


class ComplaintOut(f.Schema):
    id = f.UUID("编号", "Id")
    complainant_unit_id = f.UUID("投诉单位", "Unit that complains", allow_none=True)
    outsider = f.Choice("会外投诉人", "Outsider who complains", OUTSIDERS, allow_none=True)
    respondent_unit_id = f.UUID("被投诉单位", "Unit complained about")
    kind = f.Choice("种类", "Kind", KINDS)
    statement = f.String("投诉内容", "What is complained about")
    state = f.Choice("状态", "State", STATES)
    terms = f.String("处理办法版本", "Version of the terms")
    received_on = f.Date("收到日期", "Received on")
    accepted_on = f.Date("受理日期", "Accepted on", allow_none=True)
    dismissal = f.String("不予受理理由", "Reason of the dismissal", allow_none=True)
    heard_on = f.Date("听取日期", "Heard on", allow_none=True)
    hearing = f.String("听取记录", "Record of the hearing", allow_none=True)
    breach = f.Boolean("是否违约", "Breach", allow_none=True)
    measure = f.Choice("处理", "Measure", MEASURES, allow_none=True)
    reason = f.String("理由", "Reason", allow_none=True)
    decided_at = f.Moment("认定时间", "Decided at", allow_none=True)
    closed_at = f.Moment("办结时间", "Closed at", allow_none=True)
    notice = f.Nested("告知与答复", "Notice and answer", NoticeOut, allow_none=True)


class ComplaintFiguresQuery(f.Schema):
    year = f.Integer("年度", "Year", required=True, validate=validate.Range(2000, 2999))


class ComplaintFigures(f.Schema):
    """Complaints received in a year, in figures only."""

    year = f.Integer("年度", "Year")
    received = f.Integer("收到", "Received")
    dismissed = f.Integer("不予受理", "Dismissed")
    decided = f.Integer("已认定", "Decided")
    breaches = f.Integer("认定违约", "Breaches found")

"""What comes in and goes out about studies."""

from marshmallow import validate

from services.membership.studies.rules import Outcome, State
from shared.api import fields as f

STATES = {state.value: state.label for state in State}
OUTCOMES = {outcome.value: outcome.label for outcome in Outcome}


class DeliverableIn(f.Schema):
    title = f.String("成果", "Deliverable", required=True, min_length=1, max_length=200)
    due_on = f.Date("期限", "Due on", required=True)


class StudyIn(f.Schema):
    """What was agreed; the term includes both days."""

    client = f.String("委托单位", "Client", required=True, min_length=1, max_length=100)
    title = f.String("课题名称", "Title", required=True, min_length=1, max_length=200)
    amount = f.Money("金额", "Sum", required=True)
    agreed_on = f.Date("协议日期", "Agreed on", required=True)
    begins_on = f.Date("起始日", "First day", required=True)
    ends_on = f.Date("终止日", "Last day", required=True)
    deliverables = f.List(
        "成果",
        "Deliverables",
        f.Nested("成果", "Deliverable", DeliverableIn),
        required=True,
        validate=validate.Length(max=50),
    )


class StudyQuery(f.Schema):
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)
    overdue = f.Boolean("只看有逾期成果的", "Only those with something overdue", load_default=False)


class DeliveryIn(f.Schema):
    delivered_on = f.Date("交付日期（默认今天）", "Delivered on (today)", load_default=None, allow_none=True)


class AcceptanceIn(f.Schema):
    """The client's word; ``decided_by`` is a department, never a person's name."""

    outcome = f.Choice("结果", "Outcome", OUTCOMES, required=True)
    decided_by = f.String("验收单位（部门）", "Department that decided", required=True, min_length=1, max_length=100)
    decided_on = f.Date("验收日期（默认今天）", "Decided on (today)", load_default=None, allow_none=True)
    remarks = f.String("意见", "Remarks", load_default=None, allow_none=True, max_length=2000)


class EndIn(f.Schema):
    reason = f.String("理由", "Reason", required=True, min_length=1, max_length=500)


class DeliverableOut(f.Schema):
    id = f.UUID("编号", "Id")
    study_id = f.UUID("课题", "Study")
    title = f.String("成果", "Deliverable")
    due_on = f.Date("期限", "Due on")
    delivered_on = f.Date("交付日期", "Delivered on", allow_none=True)


class AcceptanceOut(f.Schema):
    outcome = f.Choice("结果", "Outcome", OUTCOMES)
    decided_by = f.String("验收单位（部门）", "Department that decided")
    decided_on = f.Date("验收日期", "Decided on")
    remarks = f.String("意见", "Remarks", allow_none=True)


class StudyOut(f.Schema):
    id = f.UUID("编号", "Id")
    client = f.String("委托单位", "Client")
    title = f.String("课题名称", "Title")
    amount = f.Money("金额", "Sum")
    agreed_on = f.Date("协议日期", "Agreed on")
    begins_on = f.Date("起始日", "First day")
    ends_on = f.Date("终止日", "Last day")
    state = f.Choice("状态", "State", STATES)
    accepted_on = f.Date("验收日期", "Accepted on", allow_none=True)
    ended_on = f.Date("终止办理日期", "Given up on", allow_none=True)
    end_reason = f.String("终止理由", "Why it was given up", allow_none=True)
    deliverables = f.List("成果", "Deliverables", f.Nested("成果", "Deliverable", DeliverableOut))
    acceptances = f.List("验收", "Acceptances", f.Nested("验收", "Acceptance", AcceptanceOut))

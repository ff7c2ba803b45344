"""What comes in and goes out about research visits."""

from services.membership.visits.rules import State
from shared.api import fields as f

STATES = {state.value: state.label for state in State}
OUTCOMES = {state.value: state.label for state in (State.DONE, State.DROPPED)}


class VisitIn(f.Schema):
    unit_id = f.UUID("单位", "Unit", required=True)
    visited_on = f.Date("走访日期", "Visited on", required=True)
    led_by = f.UUID("带队人", "Led by", required=True)
    topics = f.String("调研内容", "Topics", required=True, min_length=1, max_length=1000)
    findings = f.String("发现的情况", "Findings", required=True, min_length=1, max_length=5000)


class VisitQuery(f.Schema):
    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)


class FollowUpIn(f.Schema):
    task = f.String("事项", "Task", required=True, min_length=1, max_length=500)
    owner_id = f.UUID("办理人", "Owner", required=True)
    due_on = f.Date("办理期限", "Due on", required=True)


class FollowUpQuery(f.Schema):
    owner_id = f.UUID("办理人", "Owner", load_default=None, allow_none=True)
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)
    overdue = f.Boolean("只看逾期的", "Only overdue ones", load_default=False)


class SettlementIn(f.Schema):
    state = f.Choice("结果", "How", OUTCOMES, required=True)
    outcome = f.String("办理情况", "Outcome", required=True, min_length=1, max_length=1000)


class FollowUpOut(f.Schema):
    id = f.UUID("编号", "Id")
    visit_id = f.UUID("走访", "Visit")
    task = f.String("事项", "Task")
    owner_id = f.UUID("办理人", "Owner")
    due_on = f.Date("办理期限", "Due on")
    state = f.Choice("状态", "State", STATES)
    outcome = f.String("办理情况", "Outcome", allow_none=True)
    settled_at = f.Moment("了结时间", "Settled at", allow_none=True)


class VisitOut(f.Schema):
    id = f.UUID("编号", "Id")
    unit_id = f.UUID("单位", "Unit")
    visited_on = f.Date("走访日期", "Visited on")
    led_by = f.UUID("带队人", "Led by")
    topics = f.String("调研内容", "Topics")
    findings = f.String("发现的情况", "Findings")
    follow_ups = f.List("后续事项", "Follow-ups", f.Nested("事项", "Follow-up", FollowUpOut))
    recorded_at = f.Moment("登记时间", "Recorded at")

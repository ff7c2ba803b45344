"""What goes out about what units were sent."""

from services.membership.notices.rules import Kind, Outcome
from shared.api import fields as f

KINDS = {kind.value: kind.label for kind in Kind}
OUTCOMES = {outcome.value: outcome.label for outcome in Outcome}


class NoticeQuery(f.Schema):
    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)
    kind = f.Choice("种类", "Kind", KINDS, load_default=None, allow_none=True)
    outcome = f.Choice("结果状态", "Outcome", OUTCOMES, load_default=None, allow_none=True)


class NoticeOut(f.Schema):
    id = f.UUID("编号", "Id")
    unit_id = f.UUID("单位", "Unit")
    kind = f.Choice("种类", "Kind", KINDS)
    about = f.String("收款单号或年度", "Number of the slip, or the year")
    outcome = f.Choice("结果状态", "Outcome", OUTCOMES)
    sent_to = f.String("寄往（已遮盖）", "Sent to (masked)", allow_none=True)
    mail_id = f.UUID("邮件", "Mail", allow_none=True)
    recorded_at = f.Moment("记录时间", "Recorded at")

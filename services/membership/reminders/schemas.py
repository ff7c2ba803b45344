"""What comes in and goes out about reminders."""

from services.membership.reminders.rules import BY_HAND, Means, Outcome
from shared.api import fields as f

MEANS = {means.value: means.label for means in Means}
MEANS_BY_HAND = {means.value: means.label for means in BY_HAND}
OUTCOMES = {outcome.value: outcome.label for outcome in Outcome}


class ReminderIn(f.Schema):
    """A reminder that somebody made. ``note`` is what came of it, without names and numbers."""

    means = f.Choice("方式", "Means", MEANS_BY_HAND, required=True)
    day = f.Date("催收日期（默认今天）", "Day (today)", load_default=None, allow_none=True)
    note = f.String("结果", "What came of it", load_default=None, allow_none=True)


class ReminderQuery(f.Schema):
    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)
    outcome = f.Choice("结果状态", "Outcome", OUTCOMES, load_default=None, allow_none=True)
    since = f.Date("自", "From this day on", load_default=None, allow_none=True)


class ReminderOut(f.Schema):
    id = f.UUID("编号", "Id")
    unit_id = f.UUID("单位", "Unit")
    invoice_id = f.UUID("会费通知", "Invoice")
    step = f.String("催收步骤", "Step of the schedule", allow_none=True)
    schedule = f.String("催收安排版本", "Version of the schedule", allow_none=True)
    day = f.Date("日期", "Day")
    owed = f.Money("当时尚欠", "Owed then")
    means = f.Choice("方式", "Means", MEANS, allow_none=True)
    outcome = f.Choice("结果状态", "Outcome", OUTCOMES)
    sent_to = f.String("寄往（已遮盖）", "Sent to (masked)", allow_none=True)
    mail_id = f.UUID("邮件", "Mail", allow_none=True)
    note = f.String("结果", "What came of it", allow_none=True)
    recorded_at = f.Moment("记录时间", "Recorded at")
    recorded_by = f.String("记录人账号", "Recorded by (account)")

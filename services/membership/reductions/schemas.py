"""What is heard, comes in and goes out about reductions of invoices."""

from services.membership.dues.schemas import A_YEAR
from shared.api import fields as f
from shared.bus.events import Heard


class ReceivableReduced(Heard):
    """What membership reads when finance has reduced what it takes an invoice for; ``released`` had been paid."""

    invoice_id = f.UUID("会费通知", "Invoice", required=True)
    unit_id = f.UUID("单位", "Unit", required=True)
    amount = f.Money("核减金额", "Reduced by", required=True)
    released = f.Money("转预收", "Became credit", required=True)
    owes = f.Money("尚欠", "Still owed", required=True)


class ReductionQuery(f.Schema):
    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)
    invoice_id = f.UUID("会费通知", "Invoice", load_default=None, allow_none=True)
    year = f.Integer("年度", "Year", load_default=None, allow_none=True, validate=A_YEAR)


class ReductionOut(f.Schema):
    """What an invoice is less since the unit left, and the months it is for from then on: none where ``last_month`` is
    the month before the first."""

    id = f.UUID("编号", "Id")
    invoice_id = f.UUID("会费通知", "Invoice")
    unit_id = f.UUID("单位", "Unit")
    leaving_id = f.UUID("退会记录", "End of the membership")
    year = f.Integer("年度", "Year")
    first_month = f.Integer("计费起始月", "First month")
    last_month = f.Integer("核减后计费末月", "Last month from then on")
    amount = f.Money("核减金额", "Reduced by")
    reduced_on = f.Date("核减日期", "Reduced on")
    recorded_at = f.Moment("登记时间", "Recorded at")

"""What membership hears of finance about dues, and what comes in and goes out about them."""

from marshmallow import validate

from services.membership.dues.rules import InvoiceState
from services.membership.units.schemas import STANDINGS, TIERS
from shared.api import fields as f
from shared.bus.events import Heard

STATES = {state.value: state.label for state in InvoiceState}
A_YEAR = validate.Range(2000, 2999)


class InvoicePaid(Heard):
    """What membership reads when money came for an invoice. Payments told before they named their credit have none."""

    invoice_id = f.UUID("会费通知", "Invoice", required=True)
    unit_id = f.UUID("单位", "Unit", required=True)
    owes = f.Money("尚欠", "Still owed", required=True)
    credit = f.Money("转预收", "Kept as credit", load_default=0)


class CreditUsed(Heard):
    """What membership reads when credit was set against an invoice."""

    invoice_id = f.UUID("会费通知", "Invoice", required=True)
    unit_id = f.UUID("单位", "Unit", required=True)
    amount = f.Money("冲抵金额", "Amount used", required=True)
    owes = f.Money("尚欠", "Still owed", required=True)


class InvoiceSettled(Heard):
    """What membership reads when nothing of an invoice is open any more (F12)."""

    invoice_id = f.UUID("会费通知", "Invoice", required=True)
    unit_id = f.UUID("单位", "Unit", required=True)
    slip = f.String("收款单号", "Slip", required=True)


class InvoiceIn(f.Schema):
    """The unit and the year that it is to pay dues for."""

    unit_id = f.UUID("单位", "Unit", required=True)
    year = f.Integer("年度", "Year", required=True, validate=A_YEAR)


class InvoiceQuery(f.Schema):
    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)
    year = f.Integer("年度", "Year", load_default=None, allow_none=True, validate=A_YEAR)
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)


class InvoiceOut(f.Schema):
    """The dues of a unit for a year, or for its months from the first through the last named. ``reduced`` is what was
    taken off it since the unit left, ``owed_through`` the last month that is owed now; zero or a month before the first
    where none is. ``part`` counts the year's invoices: a second one is for the months since the unit came back."""

    id = f.UUID("编号", "Id")
    unit_id = f.UUID("单位", "Unit")
    year = f.Integer("年度", "Year")
    tier = f.Choice("会员层级", "Tier", TIERS)
    first_month = f.Integer("计费起始月", "First month")
    last_month = f.Integer("计费末月", "Last month")
    owed_through = f.Integer("现计费至", "Owed through month")
    part = f.Integer("本年度第几份", "Which of the year's invoices")
    amount = f.Money("会费", "Dues")
    reduced = f.Money("核减", "Reduced by")
    paid = f.Money("已缴", "Paid")
    owes = f.Money("尚欠", "Still owed")
    state = f.Choice("状态", "State", STATES)
    issued_on = f.Date("开具日期", "Issued on")
    due_on = f.Date("最后缴费日", "Last day to pay")
    standard_id = f.UUID("会费标准", "Dues standard")
    terms = f.String("缴纳期限版本", "Version of the terms of payment")
    run_id = f.UUID("开具批次", "Billing run", allow_none=True)
    slip = f.String("收款单号", "Collection slip", allow_none=True)


class StandingOut(f.Schema):
    """How a unit stands with its dues today; ``overdue`` is a part of ``owes``."""

    unit_id = f.UUID("单位", "Unit")
    standing = f.Choice("会费状态", "Standing", STANDINGS)
    good = f.Boolean("是否正常", "In good standing")
    owes = f.Money("尚欠", "Still owed")
    overdue = f.Money("其中逾期", "Of that overdue")
    as_of = f.Date("截至", "As of")
    terms = f.String("会费状态规定版本", "Version of the terms of standing")


class ReviewOut(f.Schema):
    changed = f.Integer("变更单位数", "Units whose standing changed")
    as_of = f.Date("截至", "As of")

"""What finance hears of dues, and what comes in and goes out about receivables, payments and slips."""

from marshmallow import validate

from services.finance.dues.rules import State
from services.finance.ledger.rules import Purpose
from shared.api import fields as f
from shared.api.sentences import SentenceOut
from shared.bus.events import Heard
from shared.text import Text

STATES = {state.value: state.label for state in State}
MEANS = {Purpose.BANK.value: Text("银行", "Bank"), Purpose.CASH.value: Text("现金", "Cash")}


class InvoiceIssued(Heard):
    """What finance reads of dues that were invoiced (M3)."""

    invoice_id = f.UUID("会费通知", "Invoice", required=True)
    unit_id = f.UUID("单位", "Unit", required=True)
    year = f.Integer("年度", "Year", required=True)
    amount = f.Money("会费", "Dues", required=True)
    issued_on = f.Date("开具日期", "Issued on", load_default=None)
    due_on = f.Date("最后缴费日", "Last day to pay", required=True)


class InvoiceReduced(Heard):
    """What finance reads of an invoice that is less since the unit left (M3)."""

    reduction_id = f.UUID("核减", "Reduction", required=True)
    invoice_id = f.UUID("会费通知", "Invoice", required=True)
    unit_id = f.UUID("单位", "Unit", required=True)
    amount = f.Money("核减金额", "Reduced by", required=True)
    reduced_on = f.Date("核减日期", "Reduced on", required=True)


class PaymentIn(f.Schema):
    """Money that came in for one invoice."""

    amount = f.Money("金额", "Amount", required=True)
    received_on = f.Date("收款日期（默认今天）", "Received on (today)", load_default=None, allow_none=True)
    means = f.Choice("收款方式", "Means", MEANS, required=True)


class PaymentOut(f.Schema):
    """A payment and what it did: ``applied`` settled the invoice, ``credit`` is the unit's for a later one."""

    id = f.UUID("编号", "Id")
    invoice_id = f.UUID("会费通知", "Invoice")
    unit_id = f.UUID("单位", "Unit")
    amount = f.Money("金额", "Amount")
    applied = f.Money("本次冲抵", "Set against the invoice")
    credit = f.Money("转预收", "Kept as credit")
    owes = f.Money("尚欠", "Still owed")
    means = f.Choice("收款方式", "Means", MEANS)
    received_on = f.Date("收款日期", "Received on")
    voucher = f.String("凭证字号", "Voucher")
    slip = f.String("收款单号", "Collection slip", allow_none=True)


class ReceivableQuery(f.Schema):
    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)
    year = f.Integer("年度", "Year", load_default=None, allow_none=True, validate=validate.Range(2000, 2999))
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)


class ReceivableLine(f.Schema):
    invoice_id = f.UUID("会费通知", "Invoice", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    year = f.Integer("年度", "Year")
    amount = f.Money("应收", "Amount")
    reduced = f.Money("核减", "Reduced by")
    received = f.Money("已收", "Received")
    owes = f.Money("尚欠", "Still owed")
    state = f.Choice("状态", "State", STATES)
    due_on = f.Date("最后缴费日", "Last day to pay")
    voucher = f.String("凭证字号", "Voucher")
    slip = f.String("收款单号", "Collection slip", allow_none=True)


class AllocationOut(f.Schema):
    """What of one payment settled it; ``allocated_on`` is later than the payment where credit was used."""

    payment_id = f.UUID("收款", "Payment")
    amount = f.Money("金额", "Amount")
    means = f.Choice("收款方式", "Means", MEANS)
    allocated_on = f.Date("冲抵日期", "On")


class ReceivableOut(ReceivableLine):
    """A receivable, whole."""

    allocations = f.List("冲抵明细", "What settles it", f.Nested("明细", "Part", AllocationOut), attribute="parts")


class CollectionSlipOut(f.Schema):
    number = f.String("收款单号", "Number")
    invoice_id = f.UUID("会费通知", "Invoice")
    unit_id = f.UUID("单位", "Unit")
    year = f.Integer("年度", "Year")
    amount = f.Money("金额", "Amount")
    issued_on = f.Date("开具日期", "Issued on")
    mark = f.Nested("标记", "Mark", SentenceOut)
    allocations = f.List("收款明细", "What settled it", f.Nested("明细", "Part", AllocationOut))

"""What finance tells: contracts for whoever listens. Ids only, never names or accounts (X11)."""

from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.personal.events import PersonErased
from shared.text import Text


class FeeAccrued(EventSchema):
    """A manuscript fee became a debt to its author (F14)."""

    event = "fee.accrued"
    label = Text("稿费已计提", "Manuscript fee accrued")

    fee_id = f.UUID("稿费", "Manuscript fee", attribute="id")
    article_id = f.UUID("稿件", "Article")
    author_id = f.UUID("作者", "Author")
    amount = f.Money("金额", "Amount")


class FeeReversed(EventSchema):
    """A manuscript fee was taken back because its article was retracted (F14, X7).

    ``receivable`` is what the author has to pay back: zero unless the fee was paid already.
    """

    event = "fee.reversed"
    label = Text("稿费已冲回", "Manuscript fee reversed")

    fee_id = f.UUID("稿费", "Manuscript fee", attribute="id")
    article_id = f.UUID("稿件", "Article")
    author_id = f.UUID("作者", "Author")
    amount = f.Money("金额", "Amount")
    receivable = f.Money("应收回", "To be paid back")


class ExpenditureResolutionWanted(EventSchema):
    """An expenditure waits for a resolution of the standing council on it, naming at least ``amount`` (F4, G9)."""

    event = "expenditure.resolution-wanted"
    label = Text("支出待决议", "Expenditure waits for a resolution")

    expenditure_id = f.UUID("支出", "Expenditure", attribute="id")
    amount = f.Money("金额", "Amount")
    kind = f.String("费用种类", "Kind of expense")


class ExpenditureApproved(EventSchema):
    """An expenditure has every decision and signature it needs (F1, F2, F3, F4)."""

    event = "expenditure.approved"
    label = Text("支出已批准", "Expenditure approved")

    expenditure_id = f.UUID("支出", "Expenditure", attribute="id")
    amount = f.Money("金额", "Amount")


class ExpenditurePaid(EventSchema):
    """An expenditure was paid, once and for good, and posted as ``voucher`` (F4, F7)."""

    event = "expenditure.paid"
    label = Text("支出已支付", "Expenditure paid")

    expenditure_id = f.UUID("支出", "Expenditure", attribute="id")
    amount = f.Money("支付金额", "Amount paid", attribute="paid")
    voucher = f.String("凭证字号", "Number of the voucher")


class ExpenditureRefused(EventSchema):
    """An expenditure was refused, by the signer or by the standing council (F4, X7)."""

    event = "expenditure.refused"
    label = Text("支出未获批准", "Expenditure refused")

    expenditure_id = f.UUID("支出", "Expenditure", attribute="id")


class ExpenditureWithdrawn(EventSchema):
    """An expenditure was taken back by whoever requested or claims it (X7)."""

    event = "expenditure.withdrawn"
    label = Text("支出已撤回", "Expenditure withdrawn")

    expenditure_id = f.UUID("支出", "Expenditure", attribute="id")


class PaymentReceived(EventSchema):
    """Money came in for a unit's dues; ``owes`` is what of the invoice is open after it (M3).

    ``amount`` is the whole payment: what is more than was open, ``credit``, is the unit's for a later invoice.
    """

    event = "receivable.payment-received"
    label = Text("会费已收款", "Dues paid")

    payment_id = f.UUID("收款", "Payment")
    invoice_id = f.UUID("会费通知", "Invoice", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    amount = f.Money("金额", "Amount")
    credit = f.Money("转预收", "Kept as credit")
    owes = f.Money("尚欠", "Still owed")


class CreditUsed(EventSchema):
    """What a unit had paid too much before was set against a new invoice; ``owes`` is what is open after it (M3)."""

    event = "receivable.credit-used"
    label = Text("预收会费已冲抵", "Credit used for dues")

    invoice_id = f.UUID("会费通知", "Invoice", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    amount = f.Money("冲抵金额", "Amount used")
    owes = f.Money("尚欠", "Still owed")


class ReceivableReduced(EventSchema):
    """What membership reduced an invoice by counts here (M3): ``released`` of it had been paid and is the unit's credit
    again, ``owes`` is open after it, and ``credit`` is all that the unit has to its credit then."""

    event = "receivable.reduced"
    label = Text("应收会费已核减", "Dues receivable reduced")

    reduction_id = f.UUID("核减", "Reduction")
    invoice_id = f.UUID("会费通知", "Invoice", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    amount = f.Money("核减金额", "Reduced by")
    released = f.Money("转预收", "Became credit")
    owes = f.Money("尚欠", "Still owed")
    credit = f.Money("预收会费余额", "The unit's credit")


class ReceivableSettled(EventSchema):
    """Nothing of an invoice is open any more; ``slip`` is the number of its 收款单 (F12)."""

    event = "receivable.settled"
    label = Text("会费已收清", "Dues settled")

    invoice_id = f.UUID("会费通知", "Invoice", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    slip = f.String("收款单号", "Number of the slip")


EVENTS = (
    FeeAccrued,
    FeeReversed,
    ExpenditureResolutionWanted,
    ExpenditureApproved,
    ExpenditurePaid,
    ExpenditureRefused,
    ExpenditureWithdrawn,
    PaymentReceived,
    CreditUsed,
    ReceivableReduced,
    ReceivableSettled,
    PersonErased,
)

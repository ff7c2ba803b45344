"""What comes in and goes out about expenditures, and what finance hears of resolutions."""

from marshmallow import validate

from services.finance.data import expense_kinds
from services.finance.expenditures.following import Step
from services.finance.expenditures.rules import State
from services.finance.ledger.rules import Purpose
from services.finance.signers.rules import Post
from shared.api import fields as f
from shared.api.sentences import SentenceOut
from shared.bus.events import Heard
from shared.text import Text

KINDS = expense_kinds()
STATES = {state.value: state.label for state in State}
STEPS = {step.value: step.label for step in Step}
POSTS = {post.value: post.label for post in Post}
MEANS = {Purpose.BANK.value: Text("银行转账", "By bank"), Purpose.CASH.value: Text("现金", "In cash")}
WRITTEN = validate.Regexp(r"\s*\S", error="不得空白 / Not blank")


class ExpenditureIn(f.Schema):
    """A request to spend; ``claimant_id`` is whoever is paid back, the requester unless given."""

    kind = f.Choice("费用种类", "Kind of expense", KINDS, required=True)
    payee = f.String("收款方", "Payee", required=True, max_length=200, validate=WRITTEN, personal="payee")
    purpose = f.String("用途", "Purpose", required=True, validate=WRITTEN)
    amount = f.Money("金额", "Amount", required=True)
    claimant_id = f.UUID("报销人", "Claimant", load_default=None, allow_none=True)


class ExpenditureQuery(f.Schema):
    """``state`` is as last recorded."""

    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)
    requester_id = f.UUID("经办人", "Requester", load_default=None, allow_none=True)
    kind = f.Choice("费用种类", "Kind of expense", KINDS, load_default=None, allow_none=True)


class NoteIn(f.Schema):
    note = f.String("批注", "Note", load_default="")


class ReasonIn(f.Schema):
    reason = f.String("理由", "Reason", required=True)


class ResolutionUseIn(f.Schema):
    resolution_id = f.UUID("决议", "Resolution", required=True)


class PaymentIn(f.Schema):
    """What is paid: the whole amount unless less is given."""

    amount = f.Money("支付金额", "Amount paid", load_default=None, allow_none=True)
    means = f.Choice("支付方式", "Paid", MEANS, load_default=Purpose.BANK.value)


class WaitingOut(f.Schema):
    """What a request waits for today and why; ``people`` may sign, ``held_up``: nobody can just now."""

    step = f.Choice("等候", "Waits for", STEPS)
    rule = f.String("规则", "Rule")
    because = f.Nested("原因", "Why", SentenceOut)
    post = f.Choice("签批职务", "Post that signs", POSTS, allow_none=True)
    people = f.List("可签批人", "May sign", f.UUID("人员", "Person"))
    held_up = f.Boolean("暂无人可办", "Nobody can just now")


class ExpenditureLine(f.Schema):
    """A request in a list."""

    id = f.UUID("编号", "Id", attribute="record.id")
    kind = f.Choice("费用种类", "Kind of expense", KINDS, attribute="record.kind")
    payee = f.String("收款方", "Payee", attribute="record.payee")
    purpose = f.String("用途", "Purpose", attribute="record.purpose")
    amount = f.Money("金额", "Amount", attribute="record.amount")
    requester_id = f.UUID("经办人", "Requester", attribute="record.requester_id")
    claimant_id = f.UUID("报销人", "Claimant", attribute="record.claimant_id")
    state = f.Choice("状态", "State", STATES)
    rule = f.String("规则", "Rule", attribute="record.rule")
    requested_at = f.Moment("申请时间", "Requested at", attribute="record.requested_at")
    paid = f.Money("已付", "Paid", attribute="record.paid", allow_none=True)
    voucher = f.String("凭证字号", "Number of the voucher", attribute="record.voucher", allow_none=True)
    waits_for = f.Nested("等候", "Waits for", WaitingOut, allow_none=True)


class SignatureOut(f.Schema):
    person_id = f.UUID("签批人", "Signed by")
    post = f.Choice("签批职务", "Post", POSTS)
    rule = f.String("规则", "Rule")
    bands = f.String("审批权限版本", "Version of the bands")
    reason = f.Nested("依据", "Why this post", SentenceOut)
    resolution_id = f.UUID("所依决议", "Resolution it rests on", allow_none=True)
    note = f.String("批注", "Note")
    signed_at = f.Moment("签批时间", "Signed at")


class ExpenditureOut(ExpenditureLine):
    """A request, whole."""

    bands = f.String("审批权限版本", "Version of the bands", attribute="record.bands")
    resolution_id = f.UUID("决议", "Resolution", attribute="record.resolution_id", allow_none=True)
    signatures = f.List(
        "签批", "Signatures", f.Nested("签批", "Signature", SignatureOut), attribute="record.signatures"
    )
    reason = f.String("未批准或撤回的理由", "Why refused or withdrawn", attribute="record.reason", allow_none=True)
    closed_by = f.UUID("未批准或撤回人", "Refused or withdrawn by", attribute="record.closed_by", allow_none=True)
    closed_at = f.Moment("未批准或撤回时间", "Refused or withdrawn at", attribute="record.closed_at", allow_none=True)
    paid_by = f.UUID("支付人", "Paid out by", attribute="record.paid_by", allow_none=True)
    paid_at = f.Moment("支付时间", "Paid at", attribute="record.paid_at", allow_none=True)


class ResolutionAdopted(Heard):
    """What finance reads of a resolution; ``limit`` is the most it allows (F4)."""

    resolution_id = f.UUID("决议", "Resolution", required=True)
    number = f.String("决议编号", "Number", required=True)
    body = f.String("机构", "Body", required=True)
    matter = f.String("事项", "Matter", required=True)
    adopted_on = f.Date("通过日期", "Adopted on", required=True)
    subject_id = f.UUID("所议之事", "What it is about", load_default=None, allow_none=True)
    limit = f.Money("限额", "Limit", load_default=None, allow_none=True)


class ResolutionEnded(Heard):
    """What finance reads of a resolution that does not stand any more (X7)."""

    resolution_id = f.UUID("决议", "Resolution", required=True)
    ended_on = f.Date("终止日期", "Ended on", required=True)


class MotionRejected(Heard):
    """What finance reads of a motion that was not carried (F4)."""

    motion_id = f.UUID("议案", "Motion", required=True)
    body = f.String("机构", "Body", required=True)
    matter = f.String("事项", "Matter", required=True)
    subject_id = f.UUID("所议之事", "What it was about", load_default=None, allow_none=True)

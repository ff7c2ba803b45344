"""What comes in and goes out about billing runs."""

from services.membership.billing.rules import Outcome
from services.membership.dues.schemas import A_YEAR
from services.membership.units.schemas import TIERS
from shared.api import fields as f
from shared.api.sentences import SentenceOut

OUTCOMES = {outcome.value: outcome.label for outcome in Outcome}


class BillingRunIn(f.Schema):
    """The year to invoice; a preview tells what would be invoiced and changes nothing."""

    year = f.Integer("年度", "Year", required=True, validate=A_YEAR)
    preview = f.Boolean("仅预览", "Only a preview", load_default=False)


class BillingRunQuery(f.Schema):
    year = f.Integer("年度", "Year", load_default=None, allow_none=True, validate=A_YEAR)
    preview = f.Boolean("仅预览", "Previews", load_default=None, allow_none=True)


class BillingRunOut(f.Schema):
    """A run; its job tells how far it is. ``ended_at`` is null until every unit was looked at."""

    id = f.UUID("编号", "Id")
    year = f.Integer("年度", "Year")
    preview = f.Boolean("仅预览", "Only a preview")
    day = f.Date("开具日期", "Day of the invoices")
    job_id = f.UUID("任务", "Job")
    done = f.Integer("已核单位数", "Units looked at so far")
    started_at = f.Moment("开始时间", "Started at")
    started_by = f.String("经办人账号", "Started by (account)")
    ended_at = f.Moment("结束时间", "Ended at", allow_none=True)


class TierTotalOut(f.Schema):
    tier = f.Choice("会员层级", "Tier", TIERS)
    units = f.Integer("单位数", "Units")
    amount = f.Money("会费合计", "Dues in total")


class PassedOverOut(f.Schema):
    rule = f.String("规则", "Rule")
    code = f.String("原因代码", "Code of the reason")
    units = f.Integer("单位数", "Units")


class BillingRunDetail(BillingRunOut):
    """A run with its totals so far: invoiced (in a preview: would be) by tier, and passed over by rule."""

    invoiced = f.Integer("开具单位数", "Units invoiced")
    already = f.Integer("此前已开具单位数", "Units invoiced before")
    passed_over = f.Integer("不开具单位数", "Units passed over")
    amount = f.Money("会费合计", "Dues in total")
    tiers = f.List("按层级", "By tier", f.Nested("层级", "Tier", TierTotalOut))
    reasons = f.List("不开具的原因", "Why units were passed over", f.Nested("原因", "Reason", PassedOverOut))


class BillingLineQuery(f.Schema):
    outcome = f.Choice("结果", "Outcome", OUTCOMES, load_default=None, allow_none=True)
    code = f.String("原因代码", "Code of the reason", load_default=None, allow_none=True, max_length=50)


class BillingLineOut(f.Schema):
    """What a run found of one unit: what it was invoiced, or the rule and reason that passed it over."""

    unit_id = f.UUID("单位", "Unit")
    outcome = f.Choice("结果", "Outcome", OUTCOMES)
    invoice_id = f.UUID("会费通知", "Invoice", allow_none=True)
    tier = f.Choice("会员层级", "Tier", TIERS, allow_none=True)
    first_month = f.Integer("计费起始月", "First month", allow_none=True)
    last_month = f.Integer("计费末月", "Last month", allow_none=True)
    amount = f.Money("会费", "Dues", allow_none=True)
    rule = f.String("规则", "Rule", allow_none=True)
    code = f.String("原因代码", "Code of the reason", allow_none=True)
    reason = f.Nested("不开具的原因", "Why it was passed over", SentenceOut, allow_none=True)

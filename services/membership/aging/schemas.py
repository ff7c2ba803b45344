"""What comes in and goes out about the aging of dues."""

from services.membership.units.schemas import TIERS
from shared.api import fields as f
from shared.api.sentences import SentenceOut


class AgingQuery(f.Schema):
    as_of = f.Date("截止日（默认今天，不早于今天）", "As of (today, never earlier)", load_default=None, allow_none=True)


class AgedInvoiceQuery(AgingQuery):
    tier = f.Choice("会员层级", "Tier", TIERS, load_default=None, allow_none=True)
    band = f.String("账龄段", "Band", load_default=None, allow_none=True, max_length=20)


class BandOut(f.Schema):
    """A band, from and through so many days after the last day to pay; null has no end on that side."""

    band = f.String("账龄段", "Band", attribute="code")
    label = f.Nested("名称", "Label", SentenceOut)
    since = f.Integer("起始天数", "From days", allow_none=True)
    through = f.Integer("末天数", "Through days", allow_none=True)


class AgedSumOut(f.Schema):
    invoices = f.Integer("通知数", "Invoices")
    units = f.Integer("单位数", "Units")
    owes = f.Money("尚欠", "Still owed")


class AgedBandOut(AgedSumOut):
    band = f.String("账龄段", "Band")


class AgedTierOut(AgedSumOut):
    """What is open of one tier, or of all where ``tier`` is null: by band, in the order of the bands, and in total. A
    unit that owes by several bands counts once in the total."""

    tier = f.Choice("会员层级", "Tier", TIERS, allow_none=True)
    bands = f.List("各账龄段", "By band", f.Nested("账龄段", "Band", AgedBandOut))


class AgingOut(f.Schema):
    """What is open of dues today, by the tier it was invoiced at and by how long it is overdue on a day (M4)."""

    as_of = f.Date("截止日", "As of")
    terms = f.String("分段版本", "Version of the bands")
    bands = f.List("账龄段", "Bands", f.Nested("账龄段", "Band", BandOut))
    tiers = f.List("各会员层级", "By tier", f.Nested("会员层级", "Tier", AgedTierOut))
    total = f.Nested("合计", "In total", AgedTierOut)


class AgedInvoiceOut(f.Schema):
    """An open invoice; ``days_overdue`` is how many days the last day to pay is past, 0 where it is not."""

    id = f.UUID("会费通知", "Invoice")
    unit_id = f.UUID("单位", "Unit")
    unit = f.String("单位名称", "Name of the unit")
    year = f.Integer("年度", "Year")
    tier = f.Choice("会员层级", "Tier", TIERS)
    amount = f.Money("会费", "Dues")
    owes = f.Money("尚欠", "Still owed")
    due_on = f.Date("最后缴费日", "Last day to pay")
    days_overdue = f.Integer("逾期天数", "Days overdue")

"""What comes in and goes out about the yearly account of dues."""

from marshmallow import validate

from services.membership.units.schemas import TIERS
from shared.api import fields as f


class YearIn(f.Schema):
    year = f.Integer("年度", "Year", required=True, validate=validate.Range(2000, 2999))


class SumsOut(f.Schema):
    """``received`` is money that came for these invoices, and ``credit`` what of it is beyond them; ``paid`` is what
    settled them, ``drawn`` of that credit of other invoices. Invoiced is reduced, paid, or owed."""

    invoiced = f.Money("应缴", "Invoiced")
    reduced = f.Money("核减", "Reduced by")
    received = f.Money("实收", "Received")
    credit = f.Money("其中转预收", "Of that kept as credit")
    drawn = f.Money("预收抵缴", "Credit used")
    paid = f.Money("已缴", "Paid")
    owes = f.Money("尚欠", "Still owed")


SUMS = tuple(SumsOut().fields)


class LineOut(SumsOut):
    units = f.Integer("单位数", "Units")
    owing = f.Integer("其中未缴清", "Of those not settled")


class TierLineOut(LineOut):
    tier = f.Choice("会员层级", "Tier", TIERS)


class DuesAccountOut(f.Schema):
    """The dues of a year, as finance has told of them."""

    year = f.Integer("年度", "Year")
    tiers = f.List("各层级", "By tier", f.Nested("层级", "Tier", TierLineOut))
    total = f.Nested("合计", "Total", LineOut)
    as_of = f.Date("截至", "As of")


class UnitAccountOut(SumsOut):
    """What one unit was invoiced for a year, what of it was reduced, and what it has paid."""

    unit_id = f.UUID("单位", "Unit")
    year = f.Integer("年度", "Year")
    as_of = f.Date("截至", "As of")

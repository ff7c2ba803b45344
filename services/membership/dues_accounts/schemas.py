"""What comes in and goes out about the yearly account of dues."""

from marshmallow import validate

from services.membership.units.schemas import TIERS
from shared.api import fields as f


class YearIn(f.Schema):
    year = f.Integer("年度", "Year", required=True, validate=validate.Range(2000, 2999))


class LineOut(f.Schema):
    units = f.Integer("单位数", "Units")
    owing = f.Integer("其中未缴清", "Of those not settled")
    invoiced = f.Money("应缴", "Invoiced")
    paid = f.Money("已缴", "Paid")
    owes = f.Money("尚欠", "Still owed")


class TierLineOut(LineOut):
    tier = f.Choice("会员层级", "Tier", TIERS)


class DuesAccountOut(f.Schema):
    """The dues of a year. What a unit has paid too much is finance's to say and is not in it."""

    year = f.Integer("年度", "Year")
    tiers = f.List("各层级", "By tier", f.Nested("层级", "Tier", TierLineOut))
    total = f.Nested("合计", "Total", LineOut)
    as_of = f.Date("截至", "As of")


class UnitAccountOut(f.Schema):
    """What one unit was invoiced for a year, and has paid of it."""

    unit_id = f.UUID("单位", "Unit")
    year = f.Integer("年度", "Year")
    invoiced = f.Money("应缴", "Invoiced")
    paid = f.Money("已缴", "Paid")
    owes = f.Money("尚欠", "Still owed")
    as_of = f.Date("截至", "As of")

"""What is told about dues: invoices and how units stand with them. Ids, days and amounts only (X11)."""

from services.membership.units.schemas import STANDINGS, TIERS
from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class InvoiceIssued(EventSchema):
    """A unit was invoiced its dues for a year (M3). ``due_on`` is the last day to pay."""

    event = "invoice.issued"
    label = Text("会费通知已开具", "Dues invoiced")

    invoice_id = f.UUID("会费通知", "Invoice", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    year = f.Integer("年度", "Year")
    tier = f.Choice("会员层级", "Tier", TIERS)
    amount = f.Money("会费", "Dues")
    issued_on = f.Date("开具日期", "Issued on")
    due_on = f.Date("最后缴费日", "Last day to pay")
    standard_id = f.UUID("会费标准", "Dues standard")


class UnitStandingChanged(EventSchema):
    """A unit stands otherwise with its dues than ``before`` (M4)."""

    event = "unit.standing-changed"
    label = Text("会费状态已变更", "Standing changed")

    unit_id = f.UUID("单位", "Unit", attribute="id")
    before = f.Choice("原会费状态", "Standing before", STANDINGS)
    standing = f.Choice("会费状态", "Standing", STANDINGS)
    terms = f.String("会费状态规定版本", "Version of the terms of standing")


EVENTS = (InvoiceIssued, UnitStandingChanged)

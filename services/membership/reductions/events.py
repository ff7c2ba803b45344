"""What is told about reductions of invoices. Ids, days and amounts only (X11)."""

from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class InvoiceReduced(EventSchema):
    """An invoice is ``amount`` less, since the unit left before the last of its months; the amount it was issued with
    stays on file (M3, X7)."""

    event = "invoice.reduced"
    label = Text("会费通知已核减", "Dues reduced")

    reduction_id = f.UUID("核减", "Reduction")
    invoice_id = f.UUID("会费通知", "Invoice", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    leaving_id = f.UUID("退会记录", "End of the membership")
    year = f.Integer("年度", "Year")
    amount = f.Money("核减金额", "Reduced by")
    owed_through = f.Integer("现计费至", "Owed through month")
    reduced_on = f.Date("核减日期", "Reduced on")


EVENTS = (InvoiceReduced,)

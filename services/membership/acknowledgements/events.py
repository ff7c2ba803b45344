"""What is told about acknowledgements: ids and days; never a remark (X11)."""

from services.membership.acknowledgements.schemas import SOURCES
from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class AcknowledgementServed(EventSchema):
    """A paper was served on a unit, which has yet to acknowledge it (M6)."""

    event = "acknowledgement.served"
    label = Text("文件已送达单位", "Paper served on a unit")

    acknowledgement_id = f.UUID("送达记录", "Acknowledgement", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    source = f.Choice("来源", "Source", SOURCES)
    subject_id = f.UUID("决议或文件", "Resolution or document")
    served_on = f.Date("送达日期", "Served on")


class AcknowledgementAcknowledged(EventSchema):
    """A unit acknowledged what was served on it (M6)."""

    event = "acknowledgement.acknowledged"
    label = Text("单位已确认", "Unit has acknowledged")

    acknowledgement_id = f.UUID("送达记录", "Acknowledgement", attribute="id")
    unit_id = f.UUID("单位", "Unit")
    source = f.Choice("来源", "Source", SOURCES)
    subject_id = f.UUID("决议或文件", "Resolution or document")


EVENTS = (AcknowledgementServed, AcknowledgementAcknowledged)

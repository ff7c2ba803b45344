"""What is told about self-discipline. Of complaints no unit is named: they are published in figures only (M12)."""

from services.membership.self_discipline.complaints.schemas import MEASURES
from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class PactSigned(EventSchema):
    """A unit has signed a version of the pact (M12)."""

    event = "pact-signature.given"
    label = Text("自律公约已签署", "Pact signed")

    signature_id = f.UUID("签署", "Signature", attribute="id")
    pact_id = f.UUID("公约", "Pact")
    unit_id = f.UUID("单位", "Unit")
    signed_on = f.Date("签署日期", "Signed on")


class SignatureWithdrawn(EventSchema):
    """A unit has withdrawn its signature (M12)."""

    event = "pact-signature.withdrawn"
    label = Text("自律公约签署已撤回", "Signature withdrawn")

    signature_id = f.UUID("签署", "Signature", attribute="id")
    pact_id = f.UUID("公约", "Pact")
    unit_id = f.UUID("单位", "Unit")
    withdrawn_on = f.Date("撤回日期", "Withdrawn on")


class ComplaintDecided(EventSchema):
    """It was decided whether a complaint was about a breach, and what follows (M12)."""

    event = "complaint.decided"
    label = Text("自律投诉已认定", "Complaint decided")

    complaint_id = f.UUID("投诉", "Complaint", attribute="id")
    breach = f.Boolean("是否违约", "Breach")
    measure = f.Choice("处理", "Measure", MEASURES, allow_none=True)


EVENTS = (PactSigned, SignatureWithdrawn, ComplaintDecided)

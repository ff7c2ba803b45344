"""What is told about applications for membership. Ids and codes of bodies only (X11)."""

from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class ApplicationDecisionWanted(EventSchema):
    """An application was reviewed and waits for the decision of ``body`` (M1)."""

    event = "application.decision-wanted"
    label = Text("入会申请待决议", "Application waits for a decision")

    application_id = f.UUID("入会申请", "Application", attribute="id")
    body = f.String("决定机构代码", "Code of the body that decides")


class ApplicationWithdrawn(EventSchema):
    """An application was taken back and waits for nobody any more (M1, X7)."""

    event = "application.withdrawn"
    label = Text("入会申请已撤回", "Application withdrawn")

    application_id = f.UUID("入会申请", "Application", attribute="id")


EVENTS = (ApplicationDecisionWanted, ApplicationWithdrawn)

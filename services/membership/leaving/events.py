"""What is told about units that leave. Ids and days only (X11)."""

from services.membership.units.schemas import LEAVINGS
from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class UnitLeft(EventSchema):
    """A unit is no member from ``left_on`` on, which may be to come; what it owes for the time until then stays owed
    (M1, M3)."""

    event = "unit.left"
    label = Text("会员单位已离会", "Unit left")

    unit_id = f.UUID("单位", "Unit", attribute="id")
    leaving_id = f.UUID("退会记录", "End of the membership")
    left_on = f.Date("不再是会员之日", "No member from")
    left_how = f.Choice("如何离会", "How it left", LEAVINGS)


EVENTS = (UnitLeft,)

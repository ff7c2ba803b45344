"""What is told about prizes: ids only (X11)."""

from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class PrizeAwarded(EventSchema):
    """An entry was awarded a prize by a resolution of the council (G21)."""

    event = "activity.prize-awarded"
    label = Text("活动已授奖", "Prize awarded")

    activity_id = f.UUID("活动", "Activity", attribute="id")
    entry_id = f.UUID("作品", "Entry")
    prize_id = f.UUID("奖项", "Prize")
    unit_id = f.UUID("单位", "Unit", allow_none=True)
    resolution_id = f.UUID("表彰决议", "Resolution")


class PrizeRevoked(EventSchema):
    """A prize does not stand any more, since its resolution does not (X7)."""

    event = "activity.prize-revoked"
    label = Text("活动奖项已撤销", "Prize revoked")

    activity_id = f.UUID("活动", "Activity", attribute="id")
    entry_id = f.UUID("作品", "Entry")
    resolution_id = f.UUID("表彰决议", "Resolution")


EVENTS = (PrizeAwarded, PrizeRevoked)

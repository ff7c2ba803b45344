"""What is told about gifts: ids, days and amounts only, never who gave (X11)."""

from services.membership.activities.gifts.schemas import DIRECTIONS, MEANS
from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class GiftReceived(EventSchema):
    """The association received a gift (M9). ``restricted``: the donor bound it to a purpose. Of goods ``amount`` is
    what they are worth."""

    event = "gift.received"
    label = Text("已接受捐赠", "Gift received")

    gift_id = f.UUID("捐赠", "Gift", attribute="id")
    amount = f.Money("金额", "Amount")
    means = f.Choice("方式", "Received as", MEANS)
    restricted = f.Boolean("是否限定性", "Restricted", attribute="earmarked")
    received_on = f.Date("接受日期", "Received on", attribute="day")


class GiftGiven(EventSchema):
    """The association is to give a gift: finance signs for it and pays it as for any expense, requested by
    ``requested_by`` (M9, F4)."""

    event = "gift.given"
    label = Text("拟对外捐赠", "Gift to be given")

    gift_id = f.UUID("捐赠", "Gift", attribute="id")
    amount = f.Money("金额", "Amount")
    requested_by = f.UUID("经办人", "Requested by")


class GiftReversed(EventSchema):
    """A gift was taken back on ``reversed_on``; it stays on file (X7)."""

    event = "gift.reversed"
    label = Text("捐赠已冲销", "Gift reversed")

    gift_id = f.UUID("捐赠", "Gift", attribute="id")
    direction = f.Choice("收付", "Received or given", DIRECTIONS)
    reversed_on = f.Date("冲销日期", "Reversed on")


EVENTS = (GiftReceived, GiftGiven, GiftReversed)

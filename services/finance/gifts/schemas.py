"""What finance hears of gifts."""

from services.finance.gifts.rules import MEANS, Direction
from shared.api import fields as f
from shared.bus.events import Heard
from shared.text import Text

_MEANS = {each: Text(each, each) for each in MEANS}
_DIRECTIONS = {each.value: Text(each.value, each.value) for each in Direction}


class GiftReceived(Heard):
    gift_id = f.UUID("捐赠", "Gift", required=True)
    amount = f.Money("金额", "Amount", required=True)
    means = f.Choice("方式", "Received as", _MEANS, required=True)
    restricted = f.Boolean("是否限定性", "Restricted", required=True)
    received_on = f.Date("接受日期", "Received on", required=True)


class GiftGiven(Heard):
    gift_id = f.UUID("捐赠", "Gift", required=True)
    amount = f.Money("金额", "Amount", required=True)
    requested_by = f.UUID("经办人", "Requested by", required=True)


class GiftReversed(Heard):
    gift_id = f.UUID("捐赠", "Gift", required=True)
    direction = f.Choice("收付", "Received or given", _DIRECTIONS, required=True)
    reversed_on = f.Date("冲销日期", "Reversed on", required=True)

"""What comes in and goes out about gifts, and what membership hears of them from finance."""

from services.membership.activities.gifts.rules import Direction, Donor, Means, State
from shared.api import fields as f
from shared.bus.events import Heard

DIRECTIONS = {each.value: each.label for each in Direction}
DONORS = {each.value: each.label for each in Donor}
MEANS = {each.value: each.label for each in Means}
STATES = {each.value: each.label for each in State}


class GiftReceivedIn(f.Schema):
    """A gift that was received. ``earmarked``: the donor bound it to its purpose, so it is restricted income."""

    amount = f.Money("金额（实物为其价值）", "Amount (of goods, their value)", required=True)
    means = f.Choice("方式", "Received as", MEANS, required=True)
    goods = f.String("实物品名和数量", "The goods", load_default=None, allow_none=True)
    donor = f.Choice("捐赠方", "Donor", DONORS, required=True)
    unit_id = f.UUID("捐赠单位", "Donor unit", load_default=None, allow_none=True)
    person_id = f.UUID("捐赠人", "Donor person", load_default=None, allow_none=True)
    purpose = f.String("用途", "Purpose", required=True)
    earmarked = f.Boolean("捐赠方限定用途", "Bound to its purpose by the donor", load_default=False)
    day = f.Date("接受日期（默认今天）", "Received on (today)", load_default=None, allow_none=True)
    activity_id = f.UUID("所属活动", "For the activity", load_default=None, allow_none=True)


class GiftGivenIn(f.Schema):
    """A gift to be given: money, or goods to be bought for it. ``recipient`` is an organisation or a place."""

    amount = f.Money("金额", "Amount", required=True)
    goods = f.String("拟购实物", "Goods to be bought", load_default=None, allow_none=True)
    recipient = f.String("受赠单位", "To whom", required=True, max_length=200)
    purpose = f.String("用途", "Purpose", required=True)
    activity_id = f.UUID("所属活动", "For the activity", load_default=None, allow_none=True)


class GiftReversalIn(f.Schema):
    reason = f.String("理由", "Why", required=True)


class GiftQuery(f.Schema):
    direction = f.Choice("收付", "Received or given", DIRECTIONS, load_default=None, allow_none=True)
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)
    activity_id = f.UUID("所属活动", "For the activity", load_default=None, allow_none=True)


class GiftOut(f.Schema):
    id = f.UUID("编号", "Id")
    direction = f.Choice("收付", "Received or given", DIRECTIONS)
    amount = f.Money("金额或价值", "Amount or value")
    goods = f.String("实物", "The goods", allow_none=True)
    purpose = f.String("用途", "Purpose")
    day = f.Date("日期", "Day")
    activity_id = f.UUID("所属活动", "For the activity", allow_none=True)
    donor = f.Choice("捐赠方", "Donor", DONORS, allow_none=True)
    unit_id = f.UUID("捐赠单位", "Donor unit", allow_none=True)
    person_id = f.UUID("捐赠人", "Donor person", allow_none=True)
    means = f.Choice("方式", "Received as", MEANS, allow_none=True)
    earmarked = f.Boolean("限定用途", "Bound to its purpose")
    recipient = f.String("受赠单位", "To whom", allow_none=True)
    state = f.Choice("状态", "State", STATES)
    paid = f.Money("已付", "Paid", allow_none=True)
    recorded_at = f.Moment("登记时间", "Recorded at")
    reversed_at = f.Moment("冲销时间", "Reversed at", allow_none=True)
    reason = f.String("冲销理由", "Why it was reversed", allow_none=True)


class ExpenditureClosed(Heard):
    """What membership reads of an expenditure of finance: a gift given is one, under its own id."""

    expenditure_id = f.UUID("支出", "Expenditure", required=True)


class ExpenditurePaid(ExpenditureClosed):
    amount = f.Money("支付金额", "Amount paid", required=True)

"""What membership hears of the bodies' decisions."""

from shared.api import fields as f
from shared.bus.events import Heard


class TierAmountHeard(Heard):
    tier = f.String("会员层级", "Tier", required=True)
    amount = f.Money("金额", "Amount", required=True)


class ResolutionAdopted(Heard):
    """What membership reads of a resolution: what it is about (M1), and the amounts where it sets dues (M3)."""

    resolution_id = f.UUID("决议", "Resolution", required=True)
    number = f.String("决议编号", "Number", required=True)
    body = f.String("机构", "Body", required=True)
    matter = f.String("事项", "Matter", required=True)
    adopted_on = f.Date("通过日期", "Adopted on", required=True)
    subject_id = f.UUID("所涉对象", "What it is about", load_default=None, allow_none=True)
    dues_amounts = f.List(
        "会费金额", "Dues by tier", f.Nested("金额", "Amount", TierAmountHeard), load_default=None, allow_none=True
    )
    effective_from = f.Date("施行日期", "In force from", load_default=None, allow_none=True)


class ResolutionEnded(Heard):
    """What membership reads when a resolution does not stand any more, revoked or superseded (X7)."""

    resolution_id = f.UUID("决议", "Resolution", required=True)
    matter = f.String("事项", "Matter", load_default=None, allow_none=True)
    subject_id = f.UUID("所涉对象", "What it is about", load_default=None, allow_none=True)
    standing = f.String("效力", "Standing", load_default=None, allow_none=True)
    ended_on = f.Date("终止日期", "Ended on", required=True)


class MotionRejected(Heard):
    """What membership reads of a motion that found no majority (X1)."""

    matter = f.String("事项", "Matter", required=True)
    subject_id = f.UUID("所涉对象", "What it is about", load_default=None, allow_none=True)
    decided_on = f.Date("表决日期", "Decided on", required=True)

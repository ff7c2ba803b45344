"""What is heard, comes in and goes out about units that leave."""

from services.membership.units.schemas import LEAVINGS
from shared.api import fields as f
from shared.bus.events import Heard


class UnitHasLeft(Heard):
    """What membership reads of its own telling that a unit left."""

    leaving_id = f.UUID("退会记录", "End of the membership", required=True)


class WithdrawalIn(f.Schema):
    """The last day of the membership, and why where the unit says so."""

    last_day = f.Date(
        "会员资格截止日（含当日，默认今天）", "Last day, included (today)", load_default=None, allow_none=True
    )
    reason = f.String("退会原因", "Reason", load_default=None, allow_none=True)


class LeavingOut(f.Schema):
    """The end of one membership; ``back_on`` is null unless the unit became a member again."""

    id = f.UUID("编号", "Id")
    unit_id = f.UUID("单位", "Unit")
    how = f.Choice("如何离会", "How it left", LEAVINGS)
    admitted_on = f.Date("入会日期", "Admitted on", allow_none=True)
    last_day = f.Date("会员资格截止日（含当日）", "Last day, included")
    left_on = f.Date("不再是会员之日", "No member from")
    reason = f.String("原因", "Reason", allow_none=True)
    resolution_id = f.UUID("决议", "Resolution", allow_none=True)
    resolution = f.String("决议编号", "Number of the resolution", allow_none=True)
    recorded_at = f.Moment("登记时间", "Recorded at")
    recorded_by = f.String("登记人账号", "Recorded by (account)")
    back_on = f.Date("重新入会日期", "Member again from", allow_none=True)

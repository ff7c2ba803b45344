"""What membership hears of dues standards, and what goes out about them."""

from services.membership.standards.months import Joining, Leaving
from services.membership.units.schemas import TIERS
from shared.api import fields as f
from shared.bus.events import Heard

JOININGS = {joining.value: joining.label for joining in Joining}
LEAVINGS = {leaving.value: leaving.label for leaving in Leaving}


class TierAmountHeard(Heard):
    tier = f.String("会员层级", "Tier", required=True)
    amount = f.Money("金额", "Amount", required=True)


class WaiverHeard(Heard):
    tier = f.String("减免的会员层级", "Tier let off", load_default=None, allow_none=True)
    unit = f.UUID("减免的单位", "Unit let off", load_default=None, allow_none=True)
    year = f.Integer("减免的年度", "Year", load_default=None, allow_none=True)


class ResolutionAdopted(Heard):
    """What membership reads of a resolution; what begins with dues is there only where it sets them (M3)."""

    resolution_id = f.UUID("决议", "Resolution", required=True)
    number = f.String("决议编号", "Number", required=True)
    body = f.String("机构", "Body", required=True)
    matter = f.String("事项", "Matter", required=True)
    adopted_on = f.Date("通过日期", "Adopted on", required=True)
    dues_amounts = f.List(
        "会费金额", "Dues by tier", f.Nested("金额", "Amount", TierAmountHeard), load_default=None, allow_none=True
    )
    effective_from = f.Date("施行日期", "In force from", load_default=None, allow_none=True)
    dues_joining = f.Choice("入会当年会费", "Year of admission", JOININGS, load_default=None, allow_none=True)
    dues_leaving = f.Choice("退会当年会费", "Year of leaving", LEAVINGS, load_default=None, allow_none=True)
    dues_waivers = f.List(
        "减免", "Waivers", f.Nested("减免", "Waiver", WaiverHeard), load_default=None, allow_none=True
    )


class ResolutionEnded(Heard):
    """What membership reads when a resolution does not stand any more (X7)."""

    resolution_id = f.UUID("决议", "Resolution", required=True)
    ended_on = f.Date("终止日期", "Ended on", required=True)


class DuesAmountOut(f.Schema):
    tier = f.Choice("会员层级", "Tier", TIERS)
    amount = f.Money("金额", "Amount")


class DuesWaiverOut(f.Schema):
    """Whom the resolution lets off: a tier or one unit; ``year`` null is every year. For every member to read, as the
    resolution is (G4)."""

    tier = f.Choice("减免的会员层级", "Tier let off", TIERS, allow_none=True)
    unit = f.UUID("减免的单位", "Unit let off", allow_none=True)
    year = f.Integer("减免的年度", "Year", allow_none=True)


class DuesStandardOut(f.Schema):
    """A dues standard; ``publish_by`` is the last day to publish it to the members, null before there was one."""

    id = f.UUID("编号", "Id")
    resolution_id = f.UUID("决议", "Resolution")
    resolution = f.String("决议编号", "Number of the resolution")
    adopted_on = f.Date("通过日期", "Adopted on")
    effective_from = f.Date("施行日期", "In force from")
    ended_on = f.Date("终止日期", "Ended on", allow_none=True)
    amounts = f.List("各层级会费", "Dues by tier", f.Nested("金额", "Amount", DuesAmountOut))
    joining = f.Choice("入会当年会费", "Dues of the year of admission", JOININGS)
    leaving = f.Choice("退会当年会费", "Dues of the year of leaving", LEAVINGS)
    waivers = f.List("减免", "Waivers", f.Nested("减免", "Waiver", DuesWaiverOut))
    publish_by = f.Date("最迟公布日", "Last day to publish", allow_none=True)
    published_on = f.Date("向会员公布日期", "Published to the members on", allow_none=True)
    published_by = f.String("登记人账号", "Recorded by (account)", allow_none=True)
    recorded_at = f.Moment("登记时间", "Recorded at")


class DuesStandardQuery(f.Schema):
    overdue = f.Boolean("逾期未公布", "Publication overdue", load_default=None, allow_none=True)


class PublicationIn(f.Schema):
    """When the standard was published to the members."""

    published_on = f.Date("公布日期（默认今天）", "Published on (today)", load_default=None, allow_none=True)

"""What is told about activities. Ids, days and figures only (X11)."""

from services.membership.activities.planning.schemas import AUDIENCES, KINDS
from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.text import Text


class ActivityOpened(EventSchema):
    """An activity takes sign-ups until the end of ``sign_up_until`` (M9)."""

    event = "activity.opened"
    label = Text("活动开始报名", "Activity opened")

    activity_id = f.UUID("活动", "Activity", attribute="id")
    kind = f.Choice("类别", "Kind", KINDS)
    audience = f.Choice("参加对象", "Who may come", AUDIENCES)
    starts_at = f.Moment("开始时间", "Begins at")
    sign_up_until = f.Date("报名截止日", "Last day of sign-up")


class ActivityCalledOff(EventSchema):
    """An activity does not take place (M9); ``sign_up_ids`` are the sign-ups that stood, to be told."""

    event = "activity.called-off"
    label = Text("活动已取消", "Activity called off")

    activity_id = f.UUID("活动", "Activity", attribute="id")
    sign_up_ids = f.List("受影响的报名", "Sign-ups it is about", f.UUID("报名", "Sign-up"))


class ActivityReported(EventSchema):
    """An activity was held and its report is there (M9)."""

    event = "activity.reported"
    label = Text("活动已总结", "Activity reported")

    activity_id = f.UUID("活动", "Activity", attribute="id")
    kind = f.Choice("类别", "Kind", KINDS)
    attended = f.Integer("签到人数", "Who came")
    gifts_received = f.Money("所收捐赠", "Gifts received")
    gifts_given = f.Money("所付捐赠", "Gifts given")


EVENTS = (ActivityOpened, ActivityCalledOff, ActivityReported)

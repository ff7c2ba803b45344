"""What comes in and goes out about activities."""

from marshmallow import validate

from services.membership.activities.planning.rules import Audience, State
from services.membership.data import activity_kinds
from shared.api import fields as f

KINDS = {code: kind.label for code, kind in activity_kinds().items()}
STATES = {state.value: state.label for state in State}
AUDIENCES = {audience.value: audience.label for audience in Audience}
_PEOPLE = validate.Range(1, 100_000)


class ActivityIn(f.Schema):
    """An activity to plan. ``capacity`` and ``places_per_unit`` are people; none is no limit."""

    kind = f.Choice("类别", "Kind", KINDS, required=True)
    title = f.String("标题", "Title", required=True, max_length=200)
    venue = f.String("地点", "Where", required=True, max_length=200)
    starts_at = f.Moment("开始时间", "Begins at", required=True)
    ends_at = f.Moment("结束时间", "Ends at", required=True)
    audience = f.Choice("参加对象", "Who may come", AUDIENCES, load_default=Audience.MEMBERS.value)
    capacity = f.Integer(
        "名额（不填为不限）", "Places (no limit)", load_default=None, allow_none=True, validate=_PEOPLE
    )
    places_per_unit = f.Integer(
        "每单位名额（不填为不限）", "Places of a unit (no limit)", load_default=None, allow_none=True, validate=_PEOPLE
    )
    sign_up_until = f.Date("报名截止日（含当日）", "Last day of sign-up", required=True)


class ActivityPatch(f.Schema):
    """What is to change; what is not named stays. Kind and audience only before sign-up is opened."""

    kind = f.Choice("类别", "Kind", KINDS)
    title = f.String("标题", "Title", max_length=200)
    venue = f.String("地点", "Where", max_length=200)
    starts_at = f.Moment("开始时间", "Begins at")
    ends_at = f.Moment("结束时间", "Ends at")
    audience = f.Choice("参加对象", "Who may come", AUDIENCES)
    capacity = f.Integer("名额", "Places", allow_none=True, validate=_PEOPLE)
    places_per_unit = f.Integer("每单位名额", "Places of a unit", allow_none=True, validate=_PEOPLE)
    sign_up_until = f.Date("报名截止日（含当日）", "Last day of sign-up")


class ActivityQuery(f.Schema):
    kind = f.Choice("类别", "Kind", KINDS, load_default=None, allow_none=True)
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)


class CallingOffIn(f.Schema):
    reason = f.String("理由", "Why", required=True)


class ReportIn(f.Schema):
    report = f.String("总结", "Report", required=True, max_length=20_000)


class AnnouncedOut(f.Schema):
    """An activity as anybody may read it. ``free`` is how many places are left, none where there is no limit."""

    id = f.UUID("编号", "Id", attribute="activity.id")
    kind = f.Choice("类别", "Kind", KINDS, attribute="activity.kind")
    title = f.String("标题", "Title", attribute="activity.title")
    venue = f.String("地点", "Where", attribute="activity.venue")
    starts_at = f.Moment("开始时间", "Begins at", attribute="activity.starts_at")
    ends_at = f.Moment("结束时间", "Ends at", attribute="activity.ends_at")
    audience = f.Choice("参加对象", "Who may come", AUDIENCES, attribute="activity.audience")
    capacity = f.Integer("名额", "Places", attribute="activity.capacity", allow_none=True)
    places_per_unit = f.Integer("每单位名额", "Places of a unit", attribute="activity.places_per_unit", allow_none=True)
    sign_up_until = f.Date("报名截止日", "Last day of sign-up", attribute="activity.sign_up_until")
    state = f.Choice("状态", "State", STATES, attribute="activity.state")
    reason = f.String("取消理由", "Why it was called off", attribute="activity.reason", allow_none=True)
    free = f.Integer("剩余名额", "Places left", allow_none=True)
    waiting = f.Integer("候补人数", "On the waiting list", attribute="places.waiting")


class ActivityOut(AnnouncedOut):
    """An activity, whole. ``attended`` and the gifts are what the report found."""

    registered = f.Integer("已报名人数", "With a place", attribute="places.registered")
    planned_at = f.Moment("拟定时间", "Planned at", attribute="activity.planned_at")
    opened_at = f.Moment("开放报名时间", "Opened at", attribute="activity.opened_at", allow_none=True)
    held_at = f.Moment("登记举办时间", "Recorded as held at", attribute="activity.held_at", allow_none=True)
    called_off_at = f.Moment("取消时间", "Called off at", attribute="activity.called_off_at", allow_none=True)
    report = f.String("总结", "Report", attribute="activity.report", allow_none=True)
    attended = f.Integer("签到人数", "Who came", attribute="activity.attended", allow_none=True)
    gifts_received = f.Money("所收捐赠", "Gifts received", attribute="activity.gifts_received", allow_none=True)
    gifts_given = f.Money("所付捐赠", "Gifts given", attribute="activity.gifts_given", allow_none=True)

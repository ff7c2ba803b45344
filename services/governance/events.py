"""What governance tells: contracts for whoever listens. Ids only, never names (X11)."""

from services.governance.payloads.schemas import JOININGS, LEAVINGS
from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.personal.events import PersonErased
from shared.text import Text


class PostTakenUp(EventSchema):
    """Somebody takes a post up on ``since`` and holds it up to, not including, ``until`` (G10, M11).

    Told when it is entered, which may be before or after that day.
    """

    event = "post.taken-up"
    label = Text("职务已任", "Post taken up")

    post_id = f.UUID("职务", "Post", attribute="id")
    post_code = f.String("职务代码", "Code of the post", attribute="code")
    tenure_id = f.UUID("任职", "Tenure")
    person_id = f.UUID("任职人", "Person")
    since = f.Date("任职起始日", "Held from")
    until = f.Date("不再任职之日", "No longer held on", allow_none=True)


class PostLeft(EventSchema):
    """A tenure got its end, or an earlier one: ``until`` is the first day on which it is no longer held (M11)."""

    event = "post.left"
    label = Text("职务已离", "Post left")

    post_id = f.UUID("职务", "Post", attribute="id")
    post_code = f.String("职务代码", "Code of the post", attribute="code")
    tenure_id = f.UUID("任职", "Tenure")
    person_id = f.UUID("任职人", "Person")
    until = f.Date("不再任职之日", "No longer held on")


class TierAmount(f.Schema):
    """The yearly dues of one tier (M3)."""

    tier = f.String("会员层级", "Tier")
    amount = f.Money("年会费", "Dues a year")


class DuesWaiver(f.Schema):
    """A tier or a unit that the assembly let off, for one year or, null, while the standard holds (M3). Why stands in
    the resolution."""

    tier = f.String("减免的会员层级", "Tier let off", allow_none=True)
    unit = f.UUID("减免的单位", "Unit let off", allow_none=True)
    year = f.Integer("减免的年度", "Year", allow_none=True)


class ResolutionAdopted(EventSchema):
    """A body adopted a motion, which is now a resolution under its number (G1, X1, X6).

    ``limit`` is the most that may be spent on the expenditure ``subject_id`` (F4); ``effective_from`` and what begins
    with ``dues_`` are a dues standard (M3). Each is null for resolutions on other matters.
    """

    event = "resolution.adopted"
    label = Text("决议已通过", "Resolution adopted")

    resolution_id = f.UUID("决议", "Resolution", attribute="id")
    number = f.String("决议编号", "Number")
    body = f.String("机构代码", "Code of the body")
    matter = f.String("事项代码", "Code of the matter")
    adopted_on = f.Date("通过日期", "Adopted on")
    subject_id = f.UUID("所涉对象", "What it is about", allow_none=True)
    limit = f.Money("限额", "Limit", allow_none=True)
    dues_amounts = f.List("各层级会费", "Dues by tier", f.Nested("会费", "Dues", TierAmount), allow_none=True)
    effective_from = f.Date("施行日期", "In force from", allow_none=True)
    dues_joining = f.Choice("入会当年会费", "Dues of the year of admission", JOININGS, allow_none=True)
    dues_leaving = f.Choice("退会当年会费", "Dues of the year of leaving", LEAVINGS, allow_none=True)
    dues_waivers = f.List("减免", "Waivers", f.Nested("减免", "Waiver", DuesWaiver), allow_none=True)
    exactly_half = f.Boolean("恰为半数", "Carried by exactly half")


class ResolutionEnded(EventSchema):
    """A resolution does not stand any more: a later one revoked it or took its place (X7)."""

    event = "resolution.ended"
    label = Text("决议已终止", "Resolution ended")

    resolution_id = f.UUID("决议", "Resolution", attribute="id")
    matter = f.String("事项代码", "Code of the matter")
    subject_id = f.UUID("所涉对象", "What it is about", allow_none=True)
    standing = f.String("效力", "Standing: superseded or revoked")
    ended_by = f.UUID("由何决议终止", "Ended by the resolution")
    ended_on = f.Date("终止日期", "Ended on")


class MotionRejected(EventSchema):
    """A motion was voted on and did not find its majority (X1)."""

    event = "motion.rejected"
    label = Text("议案未通过", "Motion rejected")

    motion_id = f.UUID("议案", "Motion", attribute="id")
    body = f.String("机构代码", "Code of the body")
    matter = f.String("事项代码", "Code of the matter")
    subject_id = f.UUID("所涉对象", "What it is about", allow_none=True)
    decided_on = f.Date("表决日期", "Decided on")


class AbsenceRecorded(EventSchema):
    """Somebody is away from a post from ``since`` up to, not including, ``until`` (G11)."""

    event = "absence.recorded"
    label = Text("请假已登记", "Absence recorded")

    absence_id = f.UUID("请假", "Absence", attribute="id")
    post_code = f.String("职务代码", "Code of the post")
    person_id = f.UUID("请假人", "Person")
    since = f.Date("请假起始日", "Away from")
    until = f.Date("返回之日", "Back on", allow_none=True)


class AbsenceEnded(EventSchema):
    """An absence ends earlier than recorded; one that was called off covers no day: ``until`` is its ``since``."""

    event = "absence.ended"
    label = Text("请假已结束", "Absence ended")

    absence_id = f.UUID("请假", "Absence", attribute="id")
    post_code = f.String("职务代码", "Code of the post")
    person_id = f.UUID("请假人", "Person")
    until = f.Date("返回之日", "Back on")


EVENTS = (
    PostTakenUp,
    PostLeft,
    ResolutionAdopted,
    ResolutionEnded,
    MotionRejected,
    AbsenceRecorded,
    AbsenceEnded,
    PersonErased,
)

"""What comes in and goes out about meetings and motions."""

from marshmallow.validate import Range

from services.governance.meetings.rules import Basis, MotionState, State
from services.governance.payloads.schemas import PayloadIn, PayloadOut
from services.governance.votes.schemas import VoteOut
from shared.api import fields as f

STATES = {state.value: state.label for state in State}
MOTION_STATES = {state.value: state.label for state in MotionState}
BASES = {basis.value: basis.label for basis in Basis}


class MeetingIn(f.Schema):
    """A meeting to call. ``roll``: how many the roll has where the posts don't name everybody entitled (X1, G19)."""

    body = f.String("机构（代码或编号）", "Body, by code or id", required=True, max_length=100)
    held_on = f.Date("会议日期", "Held on", required=True)
    notified_on = f.Date("通知日期（默认今天）", "Notified on (today unless given)", load_default=None, allow_none=True)
    roll = f.Integer("名册人数", "Number on the roll", load_default=None, allow_none=True, validate=Range(min=1))


class MeetingQuery(f.Schema):
    body = f.String("机构代码", "Code of the body", load_default=None, allow_none=True)
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)


class OpeningIn(f.Schema):
    """``roll`` only where the notice named none (G19)."""

    present = f.Integer("实到人数", "Present", required=True)
    roll = f.Integer("名册人数", "Number on the roll", load_default=None, allow_none=True, validate=Range(min=1))


class ResumptionIn(OpeningIn):
    day = f.Date("复会日期（默认今天）", "Resumed on (today unless given)", load_default=None, allow_none=True)


class MotionIn(f.Schema):
    """A motion to put; ``payload`` as its matter wants it."""

    matter = f.String("事项代码", "Code of the matter", required=True, max_length=100)
    title = f.String("标题", "Title", required=True, max_length=200)
    subject_id = f.UUID(
        "所涉对象（如支出）", "What it is about, such as an expenditure", load_default=None, allow_none=True
    )
    payload = f.Nested("内容", "Payload", PayloadIn, load_default=None, allow_none=True)


class WithdrawalIn(f.Schema):
    reason = f.String("理由", "Reason", required=True)


class MotionOut(f.Schema):
    """A motion with its votes, the last of which decides."""

    id = f.UUID("编号", "Id")
    meeting_id = f.UUID("会议", "Meeting")
    position = f.Integer("序号", "Position")
    matter = f.String("事项代码", "Code of the matter")
    title = f.String("标题", "Title")
    subject_id = f.UUID("所涉对象", "What it is about", allow_none=True)
    payload = f.Nested("内容", "Payload", PayloadOut, attribute="carries", allow_none=True)
    state = f.Choice("状态", "State", MOTION_STATES)
    withdrawn = f.String("撤回理由", "Why it was withdrawn", allow_none=True)
    votes = f.List("表决", "Votes", f.Nested("表决", "Vote", VoteOut))


class MeetingLine(f.Schema):
    """A meeting in a list. ``day`` is the one it stands on, another than ``held_on`` where it was resumed."""

    id = f.UUID("编号", "Id")
    body = f.String("机构代码", "Code of the body", attribute="body_code")
    body_id = f.UUID("机构", "Body")
    held_on = f.Date("会议日期", "Held on")
    notified_on = f.Date("通知日期", "Notified on")
    day = f.Date("现定日期", "Day it stands on")
    state = f.Choice("状态", "State", STATES)
    roll = f.Integer("名册人数", "Number on the roll", allow_none=True)
    entitled = f.Integer("应到人数", "Entitled", allow_none=True)
    entitled_basis = f.Choice("应到依据", "How the entitled are known", BASES, allow_none=True)
    present = f.Integer("开会时实到人数", "Present at the opening", allow_none=True)


class MeetingOut(MeetingLine):
    motions = f.List("议案", "Motions", f.Nested("议案", "Motion", MotionOut))

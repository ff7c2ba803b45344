"""What comes in and goes out about sign-ups."""

from marshmallow import validate

from services.membership.activities.sign_ups.events import STATES
from services.membership.activities.sign_ups.rules import AT_ONCE
from services.membership.people.rules import MAX_LENGTH
from shared.api import fields as f

_SOME = validate.Length(1, AT_ONCE, error=f"须为 1 至 {AT_ONCE} 人 / 1 to {AT_ONCE} people")


class ParticipantIn(f.Schema):
    """Somebody who comes. ``person_id`` where they are on file: one's own, or anybody's for who may read people."""

    name = f.String("姓名", "Name", required=True, max_length=2 * MAX_LENGTH, personal="participant")
    phone = f.String(
        "手机号（加密保存，只显示后四位）",
        "Mobile number (kept encrypted, only the last four shown)",
        load_default=None,
        allow_none=True,
        max_length=20,
        personal="participant-phone",
    )
    person_id = f.UUID("人员", "Person", load_default=None, allow_none=True)
    consent = f.Boolean("本人同意登记", "The participant consents to this being kept", required=True)


class SignUpIn(f.Schema):
    """The people of a unit who come, in the order of their places: all are signed up or none."""

    unit_id = f.UUID("单位", "Unit", required=True)
    participants = f.List(
        "参加人", "Participants", f.Nested("参加人", "Participant", ParticipantIn), required=True, validate=_SOME
    )


class PublicSignUpIn(f.Schema):
    """Somebody of no member unit. The phone is how they are told of changes, and told apart."""

    name = f.String("姓名", "Name", required=True, max_length=2 * MAX_LENGTH, personal="participant")
    phone = f.String(
        "手机号（加密保存，只显示后四位）",
        "Mobile number (kept encrypted, only the last four shown)",
        required=True,
        max_length=20,
        personal="participant-phone",
    )
    consent = f.Boolean("本人同意登记", "I consent to this being kept", required=True)


class SignUpQuery(f.Schema):
    activity_id = f.UUID("活动", "Activity", load_default=None, allow_none=True)
    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)


class SignUpOut(f.Schema):
    """A sign-up; ``place`` is the order of sign-up."""

    id = f.UUID("编号", "Id")
    activity_id = f.UUID("活动", "Activity")
    unit_id = f.UUID("单位", "Unit", allow_none=True)
    place = f.Integer("报名次序", "Order of sign-up")
    state = f.Choice("状态", "State", STATES)
    name = f.String("姓名", "Name")
    person_id = f.UUID("人员", "Person", allow_none=True)
    phone_last4 = f.String("手机号后四位", "Last four of the mobile number", allow_none=True)
    signed_up_at = f.Moment("报名时间", "Signed up at")
    moved_up_at = f.Moment("递补时间", "Moved up at", allow_none=True)
    withdrawn_at = f.Moment("退出时间", "Withdrawn at", allow_none=True)
    checked_in_at = f.Moment("签到时间", "Checked in at", allow_none=True)


class SignUpsOut(f.Schema):
    items = f.List("报名", "Sign-ups", f.Nested("报名", "Sign-up", SignUpOut))


class PublicSignUpOut(f.Schema):
    """One's own sign-up. ``token`` is the pass: it checks in, and it withdraws. ``qr`` is its code as SVG."""

    id = f.UUID("编号", "Id")
    activity_id = f.UUID("活动", "Activity")
    place = f.Integer("报名次序", "Order of sign-up")
    state = f.Choice("状态", "State", STATES)
    token = f.String("入场凭证", "Pass")
    qr = f.String("二维码（SVG）", "QR code (SVG)")


class TokenIn(f.Schema):
    token = f.String("入场凭证", "Pass", required=True, max_length=100)


class WithdrawnOut(f.Schema):
    id = f.UUID("编号", "Id")
    state = f.Choice("状态", "State", STATES)
